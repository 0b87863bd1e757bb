//! What came of reading a project again, as a value: for the log, for operators, and
//! for whoever listens.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use tracing::{info, warn};

use crate::call::PhoneNumber;
use crate::flow::{Diagnostic, Revision};

use super::census::Census;
use super::report::Problem;

/// What one look at changed files came to.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    #[serde(serialize_with = "shown")]
    pub at: Timestamp,
    /// A hash of all files together.
    #[serde(serialize_with = "shown")]
    pub tree: Revision,
    /// The files that are not as they were at the last look, tests and the like among
    /// them.
    pub changed: Vec<String>,
    pub live: Vec<WentLive>,
    pub withdrawn: Vec<Withdrawn>,
    pub refused: Vec<Refusal>,
    /// Files that were refused before and are so no more: mended, or gone.
    pub mended: Vec<String>,
    /// Files that count as being worked on; what was there before stands in.
    pub waiting: Vec<Waiting>,
    /// What was not withdrawn, as too much would be gone.
    pub held_back: Option<HeldBack>,
    /// Numbers with calls in progress that left a flow.
    pub numbers_taken: Vec<NumberTaken>,
    /// Calls in progress that stay on a revision which is live no more.
    pub calls_on_old: usize,
    /// From the first sign of a change until it was live, in ms; 0 where that is not
    /// known.
    pub took_ms: u64,
    /// Everything that was found in the files.
    #[serde(skip)]
    pub diagnostics: Arc<[Diagnostic]>,
}

/// A revision that went live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WentLive {
    pub flow: String,
    pub file: String,
    #[serde(serialize_with = "shown")]
    pub revision: Revision,
    /// The revision that was live before.
    #[serde(serialize_with = "shown_if_any")]
    pub was: Option<Revision>,
    /// Calls in progress that stay on that.
    pub calls_on_old: usize,
}

/// A flow that is not live any more, for new calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawn {
    pub flow: String,
    pub file: String,
    #[serde(serialize_with = "shown")]
    pub revision: Revision,
    /// Calls in progress that go on with it.
    pub calls_on_old: usize,
}

/// A file that is not live as it is.
#[derive(Debug, Clone, Serialize)]
pub struct Refusal {
    pub file: String,
    /// The flow of this file that stays live, and in which revision.
    pub keeps: Option<Kept>,
    pub reasons: Vec<Problem>,
    /// For how long the file has been refused, in seconds.
    pub age_seconds: u64,
    #[serde(skip)]
    pub(super) since_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    pub flow: String,
    #[serde(serialize_with = "shown")]
    pub revision: Revision,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    pub file: String,
    pub reason: &'static str,
}

/// Flows whose files have vanished, and which stay live all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldBack {
    pub flows: Vec<String>,
    pub reason: &'static str,
    /// For how long they have been held back, in seconds.
    pub age_seconds: u64,
    #[serde(skip)]
    pub(super) since_ms: u64,
}

/// A number that a flow does not answer any more, while calls to it are in progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NumberTaken {
    #[serde(serialize_with = "shown")]
    pub number: PhoneNumber,
    pub flow: String,
    pub file: String,
    /// The flow that answers it now.
    pub to: Option<String>,
    pub calls: usize,
}

impl Outcome {
    /// Fills in how many calls are concerned.
    pub(super) fn count(&mut self, census: &Census, calls_on_old: usize) {
        for live in &mut self.live {
            let old = live.was.filter(|was| *was != live.revision);
            live.calls_on_old = old.map_or(0, |old| census.on_revision(old));
        }
        for withdrawn in &mut self.withdrawn {
            withdrawn.calls_on_old = census.on_revision(withdrawn.revision);
        }
        for taken in &mut self.numbers_taken {
            taken.calls = census.on_number(taken.number);
        }
        self.numbers_taken.retain(|taken| taken.calls > 0);
        self.calls_on_old = calls_on_old;
    }

    /// True where something is not as its author meant it.
    pub fn is_refused(&self) -> bool {
        !self.refused.is_empty() || self.held_back.is_some()
    }

    /// One line, and one more for each number that is taken away from calls.
    pub(super) fn log(&self) {
        let live = list(&self.live, |live| {
            format!("{} {} ({})", live.flow, live.revision, live.file)
        });
        let withdrawn = list(&self.withdrawn, |withdrawn| {
            format!("{} ({})", withdrawn.flow, withdrawn.file)
        });
        let refused = list(&self.refused, Refusal::line);
        let mended = list(&self.mended, String::clone);
        let waiting = list(&self.waiting, |waiting| {
            format!("{}: {}", waiting.file, waiting.reason)
        });
        let held_back = self.held_back.as_ref().map(HeldBack::line);
        let (calls_on_old, took_ms) = (self.calls_on_old, self.took_ms);
        if self.is_refused() {
            warn!(
                live,
                withdrawn,
                refused,
                mended,
                waiting,
                held_back,
                calls_on_old,
                took_ms,
                "the files were read again, and not all of them are live"
            );
        } else {
            info!(
                live,
                withdrawn, mended, waiting, calls_on_old, took_ms, "the files were read again"
            );
        }
        for taken in &self.numbers_taken {
            warn!(
                number = %taken.number,
                flow = taken.flow,
                file = taken.file,
                to = taken.to,
                calls = taken.calls,
                "a number was taken away while calls to it are in progress"
            );
        }
    }
}

impl Refusal {
    /// The file, why it is refused, and what stays live.
    pub(super) fn line(&self) -> String {
        let reason = match self.reasons.split_first() {
            None => format!("{} cannot go live", self.file),
            Some((first, [])) => first.line(),
            Some((first, more)) => format!("{}; and {} more", first.line(), more.len()),
        };
        match &self.keeps {
            Some(kept) => format!("{reason}; {} {} stays live", kept.flow, kept.revision),
            None => reason,
        }
    }
}

impl HeldBack {
    pub(super) fn line(&self) -> String {
        let flows = list(&self.flows, String::clone).unwrap_or_default();
        format!("{}: {flows}", self.reason)
    }
}

/// The most things that one field of the log names.
const MOST: usize = 20;

/// Nothing where there is none, so that the log has no empty fields.
fn list<T>(all: &[T], line: impl Fn(&T) -> String) -> Option<String> {
    if all.is_empty() {
        return None;
    }
    let shown: Vec<String> = all.iter().take(MOST).map(line).collect();
    let mut text = shown.join(", ");
    if all.len() > MOST {
        text.push_str(&format!(", and {} more", all.len() - MOST));
    }
    Some(text)
}

fn shown<S: Serializer>(value: &impl std::fmt::Display, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

fn shown_if_any<S: Serializer>(value: &Option<Revision>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.collect_str(value),
        None => to.serialize_none(),
    }
}
