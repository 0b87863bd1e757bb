//! The thread that keeps what is live like the files: it waits for a sign, reads until
//! what it reads is whole, has it decided, and puts it live. A turn meets it at one swap.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use tokio::sync::broadcast;
use tracing::{error, warn};

use crate::flow::{Catalog, Flow};

use super::calls::Calls;
use super::census::Census;
use super::clock::Clock;
use super::outcome::{HeldBack, Outcome, Refusal};
use super::project::Snapshot;
use super::reload::{Reloader, aged};
use super::report::{FlowReport, Older, Problem, Report};
use super::settle::{Settling, Verdict};
use super::steady::Steady;
use super::watch::Watch;

/// Scripts are compiled here, and a deep expression needs more than the usual 2 MiB.
const STACK: usize = 8 * 1024 * 1024;
/// How many outcomes are kept for a listener that is slow.
const KEPT_OUTCOMES: usize = 64;

/// Where the files are, and whether they are watched.
#[derive(Debug, Clone)]
pub struct ReloadConfig {
    pub dir: PathBuf,
    /// Without it the files are read again only when [`Reloads::ask`] is called.
    pub watch: bool,
}

/// Keeps what is live like the files, until this is dropped.
#[derive(Debug)]
pub struct Reloads {
    shared: Arc<Shared>,
    signs: Sender<Sign>,
}

#[derive(Debug)]
struct Shared {
    calls: Arc<Calls>,
    clock: Clock,
    state: ArcSwap<State>,
    outcomes: broadcast::Sender<Arc<Outcome>>,
    /// Flows that were live. They are not held: each goes with its last call. Locked for
    /// a reload or an operator's question.
    older: Mutex<Vec<Weak<Flow>>>,
}

/// What operators are told, but for ages and counts.
#[derive(Debug)]
struct State {
    catalog: Arc<Catalog>,
    problems: Vec<Problem>,
    refused: Vec<Refusal>,
    held_back: Option<HeldBack>,
    last: Option<Arc<Outcome>>,
}

#[derive(Debug)]
enum Sign {
    /// Something was written since then.
    Written(Instant),
    Asked,
    Stop,
}

impl Reloads {
    /// Starts the thread. `reloader` is what `calls` began with.
    ///
    /// # Errors
    /// Where no thread can be had.
    pub fn start(
        config: ReloadConfig,
        reloader: Reloader,
        calls: Arc<Calls>,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            clock: calls.clock.clone(),
            state: ArcSwap::from_pointee(State::of(&reloader, None)),
            outcomes: broadcast::channel(KEPT_OUTCOMES).0,
            older: Mutex::default(),
            calls,
        });
        let (signs, arriving) = channel();
        let worker = Worker {
            settling: Settling::new(config.watch, shared.clock.ticks_ms()),
            steady: Steady::default(),
            shared: Arc::clone(&shared),
            watch: None,
            reloader,
            config,
        };
        let hints = signs.clone();
        std::thread::Builder::new()
            .name("reload".to_owned())
            .stack_size(STACK)
            .spawn(move || worker.run(&arriving, hints))?;
        Ok(Reloads { shared, signs })
    }

    /// Has the files read again now. The outcome is told and logged even if nothing has
    /// changed.
    pub fn ask(&self) {
        // The thread ends only after this is dropped, or where it broke, which was told.
        let _ = self.signs.send(Sign::Asked);
    }

    /// Every outcome from now on, in order.
    pub fn outcomes(&self) -> broadcast::Receiver<Arc<Outcome>> {
        self.shared.outcomes.subscribe()
    }

    /// What is live and what is not, at this moment. It counts calls, so it takes some
    /// milliseconds where there are many.
    pub fn report(&self) -> Report {
        let state = self.shared.state.load();
        let now = self.shared.clock.ticks_ms();
        let census = self.shared.calls.census();
        Report {
            flows: state
                .catalog
                .flows()
                .iter()
                .map(|flow| FlowReport::of(flow))
                .collect(),
            problems: state.problems.clone(),
            refused: aged(&state.refused, now),
            held_back: state.held_back.as_ref().map(|held| held.aged(now)),
            older: self.shared.older(&census),
            last_reload: state.last.as_ref().map(|last| Outcome::clone(last)),
        }
    }
}

impl Drop for Reloads {
    fn drop(&mut self) {
        let _ = self.signs.send(Sign::Stop);
    }
}

impl State {
    fn of(reloader: &Reloader, last: Option<Arc<Outcome>>) -> Self {
        let found = reloader.build().diagnostics.iter().map(Problem::of);
        let unread = reloader.snapshot().unread().iter();
        let unread = unread.map(|error| Problem::unreadable(&error.path, error.to_string()));
        State {
            catalog: Arc::clone(reloader.catalog()),
            problems: unread.chain(found).collect(),
            refused: reloader.refused_now().to_vec(),
            held_back: reloader.held_back(),
            last,
        }
    }
}

impl Shared {
    /// The revisions that are not live any more and still have calls.
    fn older(&self, census: &Census) -> Vec<Older> {
        let mut older = self.older.lock().unwrap_or_else(PoisonError::into_inner);
        older.retain(|flow| flow.strong_count() > 0);
        let flows = older.iter().filter_map(Weak::upgrade);
        let older = flows.map(|flow| Older {
            flow: flow.name().to_owned(),
            revision: flow.revision().to_string(),
            calls: census.on_revision(flow.revision()),
        });
        older.filter(|older| older.calls > 0).collect()
    }

    /// Remembers what is not live any more, and forgets what is again.
    fn retire(&self, before: &Catalog, now: &Catalog) {
        let is_live = |flow: &Flow| {
            let live = now.named(flow.name());
            live.is_some_and(|live| live.revision() == flow.revision())
        };
        let mut older = self.older.lock().unwrap_or_else(PoisonError::into_inner);
        let retired = before.flows().iter().filter(|flow| !is_live(flow));
        older.extend(retired.map(Arc::downgrade));
        older.retain(|flow| flow.upgrade().is_some_and(|flow| !is_live(&flow)));
    }
}

struct Worker {
    config: ReloadConfig,
    shared: Arc<Shared>,
    reloader: Reloader,
    settling: Settling,
    steady: Steady,
    watch: Option<Watch>,
}

impl Worker {
    fn run(mut self, arriving: &Receiver<Sign>, signs: Sender<Sign>) {
        if self.config.watch {
            let hint = move |at| drop(signs.send(Sign::Written(at)));
            self.watch = Watch::start(&self.config.dir, hint);
            self.look_around();
            // What was written between the first read and the watch was not told.
            let now = self.now();
            self.settling.hint(now, now);
        }
        loop {
            match self.wait(arriving) {
                Some(Sign::Written(since)) => {
                    let (now, ago) = (self.now(), since.elapsed().as_millis() as u64);
                    self.settling.hint(now.saturating_sub(ago), now);
                }
                Some(Sign::Asked) => self.settling.ask(self.now()),
                Some(Sign::Stop) => return,
                None => self.work(),
            }
        }
    }

    /// The next sign, or nothing when it is time to look.
    fn wait(&self, arriving: &Receiver<Sign>) -> Option<Sign> {
        let due = [
            self.settling.due_ms(),
            self.time_is_up(),
            self.reloader.remind_ms(),
        ];
        let Some(due) = due.into_iter().flatten().min() else {
            return arriving.recv().ok().or(Some(Sign::Stop));
        };
        let wait = Duration::from_millis(due.saturating_sub(self.now()));
        match arriving.recv_timeout(wait) {
            Ok(sign) => Some(sign),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Sign::Stop),
        }
    }

    /// When a file has been away for too long. Then the files are read again, unless they
    /// are about to be.
    fn time_is_up(&self) -> Option<u64> {
        let due = self.reloader.due_ms();
        due.filter(|_| !self.settling.is_busy())
    }

    fn work(&mut self) {
        let now = self.now();
        let is_due = |due: Option<u64>| due.is_some_and(|due| due <= now);
        if is_due(self.time_is_up()) {
            self.settling.ask(now);
        }
        if is_due(self.settling.due_ms()) {
            self.read();
        }
        if let Some((refused, held_back)) = self.reloader.remind() {
            remind(&refused, held_back.as_ref());
        }
    }

    fn read(&mut self) {
        let began = self.now();
        let snapshot = Snapshot::read(&self.config.dir);
        let counts = self.reloader.snapshot().hash();
        let verdict = self
            .settling
            .read(snapshot.hash(), counts, began, self.now());
        if verdict != Verdict::Same {
            self.look_around();
        }
        let (snapshot, began_ms) = match verdict {
            Verdict::Same => return self.steady.clear(),
            Verdict::Again { began_ms } => {
                let counts = self.reloader.snapshot();
                match self.steady.read(&snapshot, counts, began) {
                    Some(part) => (part, began_ms),
                    None => return,
                }
            }
            Verdict::Whole { began_ms } => {
                self.steady.clear();
                (snapshot, began_ms)
            }
        };
        // What broke has changed nothing that is live.
        let done = catch_unwind(AssertUnwindSafe(|| self.decide(snapshot, began_ms)));
        if done.is_err() {
            error!("reading the files again broke; what was live stays");
        }
    }

    fn decide(&mut self, snapshot: Snapshot, began_ms: u64) {
        let before = Arc::clone(self.reloader.catalog());
        let mut outcome = self.reloader.consider(snapshot);
        let catalog = self.reloader.catalog();
        self.shared.calls.go_live(Arc::clone(catalog));
        outcome.took_ms = self.now().saturating_sub(began_ms);
        self.shared.retire(&before, catalog);
        let census = self.shared.calls.census();
        let older = self.shared.older(&census);
        outcome.count(&census, older.iter().map(|older| older.calls).sum());
        outcome.log();
        let outcome = Arc::new(outcome);
        let state = State::of(&self.reloader, Some(Arc::clone(&outcome)));
        self.shared.state.store(Arc::new(state));
        // Nobody may be listening.
        let _ = self.shared.outcomes.send(outcome);
    }

    fn look_around(&mut self) {
        if let Some(watch) = &mut self.watch {
            watch.look_around();
        }
    }

    fn now(&self) -> u64 {
        self.shared.clock.ticks_ms()
    }
}

fn remind(refused: &[Refusal], held_back: Option<&HeldBack>) {
    for refusal in refused {
        warn!(
            file = refusal.file,
            reason = refusal.line(),
            age_seconds = refusal.age_seconds,
            "a file is still not live as it is"
        );
    }
    if let Some(held) = held_back {
        warn!(
            reason = held.line(),
            age_seconds = held.age_seconds,
            "flows whose files have vanished are still live"
        );
    }
}
