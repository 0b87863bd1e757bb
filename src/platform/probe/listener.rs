//! Where the webhooks of a probe arrive: each is noted and answered by the plan, or its
//! answer is held back.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::seeing::About;
use super::{Probe, ms};
use crate::call::Answer;
use crate::wire::{self, Webhook};

/// What a webhook is answered with.
pub(super) enum Reply {
    Callflow(Answer),
    /// Later, if anybody still waits then.
    Hold,
    Nothing,
}

impl Probe {
    /// What listens for webhooks, on every path, and says on `/readyz` that it is there.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/readyz", get(ready))
            .fallback(post(webhook))
            .with_state(Arc::clone(self))
    }

    fn take(&self, headers: &HeaderMap, body: &[u8]) -> Reply {
        let mut seeing = self.seeing();
        let is_ours = seeing.note_header(headers, &self.config.auth_header);
        match wire::parse(body) {
            Ok(Webhook::Action(event)) => self.waits(&mut seeing, &event, body, is_ours),
            Ok(Webhook::Status(status)) => {
                let word = status
                    .status
                    .as_ref()
                    .map_or("", |status| status.word())
                    .to_owned();
                let event = &status.event;
                let about = About {
                    session: &event.session,
                    leg: Some(&event.leg),
                    direction: Some(event.direction),
                    sip_code: event.sip_code,
                };
                seeing.saw("CALL_STATUS", &word, &about, self.begun);
                Reply::Nothing
            }
            Ok(Webhook::Summary(summary)) => {
                let status = summary.status.as_ref().map_or("", |status| status.word());
                let error = summary.error.as_ref().and_then(|error| error.code);
                let told = match error {
                    Some(code) => format!("{status} ({code})"),
                    None => status.to_owned(),
                };
                let about = About {
                    session: &summary.session,
                    leg: None,
                    direction: None,
                    sip_code: None,
                };
                seeing.saw("SESSION_SUMMARY", &told, &about, self.begun);
                seeing.end(&summary.session, told);
                self.ended.notify_waiters();
                Reply::Nothing
            }
            _ => Reply::Nothing,
        }
    }

    /// Waits for as long as the answer is held back; whoever goes away meanwhile is noted.
    async fn hold_back(&self) {
        let mut gone = Gone {
            probe: self,
            begun: Instant::now(),
            is_done: false,
        };
        tokio::time::sleep(self.config.hold).await;
        gone.is_done = true;
    }
}

/// Notes when whoever waits for an answer goes away before it comes.
struct Gone<'a> {
    probe: &'a Probe,
    begun: Instant,
    is_done: bool,
}

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        let after = ms(self.begun.elapsed());
        if let Some(held) = &mut self.probe.seeing().facts.held {
            held.held_for_ms = after;
            held.given_up_after_ms = (!self.is_done).then_some(after);
        }
    }
}

async fn ready(State(probe): State<Arc<Probe>>) -> &'static str {
    probe.is_found.store(true, Ordering::Release);
    "yes\n"
}

async fn webhook(State(probe): State<Arc<Probe>>, headers: HeaderMap, body: Bytes) -> Response {
    let answer = match probe.take(&headers, &body) {
        Reply::Nothing => return StatusCode::OK.into_response(),
        Reply::Callflow(answer) => answer,
        Reply::Hold => {
            probe.hold_back().await;
            Answer::hangup()
        }
    };
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, wire::render(&answer)).into_response()
}
