//! A server from its start to its stop.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::{info, warn};

use crate::call::{Action, Repetition, Speed, SpokenText, Voice};
use crate::live::{Calls, CallsConfig, Clock, HoursDesk, Lifetimes, ReloadConfig, Reloads};
use crate::machine::{Answers, Desk, Policy};
use crate::settings::{AnswersSetting, ServeSettings};
use crate::web::{self, Door, ServerLimits, Times, Web};

use super::load::load;
use super::signals::Signals;
use super::{admin, hours, key};

/// How often calls that were idle for too long are looked for.
const SWEEP: Duration = Duration::from_secs(15);
/// How often it is looked whether the last call has ended, while draining.
const DRAIN_STEP: Duration = Duration::from_millis(100);

/// Serves until a signal ends it. What was loaded, and where it listens, goes to `out`.
///
/// # Errors
/// Where it cannot start: a bad setting, no valid flow, an address that is taken.
pub async fn serve(settings: &ServeSettings, out: &mut impl Write) -> Result<()> {
    let last_resort = last_resort(settings)?;
    let clock = Clock::system();
    let reloader = load(&settings.dir, &clock, out)?;
    let keys = key::token_keys(settings.token_key.as_ref(), &settings.dir)?;
    let policy = Policy {
        answers: match settings.answers {
            AnswersSetting::Single => Answers::Single,
            AnswersSetting::List => Answers::List,
        },
        last_resort: last_resort.clone(),
    };
    let config = CallsConfig {
        desk: Desk { policy, keys },
        lifetimes: lifetimes(settings),
        max_calls: settings.max_calls as usize,
        script_threads: std::thread::available_parallelism().map_or(1, usize::from),
        show_digits: settings.log.log_digits,
        follow_edits: false,
    };
    let calls = Calls::new(Arc::clone(reloader.catalog()), config, clock.clone());
    let hours = hours::desk(&settings.dir, &calls);
    let web = Web::new(
        Arc::clone(&calls),
        last_resort,
        settings.status_starts_calls,
    );
    let door = door(settings, &clock)?;
    if door.is_open() && !settings.listen.ip().is_loopback() {
        warn!(
            listen = %settings.listen,
            help = "set `--auth-header`, or `--allow-platform`",
            "anybody who reaches this address can act as the platform"
        );
    }

    // Signals are heard before the address is told: whoever reads it may send one.
    let signals = Signals::listen()?;
    let limits = ServerLimits {
        times: Times::default(),
        connections: settings.max_connections as usize,
    };
    let listener = bind(settings.listen).await?;
    let address = listener
        .local_addr()
        .context("the listener has no address")?;
    let (stop, stopping) = watch::channel(false);
    let reload = ReloadConfig {
        dir: settings.dir.clone(),
        watch: settings.watch,
    };
    let reloads = Reloads::start(reload, reloader, Arc::clone(&calls));
    let reloads = Arc::new(reloads.context("the files cannot be watched")?);
    let admin = admin::start(settings, &reloads, &hours, stopping.clone()).await?;
    if let Some((address, _)) = &admin {
        writeln!(
            out,
            "operators ask at http://{address}, with the token in .ringflow/admin.json"
        )
        .context("the output cannot be written")?;
    }
    writeln!(out, "listening on http://{address}").context("the output cannot be written")?;
    out.flush().context("the output cannot be written")?;

    let sweeper = tokio::spawn(sweep(Arc::clone(&calls), Arc::clone(&hours)));
    // A door that stands open costs nothing.
    let router = if door.is_open() {
        web::router(Arc::clone(&web))
    } else {
        web::guarded_router(Arc::clone(&web), door)
    };
    let on_panic = web.on_panic();
    let server = tokio::spawn(web::serve(
        listener,
        router,
        limits,
        on_panic,
        until(stopping),
    ));
    until_stop(&signals, &reloads).await;
    web.stop_being_ready();
    info!(
        calls = calls.live(),
        "stopping; calls in progress are still answered"
    );
    drain(&calls, settings.drain, &signals).await;
    let _ = stop.send(true);
    // Connections that are kept open are not waited for.
    let _ = tokio::time::timeout(Duration::from_secs(1), server).await;
    sweeper.abort();
    drop(admin);
    info!(calls = calls.live(), "stopped");
    Ok(())
}

async fn bind(address: std::net::SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("`{address}` cannot be listened on"))
}

/// Done when the server is to stop.
pub(super) async fn until(mut stopping: watch::Receiver<bool>) {
    // An error means that nobody is left who could say so, which is a stop as well.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

fn door(settings: &ServeSettings, clock: &Clock) -> Result<Door> {
    let headers: Vec<SecretString> = settings
        .auth_header
        .iter()
        .flat_map(|both| both.expose_secret().split(','))
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .map(SecretString::from)
        .collect();
    // An empty value is a variable that was not filled in, and must not open the door.
    if settings.auth_header.is_some() && headers.is_empty() {
        bail!(
            "`--auth-header` is empty; give it the value that the webhooks come with, or leave it out"
        );
    }
    let mut networks = settings.allow.clone();
    if settings.allow_platform {
        networks.extend(web::PLATFORM.map(|address| IpNet::from(std::net::IpAddr::V4(address))));
    }
    let proxies = settings.trust_proxy.clone();
    Ok(Door::new(headers, networks, proxies, clock.clone()))
}

fn last_resort(settings: &ServeSettings) -> Result<Action> {
    let text = SpokenText::new(&settings.last_resort)
        .map_err(|limit| anyhow!("`--last-resort` cannot be spoken: {limit}"))?;
    let voice = Voice::new(&settings.voice)
        .map_err(|limit| anyhow!("`--voice {}` is no voice: {limit}", settings.voice))?;
    Ok(Action::Say {
        text,
        voice,
        speed: Speed::NORMAL,
        repetition: Repetition::ONCE,
    })
}

fn lifetimes(settings: &ServeSettings) -> Lifetimes {
    let ms = |duration: Duration| duration.as_millis() as u64;
    Lifetimes {
        idle_ms: ms(settings.call_idle),
        transfer_ms: ms(settings.transfer_idle),
        hung_up_ms: ms(settings.hangup_idle),
        tombstone_ms: ms(settings.tombstone),
    }
}

async fn sweep(calls: Arc<Calls>, hours: Arc<HoursDesk>) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        calls.sweep();
        // Now and then it writes a file.
        let hours = Arc::clone(&hours);
        let _ = tokio::task::spawn_blocking(move || hours.sweep()).await;
    }
}

/// Has the files read again at every signal that asks for it, until one asks to stop.
async fn until_stop(signals: &Signals, reloads: &Reloads) {
    loop {
        tokio::select! {
            () = signals.stop() => return,
            () = signals.reload() => {
                info!("SIGHUP: the files are read again");
                reloads.ask();
            }
        }
    }
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
