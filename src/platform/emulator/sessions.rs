//! Which sessions there are, and what was recorded of those that ended.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::live::Clock;
use crate::wire::api::RecordingEntry;

/// The most sessions that are up at once.
const MOST_UP: usize = 100_000;
/// The most that are remembered when they have ended.
const MOST_ENDED: usize = 100_000;
/// For how long one that has ended is remembered.
const REMEMBERED: Duration = Duration::from_secs(3600);

pub struct Sessions {
    clock: Clock,
    /// Held for a look or a change, never over anything that waits.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    all: HashMap<String, Session>,
    /// Those that have ended, the oldest first, with the time.
    ended: VecDeque<(u64, String)>,
}

struct Session {
    subaccount: String,
    recordings: Vec<RecordingEntry>,
}

impl Sessions {
    pub fn new(clock: Clock) -> Self {
        Sessions {
            clock,
            state: Mutex::default(),
        }
    }

    /// One more session is up. False where there are too many.
    #[must_use]
    pub fn begin(&self, session: &str, subaccount: &str) -> bool {
        let mut state = self.lock();
        state.forget(self.clock.ticks_ms());
        if state.all.len() - state.ended.len() >= MOST_UP {
            return false;
        }
        let begun = Session {
            subaccount: subaccount.to_owned(),
            recordings: Vec::new(),
        };
        state.all.insert(session.to_owned(), begun);
        true
    }

    /// A session is over; this was recorded of it.
    pub fn end(&self, session: &str, recordings: Vec<RecordingEntry>) {
        let now = self.clock.ticks_ms();
        let mut state = self.lock();
        let Some(ended) = state.all.get_mut(session) else {
            return;
        };
        ended.recordings = recordings;
        state.ended.push_back((now, session.to_owned()));
        state.forget(now);
    }

    /// What was recorded of a session so far. `None` where the subaccount has none of that
    /// name, or none any more.
    pub fn recordings(&self, subaccount: &str, session: &str) -> Option<Vec<RecordingEntry>> {
        let mut state = self.lock();
        state.forget(self.clock.ticks_ms());
        let session = state.all.get(session);
        let session = session.filter(|session| session.subaccount == subaccount)?;
        Some(session.recordings.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Where a panic leaves a change half done, a session is remembered for too long.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget(&mut self, now: u64) {
        let remembered = REMEMBERED.as_millis() as u64;
        while let Some((ended, _)) = self.ended.front()
            && (ended + remembered <= now || self.ended.len() > MOST_ENDED)
        {
            if let Some((_, session)) = self.ended.pop_front() {
                self.all.remove(&session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_has_ended_is_forgotten_after_a_while() {
        let clock = Clock::manual("2026-03-02T02:00:00Z".parse().unwrap());
        let sessions = Sessions::new(clock.clone());
        assert!(sessions.begin("a", "mine") && sessions.begin("b", "mine"));
        assert_eq!(sessions.recordings("mine", "a"), Some(Vec::new()));
        // Another subaccount's affair.
        assert_eq!(sessions.recordings("other", "a"), None);
        let entry = RecordingEntry::default();
        sessions.end("a", vec![entry.clone()]);
        clock.advance_ms(REMEMBERED.as_millis() as u64 - 1);
        assert_eq!(sessions.recordings("mine", "a"), Some(vec![entry]));
        clock.advance_ms(1);
        assert_eq!(sessions.recordings("mine", "a"), None);
        // One that is up is not forgotten.
        assert_eq!(sessions.recordings("mine", "b"), Some(Vec::new()));
        let state = sessions.lock();
        assert_eq!((state.all.len(), state.ended.len()), (1, 0));
    }
}
