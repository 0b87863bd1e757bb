//! `POST callflows`: a call is started.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::Emulator;
use super::answer;
use super::door::Whose;
use crate::phone::Refused;
use crate::wire::api::Created;

pub async fn start(
    State(emulator): State<Arc<Emulator>>,
    Path(Whose { subaccount }): Path<Whose>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let id = emulator.new_id("request");
    let Ok(body) = body else {
        let message = "The request body is too long".to_owned();
        return answer::not_created(StatusCode::BAD_REQUEST, id, Refused::NOT_JSON, message);
    };
    match emulator.call_out(&subaccount, &body) {
        Ok(Some(call)) => answer::ok(&Created {
            session_id: call.session,
            session_status: "CREATED".to_owned(),
            call_flow_request_id: id,
            valid_until: call.valid_until.map(answer::time),
            status_code: 1,
            status_message: "Created".to_owned(),
        }),
        Ok(None) => {
            let message = "Too many calls are up at once".to_owned();
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            answer::not_created(status, id, UNKNOWN, message)
        }
        Err(refused) => answer::not_created(status_of(&refused), id, refused.code, refused.rule),
    }
}

/// What the platform gives no code of its own.
const UNKNOWN: i32 = -9999;

/// The document gives one example of each: 400 for an action of another name (`-1007`), and
/// 422 for a first action that may not be the first (`-1013`). The messages of `-1007` and
/// `-1009` have one form, `$.callflow[0]…`, and both tell of the form of the body, as `-1001`
/// does: these are 400. All others say what may not be done, and are 422.
fn status_of(refused: &Refused) -> StatusCode {
    match refused.code {
        Refused::NOT_JSON | Refused::ACTION | Refused::ENTRY => StatusCode::BAD_REQUEST,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
