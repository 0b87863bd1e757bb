//! `recordings`: what was recorded of a session.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::Emulator;
use super::answer;
use crate::wire::api::RecordingList;

#[derive(Deserialize)]
pub struct One {
    subaccount: String,
    session: String,
}

pub async fn list(
    State(emulator): State<Arc<Emulator>>,
    Path(One {
        subaccount,
        session,
    }): Path<One>,
) -> Response {
    match emulator.sessions.recordings(&subaccount, &session) {
        Some(recordings) => answer::ok(&RecordingList {
            recordings,
            status_code: 0,
            status_message: "ok".to_owned(),
        }),
        None => {
            let message = "There is no such session, or it ended long ago";
            let now = emulator.config.clock.now();
            answer::told(StatusCode::NOT_FOUND, message, now)
        }
    }
}
