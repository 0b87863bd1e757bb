//! What a caller does that is written in a test file, for whoever calls without looking
//! inside: the flows may be somewhere else, and their names unknown.

use std::sync::Arc;

use super::document::{Never, Scenario, Step, TestFile, alone};
use super::secrets::Secrets;
use crate::flow::{Diagnostic, Findings, Located, SourceFile, Span};

/// The steps of one scenario, as far as they can be seen on a telephone.
#[derive(Debug)]
pub struct Script {
    pub(super) file: Arc<SourceFile>,
    pub(super) name: String,
    pub(super) steps: Vec<Located<Step>>,
    pub(super) never: Vec<Located<Never>>,
    /// The languages of the flow, where it is known.
    pub(super) languages: Vec<Box<str>>,
    /// Nobody knows which of what is keyed in is secret, so all of it is.
    pub(super) secrets: Secrets,
    from: String,
    outbound: bool,
}

impl Script {
    /// Reads a test file without the flow that it is for: the scenario of this name, or the
    /// first one. What asks for the inside of a call (`vars`, `states`, `looked_up`) is
    /// passed over.
    ///
    /// # Errors
    /// In plain words with the line, where there is no such scenario or a step of it cannot
    /// be read; a `hears` of a prompt by its `<id>` is one, as its words are not in the file.
    pub fn read(path: &str, text: &str, name: Option<&str>) -> Result<Script, String> {
        let file = SourceFile::new(path, text);
        let mut findings = Findings::about(&file);
        let read = alone(&mut findings, name);
        if findings.have_errors() {
            let found = findings.into_sorted();
            let told: Vec<String> = found.iter().map(|one| told(&file, one)).collect();
            return Err(told.join("\n"));
        }
        let Some(read) = read else {
            return Err(match name {
                Some(name) => format!("`{path}` has no scenario `{name}`"),
                None => format!("`{path}` has no scenario"),
            });
        };
        Ok(Script {
            name: read.name,
            secrets: Secrets::of_all(&read.steps),
            steps: read.steps,
            never: read.never,
            languages: Vec::new(),
            from: read.from,
            outbound: read.outbound,
            file,
        })
    }

    /// The same of a scenario that was read with its flow.
    pub fn of(file: &TestFile, scenario: &Scenario) -> Script {
        let parts = file.flow.parts();
        let languages = parts.flat_map(|(_, part)| {
            let ids = part.language_ids();
            ids.map(move |lang| Box::from(part.lang(lang)))
        });
        Script {
            file: Arc::clone(&file.file),
            name: scenario.name.value.clone(),
            steps: scenario.steps.clone(),
            never: scenario.never.clone(),
            languages: languages.collect(),
            secrets: Secrets::of_all(&scenario.steps),
            from: scenario.from.clone(),
            outbound: scenario.outbound,
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The person: who calls, or who is called.
    pub fn from(&self) -> &str {
        &self.from
    }

    /// We call the person.
    pub fn is_outbound(&self) -> bool {
        self.outbound
    }

    /// The line of a place in its file.
    pub(super) fn line(&self, at: Span) -> usize {
        self.file.line_column(at.start).0
    }
}

/// One finding in a line, without what is keyed in.
fn told(file: &SourceFile, found: &Diagnostic) -> String {
    let (line, _) = found.line_column();
    let written = file.text().lines().nth(line - 1).unwrap_or_default();
    let (path, mut message) = (file.path(), found.message.clone());
    if written.contains("press") {
        let hidden = |c: char| if c.is_ascii_digit() { '•' } else { c };
        message = message.chars().map(hidden).collect();
    }
    match &found.help {
        Some(help) => format!("{path}:{line}: {message}; {help}"),
        None => format!("{path}:{line}: {message}"),
    }
}
