//! The gate in front of one host: how many may ask it at once, and whether it is asked at
//! all just now. A host that hangs must not hold more calls than it has to.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::{info, warn};

use crate::call::LookUpFailure;
use crate::live::clock::Clock;

/// How many look-ups ask one host at once.
pub const MAX_AT_ONCE: usize = 64;
/// How long a further one waits for its turn, and it waits no longer than for half of its
/// own time.
const MAX_WAIT: Duration = Duration::from_millis(250);
/// After how many failures in a row a host is left alone.
pub const MAX_FAILURES: u32 = 5;
/// For how long it is, in ms.
pub const REST_MS: u64 = 5_000;

/// One host's gate.
#[derive(Debug)]
pub(super) struct Gate {
    host: Box<str>,
    clock: Clock,
    places: Arc<Semaphore>,
    /// Held for a look, so a plain lock.
    breaker: Mutex<Breaker>,
}

#[derive(Debug, Default)]
struct Breaker {
    /// Failures since the last good answer.
    failures: u32,
    /// Until when nobody asks; from then on one look-up tries whether it is worth it.
    open_until_ms: Option<u64>,
    is_tried: bool,
}

impl Gate {
    pub fn new(host: &str, clock: Clock) -> Arc<Self> {
        Arc::new(Gate {
            host: host.into(),
            clock,
            places: Arc::new(Semaphore::new(MAX_AT_ONCE)),
            breaker: Mutex::default(),
        })
    }

    /// Waits for a turn, for a part of the time that there is.
    pub async fn enter(self: &Arc<Self>, within: Duration) -> Result<Pass, LookUpFailure> {
        if !self.is_open_to_anybody() {
            return Err(LookUpFailure::Broken);
        }
        let place = Arc::clone(&self.places).acquire_owned();
        let wait = MAX_WAIT.min(within / 2);
        let Ok(Ok(place)) = tokio::time::timeout(wait, place).await else {
            return Err(LookUpFailure::Busy);
        };
        let is_trial = self.admit().ok_or(LookUpFailure::Broken)?;
        Ok(Pass {
            gate: Arc::clone(self),
            is_trial,
            _place: place,
        })
    }

    fn is_open_to_anybody(&self) -> bool {
        self.with(|breaker, now| match breaker.open_until_ms {
            None => true,
            Some(until) => until <= now && !breaker.is_tried,
        })
    }

    /// Whether one may go through, and whether it is then the one that tries.
    fn admit(&self) -> Option<bool> {
        self.with(|breaker, now| match breaker.open_until_ms {
            None => Some(false),
            Some(until) if until <= now && !breaker.is_tried => {
                breaker.is_tried = true;
                Some(true)
            }
            Some(_) => None,
        })
    }

    fn with<T>(&self, look: impl FnOnce(&mut Breaker, u64) -> T) -> T {
        let mut breaker = self.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        look(&mut breaker, self.clock.ticks_ms())
    }
}

/// A look-up's way through the gate, until it is dropped.
#[derive(Debug)]
pub(super) struct Pass {
    gate: Arc<Gate>,
    is_trial: bool,
    _place: OwnedSemaphorePermit,
}

impl Pass {
    /// The host has answered as a host in order does.
    pub fn worked(self) {
        let was_open = self.gate.with(|breaker, _| {
            // One that began before the gate was shut says nothing of it now.
            if breaker.open_until_ms.is_none() || self.is_trial {
                return std::mem::take(breaker).open_until_ms.is_some();
            }
            false
        });
        if was_open {
            info!(host = &*self.gate.host, "a host answers again");
        }
    }

    /// It has not.
    pub fn failed(self) {
        let is_new = self.gate.with(|breaker, now| {
            breaker.failures = breaker.failures.saturating_add(1);
            if self.is_trial {
                breaker.open_until_ms = Some(now + REST_MS);
                breaker.is_tried = false;
                return false;
            }
            let is_new = breaker.open_until_ms.is_none() && breaker.failures >= MAX_FAILURES;
            if is_new {
                breaker.open_until_ms = Some(now + REST_MS);
            }
            is_new
        });
        if is_new {
            warn!(
                host = &*self.gate.host,
                failures = MAX_FAILURES,
                "a host has failed several times in a row and is left alone for some seconds"
            );
        }
    }
}

impl Drop for Pass {
    /// One whose call went away before there was an answer: the next one tries.
    fn drop(&mut self) {
        if self.is_trial {
            self.gate.with(|breaker, _| breaker.is_tried = false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHIN: Duration = Duration::from_millis(100);

    fn gate() -> (Arc<Gate>, Clock) {
        let clock = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        (Gate::new("crm.example.com", clock.clone()), clock)
    }

    async fn fail(gate: &Arc<Gate>, times: u32) {
        for _ in 0..times {
            gate.enter(WITHIN).await.unwrap().failed();
        }
    }

    fn is_broken(entered: &Result<Pass, LookUpFailure>) -> bool {
        matches!(entered, Err(LookUpFailure::Broken))
    }

    #[tokio::test]
    async fn failures_in_a_row_shut_it_and_one_look_up_tries_again_later() {
        let (gate, clock) = gate();
        fail(&gate, MAX_FAILURES - 1).await;
        gate.enter(WITHIN).await.unwrap().worked();
        fail(&gate, MAX_FAILURES).await;
        assert!(is_broken(&gate.enter(WITHIN).await));
        clock.advance_ms(REST_MS - 1);
        assert!(is_broken(&gate.enter(WITHIN).await));

        clock.advance_ms(1);
        let trial = gate.enter(WITHIN).await.unwrap();
        assert!(is_broken(&gate.enter(WITHIN).await));
        trial.failed();
        assert!(is_broken(&gate.enter(WITHIN).await));

        clock.advance_ms(REST_MS);
        gate.enter(WITHIN).await.unwrap().worked();
        fail(&gate, MAX_FAILURES - 1).await;
        assert!(gate.enter(WITHIN).await.is_ok());
    }

    #[tokio::test]
    async fn a_trial_that_is_given_up_leaves_it_to_the_next() {
        let (gate, clock) = gate();
        fail(&gate, MAX_FAILURES).await;
        clock.advance_ms(REST_MS);
        drop(gate.enter(WITHIN).await.unwrap());
        assert!(gate.enter(WITHIN).await.is_ok());
    }

    #[tokio::test]
    async fn one_that_began_before_does_not_open_it() {
        let (gate, _) = gate();
        let early = gate.enter(WITHIN).await.unwrap();
        fail(&gate, MAX_FAILURES).await;
        early.worked();
        assert!(is_broken(&gate.enter(WITHIN).await));
    }

    #[tokio::test(start_paused = true)]
    async fn more_than_may_ask_at_once_wait_and_give_up() {
        let (gate, _) = gate();
        let mut inside = Vec::new();
        for _ in 0..MAX_AT_ONCE {
            inside.push(gate.enter(WITHIN).await.unwrap());
        }
        let began = tokio::time::Instant::now();
        let late = gate.enter(WITHIN).await;
        assert!(matches!(late, Err(LookUpFailure::Busy)));
        assert_eq!(began.elapsed(), WITHIN / 2);

        let (entered, ()) = tokio::join!(gate.enter(WITHIN), async {
            tokio::time::sleep(WITHIN / 4).await;
            inside.pop();
        });
        assert!(entered.is_ok());
    }
}
