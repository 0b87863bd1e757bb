//! What a designer reads when the scenarios of a project have been run.

use crate::flow::Catalog;

use super::command::{command, placeholders};
use super::coverage::{Coverage, Covered, Share};
use super::document::{Scenario, TestFile};
use super::run::{Failure, Outcome};
use super::sides::sides;

/// The scenarios that were run, file by file.
#[derive(Debug)]
pub struct Report<'a> {
    pub files: Vec<Ran<'a>>,
    pub coverage: Vec<Covered>,
    /// How many files could not be run, as something is wrong with them or their flow.
    pub not_run: usize,
}

/// A file with what became of its scenarios.
#[derive(Debug)]
pub struct Ran<'a> {
    pub file: &'a TestFile,
    pub outcomes: Vec<(&'a Scenario, Outcome)>,
}

/// How a report is written.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// With colours, for a terminal.
    pub color: bool,
    /// The project, where it is not the present folder.
    pub dir: Option<&'a str>,
    /// Some scenarios were left out, so what all of them go through is not known.
    pub filtered: bool,
}

impl<'a> Report<'a> {
    pub fn new(files: Vec<Ran<'a>>, catalog: &Catalog) -> Self {
        let mut coverage = Coverage::default();
        for (_, outcome) in files.iter().flat_map(|ran| &ran.outcomes) {
            coverage.add(&outcome.coverage);
        }
        let flows = catalog.flows().iter();
        let coverage = flows.map(|flow| coverage.of(flow)).collect();
        Report {
            files,
            coverage,
            not_run: 0,
        }
    }

    /// The same, beside so many files that could not be run.
    pub fn beside(self, not_run: usize) -> Self {
        Report { not_run, ..self }
    }

    pub fn scenarios(&self) -> usize {
        self.files.iter().map(|ran| ran.outcomes.len()).sum()
    }

    pub fn failed(&self) -> usize {
        self.files.iter().map(Ran::failed).sum()
    }

    pub fn runs(&self) -> usize {
        let outcomes = self.files.iter().flat_map(|ran| &ran.outcomes);
        outcomes.map(|(_, outcome)| outcome.runs).sum()
    }

    /// One line a test file, failures in full, coverage flow by flow, and the sum.
    pub fn text(&self, look: Look<'_>) -> String {
        let mut text = String::new();
        for ran in self.files.iter().filter(|ran| !ran.outcomes.is_empty()) {
            let mark = match ran.failed() {
                0 => good(look, "ok"),
                _ => bad(look, "failed"),
            };
            text.push_str(&format!("{mark}  {}", ran.file.file.path()));
            let count = ran.outcomes.len();
            text.push_str(&match ran.failed() {
                0 => format!("  {}\n", counted(count, "scenario")),
                failed => format!("  {failed} of {}\n", counted(count, "scenario")),
            });
        }
        for ran in &self.files {
            for (scenario, outcome) in &ran.outcomes {
                for failure in &outcome.failures {
                    text.push('\n');
                    text.push_str(&told(ran.file, scenario, failure, look));
                }
            }
        }
        if !look.filtered {
            text.push_str(&self.coverage_text(look));
        }
        let sum = format!(
            "{}: {} failed, {} held in all",
            counted(self.scenarios(), "scenario"),
            self.failed(),
            counted(self.runs(), "run"),
        );
        text.push('\n');
        text.push_str(&sum);
        if self.not_run > 0 {
            let left = format!("{} could not be run", counted(self.not_run, "file"));
            text.push_str(&format!("; {}", bad(look, &left)));
        }
        text.push('\n');
        text
    }

    fn coverage_text(&self, look: Look<'_>) -> String {
        let widest = |wanted: fn(&Covered) -> &String| {
            let all = self.coverage.iter();
            all.map(|covered| wanted(covered).chars().count()).max()
        };
        let width = widest(|covered| &covered.flow).unwrap_or(0).max(4);
        let mut text = format!("\n{:width$}  states   keys  branches\n", "flow");
        for covered in &self.coverage {
            let share = |share: Share, wide: usize| {
                let shown = format!("{:>wide$}", format!("{}%", share.per_cent()));
                match share.is_whole() {
                    true => good(look, &shown),
                    false => bad(look, &shown),
                }
            };
            text.push_str(&format!(
                "{:width$}  {}  {}  {}\n",
                covered.flow,
                share(covered.states, 6),
                share(covered.keys, 5),
                share(covered.branches, 8),
            ));
        }
        for covered in &self.coverage {
            for open in &covered.open {
                text.push_str(&format!(
                    "  {}:{}  {}\n",
                    covered.file, open.line, open.what
                ));
            }
        }
        text
    }
}

impl Ran<'_> {
    pub fn failed(&self) -> usize {
        let failed = |(_, outcome): &&(&Scenario, Outcome)| !outcome.failures.is_empty();
        self.outcomes.iter().filter(failed).count()
    }
}

/// A failure in full: where, in which run, what, both sides, and how to hear it.
pub fn told(file: &TestFile, scenario: &Scenario, failure: &Failure, look: Look<'_>) -> String {
    let secrets = &failure.secrets;
    let mut text = format!(
        "{} {}:{}  {}\n",
        bad(look, "failed"),
        file.file.path(),
        file.line(failure.unmet.at),
        secrets.hide(&scenario.name.value)
    );
    text.push_str(&format!("  {}\n", secrets.hide(&failure.unmet.what)));
    if let Some(place) = &failure.unmet.place {
        text.push_str(&format!("  at {place}\n"));
    }
    if let Some(run) = failure.run.shown() {
        text.push_str(&format!("  in the run with {run}\n"));
    }
    text.push_str(&sides(file, scenario, failure));
    text.push_str(&format!(
        "  {}\n",
        command(file, scenario, secrets, failure.lost_before, look.dir)
    ));
    text.push_str(&placeholders(file, scenario, secrets));
    text
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

fn good(look: Look<'_>, text: &str) -> String {
    painted(look, 32, text)
}

fn bad(look: Look<'_>, text: &str) -> String {
    painted(look, 31, text)
}

/// A text in one of the terminal's own colours.
fn painted(look: Look<'_>, color: u8, text: &str) -> String {
    match look.color {
        true => format!("\u{1b}[{color}m{text}\u{1b}[0m"),
        false => text.to_owned(),
    }
}
