//! The HTTP side: one router, one file a kind of request. A webhook goes through
//! [`turn`] from top to bottom. This room must never know Rhai, the file format or
//! the disk.

mod health;
mod notices;
mod respond;
mod server;
mod turn;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::call::{Action, Answer};
use crate::live::Calls;
use crate::wire;

pub use server::serve;

/// The largest webhook that is read, in bytes. The platform's have one or two thousand.
const MAX_BODY: usize = 64 * 1024;

/// What handlers share.
#[derive(Debug)]
pub struct Web {
    calls: Arc<Calls>,
    /// What is answered where nothing else can be: ready-made bytes.
    last_resort: Bytes,
    /// A `CALL_STATUS` that tells of an arrived call is answered like a turn.
    status_starts_calls: bool,
    ready: AtomicBool,
}

impl Web {
    /// `last_resort` is what is said where no flow is known; a `hangup` follows.
    pub fn new(calls: Arc<Calls>, last_resort: Action, status_starts_calls: bool) -> Arc<Self> {
        let answer =
            Answer::new(vec![last_resort, Action::Hangup]).unwrap_or_else(|_| Answer::hangup());
        Arc::new(Web {
            calls,
            last_resort: wire::render(&answer).into(),
            status_starts_calls,
            ready: AtomicBool::new(true),
        })
    }

    pub fn calls(&self) -> &Arc<Calls> {
        &self.calls
    }

    /// From now on `/readyz` says no, and everything else goes on.
    pub fn stop_being_ready(&self) {
        self.ready.store(false, Ordering::Relaxed);
    }

    fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }
}

/// Every path there is. A webhook is told by its body, so the paths for single types
/// take all of them.
pub fn router(web: Arc<Web>) -> Router {
    let mut router = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz));
    for path in [
        "/webhooks",
        "/webhooks/vca",
        "/webhooks/vcs",
        "/webhooks/vss",
        "/webhooks/vru",
        "/webhooks/vnu",
    ] {
        router = router.route(path, post(turn::webhook));
    }
    router
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(web)
}
