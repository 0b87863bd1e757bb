//! `POST /emulator/callers`, which the platform does not have: a caller from a file takes
//! the next call to a number.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Emulator;
use super::answer;
use crate::call::PhoneNumber;
use crate::platform::drive::Caller;

/// The most callers that wait for a call.
const MOST: usize = 10_000;

/// Callers that wait for a call to their number, each for one.
#[derive(Default)]
pub struct Brought {
    /// Held for a look or a change, never over anything that waits.
    waiting: Mutex<HashMap<PhoneNumber, VecDeque<Box<dyn Caller>>>>,
}

impl Brought {
    /// The one who has waited longest.
    pub fn take(&self, to: PhoneNumber) -> Option<Box<dyn Caller>> {
        let mut waiting = self.lock();
        let callers = waiting.get_mut(&to)?;
        let caller = callers.pop_front();
        if callers.is_empty() {
            waiting.remove(&to);
        }
        caller
    }

    /// False where too many wait.
    fn add(&self, to: PhoneNumber, caller: Box<dyn Caller>) -> bool {
        let mut waiting = self.lock();
        if waiting.values().map(VecDeque::len).sum::<usize>() >= MOST {
            return false;
        }
        waiting.entry(to).or_default().push_back(caller);
        true
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PhoneNumber, VecDeque<Box<dyn Caller>>>> {
        // A change is one statement, so what a panic leaves is whole.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Deserialize)]
struct Bring {
    /// The number that is called.
    to: String,
    /// The text of the file.
    caller: String,
}

pub async fn bring(
    State(emulator): State<Arc<Emulator>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let now = emulator.config.clock.now();
    let refused = |status, message: &str| answer::told(status, message, now);
    if !emulator.is_key(&headers) {
        return refused(
            StatusCode::UNAUTHORIZED,
            "no key, or another than the emulator has",
        );
    }
    let Ok(body) = body else {
        return refused(StatusCode::BAD_REQUEST, "the file is too long");
    };
    let Ok(Bring { to, caller }) = serde_json::from_slice(&body) else {
        let message = r#"send {"to": "+6591234567", "caller": "the text of the file"}"#;
        return refused(StatusCode::BAD_REQUEST, message);
    };
    let Ok(number) = to.parse() else {
        let message = format!("`{to}` is no number that can be called");
        return refused(StatusCode::UNPROCESSABLE_ENTITY, &message);
    };
    let caller = match (emulator.config.caller_of)(&caller) {
        Ok(caller) => caller,
        Err(why) => return refused(StatusCode::UNPROCESSABLE_ENTITY, &why),
    };
    match emulator.brought.add(number, caller) {
        true => StatusCode::NO_CONTENT.into_response(),
        false => refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too many callers wait for a call",
        ),
    }
}
