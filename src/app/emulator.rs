//! An emulator from its start to its stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::platform::emulator::Emulator;
use crate::web::{self, ServerLimits, Times};

use super::{key, running};

/// The most connections at once.
const CONNECTIONS: usize = 1000;

/// An emulator that answers.
pub struct Emulated {
    pub address: SocketAddr,
    pub emulator: Arc<Emulator>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Emulated {
    /// Answers at this listener.
    ///
    /// # Errors
    /// Where the listener has no address.
    pub fn start(listener: TcpListener, emulator: Arc<Emulator>) -> Result<Emulated> {
        let address = listener
            .local_addr()
            .context("the listener has no address")?;
        let limits = ServerLimits {
            times: Times::default(),
            connections: CONNECTIONS,
        };
        let (stop, stopping) = watch::channel(false);
        // What operators get where a handler broke is what an API says too.
        let on_panic = web::on_admin_panic();
        let until = running::until(stopping);
        let serving = web::serve(listener, emulator.router(), limits, on_panic, until);
        Ok(Emulated {
            address,
            emulator,
            stop,
            server: tokio::spawn(serving),
        })
    }

    /// Ends it. Calls that are up are not waited for.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        // Connections that are kept open are not waited for.
        let _ = tokio::time::timeout(Duration::from_secs(1), self.server).await;
    }
}

/// A name that no other emulator has.
///
/// # Errors
/// Where the system gives no random bytes.
pub fn unique_name() -> Result<String> {
    key::random_hex()
}
