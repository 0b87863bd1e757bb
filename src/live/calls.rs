//! All calls in memory, and how an event gets its answer.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use jiff::Timestamp;
use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

use crate::call::{
    ActionEvent, Answer, Direction, Ending, EventKey, Found, LookUp, LookUpFailure, Occasion,
    PhoneNumber, SessionId, StatusEvent,
};
use crate::flow::{Catalog, Flow};
use crate::machine::{Allowance, Call, Desk, Outside, Overrides, Reply, Session, Transferring};

use super::clock::Clock;
use super::ends::Ends;
use super::follow::{CallNews, Follower};
use super::index::{BuildAsItIs, Keyed, Keys};
use super::log;
use super::lookups::{LookUps, LookUpsConfig};
use super::pending::Pendings;
use super::slot::{Looking, Notice, Slot, Standing};
use super::sweep::Lifetimes;
use super::transfers::Transfers;

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
    /// The same as flows read it.
    pub ending: Ending,
    /// The name of the request that started the session, where it is told.
    pub request: Option<String>,
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

/// How long a turn may wait for look-ups, all together: the platform waits for 5 s.
const TURN: Duration = Duration::from_secs(4);

/// What is known of look-ups when a turn is run.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub found: Vec<(Box<str>, Found)>,
    pending: Option<Box<str>>,
    /// What operators have decided, where the flow has opening hours.
    overrides: Option<Arc<Overrides>>,
    /// Whether numbers may be dialled, where transfers have a cap.
    dials: Option<Vec<(PhoneNumber, bool)>>,
}

impl Known {
    fn of(looking: Option<Looking>) -> Self {
        match looking {
            None => Known::default(),
            Some(Looking { key, found: None }) => Known {
                pending: Some(key),
                ..Known::default()
            },
            Some(Looking {
                key,
                found: Some(found),
            }) => Known {
                found: vec![(key, found)],
                ..Known::default()
            },
        }
    }

    pub fn outside(&self) -> Outside<'_> {
        Outside {
            overrides: self.overrides.as_deref().unwrap_or(Overrides::NONE),
            found: &self.found,
            pending: self.pending.as_deref(),
            dials: self.dials.as_deref(),
        }
    }
}

pub struct Calls {
    pub(super) slots: DashMap<Keyed, (), BuildAsItIs>,
    pub(super) keys: Keys,
    pub(super) count: AtomicUsize,
    /// Told when a turn that has waited is over. One for all calls, as it is rare that
    /// another event of the same call waits for that.
    turn_over: Notify,
    pub(super) config: CallsConfig,
    pub(super) clock: Clock,
    /// Loaded where a call begins, and put in whole by a reload.
    catalog: ArcSwap<Catalog>,
    /// What operators have decided of opening hours. Loaded by turns of flows that have
    /// some, and by no other.
    pub(super) overrides: ArcSwap<Overrides>,
    look_ups: Arc<LookUps>,
    pub(super) transfers: Transfers,
    /// Bounds the threads that run long scripts, so that they cannot take all.
    pub(super) script_threads: Arc<Semaphore>,
    pub(super) ends: Ends,
    /// Calls that were asked for and have no session yet.
    pub(super) pendings: Pendings,
    /// Whoever follows the calls that we start.
    pub(super) follower: OnceLock<Arc<dyn Follower>>,
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} calls>", self.len())
    }
}

impl Calls {
    /// Calls with look-ups of their own, which send no variable of the environment.
    pub fn new(catalog: Arc<Catalog>, config: CallsConfig, clock: Clock) -> Arc<Self> {
        let none = LookUpsConfig::system(clock.clone(), Box::new(|_| None));
        Calls::asking(catalog, config, clock, LookUps::new(none))
    }

    /// Calls that ask other servers by these look-ups, as far as the project allows it.
    pub fn asking(
        catalog: Arc<Catalog>,
        config: CallsConfig,
        clock: Clock,
        look_ups: Arc<LookUps>,
    ) -> Arc<Self> {
        look_ups.allow(catalog.project());
        let transfers = Transfers::default();
        transfers.allow(catalog.project());
        Arc::new(Calls {
            // Few calls share a lock, so two threads seldom write to the same line.
            slots: DashMap::with_hasher_and_shard_amount(BuildAsItIs::default(), SHARDS),
            keys: Keys::default(),
            count: AtomicUsize::new(0),
            turn_over: Notify::new(),
            script_threads: Arc::new(Semaphore::new(config.script_threads.max(1))),
            ends: Ends::default(),
            config,
            clock,
            catalog: ArcSwap::new(catalog),
            overrides: ArcSwap::default(),
            look_ups,
            transfers,
            pendings: Pendings::default(),
            follower: OnceLock::new(),
        })
    }

    /// The flows that are live.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.catalog.load_full()
    }

    /// Puts other flows live: calls that begin from now on take them. Those in progress
    /// keep what they have.
    pub fn go_live(&self, catalog: Arc<Catalog>) {
        self.look_ups.allow(catalog.project());
        self.transfers.allow(catalog.project());
        self.catalog.store(catalog);
    }

    /// What asks other servers for these calls.
    pub fn look_ups(&self) -> &Arc<LookUps> {
        &self.look_ups
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
            .filter(|entry| is_live(entry.key().0.standing()))
            .count()
    }

    pub fn knows(&self, session: &SessionId) -> bool {
        self.slots.contains_key(&self.keys.of(session))
    }

    /// True where a call waits for something secret, or may: what is not known or just
    /// now being answered may be secret.
    pub fn may_ask_for_secret(&self, session: &SessionId) -> bool {
        let Some(slot) = self.find(session) else {
            return true;
        };
        let Some(call) = slot.free() else {
            return true;
        };
        call.session().is_none_or(Session::asks_for_secret)
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
        let call = slot.take(&self.turn_over).await;
        call.answer_to(key)
    }

    /// Takes note of a leg's progress.
    pub fn status(&self, event: StatusEvent) {
        let slot = self.find(&event.session).or_else(|| {
            let mut all = self.pendings.any()?;
            // Its session may have become known meanwhile.
            let slot = self.find(&event.session);
            if slot.is_none() {
                all.keep_leg(event.clone());
            }
            slot
        });
        if slot.is_none() && self.is_awaited(&event.session) {
            self.tell(|| CallNews::Leg(&event));
        }
        if let Some(slot) = slot {
            if slot.is_followed() {
                self.tell(|| CallNews::Leg(&event));
            }
            slot.touch(self.clock.ticks_ms());
            slot.queue(Notice::Status(event));
            self.settle(&slot);
        }
    }

    /// Closes a session whose summary has come.
    pub fn close(self: &Arc<Self>, session: &SessionId, summary: Summary) {
        let by_request = self.slot_of_request(session, &summary);
        let slot = by_request.or_else(|| self.find(session));
        self.tell(|| CallNews::Ended {
            session,
            summary: &summary,
        });
        let Some(slot) = slot else {
            log::unknown_ended(session, &summary);
            self.remember_ended(session, summary);
            return;
        };
        slot.queue(Notice::Ended(summary));
        self.settle(&slot);
    }

    /// A session that ended unknown, most likely after a restart: a late event of it must
    /// not bring it back by its token.
    fn remember_ended(&self, session: &SessionId, summary: Summary) {
        self.make_room();
        // It may be one that we have asked for, of which only the answer will tell.
        let mut pending = self.pendings.any();
        if let Some(all) = &mut pending {
            all.keep_end(session, summary);
        }
        let (key, call) = (self.keys.of(session), Call::over(session.clone()));
        let slot = Slot::new(key, call, self.clock.ticks_ms());
        slot.set_standing(Standing::Closed);
        if let Entry::Vacant(place) = self.slots.entry(Keyed(Arc::new(slot))) {
            place.insert(());
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The call's slot, out of the map: no guard of the map outlives this.
    pub(super) fn find(&self, session: &SessionId) -> Option<Arc<Slot>> {
        let key = self.keys.of(session);
        self.slots.get(&key).map(|entry| Arc::clone(&entry.key().0))
    }

    /// The call's slot, made where there is none and a flow answers its number.
    fn slot(self: &Arc<Self>, event: &ActionEvent) -> Option<Arc<Slot>> {
        if let Some(slot) = self.find(&event.session) {
            return Some(slot);
        }
        if let Some(slot) = self.slot_of_pending(event) {
            return Some(slot);
        }
        let keys = &self.config.desk.keys;
        let call = Call::open(event, &self.catalog.load(), keys, self.clock.now())?;
        self.make_room();
        let rebuilt = call.turns() > 0;
        let key = self.keys.of(&event.session);
        let slot = Arc::new(Slot::new(key, call, self.clock.ticks_ms()));
        if event.direction == Direction::Outbound && self.is_awaited(&event.session) {
            slot.follow();
        }
        // Of several first events at once, one makes the slot.
        match self.slots.entry(Keyed(Arc::clone(&slot))) {
            Entry::Occupied(other) => {
                // No guard of the map outlives this.
                drop(other);
                self.find(&event.session)
            }
            Entry::Vacant(place) => {
                place.insert(());
                self.count.fetch_add(1, Ordering::Relaxed);
                slot.with_begun(|begun| begun.log(rebuilt));
                Some(slot)
            }
        }
    }

    /// The answer, if the call is free and the turn is short.
    fn answer_at_once(&self, slot: &Arc<Slot>, event: &ActionEvent) -> Option<Answer> {
        let answer = {
            let mut call = slot.free()?;
            self.take_notices(slot, &mut call);
            self.follow_edits(slot, &mut call);
            let now = self.clock.now();
            let desk = &self.config.desk;
            let first = Allowance::FIRST;
            let mut known = self.known(slot, &call);
            let mut run =
                |known: &Known| call.answer_under(event, now, first, desk, &known.outside());
            let mut reply = run(&known);
            while let Reply::Transfer(transfer) = reply {
                self.decide(&transfer, &mut known);
                reply = run(&known);
            }
            self.after(slot, &call, event, reply)
        };
        self.settle(slot);
        answer
    }

    /// The answer, when the call is free, with all the time a script may have, and with
    /// all that has to be looked up for it. The call is held meanwhile, so that the same
    /// event, when it comes again, waits for this answer and looks up nothing.
    async fn answer_in_time(self: Arc<Self>, slot: &Arc<Slot>, event: ActionEvent) -> Answer {
        let answer = {
            let mut call = slot.take(&self.turn_over).await;
            self.take_notices(slot, &mut call);
            let reply = self.run_in_time(slot, &mut call, &event).await;
            reply
                .and_then(|reply| self.after(slot, &call, &event, reply))
                .unwrap_or_else(|| self.give_up(&event))
        };
        self.settle(slot);
        answer
    }

    /// Runs a turn until nothing is missing any more. `None` where something of ours broke
    /// in it.
    async fn run_in_time(
        &self,
        slot: &Slot,
        call: &mut Call,
        event: &ActionEvent,
    ) -> Option<Reply> {
        let mut known = self.known(slot, call);
        // The same in every run, so that each is the same turn.
        let now = self.clock.now();
        let end = Instant::now() + TURN;
        let mut needs_thread = false;
        loop {
            let reply = match needs_thread {
                true => self.run_on_a_thread(call, event, now, &known).await?,
                false => {
                    let (desk, outside) = (&self.config.desk, known.outside());
                    call.answer_under(event, now, Allowance::FIRST, desk, &outside)
                }
            };
            match reply {
                Reply::OverBudget if needs_thread => return None,
                Reply::OverBudget => needs_thread = true,
                Reply::LookUp(mut look_up) => {
                    let left = end.saturating_duration_since(Instant::now()).as_millis();
                    look_up.within_ms = look_up.within_ms.min(left as u32);
                    let key = look_up.key.clone();
                    let found = match look_up.within_ms {
                        0 => Found::Failed(LookUpFailure::TimedOut),
                        _ => self.look_ups.perform(*look_up).await,
                    };
                    known.found.push((key, found));
                    // The caller may have gone meanwhile.
                    self.take_notices(slot, call);
                }
                Reply::Transfer(transfer) => self.decide(&transfer, &mut known),
                reply => return Some(reply),
            }
        }
    }

    /// Decides whether a transfer begins. One that may is counted: the turn that is run
    /// again begins it.
    pub(super) fn decide(&self, transfer: &Transferring, known: &mut Known) {
        let may = self.transfers.begin(transfer, self.clock.ticks_ms());
        let decided = known.dials.get_or_insert_default();
        decided.push((transfer.number, may));
    }

    async fn run_on_a_thread(
        &self,
        call: &mut Call,
        event: &ActionEvent,
        now: Timestamp,
        known: &Known,
    ) -> Option<Reply> {
        // The semaphore is never closed, so waiting for it does not fail.
        let _permit = self.script_threads.acquire().await;
        let (mut copy, event, known) = (call.clone(), event.clone(), known.clone());
        let desk = self.config.desk.clone();
        let run = tokio::task::spawn_blocking(move || {
            let outside = known.outside();
            let reply = copy.answer_under(&event, now, Allowance::FULL, &desk, &outside);
            (copy, reply)
        });
        let (changed, reply) = run.await.ok()?;
        *call = changed;
        Some(reply)
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

    /// What a turn of a call is told of the outside; most are told nothing.
    fn known(&self, slot: &Slot, call: &Call) -> Known {
        let root = call.session().map(|session| session.root());
        self.known_of(slot.looking(), root)
    }

    /// The same where this is looked up, in this flow.
    pub(super) fn known_of(&self, looking: Option<Looking>, root: Option<&Arc<Flow>>) -> Known {
        let mut known = Known::of(looking);
        if root.is_some_and(|root| root.parts().any(|(_, flow)| !flow.hours().is_empty())) {
            known.overrides = Some(self.overrides.load_full());
        }
        known.dials = self.transfers.are_capped().then(Vec::new);
        known
    }

    /// What follows a turn: the log, and what the call now waits for. `None` where
    /// the allowance was not enough, or something has to be looked up first.
    fn after(
        &self,
        slot: &Arc<Slot>,
        call: &Call,
        event: &ActionEvent,
        reply: Reply,
    ) -> Option<Answer> {
        slot.touch(self.clock.ticks_ms());
        log::turn(slot, call, event, &reply, self.config.show_digits);
        let answer = match reply {
            Reply::OverBudget | Reply::LookUp(_) | Reply::Transfer(_) => return None,
            Reply::Fresh { answer, begun, .. } => {
                if slot.is_followed() {
                    self.tell_state(call);
                }
                match begun {
                    Some(look_up) => self.begin_look_up(slot, *look_up),
                    None if !call.looks_up() => slot.look_up(None),
                    None => {}
                }
                answer
            }
            Reply::Repeated(answer) | Reply::Over(answer) => answer,
        };
        slot.set_waiting(call.waiting());
        Some(answer)
    }

    /// Whether somebody wants to be told of a session that is not known here.
    fn is_awaited(&self, session: &SessionId) -> bool {
        let follower = self.follower.get();
        follower.is_some_and(|follower| follower.follows(session))
    }

    /// Tells whoever follows a call in which state it waits now.
    fn tell_state(&self, call: &Call) {
        if let Some(session) = call.session() {
            let state = session.root().shown_state(session.at());
            self.tell(|| CallNews::State {
                session: call.id(),
                state: &state,
            });
        }
    }

    /// Looks something up while the caller hears so. What comes of it is kept in the slot,
    /// and goes with it.
    pub(super) fn begin_look_up(&self, slot: &Arc<Slot>, look_up: LookUp) {
        let key = look_up.key.clone();
        slot.look_up(Some(key.clone()));
        let (slot, look_ups) = (Arc::downgrade(slot), Arc::clone(&self.look_ups));
        tokio::spawn(async move {
            let found = look_ups.perform(look_up).await;
            if let Some(slot) = slot.upgrade() {
                slot.found(&key, found);
            }
        });
    }

    /// Takes the notices of a call that is free. Whoever has the call does this when
    /// the turn is over, so none is left behind.
    pub(super) fn settle(&self, slot: &Slot) {
        while slot.has_notices() {
            let Some(mut call) = slot.free() else {
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
                    if let Some(closing) = call.close() {
                        self.end(closing, summary.ending);
                    }
                    slot.look_up(None);
                    slot.touch(self.clock.ticks_ms());
                    slot.set_standing(Standing::Closed);
                }
            }
        }
    }
}
