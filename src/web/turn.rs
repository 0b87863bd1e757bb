//! One webhook from top to bottom.

use axum::BoxError;
use axum::body::{Bytes, HttpBody};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout_at;
use tracing::warn;

use crate::call::ActionEvent;
use crate::live::Answered;
use crate::wire::{self, Status, Unreadable, Webhook};

use super::server::BodyUntil;
use super::{MAX_BODY, Web, notices, respond};

/// Any webhook on any of the paths. The body is read whatever its Content-Type says,
/// as a body that can be read can save a call.
pub async fn webhook<B>(web: &Web, body: B, until: Option<BodyUntil>) -> Response
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let body = match read(body, until).await {
        Ok(body) => body,
        Err(status) => return status.into_response(),
    };
    match wire::parse(&body) {
        Ok(Webhook::Action(event)) => turn(web, event).await,
        Ok(Webhook::Status(status)) => self::status(web, status).await,
        Ok(Webhook::Summary(summary)) => notices::summary(web, &summary),
        Ok(Webhook::Recording(recording)) => notices::recording(&recording),
        Ok(Webhook::Numbers(update)) => notices::numbers(&update),
        Ok(Webhook::Unknown { event_type }) => notices::unknown(&event_type),
        Err(unreadable) => self::unreadable(web, &unreadable, &body).await,
    }
}

/// The whole body: not more than a webhook can have, and not later than a request
/// may take.
async fn read<B>(body: B, until: Option<BodyUntil>) -> Result<Bytes, StatusCode>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    // One that says at once that it is too large is not waited for.
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let limited = Limited::new(body, MAX_BODY).collect();
    let read = match until {
        Some(BodyUntil(until)) => timeout_at(until, limited).await,
        None => Ok(limited.await),
    };
    match read {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

/// The call waits: what does it do next?
async fn turn(web: &Web, event: ActionEvent) -> Response {
    match web.calls.answer(event).await {
        Answered::With(answer) => respond::callflow(wire::render(&answer)),
        Answered::NoFlow => web.last_resort(),
    }
}

/// Progress of a leg is no turn, but for one case that operators can switch on: the
/// arrival of a call that nothing is known of yet, and the same event once more.
async fn status(web: &Web, status: Status) -> Response {
    if web.status_starts_calls
        && let Some(event) = status.as_action()
    {
        if !web.calls.knows(&event.session) {
            return turn(web, event).await;
        }
        if let Some(answer) = web.calls.answer_to(&event.session, event.key).await {
            return respond::callflow(wire::render(&answer));
        }
    }
    notices::status(web, status)
}

/// A body that is no webhook. Where it is plain that a call waits, it is a turn of
/// that call; where that is not known, the caller hears the last resort.
async fn unreadable(web: &Web, unreadable: &Unreadable, body: &[u8]) -> Response {
    let Some(session) = &unreadable.session else {
        warn!(reason = unreadable.reason, "a request is no webhook");
        return respond::refused(&unreadable.reason);
    };
    let Some(event) = unreadable.as_action(body) else {
        warn!(%session, reason = unreadable.reason, "a notification cannot be read");
        return respond::noted();
    };
    warn!(%session, reason = unreadable.reason, "a webhook cannot be read");
    turn(web, event).await
}
