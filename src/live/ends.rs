//! What flows want done when a call is over: in the background, as nobody waits for it.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use jiff::Timestamp;

use crate::call::Ending;
use crate::machine::{Allowance, Closing, End, Policy};

use super::calls::Calls;
use super::log;
use super::lookups::LookUps;

/// How many ends are being dealt with.
#[derive(Debug, Clone)]
pub(super) struct Ends(Arc<watch::Sender<usize>>);

impl Default for Ends {
    fn default() -> Self {
        Ends(Arc::new(watch::Sender::new(0)))
    }
}

/// One of them, until it is dropped.
struct Counted(Ends);

impl Counted {
    fn of(ends: &Ends) -> Self {
        ends.0.send_modify(|count| *count += 1);
        Counted(ends.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

/// What a task needs of the calls.
struct Work {
    ending: Ending,
    now: Timestamp,
    policy: Policy,
    look_ups: Arc<LookUps>,
    script_threads: Arc<Semaphore>,
}

impl Calls {
    /// Does what the flow wants done, in a task of its own, which nothing cancels.
    pub(super) fn end(&self, closing: Closing, ending: Ending) {
        let counted = Counted::of(&self.ends);
        let work = Work {
            ending,
            now: self.clock.now(),
            policy: self.config.desk.policy.clone(),
            look_ups: Arc::clone(self.look_ups()),
            script_threads: Arc::clone(&self.script_threads),
        };
        tokio::spawn(async move {
            work.run(closing).await;
            drop(counted);
        });
    }

    /// Done when nothing is left to do for calls that are over. Each takes as long as
    /// its look-up may, 30 s at most.
    pub async fn ended(&self) {
        let mut ends = self.ends.0.subscribe();
        // The sender lives as long as these calls do.
        let _ = ends.wait_for(|count| *count == 0).await;
    }
}

impl Work {
    async fn run(self, closing: Closing) {
        let facts = closing.session().facts();
        let session = facts.id.clone();
        let flow = Arc::clone(closing.session().flow());
        let Some(end) = self.compute(closing).await else {
            return;
        };
        for fault in &end.faults {
            log::end_fault(&session, fault);
        }
        if let Some(record) = &end.record {
            log::record(&session, flow.name(), record);
        }
        if let Some(look_up) = end.look_up {
            let (method, host) = (look_up.method, look_up.host().to_owned());
            let found = self.look_ups.perform(*look_up).await;
            log::told(&session, flow.name(), (method, &host), &found);
        }
    }

    /// `None` where something of ours broke in it, which the log has told.
    async fn compute(&self, closing: Closing) -> Option<End> {
        let first = Allowance::FIRST;
        if let Some(end) = closing.end(&self.ending, self.now, first, &self.policy) {
            return Some(end);
        }
        // The semaphore is never closed, so waiting for it does not fail.
        let _permit = self.script_threads.acquire().await;
        let (ending, now, policy) = (self.ending.clone(), self.now, self.policy.clone());
        let run = tokio::task::spawn_blocking(move || {
            closing.end(&ending, now, Allowance::FULL, &policy)
        });
        run.await.ok().flatten()
    }
}
