//! How far a job is, and what came of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Job, Row};
use crate::outbound::news::Outcome;

/// How far a job is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct JobReport {
    pub id: String,
    pub flow: String,
    /// All rows.
    pub rows: usize,
    /// Those that were not called yet.
    pub waiting: usize,
    pub under_way: usize,
    /// The others, by how they ended.
    pub ended: BTreeMap<String, usize>,
    /// No further row is called.
    pub cancelled: bool,
    /// Why it does not go on, though it is not finished.
    pub held: Option<String>,
    /// Nothing is going to change any more, as long as this server runs.
    pub over: bool,
    /// How often it has changed.
    pub changes: u64,
}

impl Job {
    pub(super) fn report(&self) -> JobReport {
        // Before the rest: what changes meanwhile is told the next time.
        let changes = *self.changed.borrow();
        let is_finished = self.is_finished();
        let progress = self.progress();
        let mut report = JobReport {
            id: self.id.clone(),
            flow: self.head.flow.clone(),
            rows: progress.rows.len(),
            cancelled: progress.cancelled,
            held: progress.held.clone(),
            over: progress.at_rest || is_finished,
            changes,
            ..JobReport::default()
        };
        for row in &progress.rows {
            match row {
                Row::Waiting => report.waiting += 1,
                Row::Sending { .. } => report.under_way += 1,
                Row::Ended(outcome) => {
                    *report.ended.entry(outcome.status.clone()).or_default() += 1;
                }
            }
        }
        report
    }

    /// A line for each row, in the order of the file. Of its variables there is none.
    pub(super) fn result(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut write = |cells: [&str; 5]| {
            let written = writer.write_record(cells);
            written.expect("memory takes every byte, and all rows have five cells");
        };
        write(["number", "status", "seconds", "session", "error"]);
        for (order, row) in self.rows.iter().zip(&self.progress().rows) {
            let outcome = match row {
                Row::Waiting => Outcome {
                    status: "NOT_CALLED".to_owned(),
                    ..Outcome::default()
                },
                Row::Sending { session, .. } => Outcome {
                    status: "UNDER_WAY".to_owned(),
                    session: session.clone(),
                    ..Outcome::default()
                },
                Row::Ended(outcome) => outcome.clone(),
            };
            let seconds = outcome.seconds.map(|seconds| seconds.to_string());
            write([
                &order.to,
                &outcome.status,
                &seconds.unwrap_or_default(),
                &outcome.session.unwrap_or_default(),
                &outcome.error.unwrap_or_default(),
            ]);
        }
        let bytes = writer.into_inner().unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}
