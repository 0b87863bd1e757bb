//! Calls that operators have started, and jobs of many.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::admin::{Admin, json};
use crate::outbound::{CallOrder, JobOrder, JobReport, News, OrderRefused};

/// How long news are waited for.
const POLL: Duration = Duration::from_secs(5);
/// The largest job, in bytes.
const MAX_JOB: usize = 32 * 1024 * 1024;

pub(super) fn routes() -> Router<Arc<Admin>> {
    let jobs = post(begin_job).layer(DefaultBodyLimit::max(MAX_JOB));
    Router::new()
        .route("/api/calls", post(call))
        .route("/api/calls/{id}", get(news))
        .route("/api/jobs", jobs)
        .route("/api/jobs/{id}", get(job))
        .route("/api/jobs/{id}/result", get(result))
        .route("/api/jobs/{id}/cancel", post(cancel))
}

/// The name under which something that was begun is asked for.
#[derive(Serialize)]
struct Begun {
    id: String,
}

async fn call(State(admin): State<Arc<Admin>>, body: Bytes) -> Response {
    let order: CallOrder = match read(&body) {
        Ok(order) => order,
        Err(why) => return (StatusCode::BAD_REQUEST, why).into_response(),
    };
    begun(admin.outbound().call(order).await)
}

/// What was told of a call behind the first `?after=N` things.
async fn news(State(admin): State<Arc<Admin>>, Path(id): Path<String>, uri: Uri) -> Response {
    #[derive(Serialize)]
    struct Told {
        news: Vec<News>,
        over: bool,
    }
    let after = after(&uri).unwrap_or(0) as usize;
    match admin.outbound().news(&id, after, POLL).await {
        Some((news, over)) => json(Some(serde_json::to_vec(&Told { news, over }))),
        None => {
            let unknown = format!("no call `{id}` is known; it may be over for long");
            (StatusCode::NOT_FOUND, unknown).into_response()
        }
    }
}

/// It writes files, which no turn is to wait for; so do the others.
async fn begin_job(State(admin): State<Arc<Admin>>, body: Bytes) -> Response {
    let order: JobOrder = match read(&body) {
        Ok(order) => order,
        Err(why) => return (StatusCode::BAD_REQUEST, why).into_response(),
    };
    let outbound = Arc::clone(admin.outbound());
    let done = tokio::task::spawn_blocking(move || outbound.begin_job(&order)).await;
    done.map_or_else(|_| broken(), begun)
}

/// How far a job is. With `?after=N` it is waited for until it has changed more often.
async fn job(State(admin): State<Arc<Admin>>, Path(id): Path<String>, uri: Uri) -> Response {
    if let Some(after) = after(&uri) {
        // Where the time is up, nothing has changed.
        let _ = timeout(POLL, admin.outbound().job_changed(&id, after)).await;
    }
    let outbound = Arc::clone(admin.outbound());
    let done = tokio::task::spawn_blocking(move || outbound.job(&id)).await;
    done.map_or_else(|_| broken(), reported)
}

async fn result(State(admin): State<Arc<Admin>>, Path(id): Path<String>) -> Response {
    let outbound = Arc::clone(admin.outbound());
    match tokio::task::spawn_blocking(move || outbound.job_result(&id)).await {
        Ok(Ok(csv)) => {
            let kind = HeaderValue::from_static("text/csv; charset=utf-8");
            ([(header::CONTENT_TYPE, kind)], csv).into_response()
        }
        Ok(Err(error)) => refused(&error),
        Err(_) => broken(),
    }
}

async fn cancel(State(admin): State<Arc<Admin>>, Path(id): Path<String>) -> Response {
    let outbound = Arc::clone(admin.outbound());
    let done = tokio::task::spawn_blocking(move || outbound.cancel_job(&id)).await;
    done.map_or_else(|_| broken(), reported)
}

/// What was sent, if it is what is wanted. It may hold secrets, so the error shows none
/// of it.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = match error.is_data() {
            true => "it has another form than it should: a field is missing, unknown, or no text",
            false => "it is no JSON",
        };
        format!("{what}, at line {line}, column {column}")
    })
}

fn after(uri: &Uri) -> Option<u64> {
    let mut pairs = uri.query()?.split('&');
    pairs.find_map(|pair| pair.strip_prefix("after=")?.parse().ok())
}

fn begun(id: Result<String, OrderRefused>) -> Response {
    match id {
        Ok(id) => {
            let mut response = json(Some(serde_json::to_vec(&Begun { id })));
            if response.status() == StatusCode::OK {
                *response.status_mut() = StatusCode::ACCEPTED;
            }
            response
        }
        Err(error) => refused(&error),
    }
}

fn reported(report: Result<JobReport, OrderRefused>) -> Response {
    match report {
        Ok(report) => json(Some(serde_json::to_vec(&report))),
        Err(error) => refused(&error),
    }
}

fn refused(error: &OrderRefused) -> Response {
    let status = match error {
        OrderRefused::Unknown(_) => StatusCode::NOT_FOUND,
        OrderRefused::Wrong(_) => StatusCode::BAD_REQUEST,
        OrderRefused::Unable(_) | OrderRefused::Full => StatusCode::SERVICE_UNAVAILABLE,
        OrderRefused::NotKept(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, error.to_string()).into_response()
}

fn broken() -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
