//! The platform, stood in for: its API over HTTP, and the calls that it makes. Callflows
//! are judged and executed by the pure phone; this folder knows who is registered where,
//! which sessions there are and who takes a call.

mod answer;
mod callers;
mod callflows;
mod calls;
mod config;
mod door;
mod handset;
mod numbers;
mod recordings;
mod registered;
mod router;
mod sessions;
mod story;
mod told_numbers;
mod voices;
mod webhooks;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

pub use calls::CallIn;
pub use config::{CallerOf, EmulatorConfig, Numbers, Takes};
pub use door::is_subaccount;
pub use handset::{Given, Rings};
pub use story::Story;

use secrecy::{ExposeSecret, SecretString};

use callers::Brought;
use registered::{Registered, Registry, Targets};
use sessions::Sessions;

use crate::phone;
use crate::platform::drive::Kind;

/// A platform with its subaccounts, their webhooks and their calls.
pub struct Emulator {
    config: EmulatorConfig,
    registry: Arc<Registry>,
    sessions: Sessions,
    /// Callers from files, each for one call.
    brought: Brought,
    /// How many ids were made.
    ids: AtomicU32,
    /// How many calls there were.
    calls: AtomicU64,
}

impl Emulator {
    pub fn new(config: EmulatorConfig) -> Arc<Self> {
        Arc::new(Emulator {
            registry: Arc::new(Registry::new(config.otherwise.clone())),
            sessions: Sessions::new(config.clock.clone()),
            brought: Brought::default(),
            ids: AtomicU32::new(0),
            calls: AtomicU64::new(0),
            config,
        })
    }

    /// Registers a webhook, in the place of the one of its type.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn register(
        &self,
        subaccount: &str,
        kind: Kind,
        url: &str,
        header: Option<&SecretString>,
    ) -> Result<(), String> {
        let header = header.map(|header| header.expose_secret().to_owned());
        let webhook = Registered::new(kind, url, header, true)?;
        let webhook = self.registry.set(subaccount, webhook)?;
        self.announce(subaccount, &webhook);
        Ok(())
    }

    /// Where the webhooks of a subaccount go.
    fn targets(&self, subaccount: &str) -> Arc<Targets> {
        Arc::new(Targets {
            registry: Arc::clone(&self.registry),
            subaccount: subaccount.to_owned(),
        })
    }

    /// A UUID that no other thing of this emulator has, nor of another.
    fn new_id(&self, kind: &str) -> String {
        let number = self.ids.fetch_add(1, Ordering::Relaxed);
        phone::unique_id(&self.config.name, kind, number)
    }
}
