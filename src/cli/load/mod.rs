//! `ringflow load`

mod amounts;
mod calls;
mod colors;
mod frame;
mod plot;
mod progress;
mod revisions;
mod stop;
mod storm;
mod table;
mod written;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, anyhow};
use jiff::Timestamp;
use tokio::time::MissedTickBehavior;

use super::{FOUND, print};
use crate::app::has_colors;
use crate::platform::Delivery;
use crate::platform::drive::{Manner, Single};
use crate::platform::load::{Lasted, Meter, Plan, Report, Usage, Watched};
use crate::settings::LoadSettings;

use calls::Callers;
use storm::Storm;

/// How often it is looked what the server holds in memory.
const LOOK: Duration = Duration::from_millis(100);

pub fn run(settings: &LoadSettings) -> Result<ExitCode> {
    let delivery = Delivery::to(&settings.target, settings.auth_header.as_ref());
    let delivery = delivery.map_err(|error| anyhow!(error))?;
    let callers = Callers::read(&settings.callers)?;
    let plan = calls::plan(settings, delivery.address(), &callers)?;
    let storm = match settings.reload_every {
        Some(every) => Some(Storm::prepare(&settings.dir, every)?),
        None => None,
    };
    raise_limits();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the threads cannot be started")?;
    let report = runtime.block_on(load(settings, &plan, callers, delivery, storm))?;
    // What is still under way is of calls that are not waited for.
    runtime.shutdown_background();
    if let Some(dir) = &settings.out {
        written::write(dir, &report)?;
    }
    let text = match settings.json {
        true => serde_json::to_string_pretty(&report)? + "\n",
        false => table::text(&report, has_colors(settings.color, &std::io::stdout())),
    };
    print(&text)?;
    if let Some(dir) = settings.out.as_ref().filter(|_| !settings.json) {
        print(&format!("written to {}\n", dir.display()))?;
    }
    Ok(ExitCode::from(if report.is_good() { 0 } else { FOUND }))
}

/// From the first call to the last.
async fn load(
    settings: &LoadSettings,
    plan: &Plan,
    callers: Callers,
    delivery: Delivery,
    storm: Option<Storm>,
) -> Result<Report> {
    let begun_at = Timestamp::try_from(SystemTime::now())
        .context("the clock of this machine shows no time")?;
    let mut manner = Manner::new(Arc::new(Single(Arc::new(delivery))), plan.pace);
    let meter = Arc::new(Meter::new(plan.duration, manner.most_turns));
    manner.faults = plan.faults;
    manner.watch = Arc::clone(&meter) as _;
    let make = calls::make(plan, callers, begun_at)?;

    let server = match settings.pids.is_empty() {
        true => Watched::listening_at(&plan.target),
        false => Watched::of(settings.pids.clone()),
    };
    let own = Watched::own();
    let (halt, halted) = stop::listen()?;
    // Its files are put back when this is dropped, however that comes.
    let storm = storm.map(|storm| storm.start(&settings.dir)).transpose()?;
    let shown = progress::show(plan, Arc::clone(&meter));
    let running =
        crate::platform::load::run(plan, make, Arc::new(manner), Arc::clone(&meter), halted);
    let (lasted, server) = beside(running, server).await;
    drop(halt);
    shown.end();
    let saves = match storm {
        Some(storm) => Some(storm.end().await),
        None => None,
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let own = own.and_then(Watched::usage).ok();
    let (begun_at, figures) = (begun_at.to_string(), meter.figures());
    let mut report = Report::new(plan, begun_at, &figures, lasted, (own, cores), server);
    report.saves = saves;
    Ok(report)
}

/// Runs it, and looks at the server meanwhile.
async fn beside(
    running: impl Future<Output = Lasted>,
    server: Result<Watched, String>,
) -> (Lasted, Result<Usage, String>) {
    let mut server = server;
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tokio::pin!(running);
    let lasted = loop {
        tokio::select! {
            lasted = &mut running => break lasted,
            _ = ticks.tick() => if let Ok(server) = &mut server {
                // Two small files that are no files; nothing waits for a disk.
                server.look();
            },
        }
    };
    (lasted, server.and_then(Watched::usage))
}

/// As many files as are allowed: each request that is under way has a connection.
fn raise_limits() {
    // Where it cannot be had, connections that are missing are told in the end.
    #[cfg(unix)]
    let _ = rlimit::increase_nofile_limit(u64::MAX);
}
