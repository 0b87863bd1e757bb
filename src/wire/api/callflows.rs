//! `POST callflows`: a call that is started.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::call::Answer;
use crate::wire::render::Callflow;

/// What starts a call, as bytes. The platform calls the first action's destination and
/// runs the rest once that is answered.
///
/// `id` is the `clientRequestId`, which the summary of the session repeats; behind
/// `valid_until` nobody is called any more.
pub fn render_request(callflow: &Answer, id: &str, valid_until: Option<Timestamp>) -> Vec<u8> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Request<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        valid_until: Option<String>,
        client_request_id: &'a str,
        callflow: Callflow<'a>,
    }
    let request = Request {
        valid_until: valid_until.map(|time| time.to_string()),
        client_request_id: id,
        callflow: Callflow(callflow.actions()),
    };
    serde_json::to_vec(&request)
        .expect("memory takes every byte, and a request is made of texts and numbers alone")
}

/// 200: the call is on its way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Created {
    pub session_id: String,
    /// `CREATED`.
    pub session_status: String,
    /// The platform's own id of the request.
    pub call_flow_request_id: String,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// 1.
    #[serde(deserialize_with = "super::code")]
    pub status_code: i32,
    pub status_message: String,
}

/// 400, 401, 404, 422 and 500: nobody is called.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NotCreated {
    /// `NOT_CREATED`.
    pub session_status: String,
    pub call_flow_request_id: String,
    /// -1001 to -1020, or -9999.
    #[serde(deserialize_with = "super::code")]
    pub status_code: i32,
    pub status_message: String,
}
