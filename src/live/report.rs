//! What is live and what is wrong, as data for operators and editors.

use serde::Serialize;

use crate::flow::{Build, Diagnostic, Flow};

/// The flows that answer calls, and what was found in the files.
#[derive(Debug, Serialize)]
pub struct Report {
    pub flows: Vec<FlowReport>,
    pub problems: Vec<Problem>,
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
#[derive(Debug, Serialize)]
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

impl Report {
    pub fn of(build: &Build) -> Self {
        Report {
            flows: build
                .catalog
                .flows()
                .iter()
                .map(|flow| FlowReport::of(flow))
                .collect(),
            problems: build.diagnostics.iter().map(Problem::of).collect(),
        }
    }
}

impl FlowReport {
    fn of(flow: &Flow) -> Self {
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
}
