//! All calls in memory, and how an event gets its answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use tokio::sync::Semaphore;

use crate::call::{ActionEvent, Answer, EventKey, Occasion, SessionId, StatusEvent};
use crate::flow::Catalog;
use crate::machine::{Allowance, Call, Desk, Outside, Overrides, Reply};

use super::clock::Clock;
use super::index::{BuildAsItIs, Keys, SessionKey};
use super::log;
use super::slot::{Notice, Slot, Standing};
use super::sweep::Lifetimes;

/// What the calls of a process have in common.
#[derive(Debug)]
pub struct CallsConfig {
    pub desk: Desk,
    pub lifetimes: Lifetimes,
    /// The most calls that are kept, ended ones included.
    pub max_calls: usize,
    /// How many scripts may run at once that were too long to run in place.
    pub script_threads: usize,
    /// Digits that are not secret are shown in the log.
    pub show_digits: bool,
    /// A call goes over to what is live of its flow where its state is still there, as
    /// designers want it who listen to what they edit. Else every call stays on the
    /// revision it began with.
    pub follow_edits: bool,
}

/// What the summary of a session says that the log of the call's end repeats.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    pub status: String,
    pub error: Option<String>,
}

/// What an event is answered with.
#[derive(Debug, PartialEq, Eq)]
pub enum Answered {
    With(Answer),
    /// Nothing that a flow says: none answers the call's number, or ours broke. The
    /// caller hears the last resort.
    NoFlow,
}

/// Parts of the map of calls, each with a lock of its own; a power of two.
const SHARDS: usize = 256;

#[derive(Debug)]
pub struct Calls {
    pub(super) slots: DashMap<SessionKey, Arc<Slot>, BuildAsItIs>,
    keys: Keys,
    pub(super) count: AtomicUsize,
    pub(super) config: CallsConfig,
    pub(super) clock: Clock,
    /// Loaded where a call begins, and put in whole by a reload.
    catalog: ArcSwap<Catalog>,
    /// What operators have decided of opening hours. Loaded by turns of flows that have
    /// some, and by no other.
    pub(super) overrides: ArcSwap<Overrides>,
    /// Bounds the threads that run long scripts, so that they cannot take all.
    script_threads: Semaphore,
}

impl Calls {
    pub fn new(catalog: Arc<Catalog>, config: CallsConfig, clock: Clock) -> Arc<Self> {
        Arc::new(Calls {
            // Few calls share a lock, so two threads seldom write to the same line.
            slots: DashMap::with_hasher_and_shard_amount(BuildAsItIs::default(), SHARDS),
            keys: Keys::default(),
            count: AtomicUsize::new(0),
            script_threads: Semaphore::new(config.script_threads.max(1)),
            config,
            clock,
            catalog: ArcSwap::new(catalog),
            overrides: ArcSwap::default(),
        })
    }

    /// The flows that are live.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.catalog.load_full()
    }

    /// Puts other flows live: calls that begin from now on take them. Those in progress
    /// keep what they have.
    pub fn go_live(&self, catalog: Arc<Catalog>) {
        self.catalog.store(catalog);
    }

    /// Calls in memory, ended ones included.
    pub fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Calls that are not over.
    pub fn live(&self) -> usize {
        let is_live = |standing| matches!(standing, Standing::Caller | Standing::Transfer);
        self.slots
            .iter()
            .filter(|slot| is_live(slot.standing()))
            .count()
    }

    pub fn knows(&self, session: &SessionId) -> bool {
        self.slots.contains_key(&self.keys.of(session))
    }

    /// Answers an event.
    ///
    /// A turn that has to wait for nothing is over before this yields, so nothing can
    /// cancel it half way. One that has to wait, for its call or for a thread, runs in
    /// a task of its own, which a client that goes away does not cancel.
    pub async fn answer(self: &Arc<Self>, event: ActionEvent) -> Answered {
        let Some(slot) = self.slot(&event) else {
            if event.occasion != Occasion::Garbled {
                log::no_flow(&event);
            }
            return Answered::NoFlow;
        };
        // A step that breaks has changed nothing: the call stays as it was.
        let at_once = catch_unwind(AssertUnwindSafe(|| self.answer_at_once(&slot, &event)));
        match at_once {
            Ok(Some(answer)) => return Answered::With(answer),
            Ok(None) => {}
            Err(_) => {
                log::broken_turn(&event);
                return Answered::NoFlow;
            }
        }
        let calls = Arc::clone(self);
        let in_time = event.clone();
        let turn = tokio::spawn(async move { calls.answer_in_time(&slot, in_time).await });
        match turn.await {
            Ok(answer) => Answered::With(answer),
            Err(_) => {
                log::broken_turn(&event);
                Answered::NoFlow
            }
        }
    }

    /// What an event of a call was answered with, as far as that is kept.
    pub async fn answer_to(&self, session: &SessionId, key: EventKey) -> Option<Answer> {
        let slot = self.find(session)?;
        let call = slot.call.lock().await;
        call.answer_to(key).cloned()
    }

    /// Takes note of a leg's progress.
    pub fn status(&self, event: StatusEvent) {
        if let Some(slot) = self.find(&event.session) {
            slot.touch(self.clock.ticks_ms());
            slot.queue(Notice::Status(event));
            self.settle(&slot);
        }
    }

    /// Closes a session whose summary has come.
    pub fn close(&self, session: &SessionId, summary: Summary) {
        let Some(slot) = self.find(session) else {
            log::unknown_ended(session, &summary);
            self.remember_ended(session);
            return;
        };
        slot.queue(Notice::Ended(summary));
        self.settle(&slot);
    }

    /// A session that ended unknown, most likely after a restart: a late event of it must
    /// not bring it back by its token.
    fn remember_ended(&self, session: &SessionId) {
        self.make_room();
        let slot = Slot::new(Call::over(session.clone()), self.clock.ticks_ms());
        slot.set_standing(Standing::Closed);
        if let Entry::Vacant(place) = self.slots.entry(self.keys.of(session)) {
            place.insert(Arc::new(slot));
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The call's slot, out of the map: no guard of the map outlives this.
    fn find(&self, session: &SessionId) -> Option<Arc<Slot>> {
        let key = self.keys.of(session);
        self.slots.get(&key).map(|slot| Arc::clone(&slot))
    }

    /// The call's slot, made where there is none and a flow answers its number.
    fn slot(&self, event: &ActionEvent) -> Option<Arc<Slot>> {
        if let Some(slot) = self.find(&event.session) {
            return Some(slot);
        }
        let keys = &self.config.desk.keys;
        let call = Call::open(event, &self.catalog.load(), keys, self.clock.now())?;
        self.make_room();
        let slot = Arc::new(Slot::new(call, self.clock.ticks_ms()));
        // Of several first events at once, one makes the slot.
        match self.slots.entry(self.keys.of(&event.session)) {
            Entry::Occupied(slot) => Some(Arc::clone(slot.get())),
            Entry::Vacant(place) => {
                place.insert(Arc::clone(&slot));
                self.count.fetch_add(1, Ordering::Relaxed);
                slot.with_begun(log::Begun::log);
                Some(slot)
            }
        }
    }

    /// The answer, if the call is free and the turn is short.
    fn answer_at_once(&self, slot: &Slot, event: &ActionEvent) -> Option<Answer> {
        let answer = {
            let mut call = slot.call.try_lock().ok()?;
            self.take_notices(slot, &mut call);
            self.follow_edits(slot, &mut call);
            let reply = self.run(&mut call, event, Allowance::FIRST);
            self.after(slot, &call, event, reply)
        };
        self.settle(slot);
        answer
    }

    /// The answer, when the call is free, with all the time a script may have.
    async fn answer_in_time(self: Arc<Self>, slot: &Arc<Slot>, event: ActionEvent) -> Answer {
        let answer = {
            let mut call = slot.call.lock().await;
            self.take_notices(slot, &mut call);
            let reply = self.run(&mut call, &event, Allowance::FIRST);
            match self.after(slot, &call, &event, reply) {
                Some(answer) => answer,
                None => self.answer_on_a_thread(slot, &mut call, &event).await,
            }
        };
        self.settle(slot);
        answer
    }

    async fn answer_on_a_thread(
        &self,
        slot: &Slot,
        call: &mut Call,
        event: &ActionEvent,
    ) -> Answer {
        // The semaphore is never closed, so waiting for it does not fail.
        let _permit = self.script_threads.acquire().await;
        let (mut copy, event_copy) = (call.clone(), event.clone());
        let (desk, now) = (self.config.desk.clone(), self.clock.now());
        let overrides = self.overrides.load_full();
        let run = tokio::task::spawn_blocking(move || {
            let outside = Outside {
                overrides: &overrides,
            };
            let reply = copy.answer_under(&event_copy, now, Allowance::FULL, &desk, &outside);
            (copy, reply)
        });
        match run.await {
            Ok((changed, reply)) => {
                *call = changed;
                self.after(slot, call, event, reply)
                    .unwrap_or_else(|| self.give_up(event))
            }
            Err(_) => self.give_up(event),
        }
    }

    /// Something of ours broke in the turn: the caller hears the last resort.
    fn give_up(&self, event: &ActionEvent) -> Answer {
        log::broken_turn(event);
        let last_resort = self.config.desk.policy.last_resort.clone();
        Answer::new(vec![last_resort, crate::call::Action::Hangup])
            .unwrap_or_else(|_| Answer::hangup())
    }

    /// Takes a call over to what is live of its flow now, where that is wanted.
    fn follow_edits(&self, slot: &Slot, call: &mut Call) {
        let Some(session) = call.session().filter(|_| self.config.follow_edits) else {
            return;
        };
        let flow = session.root();
        let catalog = self.catalog.load();
        let newer = catalog
            .named(flow.name())
            .filter(|live| live.revision() != flow.revision());
        if newer.is_some_and(|newer| call.follow(newer)) {
            slot.moved(call);
        }
    }

    fn run(&self, call: &mut Call, event: &ActionEvent, allowance: Allowance) -> Reply {
        let (desk, now) = (&self.config.desk, self.clock.now());
        let root = call.session().map(|session| session.root());
        if !root.is_some_and(|root| root.parts().any(|(_, flow)| !flow.hours().is_empty())) {
            return call.answer(event, now, allowance, desk);
        }
        let overrides = self.overrides.load();
        let outside = Outside {
            overrides: &overrides,
        };
        call.answer_under(event, now, allowance, desk, &outside)
    }

    /// What follows a turn: the log, and what the call now waits for. `None` where
    /// the allowance was not enough.
    fn after(&self, slot: &Slot, call: &Call, event: &ActionEvent, reply: Reply) -> Option<Answer> {
        slot.touch(self.clock.ticks_ms());
        log::turn(slot, call, event, &reply, self.config.show_digits);
        let answer = match reply {
            Reply::OverBudget => return None,
            Reply::Fresh { answer, .. } | Reply::Repeated(answer) | Reply::Over(answer) => answer,
        };
        slot.set_waiting(call.waiting());
        Some(answer)
    }

    /// Takes the notices of a call that is free. Whoever has the call does this when
    /// the turn is over, so none is left behind.
    fn settle(&self, slot: &Slot) {
        while slot.has_notices() {
            let Ok(mut call) = slot.call.try_lock() else {
                return;
            };
            self.take_notices(slot, &mut call);
        }
    }

    pub(super) fn log_end(&self, slot: &Slot, call: &Call, status: &str, error: Option<&str>) {
        if let Some(begun) = slot.take_begun() {
            begun.log_end(call, status, error, self.clock.now());
        }
    }

    fn take_notices(&self, slot: &Slot, call: &mut Call) {
        while let Some(notice) = slot.next_notice() {
            match notice {
                Notice::Status(event) => call.status(&event),
                Notice::Ended(summary) => {
                    if slot.standing() != Standing::Closed {
                        let (status, error) = (&summary.status, summary.error.as_deref());
                        self.log_end(slot, call, status, error);
                    }
                    call.close();
                    slot.touch(self.clock.ticks_ms());
                    slot.set_standing(Standing::Closed);
                }
            }
        }
    }
}
