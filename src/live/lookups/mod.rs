//! Look-ups: what a call asks of somebody's server, asked over HTTP.
//!
//! A server of somebody's is out of our hands. It may hang, lie about how much it sends,
//! or lead into our own network, and none of that may cost more than the one look-up its
//! time. Only what the project lists is asked, every address is looked at before anybody
//! connects to it, and what takes too long or sends too much is a failure with a word of
//! its own. The log names the host and what came of it, and nothing that was put in.

mod address;
mod ask;
mod detour;
mod gate;
mod json;
mod names;
mod order;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use reqwest::Client;
use reqwest::redirect::Policy;
use secrecy::SecretString;
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::clock::Clock;
use crate::call::{Found, LookUp, LookUpFailure};
use crate::flow::{Project, Unlisted};
use ask::{Failure, is_overload};
use gate::Gate;
use names::{Checked, Names};
use order::Order;

pub use ask::{MAX_BODY, MAX_REDIRECTS};
pub use detour::{BadDetour, Detour};
pub use gate::{MAX_AT_ONCE, MAX_FAILURES, REST_MS};
pub use names::{Addresses, Resolver, SystemResolver};

/// How long a connection may take to come about; a look-up's own time may end before.
const CONNECT: Duration = Duration::from_secs(3);
/// How long a connection without work is kept.
const IDLE: Duration = Duration::from_secs(30);

/// Gives the value of a variable of the environment, where it is set.
pub type Env = Box<dyn Fn(&str) -> Option<SecretString> + Send + Sync>;

/// What look-ups take from outside.
pub struct LookUpsConfig {
    /// For how long a host is left alone is measured by it.
    pub clock: Clock,
    /// Asked for the variables that a project names, each time it is another project.
    pub env: Env,
    pub resolver: Arc<dyn Resolver>,
    /// Hosts in whose stead other servers are asked; for development.
    pub detours: Vec<Detour>,
}

impl LookUpsConfig {
    /// With what the machine knows, and these variables.
    pub fn system(clock: Clock, env: Env) -> Self {
        LookUpsConfig {
            clock,
            env,
            resolver: Arc::new(SystemResolver),
            detours: Vec::new(),
        }
    }
}

/// Performs look-ups, for all calls of a process.
pub struct LookUps {
    config: LookUpsConfig,
    names: Arc<Names>,
    detours: Box<[Arc<Detour>]>,
    /// What the project allows, put in whole by a reload; a look-up keeps what it began
    /// with.
    ground: ArcSwap<Ground>,
    /// By host and port. Held for a look, so a plain lock.
    gates: Mutex<HashMap<Box<str>, Arc<Gate>>>,
}

/// What look-ups stand on: one project, and connections that were made under it.
struct Ground {
    project: Arc<Project>,
    env: HashMap<Box<str>, SecretString>,
    /// None where no host is allowed, or where connections cannot be had at all.
    client: Option<Client>,
    /// For the servers of detours.
    detoured: Option<Client>,
}

impl fmt::Debug for LookUps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let project = &self.ground.load().project;
        f.debug_struct("LookUps")
            .field("project", project)
            .finish_non_exhaustive()
    }
}

impl LookUps {
    /// Look-ups of a project that allows none yet.
    pub fn new(mut config: LookUpsConfig) -> Arc<Self> {
        let detours = std::mem::take(&mut config.detours);
        let ground = Ground {
            project: Arc::default(),
            env: HashMap::new(),
            client: None,
            detoured: None,
        };
        Arc::new(LookUps {
            names: Names::new(Arc::clone(&config.resolver)),
            detours: detours.into_iter().map(Arc::new).collect(),
            config,
            ground: ArcSwap::from_pointee(ground),
            gates: Mutex::default(),
        })
    }

    /// From the next look-up on, what this project allows counts. Connections that were
    /// made under another one are not used any more.
    pub fn allow(&self, project: &Arc<Project>) {
        if self.ground.load().project == *project {
            return;
        }
        let mut env = HashMap::new();
        for name in project.env() {
            match (self.config.env)(name) {
                Some(value) => drop(env.insert(name.clone(), value)),
                None => warn!(
                    variable = &**name,
                    "`ringflow.yaml` lists a variable that is not set in the environment; \
                     look-ups that send it are not allowed"
                ),
            }
        }
        for detour in &self.detours {
            let host = detour.host().to_string();
            if project.refuses("https", &host) == Some(Unlisted::Host) {
                warn!(
                    host,
                    "look-ups to this host are to be sent elsewhere, and it is not among \
                     `lookups.hosts` in `ringflow.yaml`, so there are none"
                );
            }
        }
        let client = |insecure, private| match project.hosts().is_empty() {
            true => None,
            false => self.client(insecure, private),
        };
        self.ground.store(Arc::new(Ground {
            client: client(project.is_insecure(), project.is_private()),
            detoured: match self.detours.is_empty() {
                true => None,
                // Whoever named the servers has allowed them.
                false => client(true, true),
            },
            project: Arc::clone(project),
            env,
        }));
    }

    fn client(&self, insecure: bool, allows_private: bool) -> Option<Client> {
        let checked = Checked {
            names: Arc::clone(&self.names),
            allows_private,
        };
        let client = Client::builder()
            .user_agent(concat!("ringflow/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .https_only(!insecure)
            .dns_resolver(checked)
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(MAX_AT_ONCE)
            .build();
        match client {
            Ok(client) => Some(client),
            Err(error) => {
                let error = error.without_url();
                error!(%error, "no connections can be set up, so every look-up fails");
                None
            }
        }
    }

    /// Performs a look-up. This ends within the look-up's own time, whatever the server
    /// does.
    pub async fn perform(self: &Arc<Self>, look_up: LookUp) -> Found {
        let began = Instant::now();
        let ground = self.ground.load_full();
        let within = Duration::from_millis(u64::from(look_up.within_ms));
        let retries = match look_up.method.changes_something() {
            true => 0,
            false => look_up.retries,
        };
        let (method, key) = (look_up.method.word(), look_up.key.clone());
        let order = match Order::of(look_up, &ground.project, &ground.env, &self.detours) {
            Ok(order) => order,
            Err(denied) => {
                // The host is not named: it may be computed from what a caller said.
                warn!(method, look_up = &*key, reason = %denied, "a look-up is not allowed");
                return Found::Failed(LookUpFailure::NotAllowed);
            }
        };
        let host = order.host();
        let end = began + within;
        let found = self
            .pass(&ground, &order, retries, &host, (within, end))
            .await;
        let ms = began.elapsed().as_millis() as u64;
        match found {
            Ok(found) => {
                if let Found::Answered { status, .. } = &found {
                    info!(method, host, status, ms, "a look-up was answered");
                }
                found
            }
            Err(Failure { failure, reason }) => {
                let word = failure.word();
                warn!(
                    method,
                    host,
                    failure = word,
                    reason,
                    ms,
                    "a look-up has failed"
                );
                Found::Failed(failure)
            }
        }
    }

    /// Goes through the gate of the host, asks it, and tells the gate how that went.
    async fn pass(
        &self,
        ground: &Ground,
        order: &Order,
        retries: u8,
        host: &str,
        (within, end): (Duration, Instant),
    ) -> Result<Found, Failure> {
        let client = match order.detour {
            Some(_) => &ground.detoured,
            None => &ground.client,
        };
        let Some(client) = client else {
            return Err(LookUpFailure::Unreachable.into());
        };
        let pass = self.gate(host).enter(within).await?;
        let asked = ask::ask(client, &ground.project, order, retries);
        let found = tokio::time::timeout_at(end, asked).await;
        let found = found.unwrap_or_else(|_| Err(LookUpFailure::TimedOut.into()));
        let is_failing = match &found {
            Ok(Found::Answered { status, .. }) => is_overload(*status),
            Ok(Found::Failed(failure)) | Err(Failure { failure, .. }) => matches!(
                failure,
                LookUpFailure::TimedOut | LookUpFailure::Unreachable
            ),
        };
        match is_failing {
            true => pass.failed(),
            false => pass.worked(),
        }
        found
    }

    fn gate(&self, host: &str) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = gates.get(host) {
            return Arc::clone(gate);
        }
        let gate = Gate::new(host, self.config.clock.clone());
        gates.insert(host.into(), Arc::clone(&gate));
        gate
    }
}
