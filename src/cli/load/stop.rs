//! A load that is to end before its time.

use anyhow::{Context, Result};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::platform::load::Halt;

/// Hears signals until it is dropped.
pub struct Listening(JoinHandle<()>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The first Ctrl-C, or SIGTERM, has no call begin any more; the second one does not wait
/// for those that are up.
///
/// # Errors
/// Where signals cannot be heard.
pub fn listen() -> Result<(Listening, watch::Receiver<Halt>)> {
    let (sender, receiver) = watch::channel(Halt::GoOn);
    let mut signals = Signals::new()?;
    let listening = tokio::spawn(async move {
        signals.next().await;
        eprintln!("no call begins any more; once more, and those that are up are cut");
        let _ = sender.send(Halt::NoMore);
        signals.next().await;
        let _ = sender.send(Halt::AtOnce);
        // The channel stays open: its end would say nothing.
        sender.closed().await;
    });
    Ok((Listening(listening), receiver))
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).context("signals cannot be heard");
        Ok(Signals {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Result<Self> {
        Ok(Signals)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
