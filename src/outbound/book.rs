//! Which calls are followed, and what was told of each. Of calls that are over the latest
//! are kept, so that who asks late is told as well.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::call::{PhoneNumber, Progress, SessionId};
use crate::live::{CallNews, Clock, Follower, Summary};

use super::news::{News, Outcome, What};

/// The most calls under way that are followed.
const MAX_CALLS: usize = 20_000;
/// The most calls that are over and still known.
const MAX_OVER: usize = 5_000;
/// The most that is told of one call; behind that its end alone.
const MAX_NEWS: usize = 200;

pub(super) struct Book {
    clock: Clock,
    /// Held for a look or a line, so a plain lock. Nobody asks the calls anything meanwhile.
    pages: Mutex<Pages>,
}

#[derive(Default)]
struct Pages {
    by_id: HashMap<Arc<str>, Page>,
    by_session: HashMap<SessionId, Arc<str>>,
    /// The oldest first.
    over: VecDeque<Arc<str>>,
}

/// What is known of one call.
struct Page {
    person: PhoneNumber,
    news: Vec<News>,
    session: Option<SessionId>,
    answered: bool,
    outcome: Option<Outcome>,
    /// When nothing is waited for any more, and what is told then.
    deadline: Option<(Timestamp, Outcome)>,
    /// Of a call that another process has begun, while nothing was heard of it since.
    silence: Option<Silence>,
    /// How much was told; heard by whoever waits for more.
    told: watch::Sender<usize>,
}

/// What a call that was begun before means, as long as it is silent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Silence {
    /// Until then it counts as one that is up.
    pub counts_until: Timestamp,
    /// How long its end is waited for, once something was heard of it.
    pub else_until: Timestamp,
}

/// There are too many calls under way.
#[derive(Debug)]
pub(super) struct Full;

impl Book {
    pub fn new(clock: Clock) -> Self {
        Book {
            clock,
            pages: Mutex::default(),
        }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a page for a call that waits to be sent until this time.
    pub fn open(&self, id: &str, person: PhoneNumber, until: Timestamp) -> Result<(), Full> {
        let late = "the time in which it may be started had passed before it could be sent";
        let deadline = (until, Outcome::of(Outcome::EXPIRED, late));
        self.begin(id, person, deadline)?;
        self.tell(id, What::Queued);
        Ok(())
    }

    /// The same for a call that another process has sent, with its session where it was
    /// known, and what it means then that nothing is heard of it.
    pub fn restore(
        &self,
        id: &str,
        person: PhoneNumber,
        session: Option<(&SessionId, Silence)>,
        until: Timestamp,
    ) -> Result<(), Full> {
        let lost = "it was being called when the server stopped, and nothing was heard of it since";
        self.begin(id, person, (until, Outcome::of(Outcome::UNKNOWN, lost)))?;
        if let Some((session, silence)) = session {
            self.known(id, session);
            if let Some(page) = self.pages().by_id.get_mut(id) {
                page.silence = Some(silence);
            }
        }
        Ok(())
    }

    /// True where a call counts as one that is up: all do, but for those that another
    /// process has begun and of which nothing was heard for long.
    pub fn counts(&self, id: &str) -> bool {
        let pages = self.pages();
        let silence = pages.by_id.get(id).and_then(|page| page.silence);
        silence.is_none_or(|silence| self.clock.now() < silence.counts_until)
    }

    fn begin(
        &self,
        id: &str,
        person: PhoneNumber,
        deadline: (Timestamp, Outcome),
    ) -> Result<(), Full> {
        let mut pages = self.pages();
        if pages.by_id.len() - pages.over.len() >= MAX_CALLS {
            return Err(Full);
        }
        let page = Page {
            person,
            news: Vec::new(),
            session: None,
            answered: false,
            outcome: None,
            deadline: Some(deadline),
            silence: None,
            told: watch::Sender::new(0),
        };
        pages.by_id.insert(id.into(), page);
        Ok(())
    }

    /// The request goes out now: false where the call is over already.
    pub fn send(&self, id: &str) -> bool {
        let mut pages = self.pages();
        let Some(page) = pages.by_id.get_mut(id) else {
            return false;
        };
        if page.outcome.is_some() {
            return false;
        }
        page.deadline = None;
        page.add(What::Sent, self.clock.now());
        true
    }

    pub fn tell(&self, id: &str, what: What) {
        if let Some(page) = self.pages().by_id.get_mut(id) {
            page.add(what, self.clock.now());
        }
    }

    /// The call is over; the first word on that counts.
    pub fn end(&self, id: &str, outcome: Outcome) {
        self.pages().end(id, outcome, self.clock.now());
    }

    fn known(&self, id: &str, session: &SessionId) {
        let mut pages = self.pages();
        let Some((id, _)) = pages.by_id.get_key_value(id) else {
            return;
        };
        let id = Arc::clone(id);
        let page = pages.by_id.get_mut(&id);
        let Some(page) = page.filter(|page| page.outcome.is_none()) else {
            return;
        };
        let what = What::Created {
            session: session.to_string(),
        };
        page.add(what, self.clock.now());
        if let Some(before) = page.session.replace(session.clone()) {
            pages.by_session.remove(&before);
        }
        pages.by_session.insert(session.clone(), id);
    }

    /// Ends what has waited for too long.
    pub fn expire(&self) {
        let now = self.clock.now();
        let mut pages = self.pages();
        let late = pages.by_id.iter().filter_map(|(id, page)| {
            let (until, outcome) = page.deadline.as_ref()?;
            (*until <= now && page.outcome.is_none()).then(|| (Arc::clone(id), outcome.clone()))
        });
        for (id, outcome) in late.collect::<Vec<_>>() {
            pages.end(&id, outcome, now);
        }
        for page in pages.by_id.values() {
            if page
                .silence
                .is_some_and(|silence| silence.counts_until <= now)
            {
                // Nothing was told, but whoever follows it is to look.
                page.told.send_modify(|_| {});
            }
        }
    }

    /// What was told of a call behind this many, and whether it is over. `None` where no
    /// such call is known.
    pub fn news(&self, id: &str, after: usize) -> Option<(Vec<News>, bool)> {
        let pages = self.pages();
        let page = pages.by_id.get(id)?;
        let news = page.news.get(after..).unwrap_or_default().to_vec();
        Some((news, page.outcome.is_some()))
    }

    /// Hears when more is told of a call.
    pub fn listen(&self, id: &str) -> Option<watch::Receiver<usize>> {
        let pages = self.pages();
        pages.by_id.get(id).map(|page| page.told.subscribe())
    }

    /// How a call ended, if it has. `None` where no such call is known.
    pub fn outcome_so_far(&self, id: &str) -> Option<Option<Outcome>> {
        let pages = self.pages();
        pages.by_id.get(id).map(|page| page.outcome.clone())
    }

    /// The session of a call, where it is known.
    pub fn session(&self, id: &str) -> Option<SessionId> {
        let pages = self.pages();
        pages.by_id.get(id).and_then(|page| page.session.clone())
    }

    fn ended(&self, session: &SessionId, summary: &Summary) {
        let mut pages = self.pages();
        let by_request = summary.request.as_deref().and_then(|request| {
            let found = pages.by_id.get_key_value(request);
            found.map(|(id, _)| Arc::clone(id))
        });
        let by_session = || pages.by_session.get(session).cloned();
        let Some(id) = by_request.or_else(by_session) else {
            return;
        };
        let outcome = Outcome {
            status: summary.status.clone(),
            seconds: summary.ending.seconds,
            session: Some(session.to_string()),
            error: summary.error.clone(),
        };
        pages.end(&id, outcome, self.clock.now());
    }
}

impl Follower for Book {
    fn follows(&self, session: &SessionId) -> bool {
        self.pages().by_session.contains_key(session)
    }

    fn told(&self, news: CallNews<'_>) {
        match news {
            CallNews::Known { id, session } => self.known(id, session),
            CallNews::Leg(event) => {
                let mut pages = self.pages();
                if let Some(page) = pages.of(&event.session)
                    && event.destination.number() == Some(page.person)
                {
                    match event.progress {
                        Progress::Initiated => page.add(What::Ringing, self.clock.now()),
                        Progress::Connected => page.answer(self.clock.now()),
                        _ => {}
                    }
                }
            }
            CallNews::State { session, state } => {
                let mut pages = self.pages();
                if let Some(page) = pages.of(session) {
                    // A call that waits in its flow was answered, whether that was told or not.
                    page.answer(self.clock.now());
                    let state = state.to_owned();
                    page.add(What::State { state }, self.clock.now());
                }
            }
            CallNews::Ended { session, summary } => self.ended(session, summary),
            CallNews::Lost { session } => {
                let mut pages = self.pages();
                if let Some(id) = pages.by_session.get(session).cloned() {
                    let outcome = Outcome {
                        session: Some(session.to_string()),
                        ..Outcome::of(Outcome::UNKNOWN, "no summary of it has come")
                    };
                    pages.end(&id, outcome, self.clock.now());
                }
            }
            CallNews::Expired { id } => {
                let lost = "neither an answer nor a webhook of it has come in its time";
                self.end(id, Outcome::of(Outcome::UNKNOWN, lost));
            }
        }
    }
}

impl Pages {
    fn of(&mut self, session: &SessionId) -> Option<&mut Page> {
        let id = self.by_session.get(session)?;
        self.by_id.get_mut(id)
    }

    fn end(&mut self, id: &str, outcome: Outcome, now: Timestamp) {
        let Some((id, _)) = self.by_id.get_key_value(id) else {
            return;
        };
        let id = Arc::clone(id);
        let Some(page) = self.by_id.get_mut(&id) else {
            return;
        };
        if page.outcome.is_some() {
            return;
        }
        page.outcome = Some(outcome.clone());
        page.deadline = None;
        page.add(What::Ended(outcome), now);
        if let Some(session) = page.session.take() {
            self.by_session.remove(&session);
        }
        self.over.push_back(id);
        if self.over.len() > MAX_OVER
            && let Some(oldest) = self.over.pop_front()
        {
            self.by_id.remove(&oldest);
        }
    }
}

impl Page {
    fn answer(&mut self, now: Timestamp) {
        if !std::mem::replace(&mut self.answered, true) {
            self.add(What::Answered, now);
        }
    }

    fn add(&mut self, what: What, now: Timestamp) {
        if let Some(silence) = self.silence.take()
            && let Some((until, _)) = &mut self.deadline
        {
            *until = silence.else_until;
        }
        let is_end = matches!(what, What::Ended(_));
        let is_over = self.outcome.is_some() && !is_end;
        if is_over || (self.news.len() >= MAX_NEWS && !is_end) {
            return;
        }
        // The same again is no news, as in a webhook that comes twice.
        if self.news.last().is_some_and(|last| last.what == what) {
            return;
        }
        let n = self.news.len() as u32 + 1;
        self.news.push(News { n, at: now, what });
        self.told.send_replace(self.news.len());
    }
}
