//! The answers of the API, in the shapes that its document gives them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;

use crate::wire::api::{InvalidWebhook, NotCreated, Told};

/// What `POST callflows` says where nobody is called.
pub fn not_created(status: StatusCode, id: String, code: i32, message: String) -> Response {
    let answer = NotCreated {
        session_status: "NOT_CREATED".to_owned(),
        call_flow_request_id: id,
        status_code: code,
        status_message: message,
    };
    json(status, &answer)
}

/// What every other path says where it has nothing to give. The document gives these no
/// shape, but for a number that there is not, whose shape all of them take.
pub fn told(status: StatusCode, message: &str, now: Timestamp) -> Response {
    let answer = Told {
        status_code: i32::from(status.as_u16()),
        status_message: message.to_owned(),
        timestamp: Some(time(now)),
    };
    json(status, &answer)
}

/// What `POST webhooks` says to one that it does not take.
pub fn invalid_webhook(id: String, message: &str, now: Timestamp) -> Response {
    let answer = InvalidWebhook {
        error_id: id,
        status_code: INVALID_PARAMETER.to_owned(),
        status_message: message.to_owned(),
        timestamp: time(now),
    };
    json(StatusCode::UNPROCESSABLE_ENTITY, &answer)
}

/// The one code that is known of what can be wrong with a webhook.
const INVALID_PARAMETER: &str = "1001";

pub fn ok(answer: &impl Serialize) -> Response {
    json(StatusCode::OK, answer)
}

/// A time as the API writes it.
pub fn time(time: Timestamp) -> String {
    format!("{time:.3}")
}

fn json(status: StatusCode, answer: &impl Serialize) -> Response {
    let written = serde_json::to_vec(answer)
        .expect("memory takes every byte, and an answer is made of texts and numbers alone");
    let json = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, json)], written).into_response()
}
