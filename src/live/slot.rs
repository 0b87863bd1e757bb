//! The place of one call: the call behind a lock, what was told of it meanwhile,
//! and when it was last heard of.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use tokio::sync::Notify;

use crate::call::{Found, StatusEvent};
use crate::machine::{Call, Waiting};

use super::calls::Summary;
use super::index::SessionKey;
use super::log::Begun;

/// What is told of a call and asks for no answer.
#[derive(Debug)]
pub(super) enum Notice {
    Status(StatusEvent),
    Ended(Summary),
}

#[derive(Debug)]
pub(super) struct Slot {
    key: SessionKey,
    /// A plain lock, held for a turn that waits for nothing. One that has to wait takes
    /// the call out until it is over, and a second webhook of the call then waits without
    /// holding up a thread.
    call: Mutex<Option<Call>>,
    aside: Mutex<Aside>,
    /// Whether there are notices, as most turns have none and need not lock for that.
    noticed: AtomicBool,
    /// Whether anything is looked up, for the same reason.
    looks: AtomicBool,
    touched_ms: AtomicU64,
    standing: AtomicU8,
    /// Somebody follows the call, and is told what comes of it.
    followed: AtomicBool,
}

/// What is kept beside the call, and never waits for it. Held for a look, so under a
/// plain lock.
#[derive(Debug)]
struct Aside {
    /// How the call began, until it is closed. It holds the call's flow, which is to go
    /// with its last call and not when that is forgotten.
    begun: Option<Begun>,
    /// Few calls have anything of it just now.
    rare: Option<Box<Rare>>,
}

#[derive(Debug, Default)]
struct Rare {
    /// They are taken in order by whoever has the call.
    notices: VecDeque<Notice>,
    /// What is looked up while the caller hears so.
    looking: Option<Looking>,
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

/// A call that is free, for a turn that waits for nothing.
pub(super) struct Free<'s>(MutexGuard<'s, Option<Call>>);

/// A call that was taken out of its slot, until this is dropped.
pub(super) struct Taken<'s> {
    /// Nothing only while it is dropped.
    call: Option<Call>,
    slot: &'s Slot,
    over: &'s Notify,
}

const THERE: &str = "whoever has the call has looked that it is there";

impl Deref for Free<'_> {
    type Target = Call;

    fn deref(&self) -> &Call {
        self.0.as_ref().expect(THERE)
    }
}

impl DerefMut for Free<'_> {
    fn deref_mut(&mut self) -> &mut Call {
        self.0.as_mut().expect(THERE)
    }
}

impl Deref for Taken<'_> {
    type Target = Call;

    fn deref(&self) -> &Call {
        self.call.as_ref().expect(THERE)
    }
}

impl DerefMut for Taken<'_> {
    fn deref_mut(&mut self) -> &mut Call {
        self.call.as_mut().expect(THERE)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        *self.slot.locked() = self.call.take();
        self.over.notify_waiters();
    }
}

impl Slot {
    pub fn new(key: SessionKey, call: Call, now_ms: u64) -> Self {
        let begun = Begun::of(&call);
        Slot::begun(key, call, begun, now_ms)
    }

    /// A call of which it is known how it began.
    pub fn begun(key: SessionKey, call: Call, begun: Option<Begun>, now_ms: u64) -> Self {
        Slot {
            key,
            aside: Mutex::new(Aside { begun, rare: None }),
            call: Mutex::new(Some(call)),
            noticed: AtomicBool::new(false),
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

    /// By which it is found.
    pub fn key(&self) -> &SessionKey {
        &self.key
    }

    /// The call, if nobody has it.
    pub fn free(&self) -> Option<Free<'_>> {
        let call = match self.call.try_lock() {
            Ok(call) => call,
            // A turn that broke has changed nothing.
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        call.is_some().then_some(Free(call))
    }

    /// The call, when nobody has it. `over` is told by all who took one.
    pub async fn take<'s>(&'s self, over: &'s Notify) -> Taken<'s> {
        loop {
            let mut told = pin!(over.notified());
            // From here on nothing is missed.
            told.as_mut().enable();
            let call = self.locked().take();
            if call.is_some() {
                return Taken {
                    call,
                    slot: self,
                    over,
                };
            }
            told.await;
        }
    }

    /// For a moment: a turn under this lock waits for nothing.
    fn locked(&self) -> MutexGuard<'_, Option<Call>> {
        self.call.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn aside(&self) -> MutexGuard<'_, Aside> {
        self.aside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at how the call began, unless it is closed.
    pub fn with_begun<T>(&self, look: impl FnOnce(&Begun) -> T) -> Option<T> {
        self.aside().begun.as_ref().map(look)
    }

    /// Lets go of how the call began, and of its flow with it.
    pub fn take_begun(&self) -> Option<Begun> {
        self.aside().begun.take()
    }

    /// The call has gone over to another revision of its flow.
    pub fn moved(&self, call: &Call) {
        if let Some(begun) = &mut self.aside().begun {
            begun.moved(call);
        }
    }

    /// What is looked up in the background, or was.
    pub fn looking(&self) -> Option<Looking> {
        if !self.looks.load(Ordering::Acquire) {
            return None;
        }
        self.aside().rare.as_ref()?.looking.clone()
    }

    /// From now on this is looked up, or nothing is.
    pub fn look_up(&self, key: Option<Box<str>>) {
        if key.is_none() && !self.looks.load(Ordering::Acquire) {
            return;
        }
        let mut aside = self.aside();
        self.looks.store(key.is_some(), Ordering::Release);
        aside.rare.get_or_insert_default().looking = key.map(|key| Looking { key, found: None });
        aside.tidy();
    }

    /// What was looked up under this key is found, if anybody still waits for it.
    pub fn found(&self, key: &str, found: Found) {
        if let Some(rare) = &mut self.aside().rare
            && let Some(looking) = &mut rare.looking
            && *looking.key == *key
        {
            looking.found = Some(found);
        }
    }

    pub fn queue(&self, notice: Notice) {
        let mut aside = self.aside();
        let notices = &mut aside.rare.get_or_insert_default().notices;
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
        let mut aside = self.aside();
        let notices = aside.rare.as_mut().map(|rare| &mut rare.notices);
        let next = notices.and_then(VecDeque::pop_front);
        // Under the lock, so that it never says no while one is there.
        let is_more = aside
            .rare
            .as_ref()
            .is_some_and(|rare| !rare.notices.is_empty());
        self.noticed.store(is_more, Ordering::Release);
        aside.tidy();
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

impl Aside {
    /// Gives back the room of what is over.
    fn tidy(&mut self) {
        let is_over = |rare: &Rare| rare.notices.is_empty() && rare.looking.is_none();
        if self.rare.as_deref().is_some_and(is_over) {
            self.rare = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::SessionId;
    use crate::live::index::Keys;

    #[test]
    fn it_is_small() {
        assert!(std::mem::size_of::<Slot>() <= 104);
    }

    #[tokio::test]
    async fn a_call_that_was_taken_is_had_by_one_alone() {
        let id = SessionId::new("one").unwrap();
        let key = Keys::default().of(&id);
        let slot = Slot::new(key, Call::over(id), 0);
        let over = Notify::new();
        let taken = slot.take(&over).await;
        assert!(slot.free().is_none());
        let mut second = pin!(slot.take(&over));
        let waits = at_once(second.as_mut()).await;
        assert!(waits.is_none());
        drop(taken);
        let second = second.await;
        assert!(slot.free().is_none());
        drop(second);
        assert!(slot.free().is_some());
    }

    /// What a future gives at once, if it does.
    async fn at_once<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(match future.as_mut().poll(context) {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
