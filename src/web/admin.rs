//! What operators can ask, on a listener of its own and with a token.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tracing::error;

use super::outbound;
use super::server::OnPanic;
use crate::live::{HoursDesk, Order, OrderRefused, Reloads};
use crate::outbound::Outbound;

/// What the admin listener answers with.
pub struct Admin {
    token: SecretString,
    reloads: Arc<Reloads>,
    hours: Arc<HoursDesk>,
    outbound: Arc<Outbound>,
}

impl Admin {
    /// The token has to come with every request, as `Authorization: Bearer TOKEN`.
    pub fn new(
        token: SecretString,
        (reloads, hours): (Arc<Reloads>, Arc<HoursDesk>),
        outbound: Arc<Outbound>,
    ) -> Arc<Self> {
        Arc::new(Admin {
            token,
            reloads,
            hours,
            outbound,
        })
    }

    pub(super) fn outbound(&self) -> &Arc<Outbound> {
        &self.outbound
    }
}

/// Every path of the admin listener.
pub fn admin_router(admin: Arc<Admin>) -> Router {
    Router::new()
        .route("/flows", get(flows))
        .route("/hours", get(hours).post(order))
        .merge(outbound::routes())
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
    json(written.await.ok())
}

/// All opening hours, and what is decided of them.
async fn hours(State(admin): State<Arc<Admin>>) -> Response {
    let hours = Arc::clone(&admin.hours);
    let written = tokio::task::spawn_blocking(move || serde_json::to_vec(&hours.report()));
    json(written.await.ok())
}

/// Carries out what an operator orders of opening hours, and says what they are then. It
/// is kept in a file, which no turn is to wait for.
async fn order(State(admin): State<Arc<Admin>>, body: Bytes) -> Response {
    let order: Order = match serde_json::from_slice(&body) {
        Ok(order) => order,
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    let hours = Arc::clone(&admin.hours);
    match tokio::task::spawn_blocking(move || hours.order(&order)).await {
        Ok(Ok(report)) => json(Some(serde_json::to_vec(&report))),
        Ok(Err(refused)) => {
            let status = match refused {
                OrderRefused::Unknown(_) => StatusCode::NOT_FOUND,
                OrderRefused::NotKept(_) => StatusCode::INTERNAL_SERVER_ERROR,
                OrderRefused::Unreadable(_) => StatusCode::BAD_REQUEST,
            };
            (status, refused.to_string()).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// `None` where the handler broke.
pub(super) fn json(written: Option<serde_json::Result<Vec<u8>>>) -> Response {
    match written {
        Some(Ok(written)) => {
            let json = HeaderValue::from_static("application/json");
            ([(header::CONTENT_TYPE, json)], written).into_response()
        }
        Some(Err(error)) => {
            error!(%error, "what operators ask for cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
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
