//! All scenarios, on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::scenario::{Bench, Outcome, Ran, Scenario, TestFile};

/// What a thread needs that runs scripts.
const STACK: usize = 8 * 1024 * 1024;
/// Whoever waits for longer than this is shown how far it is.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is looked whether to show that.
const LOOK: Duration = Duration::from_millis(100);

/// Runs the scenarios, each file's in the order in which they are written. How far it is
/// may be shown, where nobody else writes to the terminal.
pub fn run<'a>(
    bench: &Bench,
    wanted: &[(&'a TestFile, Vec<&'a Scenario>)],
    may_show: bool,
) -> Result<Vec<Ran<'a>>> {
    let jobs: Vec<(&TestFile, &Scenario)> = wanted
        .iter()
        .flat_map(|(file, scenarios)| scenarios.iter().map(|scenario| (*file, *scenario)))
        .collect();
    let mut outcomes: Vec<Option<Outcome>> = jobs.iter().map(|_| None).collect();
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| -> Result<()> {
        let (done, finished) = channel();
        for _ in 0..threads.min(jobs.len()) {
            let done = done.clone();
            let (jobs, next) = (&jobs, &next);
            let work = move || {
                // Each takes the next that nobody has.
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((file, scenario)) = jobs.get(at) else {
                        return;
                    };
                    // Where nobody takes it any more, there is nothing left to do.
                    if done.send((at, bench.run(file, scenario))).is_err() {
                        return;
                    }
                }
            };
            thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, work)
                .context("a thread cannot be started")?;
        }
        drop(done);
        let begun = Instant::now();
        let bar =
            ProgressBar::with_draw_target(Some(jobs.len() as u64), ProgressDrawTarget::hidden());
        loop {
            match finished.recv_timeout(LOOK) {
                Ok((at, outcome)) => {
                    outcomes[at] = Some(outcome);
                    bar.inc(1);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if may_show && bar.is_hidden() && begun.elapsed() > PATIENCE {
                // It is drawn on a terminal alone.
                bar.set_draw_target(ProgressDrawTarget::stderr());
                bar.set_style(style());
            }
        }
        bar.finish_and_clear();
        Ok(())
    })?;
    let mut outcomes = outcomes.into_iter();
    wanted
        .iter()
        .map(|(file, scenarios)| {
            let outcomes: Option<Vec<_>> = scenarios
                .iter()
                .map(|scenario| Some((*scenario, outcomes.next()??)))
                .collect();
            let outcomes = outcomes.context("a scenario was not run to its end")?;
            Ok(Ran { file, outcomes })
        })
        .collect()
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:40} {pos} of {len} scenarios")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
