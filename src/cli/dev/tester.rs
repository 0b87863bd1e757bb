//! The thread that runs the tests of what was saved.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use anyhow::{Context, Result};

use super::{Happening, STACK};
use crate::cli::phone::Paint;
use crate::cli::test::run::run;
use crate::flow::{self, Diagnostic, Severity, is_flow_path};
use crate::live::{Outcome, read_project};
use crate::scenario::{self, Bench, Look, Ran, Scenario, TestFile, is_test_path, told};

pub struct Tester {
    jobs: Sender<Arc<Outcome>>,
}

/// What came of the tests that a change concerns.
pub struct Tested {
    pub outcome: Arc<Outcome>,
    /// Scenarios that were run, and those of them that do not hold.
    pub all: usize,
    pub failed: usize,
    /// The first failure in full.
    pub failure: Option<String>,
    /// What is wrong with the test files themselves.
    pub problems: Vec<Diagnostic>,
    /// Flows that were saved, and are live as they are.
    pub as_before: Vec<String>,
    /// Ours broke, and nothing is known of the tests.
    pub is_broken: bool,
}

impl Tester {
    /// Starts the thread.
    pub fn start(dir: &Path, paint: Paint, happens: Sender<Happening>) -> Result<Tester> {
        let (jobs, arriving) = channel::<Arc<Outcome>>();
        let dir = dir.to_owned();
        let work = move || {
            for outcome in arriving {
                // What breaks is in the log; the next save is tested all the same.
                let tested = catch_unwind(AssertUnwindSafe(|| test(&dir, &outcome, paint)));
                let tested = match tested {
                    Ok(Ok(tested)) => tested,
                    _ => Tested {
                        is_broken: true,
                        ..Tested::nothing(&outcome)
                    },
                };
                if happens.send(Happening::Tested(Box::new(tested))).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new()
            .name("tests".to_owned())
            .stack_size(STACK)
            .spawn(work)
            .context("a thread cannot be started")?;
        Ok(Tester { jobs })
    }

    /// Runs the tests of the flows that went live and the test files that changed. What
    /// came of them is told as a happening, also where there are none.
    pub fn test(&self, outcome: Arc<Outcome>) {
        // The thread ends only after this is dropped.
        let _ = self.jobs.send(outcome);
    }
}

impl Tested {
    fn nothing(outcome: &Arc<Outcome>) -> Tested {
        Tested {
            outcome: Arc::clone(outcome),
            all: 0,
            failed: 0,
            failure: None,
            problems: Vec::new(),
            as_before: Vec::new(),
            is_broken: false,
        }
    }
}

fn test(dir: &Path, outcome: &Arc<Outcome>, paint: Paint) -> Result<Tested> {
    let changed = |path: &str| outcome.changed.iter().any(|changed| changed == path);
    let is_live = |flow: &str| outcome.live.iter().any(|live| live.flow == flow);
    let is_concerned = |file: &TestFile| {
        let flow = &file.flow;
        changed(file.file.path()) || changed(flow.path()) || is_live(flow.name())
    };
    let is_ours = |path: &String| is_test_path(path) || is_flow_path(path);
    if outcome.live.is_empty() && !outcome.changed.iter().any(is_ours) {
        return Ok(Tested::nothing(outcome));
    }
    let (files, _) = read_project(dir);
    let build = flow::build(&files);
    let tests = scenario::tests(&files, &build);
    let flows = build.catalog.flows().iter();
    let as_before = flows.filter(|flow| changed(flow.path()) && !is_live(flow.name()));
    let as_before = as_before.map(|flow| format!("{} {}", flow.name(), flow.revision()));
    let as_before = as_before.collect();
    let concerned = tests.files.iter().filter(|file| is_concerned(file));
    let wanted: Vec<(&TestFile, Vec<&Scenario>)> = concerned
        .map(|file| (file, file.scenarios.iter().collect()))
        .collect();
    let ran = match wanted.is_empty() {
        true => Vec::new(),
        false => run(&Bench::new(&files, build), &wanted, false)?,
    };
    let shown = shown(dir);
    let look = Look {
        color: paint.has_colors,
        dir: shown.as_deref(),
        filtered: true,
    };
    let found = tests.diagnostics.into_iter();
    Ok(Tested {
        as_before,
        all: ran.iter().map(|ran| ran.outcomes.len()).sum(),
        failed: ran.iter().map(Ran::failed).sum(),
        failure: first_failure(&ran, look),
        problems: found
            .filter(|found| found.severity == Severity::Error)
            .collect(),
        ..Tested::nothing(outcome)
    })
}

fn first_failure(ran: &[Ran<'_>], look: Look<'_>) -> Option<String> {
    ran.iter().find_map(|ran| {
        let mut outcomes = ran.outcomes.iter();
        outcomes.find_map(|(scenario, outcome)| {
            let failure = outcome.failures.first()?;
            Some(told(ran.file, scenario, failure, look))
        })
    })
}

/// The project, where it is not the present folder.
fn shown(dir: &Path) -> Option<String> {
    let is_here = dir == Path::new(".");
    (!is_here).then(|| dir.to_string_lossy().into_owned())
}
