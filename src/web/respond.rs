//! The shapes of our responses.

use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A callflow.
pub fn callflow(bytes: impl Into<Bytes>) -> Response {
    let json = HeaderValue::from_static("application/json");
    (StatusCode::OK, [(header::CONTENT_TYPE, json)], bytes.into()).into_response()
}

/// What a notification gets.
pub fn noted() -> Response {
    StatusCode::OK.into_response()
}

/// What is wrong with a request from which no call can be recognised.
pub fn refused(reason: &str) -> Response {
    (StatusCode::BAD_REQUEST, format!("{reason}\n")).into_response()
}
