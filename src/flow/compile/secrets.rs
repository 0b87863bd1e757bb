//! What is computed from a secret is secret. Whoever declares a variable says whether it
//! is one; a variable that only `set` and `save` know becomes one by what it is given.

use crate::flow::document::{TextDoc, ValueDoc};
use crate::flow::text::{Piece, pieces};
use crate::flow::variable::VarId;
use crate::script::Program;

use super::Compiler;

/// What made a variable secret.
#[derive(Debug)]
pub(super) struct Source {
    /// The secret that is in what it is set to.
    name: String,
    /// The line where it is.
    line: usize,
}

/// A variable that nobody declared, with what may be in a value that `set` gives it.
struct Given {
    var: VarId,
    names: Vec<Box<str>>,
    line: usize,
}

impl Compiler<'_> {
    /// Makes every variable secret that is set from a secret somewhere in the flow, in
    /// whatever order the states stand; one under `vars` is as it is declared there.
    pub(super) fn spread_secrets(&mut self) {
        // Most flows have none, and then nothing has to be compiled for this.
        if !self.variables.iter().any(|var| var.secret) {
            return;
        }
        let given = self.given();
        let mut is_spreading = true;
        while is_spreading {
            is_spreading = false;
            for Given { var, names, line } in &given {
                if self.variables[usize::from(var.0)].secret {
                    continue;
                }
                if let Some(name) = names.iter().find(|name| self.is_secret(name)) {
                    let (name, line) = (name.to_string(), *line);
                    self.secret_by.insert(*var, Source { name, line });
                    self.variables[usize::from(var.0)].secret = true;
                    is_spreading = true;
                }
            }
        }
    }

    fn given(&self) -> Vec<Given> {
        let document = self.document;
        let names: Vec<&str> = self.variables.iter().map(|var| &*var.name).collect();
        let is_declared = |name: &str| document.vars.iter().any(|var| var.name.value == name);
        let mut given = Vec::new();
        for (name, value) in document.states.iter().flat_map(|state| &state.set) {
            let Some(var) = self
                .id_of(&name.value)
                .filter(|_| !is_declared(&name.value))
            else {
                continue;
            };
            let mut texts = Vec::new();
            texts_in(value, &mut texts);
            for text in texts {
                let line = self.findings.file().line_column(text.at.start).0;
                let names = self.exposed_in(text, &names);
                given.push(Given { var, names, line });
            }
        }
        given
    }

    /// The names whose values may be in a text. What cannot be read has none, and is told
    /// where it is compiled.
    fn exposed_in(&self, text: &TextDoc, variables: &[&str]) -> Vec<Box<str>> {
        let written = &text.value.text;
        let values = pieces(written).unwrap_or_default().into_iter();
        let values = values.filter_map(|piece| match piece {
            Piece::Value(range) => Some(&written[range]),
            Piece::Literal(_) => None,
        });
        let library = &self.scripts.library;
        let programs = values.filter_map(|value| Program::compile(value, library, variables).ok());
        programs
            .flat_map(|program| program.exposes().to_vec())
            .collect()
    }

    pub(super) fn is_secret(&self, name: &str) -> bool {
        let mut secrets = self.variables.iter().filter(|var| var.secret);
        secrets.any(|var| &*var.name == name)
    }

    /// Why a name is secret, as the beginning of a help line; nothing where it is declared
    /// so, which is plain to see.
    pub(super) fn why_secret(&self, name: &str) -> String {
        let mut why = Vec::new();
        let mut name = name;
        let source = |name| self.id_of(name).and_then(|var| self.secret_by.get(&var));
        while let Some(source) = source(name) {
            let Source { name: from, line } = source;
            why.push(format!("`{name}` comes from `{from}` in line {line}"));
            name = from;
        }
        match why.is_empty() {
            true => String::new(),
            false => format!("{}; ", why.join(", and ")),
        }
    }
}

/// All texts in a value.
fn texts_in<'d>(value: &'d ValueDoc, texts: &mut Vec<&'d TextDoc>) {
    match value {
        ValueDoc::Text(text) => texts.push(text),
        ValueDoc::List(items) => items.iter().for_each(|item| texts_in(item, texts)),
        ValueDoc::Map(fields) => fields.iter().for_each(|(_, item)| texts_in(item, texts)),
    }
}
