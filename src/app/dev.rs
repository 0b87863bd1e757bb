//! A server for a designer: what is saved goes live by itself, calls go over to it, and
//! where nothing is good yet, it waits for that.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::sync::broadcast;

use crate::call::SessionId;
use crate::flow::{Catalog, Diagnostic};
use crate::live::{Clock, Outcome, ReadError, Reloader, Snapshot};
use crate::settings::DevSettings;

use super::dev_platform::{DevPlatform, Phones};
use super::running::{Kind, Running, bind};
use super::signals::Signals;

/// Where it listens unless that is said.
const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// A designer's server, up.
pub struct Dev {
    running: Running,
    signals: Signals,
    /// What stands in for the platform, where no account was given.
    platform: Option<DevPlatform>,
    /// The usual address, where somebody else has it.
    pub taken: Option<SocketAddr>,
    /// What was found in the files at the start.
    pub diagnostics: Arc<[Diagnostic]>,
    pub unread: Vec<ReadError>,
}

impl Dev {
    /// Starts it, with whatever flows are good.
    ///
    /// # Errors
    /// A bad setting, an address that was asked for and is taken, a project that cannot be
    /// written to and no key for it.
    pub async fn start(settings: &DevSettings, phones: Phones) -> Result<Dev> {
        let signals = Signals::listen()?;
        let (listener, taken) = listen(settings.listen).await?;
        let clock = Clock::system();
        let reloader = Reloader::new(Snapshot::read(&settings.dir), clock.clone());
        let diagnostics = reloader.build().diagnostics.clone().into();
        let unread = reloader.snapshot().unread().to_vec();
        let kind = Kind {
            watch: true,
            follow_edits: true,
            show_digits: false,
        };
        let project = (reloader, clock);
        let mut server = settings.server.clone();
        let platform = match server.api.is_unset() {
            true => Some(DevPlatform::start(&settings.dir, phones).await?),
            false => None,
        };
        if let Some(platform) = &platform {
            server.api = platform.settings();
        }
        let running = Running::start(&server, kind, &settings.dir, project, listener).await?;
        if let Some(platform) = &platform {
            let header = running.header();
            platform.serve(running.address, header, &running.calls)?;
        }
        Ok(Dev {
            running,
            signals,
            platform,
            taken,
            diagnostics,
            unread,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// Calls can be started, and ring here, with no account.
    pub fn has_emulator(&self) -> bool {
        self.platform.is_some()
    }

    /// The flows that are live now.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.running.calls.catalog()
    }

    /// Says whether a call of the server waits for something secret, or may.
    pub fn secrecy_of(&self, session: &str) -> Box<dyn Fn() -> bool> {
        let (calls, session) = (Arc::clone(&self.running.calls), SessionId::new(session));
        Box::new(move || {
            let session = session.as_ref();
            session.is_none_or(|session| calls.may_ask_for_secret(session))
        })
    }

    /// What comes of every save from now on.
    pub fn outcomes(&self) -> broadcast::Receiver<Arc<Outcome>> {
        self.running.reloads.outcomes()
    }

    /// Done when a signal asks to stop.
    pub async fn until_stop(&self) {
        self.running.until_stop(&self.signals).await;
    }

    /// Ends it. A designer's calls are not waited for.
    pub async fn stop(self) {
        if let Some(platform) = self.platform {
            platform.stop().await;
        }
        self.running.stop().await;
    }
}

/// Listens where it is asked to, else where it is usual, and where that is taken at a free
/// port.
async fn listen(wanted: Option<SocketAddr>) -> Result<(TcpListener, Option<SocketAddr>)> {
    if let Some(wanted) = wanted {
        return Ok((bind(wanted).await?, None));
    }
    match TcpListener::bind(USUAL).await {
        Ok(listener) => Ok((listener, None)),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let free = SocketAddr::new(USUAL.ip(), 0);
            Ok((bind(free).await?, Some(USUAL)))
        }
        Err(error) => Err(error).with_context(|| format!("`{USUAL}` cannot be listened on")),
    }
}
