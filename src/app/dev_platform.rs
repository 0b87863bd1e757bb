//! The platform beside a designer's server: an emulator on this machine, at which the
//! server's own webhooks are registered, so that calls can be started with no account.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::call::PhoneNumber;
use crate::flow::Catalog;
use crate::live::{Calls, Clock};
use crate::phone::Rules;
use crate::platform::drive::{Faults, Kind, Pace};
use crate::platform::emulator::{Emulator, EmulatorConfig, Numbers, Rings, Story, Takes};
use crate::settings::ApiSettings;

use super::callers::caller_of;
use super::emulator::{Emulated, unique_name};
use super::webhooks::{self, KeptWebhooks};
use super::{key, private_file, running};

/// The subaccount of a designer's server.
const SUBACCOUNT: &str = "ringflow-dev";

/// How long whoever is on this machine takes to be reached.
const A_MOMENT: Duration = Duration::from_millis(500);

/// What is told of calls.
pub struct Phones {
    /// A call rings.
    pub ring: Box<dyn Fn(Rings) + Send + Sync>,
    /// A call that a caller has taken is over.
    pub told: Box<dyn Fn(Story) + Send + Sync>,
}

/// An emulator beside a server.
pub struct DevPlatform {
    pub emulated: Emulated,
    key: SecretString,
    /// The server's calls, once there is one.
    calls: Arc<OnceLock<Arc<Calls>>>,
    file: PathBuf,
}

impl DevPlatform {
    /// Starts it, on a free port of this machine.
    pub async fn start(dir: &Path, phones: Phones) -> Result<DevPlatform> {
        forget_webhooks(dir)?;
        let calls: Arc<OnceLock<Arc<Calls>>> = Arc::default();
        let shown = Arc::clone(&calls);
        let key = SecretString::from(key::random_hex()?);
        let emulator = Emulator::new(EmulatorConfig {
            subaccount: Some(SUBACCOUNT.to_owned()),
            key: Some(key.clone()),
            numbers: Numbers::Any(Box::new(move || {
                let calls = shown.get();
                calls.map_or_else(Vec::new, |calls| numbers(&calls.catalog()))
            })),
            rules: Rules::default(),
            pace: Pace::Fast,
            faults: Faults::NONE,
            otherwise: None,
            caller_of,
            takes: Takes::Person(phones.ring),
            told: phones.told,
            name: unique_name()?,
            clock: Clock::system(),
        });
        let free = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let emulated = Emulated::start(running::bind(free).await?, emulator)?;
        Ok(DevPlatform {
            emulated,
            key,
            calls,
            file: path(dir),
        })
    }

    /// How the server reaches it.
    pub fn settings(&self) -> ApiSettings {
        ApiSettings {
            api: self.url(),
            subaccount: Some(SUBACCOUNT.to_owned()),
            api_key: Some(self.key.clone()),
        }
    }

    /// The server is up: its webhooks are registered, and where the emulator is, is left for
    /// other commands.
    pub fn serve(
        &self,
        address: SocketAddr,
        header: Option<&SecretString>,
        calls: &Arc<Calls>,
    ) -> Result<()> {
        let _ = self.calls.set(Arc::clone(calls));
        let url = format!("http://{}/webhooks", reachable(address));
        for kind in Kind::ALL {
            let emulator = &self.emulated.emulator;
            let registered = emulator.register(SUBACCOUNT, kind, &url, header);
            registered.map_err(|why| anyhow!("the emulator takes no webhook: {why}"))?;
        }
        let left = json!({
            "api": self.url(),
            "subaccount": SUBACCOUNT,
            "key": self.key.expose_secret(),
        });
        private_file::replace(&self.file, &left.to_string())
            .with_context(|| format!("`{}` cannot be written", self.file.display()))
    }

    /// Ends it; other commands are not led to it any more.
    pub async fn stop(self) {
        let _ = std::fs::remove_file(&self.file);
        self.emulated.stop().await;
    }

    fn url(&self) -> String {
        format!("http://{}", self.emulated.address)
    }
}

/// How the emulator of a `dev` that runs in a project is reached; `None` where none runs.
///
/// # Errors
/// Where what it has left cannot be read.
pub fn left(dir: &Path) -> Result<Option<ApiSettings>> {
    let path = path(dir);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| format!("`{}` cannot be read", path.display()));
        }
    };
    let Some((address, left)) = read(&text) else {
        // A message of the reader could show the key.
        bail!(
            "`{}` holds something else than what `ringflow dev` leaves; take it away",
            path.display()
        );
    };
    // One that was killed takes nothing away.
    let is_up = TcpStream::connect_timeout(&address, A_MOMENT).is_ok();
    Ok(is_up.then_some(left))
}

fn read(text: &str) -> Option<(SocketAddr, ApiSettings)> {
    let left: Value = serde_json::from_str(text).ok()?;
    let own = |name: &str| left[name].as_str().map(str::to_owned);
    let api = own("api")?;
    let address = api.strip_prefix("http://")?.parse().ok()?;
    let left = ApiSettings {
        api,
        subaccount: Some(own("subaccount")?),
        api_key: Some(SecretString::from(own("key")?)),
    };
    Some((address, left))
}

/// What was set with an emulator that is gone holds for none that comes.
fn forget_webhooks(dir: &Path) -> Result<()> {
    match webhooks::kept(dir)? {
        Some(kept) if kept.account.1 == SUBACCOUNT => KeptWebhooks::forget(dir),
        _ => Ok(()),
    }
}

fn path(dir: &Path) -> PathBuf {
    dir.join(".ringflow").join("emulator.json")
}

/// The numbers of all flows that are live.
fn numbers(catalog: &Catalog) -> Vec<PhoneNumber> {
    let flows = catalog.flows().iter();
    flows
        .flat_map(|flow| flow.numbers().iter().copied())
        .collect()
}

/// The address at which this machine itself reaches a listener.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_on_all_addresses_is_reached_on_this_machine() {
        for (listens, reached) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("192.0.2.1:8080", "192.0.2.1:8080"),
        ] {
            let address = reachable(listens.parse().unwrap());
            assert_eq!(address.to_string(), reached);
        }
    }

    #[test]
    fn what_is_left_is_read_and_its_key_shown_to_nobody() {
        let dir = tempfile::tempdir().unwrap();
        assert!(left(dir.path()).unwrap().is_none());
        let file = path(dir.path());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let api = format!("http://{}", listener.local_addr().unwrap());
        let written = json!({"api": api, "subaccount": "b", "key": "c"}).to_string();
        private_file::replace(&file, &written).unwrap();
        let found = left(dir.path()).unwrap().unwrap();
        assert_eq!((found.api, found.subaccount.as_deref()), (api, Some("b")));
        assert_eq!(found.api_key.unwrap().expose_secret(), "c");
        // Nobody is there any more.
        drop(listener);
        assert!(left(dir.path()).unwrap().is_none());
        private_file::replace(&file, r#"{"key": "planted"}"#).unwrap();
        let error = left(dir.path()).err().unwrap().to_string();
        assert!(error.contains("take it away") && !error.contains("planted"));
    }
}
