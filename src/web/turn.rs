//! One webhook from top to bottom.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use tracing::warn;

use crate::call::ActionEvent;
use crate::live::Answered;
use crate::wire::{self, Status, Webhook};

use super::{Web, notices, respond};

/// Any webhook on any of the paths. The body is read whatever its Content-Type says,
/// as a body that can be read can save a call.
pub async fn webhook(State(web): State<Arc<Web>>, body: Bytes) -> Response {
    match wire::parse(&body) {
        Ok(Webhook::Action(event)) => turn(&web, event).await,
        Ok(Webhook::Status(status)) => self::status(&web, status).await,
        Ok(Webhook::Summary(summary)) => notices::summary(&web, &summary),
        Ok(Webhook::Recording(recording)) => notices::recording(&recording),
        Ok(Webhook::Numbers(update)) => notices::numbers(&update),
        Ok(Webhook::Unknown { event_type }) => notices::unknown(&event_type),
        Err(unreadable) => self::unreadable(&web, &unreadable),
    }
}

/// The call waits: what does it do next?
async fn turn(web: &Web, event: ActionEvent) -> Response {
    match web.calls.answer(event).await {
        Answered::With(answer) => respond::callflow(wire::render(&answer)),
        Answered::NoFlow => respond::callflow(web.last_resort.clone()),
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

/// A body that is no webhook. Where it is plain that a call waits, it is answered.
fn unreadable(web: &Web, unreadable: &wire::Unreadable) -> Response {
    let is_action = unreadable
        .event_type
        .as_deref()
        .is_none_or(|name| name.eq_ignore_ascii_case("CALL_ACTION"));
    match &unreadable.session {
        Some(session) if is_action => {
            warn!(%session, reason = unreadable.reason, "a webhook cannot be read; the caller hears the last resort");
            respond::callflow(web.last_resort.clone())
        }
        Some(session) => {
            warn!(%session, reason = unreadable.reason, "a notification cannot be read");
            respond::noted()
        }
        None => {
            warn!(reason = unreadable.reason, "a request is no webhook");
            respond::refused(&unreadable.reason)
        }
    }
}
