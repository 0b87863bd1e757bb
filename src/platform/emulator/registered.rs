//! The webhooks that were registered, of each subaccount.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;
use tokio::sync::Notify;

use crate::platform::Delivery;
use crate::platform::drive::{Deliver, Kind};

/// The most subaccounts that have webhooks. Any of the right form exists, so that somebody
/// could make up as many as memory holds.
const MOST: usize = 10_000;

/// A webhook that was registered.
pub struct Registered {
    pub kind: Kind,
    /// As it was written.
    pub url: String,
    pub enabled: bool,
    pub has_header: bool,
    delivery: Arc<Delivery>,
}

impl Registered {
    /// The error says what is wrong, in the words of the API.
    pub fn new(
        kind: Kind,
        url: &str,
        header: Option<String>,
        enabled: bool,
    ) -> Result<Self, String> {
        let header = header.map(SecretString::from);
        // The header first: with one that is good, what is wrong is the address.
        if Delivery::exactly("http://localhost/", header.as_ref()).is_err() {
            return Err("Invalid param : httpAuthHeader is no header".to_owned());
        }
        let delivery = Delivery::exactly(url, header.as_ref())
            .map_err(|_| "Invalid param : url should be an http or https address".to_owned())?;
        Ok(Registered {
            kind,
            url: url.to_owned(),
            enabled,
            has_header: header.is_some(),
            delivery: Arc::new(delivery),
        })
    }

    /// Where it goes.
    pub fn delivery(&self) -> &Arc<Delivery> {
        &self.delivery
    }
}

/// All of them.
#[derive(Default)]
pub struct Registry {
    /// Held for a look or a change, never over anything that waits.
    subaccounts: Mutex<HashMap<String, Vec<Arc<Registered>>>>,
    /// Told of each that is registered.
    changed: Notify,
    /// Where goes what nobody has registered for.
    otherwise: Option<Arc<Delivery>>,
}

impl Registry {
    /// `otherwise` is where goes what nobody has registered for.
    pub fn new(otherwise: Option<Arc<Delivery>>) -> Self {
        Registry {
            otherwise,
            ..Registry::default()
        }
    }

    /// Registers a webhook, in the place of the one of its type.
    ///
    /// # Errors
    /// In the words of the API.
    pub fn set(&self, subaccount: &str, webhook: Registered) -> Result<Arc<Registered>, String> {
        let webhook = Arc::new(webhook);
        let mut all = self.lock();
        if all.len() >= MOST && !all.contains_key(subaccount) {
            return Err(format!("More than {MOST} subaccounts have webhooks"));
        }
        let webhooks = all.entry(subaccount.to_owned()).or_default();
        webhooks.retain(|other| other.kind != webhook.kind);
        webhooks.push(Arc::clone(&webhook));
        webhooks.sort_by_key(|webhook| webhook.kind);
        drop(all);
        self.changed.notify_waiters();
        Ok(webhook)
    }

    /// Takes one away, and gives what it was.
    pub fn remove(&self, subaccount: &str, kind: Kind) -> Option<Arc<Registered>> {
        let mut all = self.lock();
        let webhooks = all.get_mut(subaccount)?;
        let at = webhooks.iter().position(|webhook| webhook.kind == kind)?;
        let removed = webhooks.remove(at);
        if webhooks.is_empty() {
            all.remove(subaccount);
        }
        Some(removed)
    }

    /// Those of a subaccount.
    pub fn of(&self, subaccount: &str) -> Vec<Arc<Registered>> {
        self.lock().get(subaccount).cloned().unwrap_or_default()
    }

    /// Where webhooks of this kind go just now.
    pub fn target(&self, subaccount: &str, kind: Kind) -> Option<Arc<Delivery>> {
        let webhooks = self.of(subaccount);
        let mut wanted = webhooks.iter().filter(|webhook| webhook.kind == kind);
        match wanted.next() {
            Some(webhook) => webhook.enabled.then(|| Arc::clone(&webhook.delivery)),
            None => self.otherwise.clone(),
        }
    }

    /// A subaccount whose calls have somewhere to ask, as soon as there is one.
    pub async fn first_that_asks(&self) -> String {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // From here on nothing that is registered is missed.
            changed.as_mut().enable();
            let has_one = |webhooks: &Vec<Arc<Registered>>| {
                let mut all = webhooks.iter();
                all.any(|webhook| webhook.kind == Kind::Vca && webhook.enabled)
            };
            let found = {
                let all = self.lock();
                let mut found = all.iter().filter(|(_, webhooks)| has_one(webhooks));
                found.next().map(|(subaccount, _)| subaccount.clone())
            };
            match found {
                Some(subaccount) => return subaccount,
                None => changed.await,
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<Arc<Registered>>>> {
        // A change is one statement, so what a panic leaves is whole.
        self.subaccounts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The webhooks of one subaccount, as they are when something is sent.
pub struct Targets {
    pub registry: Arc<Registry>,
    pub subaccount: String,
}

impl Deliver for Targets {
    fn target(&self, kind: Kind) -> Option<Arc<Delivery>> {
        self.registry.target(&self.subaccount, kind)
    }
}
