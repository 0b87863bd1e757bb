//! A job as it goes on: its rows one after another, at its pace.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{info, warn};

use super::record::Line;
use super::{Job, Row};
use crate::call::SessionId;
use crate::outbound::book::Silence;
use crate::outbound::desk::{Before, Dialled, Outbound};
use crate::outbound::news::Outcome;
use crate::outbound::order::{OrderRefused, Placed, number};

/// For how long the summary is waited for of a call that another process has begun, and of
/// which something was heard since.
const LONGEST_CALL: SignedDuration = SignedDuration::from_hours(5);
/// The same where nothing was heard, though its session is known: its summary may have come
/// while nobody was there.
const SILENT_CALL: SignedDuration = SignedDuration::from_mins(10);
/// How long such a call takes one of the places of those that are called at once. It may be
/// up; but were it waited for to its end, a job whose calls all ended meanwhile would stand.
const SILENT_PLACE: SignedDuration = SignedDuration::from_secs(20);
/// The same where it is not known, from the time on until which it could be started.
const GRACE: SignedDuration = SignedDuration::from_mins(10);

/// Has calls followed that another process has begun: they are never begun again. Before
/// webhooks are answered, so that none of them is missed.
pub(super) fn restore(outbound: &Outbound, job: &Job) {
    let now = outbound.clock.now();
    let after = |time: Timestamp, more| time.checked_add(more).unwrap_or(time);
    for (row, state) in job.states() {
        let Row::Sending { id, until, session } = state else {
            continue;
        };
        let session = session.as_deref().and_then(SessionId::new);
        let until = match session {
            Some(_) => after(now, SILENT_CALL),
            None => after(until, GRACE),
        };
        let silence = Silence {
            counts_until: after(now, SILENT_PLACE),
            else_until: after(now, LONGEST_CALL),
        };
        let person = number("to", &job.rows[row].to).ok();
        let restored = person.map(|person| {
            let book = &outbound.book;
            let session = session.as_ref().map(|session| (session, silence));
            book.restore(&id, person, session, until)
        });
        if !matches!(restored, Some(Ok(()))) {
            warn!(
                job = job.id,
                row, "what comes of a row that was called cannot be followed"
            );
        }
    }
}

/// Runs a job until nothing of it is left to be done, or nothing can be.
pub(super) async fn run(outbound: &Arc<Outbound>, job: &Arc<Job>) {
    let places = Arc::new(Semaphore::new(job.head.at_once as usize));
    let mut rows = JoinSet::new();
    for (row, state) in job.states() {
        if let Row::Sending { id, session, .. } = state {
            // One of which nothing is known holds up nobody: mostly there is no such call.
            let place = session
                .is_some()
                .then(|| Arc::clone(&places).try_acquire_owned().ok());
            let place = place.flatten();
            let work = Work::of(outbound, job, row, place);
            rows.spawn(async move { work.follow(&id).await });
        }
    }
    let mut pace = interval(Duration::from_secs_f64(1.0 / job.head.rate));
    // Who was late does not hurry.
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let waiting = job.states().into_iter().filter(|(_, s)| *s == Row::Waiting);
    for (row, _) in waiting.collect::<Vec<_>>() {
        let next = async {
            pace.tick().await;
            // It is never closed.
            Arc::clone(&places).acquire_owned().await.ok()
        };
        let place = tokio::select! {
            place = next => place,
            () = job.halted(outbound) => None,
        };
        if place.is_none() || job.is_halted(outbound) {
            break;
        }
        rows.spawn(Work::of(outbound, job, row, place).call());
        // What is over needs no place any more.
        while rows.try_join_next().is_some() {}
    }
    while rows.join_next().await.is_some() {}
    let report = job.report();
    if outbound.is_stopping() && report.waiting > 0 {
        job.hold("the server is stopping".to_owned());
    }
    info!(job = job.id, ended = ?report.ended, waiting = report.waiting, "a job rests");
}

/// One row that is called.
struct Work {
    outbound: Arc<Outbound>,
    job: Arc<Job>,
    row: usize,
    /// Its place among those that are called at once, until it is over.
    place: Option<OwnedSemaphorePermit>,
}

impl Work {
    fn of(
        outbound: &Arc<Outbound>,
        job: &Arc<Job>,
        row: usize,
        place: Option<OwnedSemaphorePermit>,
    ) -> Self {
        Work {
            outbound: Arc::clone(outbound),
            job: Arc::clone(job),
            row,
            place,
        }
    }

    async fn call(self) {
        let order = &self.job.rows[self.row];
        let placed = Placed::of(order, &self.outbound.calls.catalog());
        let id = self.outbound.next_id();
        let opened = placed.and_then(|placed| {
            self.outbound.open(&id, &placed)?;
            Ok(placed)
        });
        let placed = match opened {
            Ok(placed) => placed,
            Err(OrderRefused::Full) => return self.job.hold(OrderRefused::Full.to_string()),
            Err(refused) => {
                let outcome = Outcome::of(Outcome::NOT_CREATED, refused.to_string());
                return self.end(outcome).await;
            }
        };
        let until = placed.until(self.outbound.clock.now());
        let (job, row, of) = (Arc::clone(&self.job), self.row, id.clone());
        let before: Before = Box::new(move || {
            let id = of.clone();
            job.write(&Line::Sending { row, id, until })?;
            let session = None;
            job.change(|progress| {
                progress.rows[row] = Row::Sending {
                    id: of,
                    until,
                    session,
                };
            });
            Ok(())
        });
        match self.outbound.dial(&id, placed, Some(before)).await {
            Dialled::Done => self.follow(&id).await,
            Dialled::NotSent(why) => {
                let outcome = Outcome::of(Outcome::NOT_CREATED, why.clone());
                self.outbound.book.end(&id, outcome);
                // It may be called another time.
                self.job.hold(why);
            }
        }
    }

    /// Until the call is over.
    async fn follow(mut self, id: &str) {
        let book = Arc::clone(&self.outbound.book);
        let Some(mut told) = book.listen(id) else {
            let lost = "it was told of for so long ago that it is not known any more";
            return self.end(Outcome::of(Outcome::UNKNOWN, lost)).await;
        };
        let mut known = None;
        let ended = loop {
            told.borrow_and_update();
            if !book.counts(id) {
                self.place = None;
            }
            let session = book.session(id);
            if session.is_some() && session != known {
                known.clone_from(&session);
                let session = session.map_or_else(String::new, |session| session.to_string());
                self.know(session).await;
            }
            if let Some(Some(outcome)) = book.outcome_so_far(id) {
                break outcome;
            }
            if told.changed().await.is_err() {
                break Outcome::of(Outcome::UNKNOWN, "it is not known any more");
            }
        };
        self.end(ended).await;
    }

    async fn know(&self, known: String) {
        let (row, session) = (self.row, known.clone());
        self.job.change(|progress| {
            if let Row::Sending { session, .. } = &mut progress.rows[row] {
                *session = Some(known);
            }
        });
        self.note(Line::Session { row, session }).await;
    }

    async fn end(self, outcome: Outcome) {
        let row = self.row;
        let line = Line::Ended {
            row,
            outcome: outcome.clone(),
        };
        self.note(line).await;
        self.job
            .change(|progress| progress.rows[row] = Row::Ended(outcome));
    }

    /// Writes a step down that nothing waits for. Without it, a later process does not know
    /// how the call ended, and calls nobody for that.
    async fn note(&self, line: Line) {
        let job = Arc::clone(&self.job);
        let written = tokio::task::spawn_blocking(move || job.write(&line)).await;
        if let Ok(Err(error)) = written {
            warn!(job = self.job.id, row = self.row, %error, "what came of a row cannot be kept");
        }
    }
}

impl Job {
    fn states(&self) -> Vec<(usize, Row)> {
        let progress = self.progress();
        progress.rows.iter().cloned().enumerate().collect()
    }

    /// No further row is to be called.
    fn is_halted(&self, outbound: &Outbound) -> bool {
        let progress = self.progress();
        progress.cancelled || progress.held.is_some() || outbound.is_stopping()
    }

    async fn halted(&self, outbound: &Outbound) {
        let mut changed = self.changed.subscribe();
        // The sender lives as long as the job.
        let _ = changed.wait_for(|_| self.is_halted(outbound)).await;
    }
}
