//! The decision of a reload: from the files as they are now and what is live, to what
//! goes live and what comes of it. It reads no disk; the time comes from a [`Clock`].

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::flow::{self, Build, Catalog, Flow, Severity, prompts_language};

use super::clock::Clock;
use super::difference::Difference;
use super::outcome::{HeldBack, Kept, Outcome, Refusal, Waiting};
use super::project::Snapshot;
use super::report::Problem;
use super::unfinished::{Files, Unfinished};

/// How often the log repeats what is refused, in ms.
pub const REMIND_MS: u64 = 60_000;

/// What is live, and what it was made of.
#[derive(Debug)]
pub struct Reloader {
    clock: Clock,
    build: Build,
    catalog: Arc<Catalog>,
    snapshot: Snapshot,
    /// The files that were compiled, those among them that stand in for others.
    used: Files,
    unfinished: Unfinished,
    refused: Vec<Refusal>,
    held_back: Option<HeldBack>,
    /// When the log last said what is refused.
    said_ms: u64,
}

impl Reloader {
    /// Begins with a project as it is, of which the good flows are live.
    pub fn new(snapshot: Snapshot, clock: Clock) -> Self {
        let used: Files = snapshot
            .files()
            .map(|file| (file.path().into(), Arc::clone(file)))
            .collect();
        let build = flow::build(&list(&used));
        let now = clock.ticks_ms();
        let mut reloader = Reloader {
            catalog: Arc::new(build.catalog.clone()),
            build,
            snapshot,
            used,
            unfinished: Unfinished::default(),
            refused: Vec::new(),
            held_back: None,
            said_ms: now,
            clock,
        };
        reloader.refused = reloader.refusals(now);
        reloader
    }

    /// What was compiled last.
    pub fn build(&self) -> &Build {
        &self.build
    }

    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The files as they were last seen.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// What is refused just now, each with its age.
    pub fn refused(&self) -> Vec<Refusal> {
        aged(&self.refused, self.clock.ticks_ms())
    }

    pub(super) fn refused_now(&self) -> &[Refusal] {
        &self.refused
    }

    /// What is not withdrawn just now, as too much would be gone.
    pub fn held_back(&self) -> Option<HeldBack> {
        self.held_back
            .as_ref()
            .map(|held| held.aged(self.clock.ticks_ms()))
    }

    /// Decides what is live from now on. The same files may be handed in again, as time
    /// counts too: a file that has vanished is missed after a while.
    pub fn consider(&mut self, snapshot: Snapshot) -> Outcome {
        let now = self.clock.ticks_ms();
        let flows = self.catalog.flows();
        let live = |path: &str| flows.iter().any(|flow| flow.path() == path);
        let mut sorted = self.unfinished.sort(&snapshot, &self.used, live, now);
        let mut build = flow::build_upon(&list(&sorted.files), &self.build);
        let mut held_back = None;
        if !sorted.gone.is_empty() {
            held_back = self.too_many_gone(&build.catalog, now);
        }
        if held_back.is_some() {
            let gone = sorted.gone.iter();
            let gone = gone.map(|file| (file.path().into(), Arc::clone(file)));
            sorted.files.extend(gone);
            build = flow::build_upon(&list(&sorted.files), &self.build);
        }
        let changed = changed(&self.snapshot, &snapshot);
        let before = std::mem::replace(&mut self.catalog, Arc::new(build.catalog.clone()));
        self.build = build;
        self.used = sorted.files;
        self.snapshot = snapshot;
        self.held_back = held_back;
        let refused = self.refusals(now);
        let mended = mended(&self.refused, &refused);
        self.refused = refused;
        self.said_ms = now;
        let difference = Difference::of(&before, &self.catalog);
        Outcome {
            at: self.clock.now(),
            tree: self.snapshot.hash(),
            changed,
            live: difference.went_live(),
            withdrawn: difference.withdrawn(),
            refused: self.refused(),
            mended,
            waiting: waiting(sorted.waiting),
            held_back: self.held_back(),
            numbers_taken: difference.numbers_taken(),
            calls_on_old: 0,
            took_ms: 0,
            diagnostics: self.build.diagnostics.clone().into(),
        }
    }

    /// When time alone changes something, in ms of the clock.
    pub fn due_ms(&self) -> Option<u64> {
        self.unfinished.due_ms()
    }

    /// When the log is to say again what is refused, in ms of the clock.
    pub fn remind_ms(&self) -> Option<u64> {
        let is_refused = !self.refused.is_empty() || self.held_back.is_some();
        is_refused.then_some(self.said_ms + REMIND_MS)
    }

    /// What is still refused, where it is time to say so again.
    pub fn remind(&mut self) -> Option<(Vec<Refusal>, Option<HeldBack>)> {
        let now = self.clock.ticks_ms();
        if self.remind_ms().is_none_or(|due| now < due) {
            return None;
        }
        self.said_ms = now;
        Some((self.refused(), self.held_back()))
    }

    /// What must not be withdrawn at once: everything, or more than half.
    fn too_many_gone(&self, catalog: &Catalog, now: u64) -> Option<HeldBack> {
        let gone = Difference::of(&self.catalog, catalog).gone();
        let reason = match gone.len() {
            0 => return None,
            _ if catalog.is_empty() => "no flow would be left, so these stay live",
            n if 2 * n > self.catalog.flows().len() => {
                "more than half of the flows would be gone at once, so these stay live"
            }
            _ => return None,
        };
        let before = self.held_back.as_ref();
        Some(HeldBack {
            flows: gone,
            reason,
            age_seconds: 0,
            since_ms: before.map_or(now, |before| before.since_ms),
        })
    }

    /// The files that are not live as they are. Each keeps the time since when it has
    /// been refused.
    fn refusals(&self, now: u64) -> Vec<Refusal> {
        let mut reasons: BTreeMap<&str, Vec<Problem>> = BTreeMap::new();
        for refused in &self.build.refused {
            reasons.entry(&refused.file).or_default();
        }
        let errors = self.build.diagnostics.iter();
        for error in errors.filter(|found| found.severity == Severity::Error) {
            let reasons_of = reasons.entry(error.file()).or_default();
            reasons_of.push(Problem::of(error));
            // What is wrong with a prompt keeps back the flow that says it.
            let said_in = error.related_file().filter(|file| *file != error.file());
            if let Some(of_flow) = said_in.and_then(|file| reasons.get_mut(file))
                && prompts_language(error.file()).is_some()
            {
                of_flow.push(Problem::of(error));
            }
        }
        for error in self.snapshot.unread() {
            let problem = Problem::unreadable(&error.path, error.to_string());
            reasons.entry(&error.path).or_default().push(problem);
        }
        let flows = self.catalog.flows().iter();
        let kept: HashMap<&str, &Arc<Flow>> = flows.map(|flow| (flow.path(), flow)).collect();
        let since: HashMap<&str, u64> = self
            .refused
            .iter()
            .map(|refusal| (&*refusal.file, refusal.since_ms))
            .collect();
        let refusal = |(file, reasons): (&str, Vec<Problem>)| Refusal {
            file: file.to_owned(),
            keeps: kept.get(file).map(|flow| Kept {
                flow: flow.name().to_owned(),
                revision: flow.revision(),
            }),
            reasons,
            age_seconds: 0,
            since_ms: since.get(file).copied().unwrap_or(now),
        };
        reasons.into_iter().map(refusal).collect()
    }
}

fn list(files: &Files) -> Vec<Arc<crate::flow::SourceFile>> {
    files.values().cloned().collect()
}

/// The files that are refused no more.
fn mended(before: &[Refusal], now: &[Refusal]) -> Vec<String> {
    let still = |file: &str| now.iter().any(|refusal| refusal.file == file);
    let files = before.iter().map(|refusal| &refusal.file);
    files.filter(|file| !still(file)).cloned().collect()
}

fn waiting(waiting: Vec<(String, &'static str)>) -> Vec<Waiting> {
    let all = waiting.into_iter();
    all.map(|(file, reason)| Waiting { file, reason }).collect()
}

/// The paths whose content is another, or that have come or gone.
fn changed(before: &Snapshot, now: &Snapshot) -> Vec<String> {
    let other = |from: &Snapshot, to: &Snapshot| -> Vec<String> {
        let files = from.files();
        files
            .filter(|file| to.file(file.path()) != Some(*file))
            .map(|file| file.path().to_owned())
            .collect()
    };
    let mut changed = other(before, now);
    changed.extend(other(now, before));
    changed.sort();
    changed.dedup();
    changed
}

pub(super) fn aged(refused: &[Refusal], now: u64) -> Vec<Refusal> {
    let refused = refused.iter().cloned();
    let aged = refused.map(|refusal| Refusal {
        age_seconds: now.saturating_sub(refusal.since_ms) / 1000,
        ..refusal
    });
    aged.collect()
}

impl HeldBack {
    pub(super) fn aged(&self, now: u64) -> HeldBack {
        HeldBack {
            age_seconds: now.saturating_sub(self.since_ms) / 1000,
            ..self.clone()
        }
    }
}
