//! How long calls are kept, and which go first when there are too many.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::call::SessionId;

use super::calls::Calls;
use super::follow::CallNews;
use super::index::{Keyed, SessionKey};
use super::log;
use super::slot::{Slot, Standing};

/// How long a call is kept without an event, in ms.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// While the caller is waited for.
    pub idle_ms: u64,
    /// While a transfer is up.
    pub transfer_ms: u64,
    /// After an answer that ended in `hangup`.
    pub hung_up_ms: u64,
    /// After the end: what still arrives meanwhile gets `hangup`.
    pub tombstone_ms: u64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Lifetimes {
            idle_ms: 30 * 60_000,
            transfer_ms: 4 * 60 * 60_000,
            hung_up_ms: 2 * 60_000,
            tombstone_ms: 10 * 60_000,
        }
    }
}

impl Calls {
    /// Closes calls that have been without an event for too long, and forgets those
    /// that ended long ago.
    pub fn sweep(&self) {
        let now = self.clock.ticks_ms();
        self.transfers.tell_what_is_left(now);
        self.give_up_pending();
        let lifetimes = self.config.lifetimes;
        let mut forgotten = Vec::new();
        let mut expired = Vec::new();
        for entry in &self.slots {
            let slot = &entry.key().0;
            let idle = slot.idle_ms(now);
            let standing = slot.standing();
            let limit = match standing {
                Standing::Caller => lifetimes.idle_ms,
                Standing::Transfer => lifetimes.transfer_ms,
                Standing::HungUp => lifetimes.hung_up_ms,
                Standing::Closed => lifetimes.tombstone_ms,
            };
            if idle < limit {
                continue;
            }
            match standing {
                Standing::Closed => forgotten.push(*slot.key()),
                _ => expired.push(Arc::clone(slot)),
            }
        }
        for slot in expired {
            // A call that is being answered just now is not idle.
            let Some(mut call) = slot.free() else {
                continue;
            };
            if slot.standing() != Standing::Closed {
                self.log_end(&slot, &call, "no summary came", None);
                self.tell_lost(&slot, call.id());
            }
            // No summary has come, so nobody knows how it ended, and nothing is done for it.
            drop(call.close());
            slot.touch(now);
            slot.set_standing(Standing::Closed);
        }
        for session in forgotten {
            self.forget(&session);
        }
    }

    /// Makes room for one more call: ended ones go first, then the longest idle. A
    /// hundredth goes at once, so that a full map is not searched for every call.
    pub(super) fn make_room(&self) {
        if self.len() < self.config.max_calls {
            return;
        }
        let now = self.clock.ticks_ms();
        let mut calls: Vec<(bool, u64, SessionKey)> = self
            .slots
            .iter()
            .map(|entry| {
                let slot = &entry.key().0;
                let live = matches!(slot.standing(), Standing::Caller | Standing::Transfer);
                (live, u64::MAX - slot.idle_ms(now), *slot.key())
            })
            .collect();
        let going = (self.config.max_calls / 100).max(1).min(calls.len());
        if going == 0 {
            return;
        }
        calls.select_nth_unstable_by_key(going - 1, |(live, age, _)| (*live, *age));
        let live = calls[..going].iter().filter(|(live, ..)| *live).count();
        log::full(self.config.max_calls, going, live);
        for (_, _, session) in &calls[..going] {
            self.forget(session);
        }
    }

    fn forget(&self, session: &SessionKey) {
        if let Some((Keyed(slot), ())) = self.slots.remove(session) {
            self.count.fetch_sub(1, Ordering::Relaxed);
            if let Some(session) = slot.with_begun(|begun| begun.session().clone()) {
                self.tell_lost(&slot, &session);
            }
        }
    }

    fn tell_lost(&self, slot: &Slot, session: &SessionId) {
        if slot.is_followed() {
            self.tell(|| CallNews::Lost { session });
        }
    }
}
