//! What is live and what is wrong, as data for operators and editors.

use serde::Serialize;

use crate::flow::{Diagnostic, Flow};

use super::outcome::{HeldBack, Outcome, Refusal};

/// The flows that answer calls, what was found in the files, and what is not live.
#[derive(Debug, Serialize)]
pub struct Report {
    pub flows: Vec<FlowReport>,
    pub problems: Vec<Problem>,
    /// The files that are not live as they are, each with the age of that.
    pub refused: Vec<Refusal>,
    /// What was not withdrawn, as too much would be gone.
    pub held_back: Option<HeldBack>,
    /// Revisions that are live no more, and have calls in progress.
    pub older: Vec<Older>,
    /// What the last look at changed files came to; nothing since the start.
    pub last_reload: Option<Outcome>,
}

/// A revision that goes when its last call has ended.
#[derive(Debug, Serialize)]
pub struct Older {
    pub flow: String,
    pub revision: String,
    pub calls: usize,
}

#[derive(Debug, Serialize)]
pub struct FlowReport {
    pub flow: String,
    pub revision: String,
    pub file: String,
    pub numbers: Vec<String>,
    /// It answers every number that no other flow has.
    pub any_number: bool,
    pub states: usize,
}

/// One finding, as one object.
#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    pub code: &'static str,
    pub severity: &'static str,
    pub file: String,
    /// Line and column, counted from 1, the column in characters.
    pub line: usize,
    pub column: usize,
    pub message: String,
    pub help: Option<String>,
    /// What a caller would have heard, where that can be told.
    pub hears: Option<String>,
}

impl FlowReport {
    pub(super) fn of(flow: &Flow) -> Self {
        FlowReport {
            flow: flow.name().to_owned(),
            revision: flow.revision().to_string(),
            file: flow.path().to_owned(),
            numbers: flow.numbers().iter().map(ToString::to_string).collect(),
            any_number: flow.takes_any(),
            states: flow.states().len(),
        }
    }
}

impl Problem {
    pub fn of(diagnostic: &Diagnostic) -> Self {
        let (line, column) = diagnostic.line_column();
        Problem {
            code: diagnostic.code.word(),
            severity: diagnostic.severity.word(),
            file: diagnostic.file().to_owned(),
            line,
            column,
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            hears: diagnostic.hears.clone(),
        }
    }

    /// A file that could not be read.
    pub fn unreadable(file: &str, message: String) -> Self {
        Problem {
            code: "unreadable-file",
            severity: "error",
            file: file.to_owned(),
            line: 1,
            column: 1,
            message,
            help: None,
            hears: None,
        }
    }

    /// Place, code and message, for a log.
    pub fn line(&self) -> String {
        let Problem {
            file, line, column, ..
        } = self;
        format!("{file}:{line}:{column}: {}", self.message)
    }
}
