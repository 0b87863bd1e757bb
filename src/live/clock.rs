//! The time, so that a test can hand in its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// Tells what time it is, and how much time has passed, which no correction of the
/// wall clock changes.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System {
        started: Instant,
    },
    Manual {
        start: Timestamp,
        passed_ms: Arc<AtomicU64>,
    },
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Clock(Kind::System {
            started: Instant::now(),
        })
    }

    /// A clock that stands still until it is moved.
    pub fn manual(start: Timestamp) -> Self {
        Clock(Kind::Manual {
            start,
            passed_ms: Arc::default(),
        })
    }

    /// Moves a manual clock on; the machine's own goes on by itself.
    pub fn advance_ms(&self, ms: u64) {
        if let Kind::Manual { passed_ms, .. } = &self.0 {
            passed_ms.fetch_add(ms, Ordering::Relaxed);
        }
    }

    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System { .. } => Timestamp::now(),
            Kind::Manual { start, .. } => {
                let passed = SignedDuration::from_millis(self.ticks_ms() as i64);
                start.checked_add(passed).unwrap_or(*start)
            }
        }
    }

    /// Milliseconds since the clock was made.
    pub fn ticks_ms(&self) -> u64 {
        match &self.0 {
            Kind::System { started } => started.elapsed().as_millis() as u64,
            Kind::Manual { passed_ms, .. } => passed_ms.load(Ordering::Relaxed),
        }
    }
}
