//! A server from its start to its stop.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tracing::{info, warn};

use crate::call::{Action, Repetition, Speed, SpokenText, Voice};
use crate::flow::{self, Build};
use crate::live::{Calls, CallsConfig, Clock, Lifetimes, read_project};
use crate::machine::{Answers, Desk, Policy};
use crate::settings::{AnswersSetting, ServeSettings};
use crate::web::{self, Web};

use super::key;

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
    let build = load(settings, out)?;
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
    };
    let calls = Calls::new(Arc::new(build.catalog), config, Clock::system());
    let web = Web::new(
        Arc::clone(&calls),
        last_resort,
        settings.status_starts_calls,
    );

    // Signals are heard before the address is told: whoever reads it may send one.
    let signals = Signals::listen()?;
    let listener = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("`{}` cannot be listened on", settings.listen))?;
    let address = listener
        .local_addr()
        .context("the listener has no address")?;
    writeln!(out, "listening on http://{address}").context("the output cannot be written")?;
    out.flush().context("the output cannot be written")?;

    let sweeper = tokio::spawn(sweep(Arc::clone(&calls)));
    let stop = Arc::new(Notify::new());
    let stopping = Arc::clone(&stop);
    let server = tokio::spawn(web::serve(listener, Arc::clone(&web), async move {
        stopping.notified().await;
    }));
    signals.first().await;
    web.stop_being_ready();
    info!(
        calls = calls.live(),
        "stopping; calls in progress are still answered"
    );
    drain(&calls, settings.drain, &signals).await;
    stop.notify_one();
    // Connections that are kept open are not waited for.
    let _ = tokio::time::timeout(Duration::from_secs(1), server).await;
    sweeper.abort();
    info!(calls = calls.live(), "stopped");
    Ok(())
}

/// Loads the project and says what was loaded; files with errors are told, and the
/// good ones are served.
fn load(settings: &ServeSettings, out: &mut impl Write) -> Result<Build> {
    let dir = &settings.dir;
    let (files, unread) = read_project(dir);
    for error in &unread {
        warn!(
            file = error.path,
            reason = error.reason,
            "a file cannot be read"
        );
    }
    let build = flow::build(&files);
    for diagnostic in &build.diagnostics {
        eprintln!(
            "{}\n",
            diagnostic.render(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        );
    }
    if build.catalog.is_empty() {
        if build.flow_files.is_empty() {
            bail!(
                "there is no flow in `{}`; a flow is a file such as `flows/hello.yaml`",
                dir.display()
            );
        }
        bail!(
            "none of these files is a valid flow: {}; see the errors above",
            build.flow_files.join(", ")
        );
    }
    for flow in build.catalog.flows() {
        let mut numbers: Vec<String> = flow.numbers().iter().map(ToString::to_string).collect();
        if flow.takes_any() {
            numbers.push("every other number".to_owned());
        }
        let numbers = if numbers.is_empty() {
            "no number".to_owned()
        } else {
            numbers.join(", ")
        };
        writeln!(
            out,
            "{} {} answers {numbers} ({}, {} states)",
            flow.name(),
            flow.revision(),
            flow.path(),
            flow.states().len()
        )
        .context("the output cannot be written")?;
    }
    let is_served = |path: &str| build.catalog.flows().iter().any(|flow| flow.path() == path);
    for path in build.flow_files.iter().filter(|path| !is_served(path)) {
        writeln!(out, "{path} is not served, since it has errors")
            .context("the output cannot be written")?;
    }
    Ok(build)
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

async fn sweep(calls: Arc<Calls>) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        calls.sweep();
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
        () = signals.first() => {}
    }
}

/// SIGTERM and SIGINT, as they come.
struct Signals {
    arrived: Arc<Notify>,
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let arrived = Arc::new(Notify::new());
        for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
            let mut stream = signal(kind).context("signals cannot be heard")?;
            let arrived = Arc::clone(&arrived);
            tokio::spawn(async move {
                while stream.recv().await.is_some() {
                    arrived.notify_one();
                }
            });
        }
        Ok(Signals { arrived })
    }

    #[cfg(not(unix))]
    fn listen() -> Result<Self> {
        let arrived = Arc::new(Notify::new());
        let told = Arc::clone(&arrived);
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                told.notify_one();
            }
        });
        Ok(Signals { arrived })
    }

    async fn first(&self) {
        self.arrived.notified().await;
    }
}
