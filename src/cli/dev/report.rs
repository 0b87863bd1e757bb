//! What a save came to, in words: the findings in full, and one line.

use std::collections::HashSet;

use jiff::tz::TimeZone;

use super::tester::Tested;
use super::zone;
use crate::app::{self, Dev};
use crate::cli::counted;
use crate::cli::phone::Paint;
use crate::flow::{Diagnostic, Severity};
use crate::live::Outcome;
use crate::scenario::is_test_path;

/// The most things of a kind that the line names.
const MOST: usize = 3;

/// Tells what comes of saves.
pub struct Reporter {
    paint: Paint,
    zone: TimeZone,
    /// What was found in the files and has been told.
    known: HashSet<(String, String)>,
}

impl Reporter {
    pub fn new(paint: Paint) -> Self {
        Reporter {
            paint,
            zone: zone::of_this_machine(),
            known: HashSet::new(),
        }
    }

    /// What there is at the start.
    pub fn greeting(&mut self, dev: &Dev) -> Vec<String> {
        let mut lines = Vec::new();
        for error in &dev.unread {
            lines.extend([format!("error[unreadable-file]: {error}"), String::new()]);
        }
        lines.extend(self.told(&dev.diagnostics, &[]));
        let catalog = dev.catalog();
        lines.extend(catalog.flows().iter().map(|flow| app::served(flow)));
        if catalog.is_empty() {
            lines.push("no flow is live yet: save one that is good, as `flows/NAME.yaml`".into());
        }
        if let Some(taken) = dev.taken {
            lines.push(format!("{taken} is taken, so another port has to do"));
        }
        lines.push(format!("listening on http://{}", dev.address()));
        if dev.has_emulator() {
            lines.push("calls that `ringflow dial` starts ring here, with no account".into());
        }
        lines.push("save a file, and it is checked, tested and live; `help` says the rest".into());
        lines.push(String::new());
        lines
    }

    /// What is wrong in files that were saved, and what is new in others.
    pub fn findings(&mut self, outcome: &Outcome) -> Vec<String> {
        let mut lines = Vec::new();
        let problems = outcome.refused.iter().flat_map(|refusal| &refusal.reasons);
        for problem in problems.filter(|problem| problem.code == "unreadable-file") {
            let line = format!("error[{}]: {}", problem.code, problem.message);
            lines.extend([self.paint.wrong(&line), String::new()]);
        }
        lines.extend(self.told(&outcome.diagnostics, &outcome.changed));
        lines
    }

    /// Renders errors of these files, and everything that was not there before.
    fn told(&mut self, found: &[Diagnostic], changed: &[String]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut known = HashSet::new();
        for diagnostic in found {
            let key = (diagnostic.file().to_owned(), diagnostic.message.clone());
            let is_error = diagnostic.severity == Severity::Error;
            let is_saved = changed.iter().any(|path| path == diagnostic.file());
            if (is_error && is_saved) || !self.known.contains(&key) {
                lines.extend([diagnostic.render(self.paint.has_colors), String::new()]);
            }
            known.insert(key);
        }
        self.known = known;
        lines
    }

    /// The tests that do not hold, and the one line of a save.
    pub fn saved(&self, tested: &Tested) -> Vec<String> {
        let mut lines = Vec::new();
        for problem in &tested.problems {
            lines.extend([problem.render(self.paint.has_colors), String::new()]);
        }
        if let Some(failure) = &tested.failure {
            lines.push(failure.trim_end().to_owned());
            if tested.failed > 1 {
                let more = tested.failed - 1;
                lines.push(format!("  and {more} more: `ringflow test` shows them"));
            }
            lines.push(String::new());
        }
        let outcome = &tested.outcome;
        let mut parts = vec![changed(outcome)];
        parts.extend(self.checked(outcome));
        parts.extend(self.held(tested));
        let as_before = tested.as_before.iter().map(|flow| format!("{flow} live"));
        parts.extend(some(as_before.map(|text| self.paint.name(&text)).collect()));
        parts.extend(self.live(outcome));
        if outcome.took_ms > 0 {
            parts.push(self.paint.quiet(&format!("{} ms", outcome.took_ms)));
        }
        let time = zone::time_of_day(outcome.at, &self.zone);
        lines.push(format!(
            "{}  {}",
            self.paint.quiet(&time),
            parts.join(" · ")
        ));
        lines
    }

    fn checked(&self, outcome: &Outcome) -> Option<String> {
        let count = |severity| {
            let found = outcome.diagnostics.iter();
            found.filter(|found| found.severity == severity).count()
        };
        let unread = outcome.refused.iter().flat_map(|refusal| &refusal.reasons);
        let unread = unread.filter(|problem| problem.code == "unreadable-file");
        let errors = count(Severity::Error) + unread.count();
        if errors > 0 {
            return Some(self.paint.wrong(&counted(errors, "error")));
        }
        if outcome.changed.iter().all(|path| is_test_path(path)) {
            return None;
        }
        Some(match count(Severity::Warning) {
            0 => self.paint.good("checks"),
            warnings => format!(
                "{}, {}",
                self.paint.good("checks"),
                counted(warnings, "warning")
            ),
        })
    }

    fn held(&self, tested: &Tested) -> Option<String> {
        let Tested { all, failed, .. } = *tested;
        let faulty = tested.problems.iter().map(Diagnostic::file);
        let faulty: HashSet<&str> = faulty.collect();
        Some(match (tested.is_broken, faulty.len(), failed) {
            (true, _, _) => self.paint.wrong("the tests could not be run"),
            (_, files @ 1.., _) => self
                .paint
                .wrong(&format!("{} cannot be run", counted(files, "test file"))),
            (_, _, 0) if all > 0 => {
                let text = format!("{all} of {} {}", counted(all, "test"), hold(all));
                self.paint.good(&text)
            }
            (_, _, 1..) => self.paint.wrong(&format!(
                "{failed} of {} {}",
                counted(all, "test"),
                match failed {
                    1 => "fails",
                    _ => "fail",
                }
            )),
            _ if !tested.outcome.live.is_empty() => self.paint.quiet("no tests"),
            _ => return None,
        })
    }

    /// What is live, and what is not.
    fn live(&self, outcome: &Outcome) -> Vec<String> {
        let live = outcome.live.iter().map(|live| {
            let text = format!("{} {} live", live.flow, live.revision);
            self.paint.name(&text)
        });
        let gone = outcome.withdrawn.iter();
        let gone = gone.map(|gone| format!("{} is not live any more", gone.flow));
        let refused = outcome.refused.iter().map(|refusal| match &refusal.keeps {
            Some(kept) => format!("{} {} stays live", kept.flow, kept.revision),
            None => format!("{} is not live", short(&refusal.file)),
        });
        let waiting = outcome.waiting.iter();
        let waiting = waiting.map(|one| format!("{}: {}", short(&one.file), one.reason));
        let held = outcome.held_back.iter();
        let held = held.map(|held| format!("{}: {}", held.reason, held.flows.join(", ")));
        let taken = outcome.numbers_taken.iter().map(|taken| {
            format!(
                "{} was taken away from {} with calls",
                taken.number, taken.flow
            )
        });
        let mut all = some(live.collect());
        all.extend(some(gone.collect()));
        all.extend(some(refused.collect()));
        all.extend(some(waiting.collect()));
        all.extend(held);
        all.extend(some(taken.collect()));
        all
    }
}

/// The files of a change.
fn changed(outcome: &Outcome) -> String {
    let files = outcome.changed.iter().map(|path| short(path).to_owned());
    match outcome.changed.is_empty() {
        true => "read again".to_owned(),
        false => some(files.collect()).join(", "),
    }
}

/// Some of all, and how many more there are.
fn some(mut all: Vec<String>) -> Vec<String> {
    if all.len() > MOST {
        let more = all.len() - MOST;
        all.truncate(MOST);
        all.push(format!("{more} more"));
    }
    all
}

fn short(path: &str) -> &str {
    path.strip_prefix("flows/").unwrap_or(path)
}

fn hold(count: usize) -> &'static str {
    if count == 1 { "holds" } else { "hold" }
}
