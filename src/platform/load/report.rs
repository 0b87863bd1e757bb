//! What a load came to, as data. The unit of every figure is in its name.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::schedule::Arrivals;
use super::spread::{Point, Spread};
use crate::platform::drive::{Faults, Pace};

/// What was to be done.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where webhooks go.
    pub target: String,
    pub arrivals: Arrivals,
    /// For how long calls begin.
    pub duration: Duration,
    /// How long the rate, or the number of callers, takes to rise.
    pub ramp: Duration,
    /// How long the calls that are up are waited for then.
    pub drain: Duration,
    pub pace: Pace,
    pub faults: Faults,
    pub seed: u64,
    /// The numbers that are called, with their weights.
    pub numbers: Vec<(String, f64)>,
    /// Who calls, in words.
    pub callers: Vec<String>,
}

/// All of it, as it is written.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub target: String,
    /// When it began.
    pub begun_at: String,
    pub plan: PlanReport,
    /// Whether the generator was good enough for the figures to be the server's. Where it
    /// was not, `warnings` says why.
    pub is_fit: bool,
    pub warnings: Vec<String>,
    /// For how long calls began.
    pub loaded_seconds: f64,
    /// Until the last call was over, or was not waited for any more.
    pub took_seconds: f64,
    pub calls: CallsReport,
    pub requests: RequestsReport,
    pub wrong_answers: WrongReport,
    pub latency: Latency,
    pub generator: GeneratorReport,
    pub server: ServerReport,
    /// Files that were saved meanwhile.
    pub saves: Option<Saves>,
    pub over_time: Vec<Moment>,
    pub percentiles: Vec<Point>,
}

#[derive(Debug, Clone, Serialize)]
pub struct PlanReport {
    /// `open` or `closed`.
    pub loop_kind: &'static str,
    pub calls_per_second: Option<f64>,
    /// `random` or `even`.
    pub spacing: Option<&'static str>,
    pub at_once_callers: Option<usize>,
    pub duration_seconds: f64,
    pub ramp_seconds: f64,
    pub drain_seconds: f64,
    /// `real`, `fast`, or how many times as fast as real.
    pub pace: String,
    pub seed: u64,
    pub numbers: BTreeMap<String, f64>,
    pub callers: Vec<String>,
    /// The shares of what was made to go wrong.
    pub faults: BTreeMap<&'static str, f64>,
}

#[derive(Debug, Clone, Serialize)]
pub struct CallsReport {
    pub started: u64,
    pub started_per_second: f64,
    /// Begun more than 10 ms behind their time.
    pub started_late: u64,
    pub ended: u64,
    pub at_once_most: u64,
    /// Still up when they were not waited for any more, for their callers had not come to
    /// their ends.
    pub cut: u64,
    /// Ended by us, as after the most turns there are they had come to no end.
    pub endless: u64,
    /// In which something of the generator's broke.
    pub broken: u64,
    /// In which a caller from a file did not find what it expected.
    pub expectations_unmet: u64,
    pub endings: BTreeMap<&'static str, u64>,
}

#[derive(Debug, Clone, Serialize)]
pub struct RequestsReport {
    pub sent: u64,
    /// Those that a call waited for, each counted once.
    pub turns: u64,
    /// Of the time in which calls began.
    pub turns_per_second: f64,
    pub statuses: BTreeMap<u16, u64>,
    /// Without an answer, by reason.
    pub unanswered: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, Serialize)]
pub struct WrongReport {
    pub total: u64,
    pub by_kind: BTreeMap<&'static str, u64>,
    /// The first few.
    pub examples: Vec<String>,
}

/// How long calls waited for their answers.
#[derive(Debug, Clone, Serialize)]
pub struct Latency {
    /// From when each webhook was due: corrected for what was kept waiting.
    pub from_due: Spread,
    /// From when it was sent: what most generators show.
    pub from_sent: Spread,
    /// What `from_due` is, in words.
    pub how: String,
    /// In a closed loop, how often a caller would have asked.
    pub expected_interval_us: Option<u64>,
}

/// What the generator itself was like.
#[derive(Debug, Clone, Serialize)]
pub struct GeneratorReport {
    /// How late it sent webhooks.
    pub lag: Spread,
    /// Webhooks that it sent more than 10 ms late.
    pub late_turns: u64,
    pub cpu_seconds: Option<f64>,
    /// How many cores that was, all the time.
    pub cores_used: Option<f64>,
    pub cores: usize,
}

/// What the server used, where that can be seen.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ServerReport {
    pub pids: Vec<i32>,
    pub cpu_seconds: Option<f64>,
    pub cores_used: Option<f64>,
    pub requests_per_cpu_second: Option<f64>,
    pub memory_begin_bytes: Option<u64>,
    pub memory_most_bytes: Option<u64>,
    pub memory_end_bytes: Option<u64>,
    /// Why it cannot be seen.
    pub unseen: Option<String>,
}

/// What was saved while calls went on.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Saves {
    pub files: usize,
    pub interval_ms: u64,
    pub saves: u64,
    /// Different revisions that were seen live, where the server could be asked.
    pub revisions_seen: Option<u64>,
    /// Files that somebody else has changed meanwhile, which were left alone from then on.
    pub left_alone: Vec<String>,
    /// Files that are not as they were.
    pub not_put_back: Vec<String>,
}

/// What was due in a part of the time.
#[derive(Debug, Clone, Serialize)]
pub struct Moment {
    /// When the part begins.
    pub at_seconds: f64,
    pub calls_started: u64,
    pub turns: u64,
    pub wrong_answers: u64,
    pub p50_us: u64,
    pub p99_us: u64,
    pub max_us: u64,
}

impl Report {
    /// Whether nothing was wrong: every answer was one that the platform takes, and every
    /// caller found what was expected.
    pub fn is_good(&self) -> bool {
        let not_put_back = self
            .saves
            .as_ref()
            .map_or(0, |saves| saves.not_put_back.len());
        let is_5xx = |status: &u16| *status >= 500;
        self.wrong_answers.total == 0
            && self.calls.expectations_unmet == 0
            && self.calls.broken == 0
            && not_put_back == 0
            && !self.requests.statuses.keys().any(is_5xx)
    }
}
