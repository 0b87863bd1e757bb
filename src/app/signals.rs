//! The signals a server listens to.

use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::sync::Notify;

/// What asks a server to stop, and what asks it to read its files again.
pub struct Signals {
    stop: Arc<Notify>,
    reload: Arc<Notify>,
}

impl Signals {
    /// Hears SIGTERM and SIGINT as they come, and SIGHUP.
    ///
    /// # Errors
    /// Where signals cannot be heard.
    #[cfg(unix)]
    pub fn listen() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (stop, reload) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        for (kind, told) in [
            (SignalKind::terminate(), &stop),
            (SignalKind::interrupt(), &stop),
            (SignalKind::hangup(), &reload),
        ] {
            let mut stream = signal(kind).context("signals cannot be heard")?;
            let told = Arc::clone(told);
            tokio::spawn(async move {
                while stream.recv().await.is_some() {
                    told.notify_one();
                }
            });
        }
        Ok(Signals { stop, reload })
    }

    #[cfg(not(unix))]
    pub fn listen() -> Result<Self> {
        let (stop, reload) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let told = Arc::clone(&stop);
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                told.notify_one();
            }
        });
        Ok(Signals { stop, reload })
    }

    /// The next signal to stop.
    pub async fn stop(&self) {
        self.stop.notified().await;
    }

    /// The next signal to read the files again.
    pub async fn reload(&self) {
        self.reload.notified().await;
    }
}
