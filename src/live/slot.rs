//! The place of one call: the call behind a lock, what was told of it meanwhile,
//! and when it was last heard of.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::call::{Found, StatusEvent};
use crate::machine::{Call, Waiting};

use super::calls::Summary;
use super::log::Begun;

/// What is told of a call and asks for no answer.
#[derive(Debug)]
pub(super) enum Notice {
    Status(StatusEvent),
    Ended(Summary),
}

#[derive(Debug)]
pub(super) struct Slot {
    /// An asynchronous lock: a turn may wait for a thread that runs scripts, and a
    /// second webhook of the call then waits without holding up a thread.
    pub call: tokio::sync::Mutex<Call>,
    /// Notices never wait for the call: they are queued here, and taken in order by
    /// whoever has the call. Held for a push or a pop, so a plain lock.
    notices: Mutex<VecDeque<Notice>>,
    /// Whether there are any, as most turns have none and need not lock for that.
    noticed: AtomicBool,
    /// How the call began, until it is closed. It holds the call's flow, which is to go
    /// with its last call and not when that is forgotten. Held for a look, so a plain
    /// lock.
    begun: Mutex<Option<Begun>>,
    /// What is looked up while the caller hears so. Held for a look, so a plain lock.
    looking: Mutex<Option<Looking>>,
    /// Whether there is any, as most turns have none and need not lock for that.
    looks: AtomicBool,
    touched_ms: AtomicU64,
    standing: AtomicU8,
    /// Somebody follows the call, and is told what comes of it.
    followed: AtomicBool,
}

/// A look-up in the background.
#[derive(Debug, Clone)]
pub(super) struct Looking {
    pub key: Box<str>,
    /// `None` until it is over.
    pub found: Option<Found>,
}

/// What a call is waiting for, as far as its keeping is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Caller,
    Transfer,
    /// Answered with a `hangup`, and its summary has not come.
    HungUp,
    /// The summary has come.
    Closed,
}

/// The most notices that are kept of a call that is busy. The oldest goes first: a
/// summary comes last.
const MAX_NOTICES: usize = 64;

impl Slot {
    pub fn new(call: Call, now_ms: u64) -> Self {
        let begun = Begun::of(&call);
        Slot::begun(call, begun, now_ms)
    }

    /// A call of which it is known how it began.
    pub fn begun(call: Call, begun: Option<Begun>, now_ms: u64) -> Self {
        Slot {
            begun: Mutex::new(begun),
            call: tokio::sync::Mutex::new(call),
            notices: Mutex::default(),
            noticed: AtomicBool::new(false),
            looking: Mutex::default(),
            looks: AtomicBool::new(false),
            touched_ms: AtomicU64::new(now_ms),
            standing: AtomicU8::new(Standing::Caller as u8),
            followed: AtomicBool::new(false),
        }
    }

    pub fn is_followed(&self) -> bool {
        self.followed.load(Ordering::Relaxed)
    }

    pub fn follow(&self) {
        self.followed.store(true, Ordering::Relaxed);
    }

    /// Looks at how the call began, unless it is closed.
    pub fn with_begun<T>(&self, look: impl FnOnce(&Begun) -> T) -> Option<T> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.as_ref().map(look)
    }

    /// Lets go of how the call began, and of its flow with it.
    pub fn take_begun(&self) -> Option<Begun> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.take()
    }

    /// The call has gone over to another revision of its flow.
    pub fn moved(&self, call: &Call) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(begun) = &mut *begun {
            begun.moved(call);
        }
    }

    /// What is looked up in the background, or was.
    pub fn looking(&self) -> Option<Looking> {
        if !self.looks.load(Ordering::Acquire) {
            return None;
        }
        let looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        looking.clone()
    }

    /// From now on this is looked up, or nothing is.
    pub fn look_up(&self, key: Option<Box<str>>) {
        if key.is_none() && !self.looks.load(Ordering::Acquire) {
            return;
        }
        let mut looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        self.looks.store(key.is_some(), Ordering::Release);
        *looking = key.map(|key| Looking { key, found: None });
    }

    /// What was looked up under this key is found, if anybody still waits for it.
    pub fn found(&self, key: &str, found: Found) {
        let mut looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(looking) = &mut *looking
            && *looking.key == *key
        {
            looking.found = Some(found);
        }
    }

    pub fn queue(&self, notice: Notice) {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        if notices.len() == MAX_NOTICES {
            notices.pop_front();
        }
        notices.push_back(notice);
        self.noticed.store(true, Ordering::Release);
    }

    pub fn next_notice(&self) -> Option<Notice> {
        if !self.has_notices() {
            return None;
        }
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        let next = notices.pop_front();
        // Under the lock, so that it never says no while one is there.
        self.noticed.store(!notices.is_empty(), Ordering::Release);
        next
    }

    pub fn has_notices(&self) -> bool {
        self.noticed.load(Ordering::Acquire)
    }

    /// Notes that something was heard of the call. What still comes after its end does
    /// not keep it any longer.
    pub fn touch(&self, now_ms: u64) {
        if self.standing() != Standing::Closed {
            self.touched_ms.store(now_ms, Ordering::Relaxed);
        }
    }

    pub fn idle_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.touched_ms.load(Ordering::Relaxed))
    }

    pub fn standing(&self) -> Standing {
        match self.standing.load(Ordering::Relaxed) {
            0 => Standing::Caller,
            1 => Standing::Transfer,
            2 => Standing::HungUp,
            _ => Standing::Closed,
        }
    }

    pub fn set_standing(&self, standing: Standing) {
        self.standing.store(standing as u8, Ordering::Relaxed);
    }

    /// Notes what the call waits for after a turn.
    pub fn set_waiting(&self, waiting: Waiting) {
        if self.standing() == Standing::Closed {
            return;
        }
        self.set_standing(match waiting {
            Waiting::Caller => Standing::Caller,
            Waiting::Transfer => Standing::Transfer,
            Waiting::Nothing => Standing::HungUp,
        });
    }
}
