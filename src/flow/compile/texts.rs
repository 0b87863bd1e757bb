//! Texts: fixed ones are checked against the platform's limits and made ready,
//! those with values in them become templates.

use crate::call::{FileUrl, Limit, SpokenText, Value};
use crate::flow::code::Code;
use crate::flow::diagnostic::quoted;
use crate::flow::document::{TextDoc, ValueDoc, VarType};
use crate::flow::prompts::prompt_id;
use crate::flow::source::Located;
use crate::flow::state::Assigned;
use crate::flow::text::{Part, Piece, Template, Text, is_address, pieces};
use crate::flow::variable::{VarId, Variable};
use crate::script::is_keepable;

use super::Compiler;
use super::expressions::Purpose;

/// The most `${…}` in one text. Each may bring a text of its own.
const MAX_VALUES: usize = 100;

/// The most entries, with all inside it, of a list or map that a flow writes: what a
/// script may hold.
const MAX_ENTRIES: usize = 256;

/// What is heard of a text that the platform does not take.
const REFUSED: &str = "a caller would hear nothing: the platform refuses such a text";

/// Where a text is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// Of any length, and may be a recording.
    Say,
    /// Of any length, and must be spoken.
    Prompt,
    /// Must be spoken, at once with the prompt behind it.
    Wording { secret_entry: bool },
}

impl Compiler<'_> {
    /// The texts of a list, or those of the one prompt that stands for it.
    pub(super) fn texts(&mut self, texts: &[TextDoc], heard: Heard) -> Vec<Text> {
        if let [only] = texts
            && let Some(id) = prompt_id(&only.value.text)
        {
            return self.prompt_list(id, only, heard);
        }
        texts
            .iter()
            .filter_map(|text| self.text(text, heard))
            .collect()
    }

    pub(super) fn text(&mut self, text: &TextDoc, heard: Heard) -> Option<Text> {
        if let Some(id) = prompt_id(&text.value.text) {
            return self.prompt(id, text, heard);
        }
        if !self.said_in.is_empty() {
            self.findings
                .add(
                    Code::OneText,
                    text.at,
                    "with `lang` this is said in each of its languages, and it is one text",
                )
                .help("write it to the file of prompts of each, such as `flows/prompts/en.yaml`, and its id here, as in `<welcome>`");
            return None;
        }
        self.written_text(text, heard)
    }

    /// A text as it is written, of the file that findings are about.
    pub(super) fn written_text(&mut self, text: &TextDoc, heard: Heard) -> Option<Text> {
        let written = text.value.text.trim();
        if is_address(written) && heard != Heard::Say {
            self.findings
                .add(
                    Code::RecordingPrompt,
                    text.at,
                    "a recording cannot be spoken while keys are awaited",
                )
                .help(
                    "write a text to be spoken here, and the recording as `say:` of the same state",
                );
            return None;
        }
        let secret_entry = matches!(heard, Heard::Wording { secret_entry: true });
        let Some(template) = self.template(text, Purpose::Show { secret_entry }) else {
            // What begins as a value and never ends is read out as it stands.
            if !text.value.is_cut()
                && pieces(&text.value.text).is_err()
                && let Some(found) = self.findings.last()
            {
                found.hears(format!("a caller would hear: {}", quoted(written)));
            }
            return None;
        };
        let fixed = match template.parts.as_slice() {
            [] => String::new(),
            [Part::Literal(literal)] => literal.to_string(),
            _ => {
                self.check_literals(text, &template);
                return Some(Text::Template(template));
            }
        };
        self.fixed(text, &fixed, heard)
    }

    fn fixed(&mut self, text: &TextDoc, fixed: &str, heard: Heard) -> Option<Text> {
        if is_address(fixed) {
            return match FileUrl::new(fixed) {
                Ok(url) => Some(Text::Recording(url)),
                Err(limit) => {
                    self.findings
                        .add(Code::TextLimit, text.at, limit.to_string())
                        .help("end the address in `.mp3` or `.wav`, or write the text itself");
                    None
                }
            };
        }
        match SpokenText::pieces(fixed) {
            Ok(pieces) if pieces.len() > 1 && matches!(heard, Heard::Wording { .. }) => {
                let chars = fixed.chars().count();
                self.findings
                    .add(
                        Code::TextLimit,
                        text.at,
                        Limit::TextTooLong { chars }.to_string(),
                    )
                    .help("shorten it to 3000 characters")
                    .hears(REFUSED);
                None
            }
            Ok(pieces) => Some(Text::Spoken(pieces)),
            Err(limit) => {
                self.text_limit(text, limit);
                None
            }
        }
    }

    /// A character that cannot be sent is found in a template's fixed parts too.
    fn check_literals(&mut self, text: &TextDoc, template: &Template) {
        if template.is_address {
            return;
        }
        for part in &template.parts {
            if let Part::Literal(literal) = part
                && let Err(limit @ Limit::Character(_)) = SpokenText::pieces(literal)
            {
                self.text_limit(text, limit);
                return;
            }
        }
    }

    fn text_limit(&mut self, text: &TextDoc, limit: Limit) {
        let Limit::Character(c) = limit else {
            self.findings
                .add(Code::TextLimit, text.at, limit.to_string())
                .help("write something to be heard");
            return;
        };
        let at = text.value.text.find(c).map_or(text.at, |start| {
            self.span_of(text, start..start + c.len_utf8())
        });
        let help = match c {
            '&' => "write `and`",
            '<' | '>' => "say it in words",
            _ => "take it out",
        };
        self.findings
            .add(Code::TextCharacter, at, limit.to_string())
            .help(help)
            .hears(REFUSED);
    }

    /// Cuts a text at its values and compiles them.
    pub(super) fn template(&mut self, text: &TextDoc, purpose: Purpose) -> Option<Template> {
        let written = &text.value.text;
        let cut = match pieces(written) {
            Ok(cut) => cut,
            Err(_) if text.value.is_cut() => return None,
            Err(at) => {
                let at = self.span_of(text, at..at + 2);
                self.findings
                    .add(
                        Code::UnclosedValue,
                        at,
                        "`${` begins a value, and no `}` ends it",
                    )
                    .help("close it with `}`; a literal `${` is written `$${`");
                return None;
            }
        };
        let values = cut.iter().filter_map(|piece| match piece {
            Piece::Value(range) => Some(range),
            Piece::Literal(_) => None,
        });
        if let Some(extra) = values.clone().nth(MAX_VALUES) {
            let at = self.span_of(text, extra.start - 2..extra.end + 1);
            self.findings
                .add(
                    Code::TooMany,
                    at,
                    format!("a text has at most {MAX_VALUES} values"),
                )
                .help("make one value of several with a function in a file in `scripts/`");
            return None;
        }
        let mut parts = Vec::new();
        let mut whole = true;
        for piece in cut {
            match piece {
                Piece::Literal(literal) => parts.push(Part::Literal(literal.into())),
                Piece::Value(range) if written[range.clone()].trim().is_empty() => {
                    let at = self.span_of(text, range.start - 2..range.end + 1);
                    self.findings
                        .add(Code::UnclosedValue, at, "`${}` holds nothing")
                        .help("write the name of a variable in it");
                    whole = false;
                }
                Piece::Value(range) => match self.expression(text, range, purpose) {
                    Some(expression) => parts.push(Part::Value(expression)),
                    None => whole = false,
                },
            }
        }
        whole.then(|| Template {
            is_address: is_address(written),
            parts,
        })
    }

    /// A value of `set`, for this variable.
    pub(super) fn assigned(
        &mut self,
        var: VarId,
        name: &Located<String>,
        value: &ValueDoc,
    ) -> Option<Assigned> {
        let variable = self.variables[usize::from(var.0)].clone();
        self.assigned_to(&variable, name, value)
    }

    /// A value for a variable of this flow, or of a sub-flow to which it is given.
    pub(super) fn assigned_to(
        &mut self,
        variable: &Variable,
        name: &Located<String>,
        value: &ValueDoc,
    ) -> Option<Assigned> {
        let purpose = if variable.secret {
            Purpose::Hold
        } else {
            Purpose::Keep
        };
        if value.entries() > MAX_ENTRIES {
            self.too_large(value);
            return None;
        }
        let assigned = self.assigned_value(value, purpose)?;
        let Assigned::Ready(ready) = assigned else {
            return Some(assigned);
        };
        if !is_keepable(&ready) {
            self.too_large(value);
            return None;
        }
        if let Some(accepted) = variable.accept(ready) {
            return Some(Assigned::Ready(accepted));
        }
        let (kind, example) = described(variable.kind);
        let message = format!("`{}` holds {kind}, and this is none", name.value);
        self.findings
            .add(Code::BadValue, value.at(), message)
            .help(format!(
                "write {example}, or give `{}` another type under `vars`",
                name.value
            ));
        None
    }

    /// A value as it is written that is more than a variable can hold.
    pub(super) fn too_large(&mut self, value: &ValueDoc) {
        self.findings
            .add(
                Code::TooMany,
                value.at(),
                "this is more than a variable can hold",
            )
            .help(
                "a value has at most 4 KiB, and 256 entries in 8 lists or maps inside each other",
            );
    }

    pub(super) fn assigned_value(
        &mut self,
        value: &ValueDoc,
        purpose: Purpose,
    ) -> Option<Assigned> {
        match value {
            ValueDoc::Text(text) => {
                let mut template = self.template(text, purpose)?;
                Some(match template.parts.as_mut_slice() {
                    [] => Assigned::Ready(Value::text("")),
                    [Part::Literal(literal)] => Assigned::Ready(Value::text(literal)),
                    [Part::Value(_)] => match template.parts.pop() {
                        Some(Part::Value(expression)) => Assigned::Value(expression),
                        _ => return None,
                    },
                    _ => Assigned::Text(template),
                })
            }
            ValueDoc::List(items) => {
                let items: Option<Vec<_>> = items
                    .iter()
                    .map(|item| self.assigned_value(item, purpose))
                    .collect();
                Some(Assigned::List(items?).ready())
            }
            ValueDoc::Map(fields) => {
                let fields: Option<Vec<_>> = fields
                    .iter()
                    .map(|(key, item)| {
                        Some((
                            key.value.as_str().into(),
                            self.assigned_value(item, purpose)?,
                        ))
                    })
                    .collect();
                Some(Assigned::Map(fields?).ready())
            }
        }
    }
}

/// What a variable of a type holds, and what to write for it.
pub(super) fn described(kind: Option<VarType>) -> (&'static str, &'static str) {
    match kind {
        None => ("anything", "any value"),
        Some(VarType::Text) => ("a text of at most 4096 characters", "a text"),
        Some(VarType::Number) => ("a number", "a number such as `3` or `2.5`"),
        Some(VarType::Flag) => ("a flag", "`yes` or `no`"),
        Some(VarType::Digits) => ("digits", "digits and nothing else, such as `0123`"),
        Some(VarType::List) => ("a list", "a list such as `[red, blue]`"),
        Some(VarType::Map) => ("a map", "a map such as `{colour: red}`"),
    }
}

impl Assigned {
    /// A list or map in which nothing is left to compute is ready as it stands.
    fn ready(self) -> Self {
        match &self {
            Assigned::List(items) => {
                let values: Option<Vec<Value>> = items.iter().map(Assigned::value).collect();
                values.map_or(self, |values| Assigned::Ready(Value::List(values.into())))
            }
            Assigned::Map(fields) => {
                let values: Option<_> = fields
                    .iter()
                    .map(|(key, item)| Some((key.clone(), item.value()?)))
                    .collect();
                values.map_or(self, |values| {
                    Assigned::Ready(Value::Map(std::sync::Arc::new(values)))
                })
            }
            _ => self,
        }
    }

    fn value(&self) -> Option<Value> {
        match self {
            Assigned::Ready(value) => Some(value.clone()),
            _ => None,
        }
    }
}
