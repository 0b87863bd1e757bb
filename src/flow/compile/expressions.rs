//! Expressions in a flow file: compiled, with every problem at its own place.

use std::ops::Range;
use std::sync::Arc;

use crate::flow::code::Code;
use crate::flow::document::{TextDoc, VarType};
use crate::flow::on_end::END_NAMES;
use crate::flow::source::{Located, Span};
use crate::flow::suggest::did_you_mean;
use crate::flow::text::Expression;
use crate::flow::yaml::place_of;
use crate::script::{Problem, ProblemKind, Program, Spot};

use super::Compiler;

/// What an expression's value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It decides something and is forgotten.
    Decide,
    /// It goes where a secret may be: into a secret variable, or with a look-up.
    Hold,
    /// It is kept in a variable that is not secret.
    Keep,
    /// It is heard, dialled or sent; `secret_entry` where `input` is a secret.
    Show { secret_entry: bool },
}

impl Compiler<'_> {
    /// Compiles a text that is an expression as a whole.
    pub(super) fn whole_expression(
        &mut self,
        text: &TextDoc,
        purpose: Purpose,
    ) -> Option<Expression> {
        let written = &text.value.text;
        let lead = written.len() - written.trim_start().len();
        let range = lead..written.trim_end().len();
        if let Some(inner) = written[range.clone()]
            .strip_prefix("${")
            .and_then(|rest| rest.strip_suffix('}'))
        {
            let help = format!("write `{inner}` alone, without `${{` and `}}`");
            self.findings
                .add(
                    Code::ScriptSyntax,
                    text.at,
                    "this is an expression already, so it takes no `${…}`",
                )
                .help(help);
            return None;
        }
        self.expression(text, range, purpose)
    }

    /// Compiles the bytes `range` of a text.
    pub(super) fn expression(
        &mut self,
        text: &TextDoc,
        range: Range<usize>,
        purpose: Purpose,
    ) -> Option<Expression> {
        let source = &text.value.text[range.clone()];
        let names: Vec<String> = self
            .variables
            .iter()
            .map(|var| var.name.to_string())
            .collect();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut texts: Vec<&str> = names
            .iter()
            .zip(&self.variables)
            .filter(|(_, var)| matches!(var.kind, Some(VarType::Text | VarType::Digits)))
            .map(|(name, _)| *name)
            .collect();
        if self.at_end {
            names.extend(END_NAMES);
            texts.push(END_NAMES[0]);
        }
        let library = &self.scripts.library;
        match Program::compile_with_texts(source, library, &names, &texts) {
            Ok(program) => {
                self.note_reads(&program);
                self.modules
                    .extend(program.modules().iter().map(|name| name.to_string()));
                self.check_visited(text, &range, &program);
                self.check_tables(text, &range, &program);
                self.check_secrets(text, &range, &program, purpose);
                let mut exposed = program.exposes().iter();
                let secret = exposed.any(|name| self.is_secret(name));
                Some(Expression {
                    secret,
                    program,
                    file: Arc::clone(self.findings.file()),
                    at: self.span_of(text, range),
                })
            }
            Err(problems) => {
                for problem in problems {
                    // It may be the one that a misread key declares, or in the part
                    // of the text that was lost; and a broken script is told once.
                    let told = problem.kind == ProblemKind::UnknownVariable
                        && (self.document.unread_vars || self.bad_variable)
                        || text.value.is_cut()
                        || problem.is_elsewhere
                            && !self.broken_scripts.insert(problem.message.clone());
                    if !told {
                        self.report(text, &range, problem);
                    }
                }
                None
            }
        }
    }

    fn note_reads(&mut self, program: &Program) {
        for name in program.reads() {
            match self.id_of(name) {
                Some(var) => self.reads.vars.insert(var),
                None if &**name == "input" => self.reads.input = true,
                None if self.at_end && &**name == END_NAMES[2] => self.reads_path = true,
                None => {}
            }
        }
    }

    fn report(&mut self, text: &TextDoc, range: &Range<usize>, problem: Problem) {
        let code = code_of(problem.kind);
        let at = self.place(text, range, problem.spot);
        let is_env = code == Code::UnknownVariable && problem.message.contains("`env`");
        let help = match is_env {
            true => "a value of the environment stands in `headers` alone, and there by itself, as in `${env.CRM_TOKEN}`".to_owned(),
            false => help_for(&problem),
        };
        self.findings.add(code, at, problem.message).help(help);
    }

    fn check_visited(&mut self, text: &TextDoc, range: &Range<usize>, program: &Program) {
        for (name, spot) in program.visited() {
            if let Some(state) = self.names.get(&**name) {
                self.counted.insert(*state);
            } else {
                let at = self.place(text, range, *spot);
                if !Arc::ptr_eq(self.findings.file(), &self.document.file) {
                    self.unknown_state_elsewhere(name, at);
                    continue;
                }
                let name = Located::new(name.to_string(), at);
                self.unknown_state(&name, Code::UnknownState);
            }
        }
    }

    /// A secret may decide, be kept as one and go with a look-up. It may not be heard,
    /// dialled or kept where it is none.
    fn check_secrets(
        &mut self,
        text: &TextDoc,
        range: &Range<usize>,
        program: &Program,
        purpose: Purpose,
    ) {
        let entry_is_secret = match purpose {
            Purpose::Decide | Purpose::Hold => return,
            Purpose::Keep => false,
            Purpose::Show { secret_entry } => secret_entry,
        };
        let leak = program
            .exposes()
            .iter()
            .find(|name| self.is_secret(name) || (entry_is_secret && &***name == "input"));
        let Some(name) = leak else { return };
        let at = self.span_of(text, range.clone());
        let why = self.why_secret(name);
        let (message, help) = match purpose {
            Purpose::Keep => (
                format!("`{name}` is secret, and what it is put into is not"),
                format!(
                    "{why}write `secret` in front of the type of what it is put into, as in `copy: secret text` under `vars`"
                ),
            ),
            _ => (
                format!("`{name}` is secret and would be said or sent here"),
                format!("{why}write `mask({name})` to give its last keys alone"),
            ),
        };
        self.findings
            .add(Code::SecretSpoken, at, message)
            .help(help);
    }

    /// Labels that an expression can give as they stand, each of which needs a case.
    pub(super) fn check_labels(&mut self, text: &TextDoc, expression: &Expression, cases: &[&str]) {
        let written = &text.value.text;
        let lead = written.len() - written.trim_start().len();
        let range = lead..written.trim_end().len();
        for (label, spot) in expression.program.labels() {
            if cases.contains(&&**label) {
                continue;
            }
            let at = self.place(text, &range, *spot);
            self.findings
                .add(
                    Code::UnknownLabel,
                    at,
                    format!("no case takes the label `{label}`"),
                )
                .help(did_you_mean(label, cases.iter().copied(), "the cases are"));
        }
    }

    /// Where a place in an expression stands in the file.
    pub(super) fn place(&self, text: &TextDoc, range: &Range<usize>, spot: Spot) -> Span {
        let source = &text.value.text[range.clone()];
        let line_start: usize = source
            .split_inclusive('\n')
            .take(spot.line.saturating_sub(1))
            .map(str::len)
            .sum();
        let line = &source[line_start.min(source.len())..];
        let byte = |chars: usize| {
            line.char_indices()
                .nth(chars)
                .map_or(line.len(), |(at, _)| at)
        };
        let start = line_start + byte(spot.column.saturating_sub(1));
        let end = line_start + byte(spot.column.saturating_sub(1) + spot.len.max(1));
        self.span_of(text, range.start + start..range.start + end)
    }

    /// Where the bytes `range` of a text stand in the file.
    pub(super) fn span_of(&self, text: &TextDoc, range: Range<usize>) -> Span {
        let file = self.findings.file().text();
        let place = |offset| place_of(file, text.at, &text.value, offset);
        let start = place(range.start);
        Span::new(
            start,
            place(range.end).max(start + 1).min(text.at.end.max(start)),
        )
    }
}

/// What to write instead, where a script's problem does not say it itself.
pub fn help_for(problem: &Problem) -> String {
    let usual = match problem.kind {
        ProblemKind::Syntax => "a value is a name, a number, or a text in double quotes",
        ProblemKind::UnknownFunction => {
            "call one that is there, such as `luhn(x)`, or `file::name(x)` of a file in `scripts/`"
        }
        ProblemKind::UnknownVariable => "declare it under `vars`",
        ProblemKind::Arguments => "give it values of the kind that it needs",
        ProblemKind::Forbidden => "take it out",
        ProblemKind::TooLarge => "put parts of it into functions of a file in `scripts/`",
        ProblemKind::Comparison => "write `number(…)` around the text",
    };
    problem.help.clone().unwrap_or_else(|| usual.to_owned())
}

/// The code of a script's problem.
pub fn code_of(kind: ProblemKind) -> Code {
    match kind {
        ProblemKind::Syntax => Code::ScriptSyntax,
        ProblemKind::UnknownFunction => Code::UnknownFunction,
        ProblemKind::UnknownVariable => Code::UnknownVariable,
        ProblemKind::Arguments => Code::FunctionArguments,
        ProblemKind::Forbidden => Code::ScriptForbidden,
        ProblemKind::TooLarge => Code::ScriptSize,
        ProblemKind::Comparison => Code::TextWithNumber,
    }
}
