//! Many sessions at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::manner::{Manner, Session};
use super::session::drive;
use super::watch::Ended;

/// What came of many sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub calls: u64,
    pub turns: u64,
    pub requests: u64,
    pub wrong_answers: u64,
    /// Sessions that did not come to their end, as something of ours broke in them.
    pub broken: u64,
}

/// Starts sessions by a schedule and drives each to its end. `starts` holds how long after
/// the beginning each should start, and is as long as there are sessions: an iterator that
/// is asked only when the next one is near. At most `at_once` are up. One that starts later
/// than it should, as too many are up or this machine is too slow, is measured from when it
/// should have started, so that what is slow is not made to look fast.
///
/// `make` makes each by its number, counted from 0. What is told of them goes to the watch
/// of `manner`. Dropped before its end, this ends all of them at once.
pub async fn run(
    starts: impl IntoIterator<Item = Duration>,
    at_once: usize,
    mut make: impl FnMut(u64) -> Session,
    manner: Arc<Manner>,
) -> Tally {
    let begun = Instant::now();
    let places = Arc::new(Semaphore::new(at_once.clamp(1, Semaphore::MAX_PERMITS)));
    let mut up = JoinSet::new();
    let mut tally = Tally::default();
    for (number, start) in (0..).zip(starts) {
        let due = begun + start;
        if due > Instant::now() {
            sleep_until(due).await;
        }
        // The semaphore is never closed, so waiting for it does not fail.
        let place = Arc::clone(&places).acquire_owned().await;
        while let Some(ended) = up.try_join_next() {
            tally.add(ended);
        }
        let mut session = make(number);
        session.number = number;
        session.due = Some(due.into_std());
        let manner = Arc::clone(&manner);
        up.spawn(async move {
            let ended = drive(session, &manner).await;
            drop(place);
            ended
        });
    }
    while let Some(ended) = up.join_next().await {
        tally.add(ended);
    }
    tally
}

impl Tally {
    fn add(&mut self, ended: Result<Ended, JoinError>) {
        self.calls += 1;
        match ended {
            Ok(ended) => {
                self.turns += u64::from(ended.turns);
                self.requests += u64::from(ended.requests);
                self.wrong_answers += u64::from(ended.wrong_answers);
            }
            Err(_) => self.broken += 1,
        }
    }
}
