//! The figures while sessions are driven.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::figures::Figures;
use crate::platform::drive::{Ended, TurnTaken, Watch};

/// Measures sessions while they are driven.
pub struct Meter {
    most_turns: u32,
    /// Held for as long as a few histograms take, some hundred nanoseconds, and never over
    /// anything that waits. One lock is enough for more than a machine can send.
    figures: Mutex<Figures>,
}

/// How it stands just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glance {
    pub up: u64,
    pub started: u64,
    pub turns: u64,
    pub wrong_answers: u64,
    /// Of the time from when webhooks were due to their answers.
    pub p99_us: u64,
}

impl Meter {
    /// A load that has calls begin for this long, and ends a call at this many turns.
    pub fn new(duration: Duration, most_turns: u32) -> Self {
        Meter {
            most_turns,
            figures: Mutex::new(Figures::new(Instant::now(), duration)),
        }
    }

    /// The load begins now, at this time.
    pub(super) fn begins(&self, begun: Instant, duration: Duration) {
        *self.lock() = Figures::new(begun, duration);
    }

    pub(super) fn starts(&self, due: Instant) {
        let now = Instant::now();
        self.lock().starts(due, now);
    }

    pub fn glance(&self) -> Glance {
        let figures = self.lock();
        Glance {
            up: figures.up(),
            started: figures.started,
            turns: figures.turns,
            wrong_answers: figures.wrong_answers + figures.unmet,
            p99_us: figures.from_due.value_at_quantile(0.99),
        }
    }

    /// All figures as they are now.
    pub fn figures(&self) -> Figures {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Figures> {
        // Counts that a panic left a little short are better than none.
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Meter {
    fn turn(&self, turn: &TurnTaken) {
        self.lock().turn(turn);
    }

    fn ended(&self, ended: &Ended) {
        self.lock().ends(ended, self.most_turns);
    }
}
