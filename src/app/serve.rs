//! A server from its start to its stop.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result};
use tracing::info;

use crate::live::{Calls, Clock};
use crate::settings::ServeSettings;

use super::load::load;
use super::running::{Kind, Running, bind};
use super::signals::Signals;

/// How often it is looked whether the last call has ended, while draining.
const DRAIN_STEP: Duration = Duration::from_millis(100);

/// Serves until a signal ends it. What was loaded, and where it listens, goes to `out`.
///
/// # Errors
/// Where it cannot start: a bad setting, no valid flow, an address that is taken.
pub async fn serve(settings: &ServeSettings, out: &mut impl Write) -> Result<()> {
    let clock = Clock::system();
    let reloader = load(&settings.dir, &clock, out)?;
    // Signals are heard before the address is told: whoever reads it may send one.
    let signals = Signals::listen()?;
    let kind = Kind {
        watch: settings.watch,
        follow_edits: false,
        show_digits: settings.log.log_digits,
    };
    let listener = bind(settings.listen).await?;
    let project = (reloader, clock);
    let running = Running::start(&settings.server, kind, &settings.dir, project, listener).await?;
    if let Some(address) = running.operators {
        writeln!(
            out,
            "operators ask at http://{address}, with the token in .ringflow/admin.json"
        )
        .context("the output cannot be written")?;
    }
    let address = running.address;
    writeln!(out, "listening on http://{address}").context("the output cannot be written")?;
    out.flush().context("the output cannot be written")?;

    running.until_stop(&signals).await;
    running.stop_being_ready();
    let calls = std::sync::Arc::clone(&running.calls);
    info!(
        calls = calls.live(),
        "stopping; calls in progress are still answered"
    );
    drain(&calls, settings.drain, &signals).await;
    running.stop().await;
    tokio::select! {
        () = calls.ended() => {}
        () = signals.stop() => {}
    }
    info!(calls = calls.live(), "stopped");
    Ok(())
}

/// Goes on until the last call has ended, the time is up, or a second signal comes.
async fn drain(calls: &Calls, most: Duration, signals: &Signals) {
    let calls_end = async {
        while calls.live() > 0 {
            tokio::time::sleep(DRAIN_STEP).await;
        }
    };
    tokio::select! {
        () = calls_end => {}
        () = tokio::time::sleep(most) => {}
        () = signals.stop() => {}
    }
}
