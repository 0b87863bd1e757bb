//! Tables over whole bodies: the folder of webhooks that a platform sends, every kind
//! of damage, and every answer held against the platform's rules.

mod answers;
mod damage;
mod digits;
mod webhooks;

use serde_json::{Value, json};

use super::{Webhook, parse};
use crate::call::ActionEvent;

const SESSION: &str = "3f6c1a52-8d0e-4b67-9a43-5b1de0c7a911";

/// One body of the folder `tests/webhooks`.
fn body(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/webhooks/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

/// A call that waits with the entry `1`, in few words, to be changed by a test.
fn waiting() -> Value {
    serde_json::from_slice(&body("vca-digits-in-object")).unwrap()
}

/// The body with one field of its payload put to `value`.
fn with(field: &str, value: Value) -> Vec<u8> {
    let mut body = waiting();
    body["payload"][field] = value;
    body.to_string().into_bytes()
}

/// The body with one field of its payload put to what is written here, JSON or not.
fn with_text(field: &str, text: &str) -> Vec<u8> {
    let mark = "here-it-goes";
    let body = String::from_utf8(with(field, json!(mark))).unwrap();
    body.replace(&format!("\"{mark}\""), text).into_bytes()
}

fn action(body: &[u8]) -> ActionEvent {
    match parse(body) {
        Ok(Webhook::Action(event)) => event,
        other => panic!("{other:?} of {}", String::from_utf8_lossy(body)),
    }
}
