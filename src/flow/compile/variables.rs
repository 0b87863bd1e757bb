//! The flow's variables: those in `vars`, and those that `save` and `set` declare.

use crate::call::Value;
use crate::flow::code::Code;
use crate::flow::document::{KindDoc, ValueDoc, VarDoc, VarType, good_name_help};
use crate::flow::source::{Located, Span};
use crate::flow::text::{Piece, pieces};
use crate::flow::variable::{MAX_VARIABLES, VarId, Variable, unset};
use crate::script::is_keepable;

use super::texts::described;
use super::{Compiler, Known, LANG};

impl Compiler<'_> {
    pub(super) fn collect_variables(&mut self) {
        let document = self.document;
        for var in &document.vars {
            self.declare_written(var);
        }
        self.declared = self.variables.len();
        for state in &document.states {
            match &state.kind {
                KindDoc::Ask(_, entry) => {
                    if let Some(save) = &entry.save {
                        self.declare(save, Some(VarType::Digits));
                    }
                }
                KindDoc::Run(run) => {
                    if let (Some(save), Some(flow)) = (&run.save, &run.flow) {
                        self.declare_result(save, &flow.value);
                    }
                }
                _ => {}
            }
        }
        // An answer is whatever the server gives.
        for state in &document.states {
            if let KindDoc::Http(http) = &state.kind
                && let Some(save) = &http.save
            {
                self.declare(save, None);
            }
        }
        for state in &document.states {
            for (name, value) in &state.set {
                // The language is no variable of the flow's own.
                if name.value != LANG && self.id_of(&name.value).is_none() {
                    let kind = self.inferred_type(name, value);
                    self.declare(name, kind);
                }
            }
        }
    }

    pub(super) fn id_of(&self, name: &str) -> Option<VarId> {
        let index = self.variables.iter().position(|var| &*var.name == name)?;
        Some(VarId(index as u8))
    }

    /// What keeps the result of a sub-flow is of its type, and secret where it is.
    fn declare_result(&mut self, save: &Located<String>, flow: &str) {
        if self.id_of(&save.value).is_some() {
            return;
        }
        let result = match self.flows.known.get(flow) {
            Some(Known::Flow(flow)) => flow.variable_named("result").map(|var| flow.variable(var)),
            _ => None,
        };
        let (kind, secret) = result.map_or((None, false), |result| (result.kind, result.secret));
        self.declare(save, kind);
        if let Some(id) = self.id_of(&save.value) {
            self.variables[usize::from(id.0)].secret = secret;
        }
    }

    fn declare_written(&mut self, var: &VarDoc) {
        self.declare(&var.name, var.kind);
        let Some(id) = self.id_of(&var.name.value) else {
            return;
        };
        let default = match &var.default {
            None => unset(var.kind),
            Some(written) => self.default_value(id, written),
        };
        let variable = &mut self.variables[usize::from(id.0)];
        variable.secret = var.secret;
        variable.default = default;
    }

    /// A default is as it is written: there is nothing yet that it could be computed from.
    fn default_value(&mut self, id: VarId, written: &ValueDoc) -> Value {
        let plain = self.plain_value(written);
        if plain.as_ref().is_some_and(|value| !is_keepable(value)) {
            self.too_large(written);
            return unset(self.variables[usize::from(id.0)].kind);
        }
        let variable = &self.variables[usize::from(id.0)];
        let accepted = plain.and_then(|value| variable.accept(value));
        let kind = variable.kind;
        accepted.unwrap_or_else(|| {
            let name = variable.name.clone();
            let (held, example) = described(kind);
            self.findings
                .add(
                    Code::BadValue,
                    written.at(),
                    format!("`{name}` holds {held}, and its default is none"),
                )
                .help(format!("write {example}; a default cannot be computed"));
            unset(kind)
        })
    }

    fn plain_value(&self, written: &ValueDoc) -> Option<Value> {
        Some(match written {
            ValueDoc::Text(text) if text.value.text.contains("${") => return None,
            ValueDoc::Text(text) => Value::text(&text.value.text),
            ValueDoc::List(items) => Value::List(
                items
                    .iter()
                    .map(|item| self.plain_value(item))
                    .collect::<Option<Vec<_>>>()?
                    .into(),
            ),
            ValueDoc::Map(fields) => Value::Map(std::sync::Arc::new(
                fields
                    .iter()
                    .map(|(key, item)| Some((key.value.as_str().into(), self.plain_value(item)?)))
                    .collect::<Option<_>>()?,
            )),
        })
    }

    /// The type of a variable that only `set` declares. A fixed text is a text; what
    /// an expression gives keeps its kind, unless it needs the variable itself, which
    /// is then nothing to begin with.
    fn inferred_type(&mut self, name: &Located<String>, value: &ValueDoc) -> Option<VarType> {
        let text = match value {
            ValueDoc::List(_) => return Some(VarType::List),
            ValueDoc::Map(_) => return Some(VarType::Map),
            ValueDoc::Text(text) => text,
        };
        let written = text.value.text.trim();
        let Ok(parts) = pieces(written) else {
            return Some(VarType::Text);
        };
        match parts.as_slice() {
            [Piece::Value(range)] => {
                let mentions = written[range.clone()]
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .any(|word| word == name.value);
                if mentions {
                    let message = format!(
                        "`{0}` is computed from itself, and nothing says what it is",
                        name.value
                    );
                    self.findings
                        .add(Code::BadType, name.at, message)
                        .help(format!(
                            "declare it under `vars`, as in `{}: number`",
                            name.value
                        ));
                }
                None
            }
            [Piece::Literal(literal)] if literal.parse::<f64>().is_ok() => {
                let message = format!("`{}` is set to a text here, not to a number", name.value);
                self.findings
                    .add(Code::NumberAsText, text.at, message)
                    .help(format!(
                        "to count with it, declare `{}: number` under `vars`",
                        name.value
                    ));
                Some(VarType::Text)
            }
            _ => Some(VarType::Text),
        }
    }

    fn declare(&mut self, name: &Located<String>, kind: Option<VarType>) {
        if self.id_of(&name.value).is_some() {
            return;
        }
        self.check_name(name);
        self.check_end_name(name);
        if self.variables.len() == MAX_VARIABLES {
            let message = format!("a flow has at most {MAX_VARIABLES} variables");
            self.findings
                .add(Code::TooMany, name.at, message)
                .help("keep what belongs together in one `map`");
        }
        // One over the limit is kept, so that its uses are no further faults.
        if self.variables.len() < MAX_VARIABLES {
            self.variables.push(Variable {
                name: name.value.as_str().into(),
                kind,
                secret: false,
                default: unset(kind),
            });
        }
    }

    fn check_name(&mut self, name: &Located<String>) {
        let word = name.value.as_str();
        let at: Span = name.at;
        let mut chars = word.chars();
        let good = chars
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
            && word.len() <= 64;
        if !good {
            self.findings
                .add(
                    Code::BadName,
                    at,
                    format!("`{word}` cannot name a variable"),
                )
                .help(good_name_help(word, false));
            self.bad_variable = true;
        } else if Self::reserved_word(word) {
            self.findings
                .add(Code::ReservedName, at, format!("`{word}` has a meaning of its own in expressions and cannot name a variable"))
                .help(format!("give it another name, such as `my_{word}`"));
        }
    }
}
