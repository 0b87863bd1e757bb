//! What operators can ask, on a listener of its own and with a token.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tracing::error;

use super::server::OnPanic;
use crate::live::Reloads;

/// What the admin listener answers with.
pub struct Admin {
    token: SecretString,
    reloads: Arc<Reloads>,
}

impl Admin {
    /// The token has to come with every request, as `Authorization: Bearer TOKEN`.
    pub fn new(token: SecretString, reloads: Arc<Reloads>) -> Arc<Self> {
        Arc::new(Admin { token, reloads })
    }
}

/// Every path of the admin listener.
pub fn admin_router(admin: Arc<Admin>) -> Router {
    Router::new()
        .route("/flows", get(flows))
        .layer(from_fn_with_state(Arc::clone(&admin), guard))
        .with_state(admin)
}

/// What an operator gets where a handler broke.
pub fn on_admin_panic() -> OnPanic {
    Arc::new(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// What is live just now. Counting calls and writing a long list takes its time, which
/// no turn is to wait for.
async fn flows(State(admin): State<Arc<Admin>>) -> Response {
    let reloads = Arc::clone(&admin.reloads);
    let written = tokio::task::spawn_blocking(move || serde_json::to_vec(&reloads.report()));
    match written.await {
        Ok(Ok(flows)) => {
            let json = HeaderValue::from_static("application/json");
            ([(header::CONTENT_TYPE, json)], flows).into_response()
        }
        Ok(Err(error)) => {
            error!(%error, "the list of flows cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn guard(State(admin): State<Arc<Admin>>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    let wanted = admin.token.expose_secret().as_bytes();
    if given.is_some_and(|given| wanted.ct_eq(given).into()) {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}
