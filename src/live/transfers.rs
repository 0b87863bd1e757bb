//! How many transfers begin in a minute, and which do not: what a project caps, so that
//! callers who make a flow dial for them cost no fortune before somebody looks.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::call::PhoneNumber;
use crate::flow::{MAX_TRANSFERS, Project};
use crate::machine::Transferring;

use super::log;

/// For how long a transfer counts, and how long nothing more is told of a state whose
/// transfers do not begin, in ms.
const MINUTE_MS: u64 = 60_000;

/// The transfers of all calls.
#[derive(Debug, Default)]
pub(super) struct Transfers {
    /// Whether there is any cap, as most projects have none, and then no turn locks.
    are_capped: AtomicBool,
    /// Held for a look, so a plain lock.
    last: Mutex<LastMinute>,
}

#[derive(Debug, Default)]
struct LastMinute {
    per_minute: Option<u32>,
    per_number: Option<u32>,
    /// When each transfer of the last minute began, the latest last. There are no more
    /// than the cap lets through, and so of the numbers.
    begun: VecDeque<(u64, PhoneNumber)>,
    /// How many of them were to each number.
    to: HashMap<PhoneNumber, u32>,
    /// What was told of the states whose transfers did not begin.
    told: HashMap<Refused, Told>,
}

/// The way in which a transfer did not begin.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Refused {
    flow: Box<str>,
    state: Box<str>,
    cap: Cap,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Cap {
    PerMinute,
    PerNumber,
}

#[derive(Debug)]
struct Told {
    at_ms: u64,
    /// How many more there were since.
    more: u64,
    /// The cap as it was.
    most: u32,
}

impl Transfers {
    /// From now on these caps count, for all calls.
    pub fn allow(&self, project: &Project) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.per_minute = project.transfers_per_minute();
        last.per_number = project.transfers_per_number();
        let are_capped = last.per_minute.is_some() || last.per_number.is_some();
        if !are_capped {
            last.begun = VecDeque::new();
            last.to = HashMap::new();
        }
        self.are_capped.store(are_capped, Ordering::Release);
    }

    pub fn are_capped(&self) -> bool {
        self.are_capped.load(Ordering::Acquire)
    }

    /// Whether this transfer may begin. It counts from now on if it may.
    pub fn begin(&self, transfer: &Transferring, now_ms: u64) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.forget(now_ms);
        let Some((cap, most)) = last.reached(transfer.number) else {
            last.count(transfer.number, now_ms);
            return true;
        };
        let refused = Refused {
            flow: transfer.flow.name().into(),
            state: transfer.flow.state(transfer.state).name.clone(),
            cap,
        };
        let times = last.refuse(&refused, most, now_ms);
        drop(last);
        if let Some(times) = times {
            refused.log(most, times);
        }
        false
    }

    /// Tells of the transfers that did not begin in a minute that is over, as nobody may
    /// ask for another.
    pub fn tell_what_is_left(&self, now_ms: u64) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let left = last.take_left(now_ms);
        drop(last);
        for (refused, most, times) in left {
            refused.log(most, times);
        }
    }
}

impl LastMinute {
    fn forget(&mut self, now_ms: u64) {
        while let Some((at, number)) = self.begun.front().copied()
            && at + MINUTE_MS <= now_ms
        {
            self.begun.pop_front();
            if let Some(count) = self.to.get_mut(&number) {
                *count -= 1;
                if *count == 0 {
                    self.to.remove(&number);
                }
            }
        }
    }

    /// The cap that one more transfer to this number would break.
    fn reached(&self, number: PhoneNumber) -> Option<(Cap, u32)> {
        let so_far = self.to.get(&number).copied().unwrap_or(0);
        // Where only numbers have a cap, memory still has a bound.
        let in_all = self.per_minute.unwrap_or(MAX_TRANSFERS);
        match self.per_number {
            Some(most) if so_far >= most => Some((Cap::PerNumber, most)),
            _ if self.begun.len() >= in_all as usize => Some((Cap::PerMinute, in_all)),
            _ => None,
        }
    }

    fn count(&mut self, number: PhoneNumber, now_ms: u64) {
        self.begun.push_back((now_ms, number));
        *self.to.entry(number).or_insert(0) += 1;
    }

    /// Takes note of one that does not begin; of how many it is to be told now, if at all.
    fn refuse(&mut self, refused: &Refused, most: u32, now_ms: u64) -> Option<u64> {
        let told = Told {
            at_ms: now_ms,
            more: 0,
            most,
        };
        let Some(before) = self.told.get_mut(refused) else {
            self.told.insert(refused.clone(), told);
            return Some(1);
        };
        if now_ms < before.at_ms + MINUTE_MS {
            before.more += 1;
            return None;
        }
        let times = before.more + 1;
        *before = told;
        Some(times)
    }

    /// What has not been told of minutes that are over, and forgets what has.
    fn take_left(&mut self, now_ms: u64) -> Vec<(Refused, u32, u64)> {
        let mut left = Vec::new();
        self.told.retain(|refused, told| {
            if now_ms < told.at_ms + MINUTE_MS {
                return true;
            }
            if told.more > 0 {
                left.push((refused.clone(), told.most, told.more));
                (told.at_ms, told.more) = (now_ms, 0);
                return true;
            }
            false
        });
        left
    }
}

impl Refused {
    fn log(&self, most: u32, times: u64) {
        let cap = match self.cap {
            Cap::PerMinute => "transfers.per_minute",
            Cap::PerNumber => "transfers.per_number",
        };
        log::capped(&self.flow, &self.state, cap, most, times);
    }
}
