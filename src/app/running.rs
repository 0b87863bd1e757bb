//! A server that is up: what it is made of, and how it goes down again.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::{info, warn};

use crate::call::{Action, Repetition, Speed, SpokenText, Voice};
use crate::live::{
    Calls, CallsConfig, Clock, HoursDesk, Lifetimes, LookUps, LookUpsConfig, ReloadConfig,
    Reloader, Reloads,
};
use crate::machine::{Answers, Desk, Policy, Sides};
use crate::outbound::Outbound;
use crate::settings::{AnswersSetting, ServerSettings};
use crate::web::{self, Door, ServerLimits, Times, Web};

use super::signals::Signals;
use super::{admin, hours, key, outbound, webhooks};

/// How often calls that were idle for too long are looked for.
const SWEEP: Duration = Duration::from_secs(15);

/// What differs between servers, beside their settings.
pub struct Kind {
    pub watch: bool,
    /// Calls go over to what is edited.
    pub follow_edits: bool,
    /// The log shows digits that are not secret.
    pub show_digits: bool,
}

/// A server that answers.
pub struct Running {
    pub address: SocketAddr,
    /// Where operators ask, if their token could be left.
    pub operators: Option<SocketAddr>,
    pub calls: Arc<Calls>,
    pub reloads: Arc<Reloads>,
    outbound: Arc<Outbound>,
    web: Arc<Web>,
    /// The header that webhooks must come with; the first where there are several.
    header: Option<SecretString>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    sweeper: JoinHandle<()>,
}

impl Running {
    /// Starts to answer with the flows of a project.
    ///
    /// # Errors
    /// A bad setting, or a thread or listener that cannot be had.
    pub async fn start(
        settings: &ServerSettings,
        kind: Kind,
        dir: &Path,
        (reloader, clock): (Reloader, Clock),
        listener: TcpListener,
    ) -> Result<Running> {
        let last_resort = last_resort(settings)?;
        if let Action::Say { voice, .. } = &last_resort
            && !reloader.build().may_speak(voice)
        {
            warn!(
                voice = voice.as_str(),
                help = "`ringflow voices` lists those there are",
                "the platform has no such voice for the last resort"
            );
        }
        let keys = key::token_keys(settings.token_key.as_ref(), dir)?;
        let policy = Policy {
            answers: match settings.answers {
                AnswersSetting::Single => Answers::Single,
                AnswersSetting::List => Answers::List,
            },
            last_resort: last_resort.clone(),
            sides: Sides::default(),
        };
        let config = CallsConfig {
            desk: Desk { policy, keys },
            lifetimes: lifetimes(settings),
            max_calls: settings.max_calls as usize,
            script_threads: std::thread::available_parallelism().map_or(1, usize::from),
            show_digits: kind.show_digits,
            follow_edits: kind.follow_edits,
        };
        for detour in &settings.look_up_at {
            warn!(
                host = %detour.host(),
                at = detour.to(),
                "look-ups to this host are sent elsewhere, with all that goes with them; \
                 this is for development"
            );
        }
        let look_ups = LookUpsConfig {
            detours: settings.look_up_at.clone(),
            ..LookUpsConfig::system(clock.clone(), Box::new(variable))
        };
        let look_ups = LookUps::new(look_ups);
        let catalog = Arc::clone(reloader.catalog());
        let calls = Calls::asking(catalog, config, clock.clone(), look_ups);
        let hours = hours::desk(dir, &calls);
        let outbound = outbound::outbound(&settings.api, dir, &calls, &clock)?;
        let web = Web::new(
            Arc::clone(&calls),
            last_resort,
            settings.status_starts_calls,
        );
        let headers = headers(settings, dir)?;
        let header = headers.first().cloned();
        let door = door(settings, headers, &clock);
        let address = listener
            .local_addr()
            .context("the listener has no address")?;
        if door.is_open() && !address.ip().is_loopback() {
            warn!(
                listen = %address,
                help = "set `--auth-header`, or `--allow-platform`",
                "anybody who reaches this address can act as the platform"
            );
        }
        let (stop, stopping) = watch::channel(false);
        let reload = ReloadConfig {
            dir: dir.to_owned(),
            watch: kind.watch,
        };
        let reloads = Reloads::start(reload, reloader, Arc::clone(&calls));
        let reloads = Arc::new(reloads.context("the files cannot be watched")?);
        let files = (&reloads, &hours);
        let admin = admin::start(settings.admin, dir, files, &outbound, stopping.clone()).await?;
        let limits = ServerLimits {
            times: Times::default(),
            connections: settings.max_connections as usize,
        };
        // A door that stands open costs nothing.
        let door = (!door.is_open()).then_some(door);
        let routes = web::routes(Arc::clone(&web), door);
        let on_panic = web.on_panic();
        let serving = web::serve(listener, routes, limits, on_panic, until(stopping));
        // Before any webhook is answered, so that none of their calls is missed.
        outbound.take_up_jobs();
        let server = tokio::spawn(serving);
        Ok(Running {
            address,
            operators: admin.map(|(address, _)| address),
            sweeper: tokio::spawn(sweep(Arc::clone(&calls), hours, Arc::clone(&outbound))),
            server,
            outbound,
            calls,
            reloads,
            web,
            header,
            stop,
        })
    }

    /// Has the files read again at every signal that asks for it, until one asks to stop.
    pub async fn until_stop(&self, signals: &Signals) {
        loop {
            tokio::select! {
                () = signals.stop() => return,
                () = signals.reload() => {
                    info!("SIGHUP: the files are read again");
                    self.reloads.ask();
                }
            }
        }
    }

    /// The header that webhooks must come with, if they must.
    pub fn header(&self) -> Option<&SecretString> {
        self.header.as_ref()
    }

    /// Says that no new calls are wanted. They are answered all the same, and none is
    /// started.
    pub fn stop_being_ready(&self) {
        self.outbound.stop();
        self.web.stop_being_ready();
    }

    /// Ends it.
    pub async fn stop(self) {
        self.outbound.stop();
        let _ = self.stop.send(true);
        // Connections that are kept open are not waited for.
        let _ = tokio::time::timeout(Duration::from_secs(1), self.server).await;
        self.sweeper.abort();
    }
}

/// Listens at an address.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("`{address}` cannot be listened on"))
}

/// Done when the server is to stop.
pub(super) async fn until(mut stopping: watch::Receiver<bool>) {
    // An error means that nobody is left who could say so, which is a stop as well.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// What webhooks may come with as their `Authorization` header; nothing where all may come.
fn headers(settings: &ServerSettings, dir: &Path) -> Result<Vec<SecretString>> {
    let mut headers: Vec<SecretString> = settings
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
    if settings.auth_header.is_none()
        && let Some(kept) = webhooks::kept(dir)?
        && let Some(header) = kept.auth_header
    {
        info!(
            webhooks = kept.url.as_deref().unwrap_or_default(),
            help = "`--auth-header` takes its place",
            "webhooks must come with the `Authorization` header that `ringflow webhooks set` has left"
        );
        headers.push(header);
    }
    Ok(headers)
}

fn door(settings: &ServerSettings, headers: Vec<SecretString>, clock: &Clock) -> Door {
    let mut networks = settings.allow.clone();
    if settings.allow_platform {
        networks.extend(web::PLATFORM.map(|address| IpNet::from(std::net::IpAddr::V4(address))));
    }
    let proxies = settings.trust_proxy.clone();
    Door::new(headers, networks, proxies, clock.clone())
}

fn last_resort(settings: &ServerSettings) -> Result<Action> {
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

fn lifetimes(settings: &ServerSettings) -> Lifetimes {
    let ms = |duration: Duration| duration.as_millis() as u64;
    Lifetimes {
        idle_ms: ms(settings.call_idle),
        transfer_ms: ms(settings.transfer_idle),
        hung_up_ms: ms(settings.hangup_idle),
        tombstone_ms: ms(settings.tombstone),
    }
}

/// The value of a variable of the environment that the project names.
fn variable(name: &str) -> Option<SecretString> {
    let value = std::env::var(name).ok()?;
    (!value.is_empty()).then(|| SecretString::from(value))
}

async fn sweep(calls: Arc<Calls>, hours: Arc<HoursDesk>, outbound: Arc<Outbound>) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        calls.sweep();
        outbound.sweep();
        // Now and then it writes a file.
        let hours = Arc::clone(&hours);
        let _ = tokio::task::spawn_blocking(move || hours.sweep()).await;
    }
}
