//! A report as data for other programs, one object for each line.

use serde::Serialize;

use super::command::command;
use super::coverage::{Covered, Share};
use super::report::Report;
use super::run::Failure;
use super::words::shown_without;

/// One line of a report as JSON.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Row {
    Scenario {
        file: String,
        line: usize,
        name: String,
        ok: bool,
        runs: usize,
        failures: Vec<Told>,
        /// What opens it in the phone, as its first failure went.
        command: String,
    },
    Coverage {
        flow: String,
        file: String,
        states: Part,
        keys: Part,
        branches: Part,
        uncovered: Vec<Uncovered>,
    },
    Summary {
        scenarios: usize,
        failed: usize,
        runs: usize,
        /// With what is wrong in them, or in their flow.
        files_not_run: usize,
    },
}

/// A run that does not hold.
#[derive(Debug, Serialize)]
pub struct Told {
    pub run: &'static str,
    pub asks: &'static str,
    pub line: usize,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    pub heard: Vec<String>,
}

/// Some of all.
#[derive(Debug, Serialize)]
pub struct Part {
    pub covered: usize,
    pub all: usize,
}

#[derive(Debug, Serialize)]
pub struct Uncovered {
    pub line: usize,
    pub what: String,
}

impl Report<'_> {
    /// Every scenario, then the coverage of every flow unless it says nothing, then the
    /// sum.
    pub fn rows(&self, dir: Option<&str>, filtered: bool) -> Vec<Row> {
        let mut rows = Vec::new();
        for ran in &self.files {
            for (scenario, outcome) in &ran.outcomes {
                let failures = outcome.failures.iter();
                rows.push(Row::Scenario {
                    file: ran.file.file.path().to_owned(),
                    line: ran.file.line(scenario.name.at),
                    name: outcome.secrets.hide(&scenario.name.value),
                    ok: outcome.failures.is_empty(),
                    runs: outcome.runs,
                    failures: failures
                        .map(|failure| told(failure, ran.file.line(failure.unmet.at)))
                        .collect(),
                    command: command(
                        ran.file,
                        scenario,
                        &outcome.secrets,
                        outcome.failures.first().and_then(|first| first.lost_before),
                        dir,
                    ),
                });
            }
        }
        if !filtered {
            rows.extend(self.coverage.iter().map(covered));
        }
        rows.push(Row::Summary {
            scenarios: self.scenarios(),
            failed: self.failed(),
            runs: self.runs(),
            files_not_run: self.not_run,
        });
        rows
    }
}

fn told(failure: &Failure, line: usize) -> Told {
    Told {
        run: failure.run.word(),
        asks: failure.run.asks_word(),
        line,
        message: failure.secrets.hide(&failure.unmet.what),
        place: failure.unmet.place.clone(),
        heard: failure
            .heard
            .iter()
            .map(|heard| shown_without(&failure.secrets, heard))
            .collect(),
    }
}

fn covered(covered: &Covered) -> Row {
    let part = |share: Share| Part {
        covered: share.done,
        all: share.all,
    };
    Row::Coverage {
        flow: covered.flow.clone(),
        file: covered.file.clone(),
        states: part(covered.states),
        keys: part(covered.keys),
        branches: part(covered.branches),
        uncovered: covered
            .open
            .iter()
            .map(|open| Uncovered {
                line: open.line,
                what: open.what.clone(),
            })
            .collect(),
    }
}
