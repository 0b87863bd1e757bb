//! The paths of the API, and of what only an emulator has.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{delete, get, post};

use super::Emulator;
use super::{answer, callers, callflows, door, numbers, recordings, voices, webhooks};

/// The largest body that is read, in bytes: a callflow with some hundred long texts.
const MAX_BODY: usize = 1024 * 1024;

impl Emulator {
    /// Every path. What belongs to a subaccount is behind the door.
    pub fn router(self: &Arc<Self>) -> Router {
        let of_subaccount = Router::new()
            .route("/callflows", post(callflows::start))
            .route("/webhooks", get(webhooks::list).post(webhooks::set))
            .route("/webhooks/{type}", delete(webhooks::remove))
            .route("/numbers", get(numbers::list))
            .route("/numbers/{number}", get(numbers::one))
            .route("/speech-profiles", get(voices::list))
            .route("/recordings/{session}", get(recordings::list))
            .layer(from_fn_with_state(Arc::clone(self), door::guard));
        Router::new()
            .nest("/api/v1/subaccounts/{subaccount}", of_subaccount)
            .route("/emulator/callers", post(callers::bring))
            .fallback(nowhere)
            .method_not_allowed_fallback(not_so)
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .with_state(Arc::clone(self))
    }
}

async fn nowhere(State(emulator): State<Arc<Emulator>>) -> Response {
    let now = emulator.config.clock.now();
    answer::told(StatusCode::NOT_FOUND, "Resource not found", now)
}

async fn not_so(State(emulator): State<Arc<Emulator>>) -> Response {
    let now = emulator.config.clock.now();
    answer::told(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", now)
}
