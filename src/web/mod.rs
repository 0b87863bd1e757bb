//! The HTTP side: one router, one file a kind of request. A webhook goes through
//! [`turn`] from top to bottom. This room must never know Rhai, the file format or
//! the disk.

mod admin;
mod door;
mod health;
mod mock;
mod notices;
mod outbound;
mod pace;
mod respond;
mod server;
mod turn;
mod webhooks;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::response::Response;
use axum::routing::get;

use crate::call::{Action, Answer};
use crate::live::Calls;
use crate::wire;

pub use admin::{Admin, admin_router, on_admin_panic};
pub use door::{Door, PLATFORM};
pub use mock::{Mock, Told};
pub use pace::Times;
pub use server::{OnPanic, Peer, Routes, ServerLimits, serve};

use webhooks::Webhooks;

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

    /// What is answered where a handler broke.
    pub fn on_panic(self: &Arc<Self>) -> OnPanic {
        let web = Arc::clone(self);
        Arc::new(move || web.last_resort())
    }

    fn last_resort(&self) -> Response {
        respond::callflow(self.last_resort.clone())
    }

    fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }
}

/// Every path there is. Everybody may knock.
pub fn router(web: Arc<Web>) -> Router {
    Router::from(routes(web, None))
}

/// The same behind a door, which guards webhooks alone.
pub fn guarded_router(web: Arc<Web>, door: Door) -> Router {
    Router::from(routes(web, Some(door)))
}

/// The same for a listener of its own, where webhooks need no router.
pub fn routes(web: Arc<Web>, door: Option<Door>) -> Routes {
    let webhooks = Webhooks::new(Arc::clone(&web), door);
    let router = webhooks.router().merge(health()).with_state(web);
    Routes {
        router,
        webhooks: Some(webhooks),
    }
}

fn health() -> Router<Arc<Web>> {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
}
