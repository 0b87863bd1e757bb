//! Whether the process lives, and whether it wants calls.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use super::Web;

pub async fn healthz() -> &'static str {
    "yes\n"
}

pub async fn readyz(State(web): State<Arc<Web>>) -> (StatusCode, &'static str) {
    if web.is_ready() {
        (StatusCode::OK, "yes\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no\n")
    }
}
