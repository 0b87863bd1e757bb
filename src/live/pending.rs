//! Calls that we have asked for and whose session is not known yet. Each is found by its
//! pair of numbers, as their first webhook shows no more than that, and by the name of its
//! request, which their summary repeats.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::call::{ActionEvent, Direction, Occasion, PhoneNumber, SessionId, StatusEvent};
use crate::machine::Opening;

use super::calls::Summary;

/// Our number, and the person's.
pub type Pair = (PhoneNumber, PhoneNumber);

/// How much is kept of sessions that are not known while calls are pending: it may be of
/// one of them, and come before its session is known. The oldest goes first.
const MAX_EARLY: usize = 256;

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Pendings {
    /// How many there are, as mostly there are none, and then nobody locks.
    count: AtomicUsize,
    /// Held for a look and for putting a call among the others, so a plain lock. The locks
    /// of the map of calls are taken behind it, never the other way round.
    all: Mutex<All>,
}

#[derive(Debug, Default)]
pub(super) struct All {
    by_pair: HashMap<Pair, Pending>,
    pairs: HashMap<Box<str>, Pair>,
    early: VecDeque<Early>,
}

/// One call that was asked for.
#[derive(Debug)]
pub(super) struct Pending {
    pub id: Box<str>,
    /// As it waits for its first webhook.
    pub opening: Opening,
    /// A first webhook has come that can only be of it, and it was given this session. It
    /// is kept for the answer, which may say otherwise.
    taken: Option<SessionId>,
    /// The API's answer will not come any more.
    unanswered: bool,
    until: Timestamp,
    /// Dropped with it, which tells whoever waits for the pair.
    _over: oneshot::Sender<()>,
}

/// What came of a session that is not known.
#[derive(Debug)]
enum Early {
    Leg(StatusEvent),
    Ended(SessionId, Summary),
}

impl Early {
    fn session(&self) -> &SessionId {
        match self {
            Early::Leg(event) => &event.session,
            Early::Ended(session, _) => session,
        }
    }
}

impl Pendings {
    /// Locks them where there are any.
    pub fn any(&self) -> Option<MutexGuard<'_, All>> {
        // A pending call goes only after it was put among the others, and this is read
        // behind that: who finds none finds the call there.
        (self.count.load(Ordering::Acquire) > 0).then(|| self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call is asked for from now on. What is given back is done when it is pending no
    /// longer; `None` where there is one of this pair already.
    pub fn expect(
        &self,
        (id, pair): (&str, Pair),
        opening: Opening,
        until: Timestamp,
    ) -> Option<oneshot::Receiver<()>> {
        let mut all = self.lock();
        if all.by_pair.contains_key(&pair) {
            return None;
        }
        let (over, done) = oneshot::channel();
        let pending = Pending {
            id: id.into(),
            opening,
            taken: None,
            unanswered: false,
            until,
            _over: over,
        };
        all.pairs.insert(id.into(), pair);
        all.by_pair.insert(pair, pending);
        self.count.store(all.by_pair.len(), Ordering::Release);
        Some(done)
    }

    pub fn remove(&self, all: &mut All, id: &str) -> Option<Pending> {
        let pair = all.pairs.remove(id)?;
        let pending = all.by_pair.remove(&pair);
        if all.by_pair.is_empty() {
            all.early = VecDeque::new();
        }
        self.count.store(all.by_pair.len(), Ordering::Release);
        pending
    }

    /// Those whose time has passed, which are pending no longer.
    pub fn expired(&self, now: Timestamp) -> Vec<Pending> {
        let Some(mut all) = self.any() else {
            return Vec::new();
        };
        let late = all.by_pair.values().filter(|pending| pending.until <= now);
        let late: Vec<Box<str>> = late.map(|pending| pending.id.clone()).collect();
        let late = late.iter().filter_map(|id| self.remove(&mut all, id));
        late.collect()
    }
}

impl All {
    /// The call that this first webhook can only be of, unless it was given a session
    /// before.
    pub fn of_first(&mut self, event: &ActionEvent) -> Option<&mut Pending> {
        let has_token = event
            .token
            .as_deref()
            .is_some_and(|token| !token.is_empty());
        if event.direction != Direction::Outbound
            || event.occasion == Occasion::Garbled
            || has_token
        {
            return None;
        }
        let pair = (event.source.number()?, event.destination.number()?);
        let pending = self.by_pair.get_mut(&pair);
        pending.filter(|pending| pending.taken.is_none())
    }

    pub fn by_id(&mut self, id: &str) -> Option<&mut Pending> {
        let pair = self.pairs.get(id)?;
        self.by_pair.get_mut(pair)
    }

    pub fn keep_leg(&mut self, event: StatusEvent) {
        if event.direction == Direction::Outbound {
            self.keep(Early::Leg(event));
        }
    }

    pub fn keep_end(&mut self, session: &SessionId, summary: Summary) {
        self.keep(Early::Ended(session.clone(), summary));
    }

    fn keep(&mut self, early: Early) {
        if self.early.len() == MAX_EARLY {
            self.early.pop_front();
        }
        self.early.push_back(early);
    }

    /// What came of a session before it was known, and how it ended if it has.
    pub fn take_early(&mut self, session: &SessionId) -> (Vec<StatusEvent>, Option<Summary>) {
        let (mut legs, mut ended) = (Vec::new(), None);
        for early in std::mem::take(&mut self.early) {
            match early {
                other if other.session() != session => self.early.push_back(other),
                Early::Leg(event) => legs.push(event),
                Early::Ended(_, summary) => ended = Some(summary),
            }
        }
        (legs, ended)
    }
}

impl Pending {
    /// Gives it to a session, if no other answer is to be waited for: true where it is
    /// pending no longer.
    pub fn take(&mut self, session: &SessionId) -> bool {
        self.taken = Some(session.clone());
        self.unanswered
    }

    /// The same for an answer that will not come: true where it has its session.
    pub fn give_up_the_answer(&mut self) -> bool {
        self.unanswered = true;
        self.taken.is_some()
    }

    pub fn is_taken_by(&self, session: &SessionId) -> bool {
        self.taken.as_ref() == Some(session)
    }

    pub fn taken(&self) -> Option<&SessionId> {
        self.taken.as_ref()
    }
}
