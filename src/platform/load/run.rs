//! Calls begin, by a schedule or each behind the one before, and come to their ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::meter::Meter;
use super::report::Plan;
use super::schedule::{Arrivals, Schedule};
use crate::platform::drive::{Manner, Session, drive};

/// Makes the session of this number, counted from 0.
pub type Make = dyn Fn(u64) -> Session + Send + Sync;

/// Whether a load is to end before its time. It is told from outside, as by a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Halt {
    #[default]
    GoOn,
    /// No call begins any more; those that are up come to their ends.
    NoMore,
    /// Nor are those waited for.
    AtOnce,
}

/// How long it took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lasted {
    /// For how long calls began.
    pub loaded: Duration,
    /// Until the last call was over, or was not waited for any more.
    pub all: Duration,
    /// Turns that were done while calls began.
    pub turns: u64,
    /// Calls that were up when they were not waited for any more.
    pub cut: u64,
    /// Calls in which something of ours broke.
    pub broken: u64,
}

/// Has calls begin as the plan says, and waits until they are over or the plan's patience
/// is out; then those that are still up are cut. What is measured of them is in the meter,
/// which must be the watch of `manner`.
pub async fn run(
    plan: &Plan,
    make: Arc<Make>,
    manner: Arc<Manner>,
    meter: Arc<Meter>,
    mut halt: watch::Receiver<Halt>,
) -> Lasted {
    let begun = Instant::now();
    meter.begins(begun.into_std(), plan.duration);
    let until = begun + plan.duration;
    let crew = Crew {
        make,
        manner,
        meter: Arc::clone(&meter),
    };
    let mut up = JoinSet::new();
    let mut broken = 0;
    match plan.arrivals {
        Arrivals::Open { rate, spacing } => {
            let schedule = Schedule::new(rate, spacing, plan.duration, plan.ramp, plan.seed);
            for (number, start) in (0..).zip(schedule) {
                let due = begun + start;
                if is_halted(&mut halt, Halt::NoMore, due).await {
                    break;
                }
                while let Some(ended) = up.try_join_next() {
                    broken += u64::from(ended.is_err());
                }
                up.spawn(crew.clone().one(number, due));
            }
            is_halted(&mut halt, Halt::NoMore, until).await;
        }
        Arrivals::Closed { at_once } => {
            let next = Arc::new(AtomicU64::new(0));
            for caller in 0..at_once {
                let first = begun + plan.ramp.mul_f64(caller as f64 / at_once as f64);
                let next = Arc::clone(&next);
                up.spawn(
                    crew.clone()
                        .one_after_the_other(next, first, until, halt.clone()),
                );
            }
            is_halted(&mut halt, Halt::NoMore, until).await;
        }
    }
    let loaded = begun.elapsed();
    let turns = meter.glance().turns;
    let patience = Instant::now() + plan.drain;
    loop {
        tokio::select! {
            ended = up.join_next() => match ended {
                None => break,
                Some(ended) => broken += u64::from(ended.is_err()),
            },
            _ = is_halted(&mut halt, Halt::AtOnce, patience) => break,
        }
    }
    // Those in which something broke are up for ever.
    let cut = meter.glance().up.saturating_sub(broken);
    up.shutdown().await;
    Lasted {
        loaded,
        all: begun.elapsed(),
        turns,
        cut,
        broken,
    }
}

/// Waits until then. True if before that it was told to end in this way.
async fn is_halted(halt: &mut watch::Receiver<Halt>, how: Halt, until: Instant) -> bool {
    let told = async {
        if halt.wait_for(|halt| *halt >= how).await.is_err() {
            // Nobody is left who could say so.
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        () = told => true,
        () = sleep_until(until) => false,
    }
}

/// What all calls share.
#[derive(Clone)]
struct Crew {
    make: Arc<Make>,
    manner: Arc<Manner>,
    meter: Arc<Meter>,
}

impl Crew {
    /// A call that is due then.
    async fn one(self, number: u64, due: Instant) {
        let mut session = (self.make)(number);
        session.number = number;
        session.due = Some(due.into_std());
        self.meter.starts(due.into_std());
        drive(session, &self.manner).await;
    }

    /// Calls one after the other, none of which begins behind `until`.
    async fn one_after_the_other(
        self,
        next: Arc<AtomicU64>,
        first: Instant,
        until: Instant,
        halt: watch::Receiver<Halt>,
    ) {
        sleep_until(first).await;
        while Instant::now() < until && *halt.borrow() == Halt::GoOn {
            let number = next.fetch_add(1, Ordering::Relaxed);
            self.clone().one(number, Instant::now()).await;
        }
    }
}
