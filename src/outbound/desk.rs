//! Where calls are ordered, and how each is started.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use tracing::{info, warn};

use crate::call::SessionId;
use crate::live::{Calls, Clock};
use crate::phone::{Account, Line, Rules};
use crate::wire::api::render_request;

use super::book::Book;
use super::job::Jobs;
use super::news::{News, Outcome, What};
use super::order::{CallOrder, OrderRefused, Placed};
use super::pairs::Pairs;
use super::platform::{Platform, Started};

/// How much longer than it may be started a call is waited for of which no answer has
/// come: it may have been started in the last moment, and then it rings, and its first
/// question is asked before a webhook tells of it.
const GRACE: SignedDuration = SignedDuration::from_mins(3);

/// What calls are started with.
pub struct OutboundConfig {
    /// What starts them; without it every order is refused.
    pub platform: Option<Arc<dyn Platform>>,
    /// A text that no other process has, with which the names of requests begin: up to 16
    /// letters and digits.
    pub seed: String,
    /// The folder in which jobs are kept, each in one of its own.
    pub jobs: PathBuf,
}

/// Starts calls, and knows what comes of them.
pub struct Outbound {
    pub(super) calls: Arc<Calls>,
    pub(super) clock: Clock,
    pub(super) book: Arc<Book>,
    pub(super) jobs: Jobs,
    platform: Option<Arc<dyn Platform>>,
    pairs: Pairs,
    seed: String,
    count: AtomicU64,
    stopping: AtomicBool,
}

/// What is done before the request goes out; without it, it does not.
pub(super) type Before = Box<dyn FnOnce() -> io::Result<()> + Send>;

/// What came of trying to start a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Dialled {
    /// It was asked for, or is over: what comes of it is in the book.
    Done,
    /// It was not asked for, and may be later.
    NotSent(String),
}

impl Outbound {
    /// Calls of these flows, followed from now on.
    pub fn new(calls: &Arc<Calls>, clock: Clock, config: OutboundConfig) -> Arc<Self> {
        let book = Arc::new(Book::new(clock.clone()));
        calls.be_followed(Arc::clone(&book) as _);
        Arc::new(Outbound {
            calls: Arc::clone(calls),
            clock,
            book,
            jobs: Jobs::new(config.jobs),
            platform: config.platform,
            pairs: Pairs::default(),
            seed: config.seed,
            count: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
        })
    }

    /// Starts a call, and gives the name under which it is followed.
    ///
    /// # Errors
    /// In plain words, and then nobody is called.
    pub async fn call(self: &Arc<Self>, order: CallOrder) -> Result<String, OrderRefused> {
        let platform = self.able()?;
        let placed = Placed::of(&order, &self.calls.catalog())?;
        if let Some(caller) = order.caller {
            let brought = platform.bring_caller(placed.pair.1, caller).await;
            brought.map_err(OrderRefused::Wrong)?;
        }
        let id = self.next_id();
        self.open(&id, &placed)?;
        let (outbound, of) = (Arc::clone(self), id.clone());
        tokio::spawn(async move {
            if let Dialled::NotSent(why) = outbound.dial(&of, placed, None).await {
                let outcome = Outcome::of(Outcome::NOT_CREATED, why);
                outbound.book.end(&of, outcome);
            }
        });
        Ok(id)
    }

    /// What was told of a call behind the first `after` things, and whether it is over. If
    /// there is nothing yet, it is waited for that long. `None` where there is no such call.
    pub async fn news(&self, id: &str, after: usize, wait: Duration) -> Option<(Vec<News>, bool)> {
        let mut told = self.book.listen(id)?;
        let (news, is_over) = self.book.news(id, after)?;
        if !news.is_empty() || is_over {
            return Some((news, is_over));
        }
        let more = told.wait_for(|told| *told > after);
        // Where the time is up, or the call forgotten, there is nothing new.
        let _ = tokio::time::timeout(wait, more).await;
        self.book.news(id, after)
    }

    /// Gives up what has waited for too long.
    pub fn sweep(&self) {
        self.book.expire();
    }

    /// From now on no request goes out. What was sent is still followed.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.jobs.wake();
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// What starts calls, if anything can.
    pub(super) fn able(&self) -> Result<&Arc<dyn Platform>, OrderRefused> {
        if self.is_stopping() {
            return Err(OrderRefused::Unable("the server is stopping".to_owned()));
        }
        self.platform.as_ref().ok_or_else(|| {
            OrderRefused::Unable(
                "the server has no access to the platform's API; start it with `--subaccount` and \
                 `--api-key` (`RINGFLOW_SUBACCOUNT` and `RINGFLOW_API_KEY`), and with `--api` for \
                 another address than the platform's"
                    .to_owned(),
            )
        })
    }

    /// A name for a request that no other has.
    pub(super) fn next_id(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        format!("{}-{count}", self.seed)
    }

    pub(super) fn open(&self, id: &str, placed: &Placed) -> Result<(), OrderRefused> {
        let until = placed.until(self.clock.now());
        let opened = self.book.open(id, placed.pair.1, until);
        opened.map_err(|_| OrderRefused::Full)
    }

    /// Starts a call whose page is open, when no other of its pair is being started. Done
    /// when the next of the pair may be.
    pub(super) async fn dial(&self, id: &str, call: Placed, before: Option<Before>) -> Dialled {
        let not_created = |why: String| {
            warn!(
                request = id,
                flow = call.flow.name(),
                why,
                "a call was not started"
            );
            self.book.end(id, Outcome::of(Outcome::NOT_CREATED, why));
            Dialled::Done
        };
        let until = call.until(self.clock.now());
        let _turn = self.pairs.turn(call.pair).await;
        let platform = match self.able() {
            Ok(platform) => Arc::clone(platform),
            Err(refused) => return Dialled::NotSent(refused.to_string()),
        };
        if self.clock.now() >= until {
            // By its page, which says so.
            self.book.expire();
            return Dialled::Done;
        }
        let Some(request) = SessionId::new(id) else {
            return not_created(format!("`{id}` is no name for a request"));
        };
        let opened = self
            .calls
            .open_out(&call.flow, (&request, call.pair), &call.values);
        let opening = match opened.await {
            Ok(opening) => opening,
            Err(error) => return not_created(error.to_string()),
        };
        let body = render_request(&opening.callflow, id, Some(until));
        let now = self.clock.now();
        let (rules, account) = (Rules::default(), Account::default());
        if let Err(refused) = Line::call_out(&body, id, now, rules, account) {
            let meaning = platform.meaning(refused.code);
            let meaning = meaning.map(|meaning| format!(": {meaning}"));
            let meaning = meaning.unwrap_or_default();
            return not_created(format!("the platform would refuse it, {refused}{meaning}"));
        }
        if let Some(before) = before {
            let done = tokio::task::spawn_blocking(before).await;
            let done = done.unwrap_or_else(|error| Err(io::Error::other(error)));
            if let Err(error) = done {
                return Dialled::NotSent(format!("it cannot be kept that it is called: {error}"));
            }
        }
        let pending_until = until.checked_add(GRACE).unwrap_or(until);
        let pending = self.calls.expect((id, call.pair), opening, pending_until);
        let Some(pending) = pending else {
            return not_created("another call of the same numbers is being started".to_owned());
        };
        if !self.book.send(id) {
            self.calls.not_created(id);
            return Dialled::Done;
        }
        info!(
            request = id,
            flow = call.flow.name(),
            from = %call.pair.0,
            to = %call.pair.1,
            "a call is asked for"
        );
        match platform.start(body).await {
            Started::Created { session } => self.calls.created(id, &session),
            Started::Refused { why, .. } => {
                self.calls.not_created(id);
                return not_created(why);
            }
            Started::Unknown { why } => {
                warn!(request = id, why, "there may be a call, and nobody knows");
                self.calls.unanswered(id);
                self.book.tell(id, What::Unanswered { why });
            }
        }
        // An error is the sign: what was pending is so no longer.
        let _ = pending.await;
        Dialled::Done
    }
}
