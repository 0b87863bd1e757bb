//! Calls that we start: the flow is run to where it waits first, and the call is kept
//! until its session is known; then it is a call like any other.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use dashmap::mapref::entry::Entry;
use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::call::{ActionEvent, Direction, SessionId, Value};
use crate::flow::{Flow, VarId};
use crate::machine::{Allowance, Facts, Opening, Session, Unopened, Waiting};

use super::calls::{Calls, Known, Summary};
use super::follow::{CallNews, Follower};
use super::index::Keyed;
use super::log::{self, Begun};
use super::pending::{All, Pair};
use super::slot::{Notice, Slot, Standing};

/// How many look-ups a flow may make before it says anything. One that makes more is
/// turning in a circle.
const MAX_LOOK_UPS: usize = 32;

/// Why a call is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    #[error("the flow takes too long before it says anything")]
    TooLong,
    #[error("the program failed in the first turn of the flow; the log says more")]
    Broken,
}

impl Calls {
    /// Has somebody told what comes of the calls that we start. The first one stays.
    pub fn be_followed(&self, follower: Arc<dyn Follower>) {
        let _ = self.follower.set(follower);
    }

    /// Runs a flow to where it waits first, for a call from our number to a person. It is
    /// known by the name of its request until its session is known.
    ///
    /// # Errors
    /// Where the flow does not come to anything that can be heard.
    pub async fn open_out(
        &self,
        flow: &Arc<Flow>,
        (request, pair): (&SessionId, Pair),
        values: &[(VarId, Value)],
    ) -> Result<Opening, NotOpened> {
        let now = self.clock.now();
        let facts = Facts::of_outbound(request.clone(), pair.0, pair.1, now);
        let mut session = Session::begin(flow, facts);
        for (var, value) in values {
            session.give(*var, value.clone());
        }
        let mut known = self.known_of(None, Some(flow));
        let mut looked_up = 0;
        loop {
            let run = self.run_opening(&session, pair, now, &known);
            match run.await? {
                Ok(opening) => {
                    log::opened(&opening);
                    return Ok(opening);
                }
                Err(Unopened::OverBudget) => return Err(NotOpened::TooLong),
                Err(Unopened::LookUp(_)) if looked_up == MAX_LOOK_UPS => {
                    return Err(NotOpened::TooLong);
                }
                Err(Unopened::LookUp(look_up)) => {
                    looked_up += 1;
                    let key = look_up.key.clone();
                    known
                        .found
                        .push((key, self.look_ups().perform(*look_up).await));
                }
                Err(Unopened::Transfer(transfer)) => self.decide(&transfer, &mut known),
            }
        }
    }

    async fn run_opening(
        &self,
        session: &Session,
        pair: Pair,
        now: Timestamp,
        known: &Known,
    ) -> Result<Result<Opening, Unopened>, NotOpened> {
        let (session, known) = (session.clone(), known.clone());
        let desk = self.config.desk.clone();
        // Nobody waits on a line for it, so it always has a thread, and all the time that a
        // script may have. The semaphore is never closed, so waiting for it does not fail.
        let _permit = self.script_threads.acquire().await;
        let run = tokio::task::spawn_blocking(move || {
            let (allowance, outside) = (Allowance::FULL, known.outside());
            Opening::of(&session, pair, now, allowance, &desk, &outside)
        });
        run.await.map_err(|_| NotOpened::Broken)
    }

    /// A call is asked for from now on, under the name of its request and its pair of
    /// numbers, at most until this time. What is given back is done when it is pending no
    /// longer; `None` where one of this pair is pending already.
    pub fn expect(
        &self,
        request: (&str, Pair),
        opening: Opening,
        until: Timestamp,
    ) -> Option<oneshot::Receiver<()>> {
        self.pendings.expect(request, opening, until)
    }

    /// The API has answered that the call of a request has this session.
    pub fn created(self: &Arc<Self>, id: &str, session: &SessionId) {
        self.make_room();
        let Some(mut all) = self.pendings.any() else {
            return;
        };
        let Some(pending) = all.by_id(id) else {
            return;
        };
        if pending.is_taken_by(session) {
            self.pendings.remove(&mut all, id);
            return;
        }
        if let Some(other) = pending.taken() {
            log::mistaken(other, session);
        }
        self.adopt(&mut all, id, session);
    }

    /// The API has answered that there is no such call.
    pub fn not_created(&self, id: &str) {
        if let Some(mut all) = self.pendings.any() {
            self.pendings.remove(&mut all, id);
        }
    }

    /// No answer of the API comes any more, and there may be a call: it is pending until
    /// something comes of it, or until its time has passed.
    pub fn unanswered(&self, id: &str) {
        if let Some(mut all) = self.pendings.any()
            && let Some(pending) = all.by_id(id)
            && pending.give_up_the_answer()
        {
            self.pendings.remove(&mut all, id);
        }
    }

    /// Gives up calls of which nothing has come in their time.
    pub(super) fn give_up_pending(&self) {
        for pending in self.pendings.expired(self.clock.now()) {
            self.tell(|| CallNews::Expired { id: &pending.id });
        }
    }

    /// The slot of a first webhook that can only be of a pending call.
    pub(super) fn slot_of_pending(self: &Arc<Self>, event: &ActionEvent) -> Option<Arc<Slot>> {
        if event.direction != Direction::Outbound {
            return None;
        }
        drop(self.pendings.any()?);
        self.make_room();
        let mut all = self.pendings.any()?;
        // Its session may have become known meanwhile.
        if let Some(slot) = self.find(&event.session) {
            return Some(slot);
        }
        let pending = all.of_first(event)?;
        let id = pending.id.clone();
        let opening = pending.opening.clone();
        let is_done = pending.take(&event.session);
        let (legs, _) = all.take_early(&event.session);
        let slot = self.put(&id, opening, &event.session);
        for leg in &legs {
            self.tell(|| CallNews::Leg(leg));
        }
        if is_done {
            self.pendings.remove(&mut all, &id);
        }
        Some(slot)
    }

    /// The slot of a session that is over, and was known by the name of its request alone.
    /// A session that is known has its call already, and then that is pending no longer.
    pub(super) fn slot_of_request(
        self: &Arc<Self>,
        session: &SessionId,
        summary: &Summary,
    ) -> Option<Arc<Slot>> {
        let id = summary.request.as_deref()?;
        let mut all = self.pendings.any()?;
        let pending = all.by_id(id)?;
        if pending.is_taken_by(session) {
            self.pendings.remove(&mut all, id);
            return None;
        }
        self.adopt(&mut all, id, session)
    }

    /// Makes the call of a request that of a session, and it is pending no longer. Under
    /// the lock of those that are pending, so that nobody finds it in neither place.
    fn adopt(self: &Arc<Self>, all: &mut All, id: &str, session: &SessionId) -> Option<Arc<Slot>> {
        let (legs, ended) = all.take_early(session);
        let opening = all.by_id(id)?.opening.clone();
        let slot = self.put(id, opening, session);
        self.pendings.remove(all, id);
        for leg in &legs {
            self.tell(|| CallNews::Leg(leg));
        }
        if let Some(summary) = ended {
            self.tell(|| CallNews::Ended {
                session,
                summary: &summary,
            });
            slot.queue(Notice::Ended(summary));
            self.settle(&slot);
        }
        Some(slot)
    }

    /// Puts the call of a request among the others. Where one of this session is there
    /// that is over, it takes its place: that stands for a summary that came first. Where
    /// there is another, that one goes on.
    fn put(self: &Arc<Self>, id: &str, mut opening: Opening, session: &SessionId) -> Arc<Slot> {
        opening.rename(session);
        let begun = opening.last.as_deref().or(opening.call.session());
        let begun = begun.map(Begun::started);
        let waiting = opening.call.waiting();
        let (key, now_ms) = (self.keys.of(session), self.clock.ticks_ms());
        let slot = Arc::new(Slot::begun(key, opening.call, begun, now_ms));
        if waiting == Waiting::Transfer {
            slot.set_standing(Standing::Transfer);
        }
        // An entry does not show what is there, so that is looked at first.
        let there = self.find(session);
        let is_over = there.is_some_and(|there| there.standing() == Standing::Closed);
        let other = match self.slots.entry(Keyed(Arc::clone(&slot))) {
            Entry::Occupied(place) if is_over => {
                place.replace_entry(());
                None
            }
            Entry::Occupied(place) => {
                // No guard of the map outlives this.
                drop(place);
                self.find(session)
            }
            Entry::Vacant(place) => {
                place.insert(());
                self.count.fetch_add(1, Ordering::Relaxed);
                None
            }
        };
        let is_other = other.is_some();
        let slot = other.unwrap_or(slot);
        slot.follow();
        self.tell(|| CallNews::Known { id, session });
        if !is_other {
            slot.with_begun(|begun| begun.log(false));
            if let Some(look_up) = opening.begun {
                self.begin_look_up(&slot, *look_up);
            }
        }
        slot
    }

    pub(super) fn tell<'a>(&self, news: impl FnOnce() -> CallNews<'a>) {
        if let Some(follower) = self.follower.get() {
            follower.told(news());
        }
    }
}
