//! The phone played by hand: callflows go in as bytes, and what the caller hears, what
//! is asked and what is refused comes out.

mod bridges;
mod captures;
mod examples;
mod outbound;
mod random;
mod refusals;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::call::{ActionEvent, Occasion};
use crate::wire::{self, Summary};

const SESSION: &str = "3f6c1a52-8d0e-4b67-9a43-5b1de0c7a911";
const CALLER: &str = "+6591234567";
const OURS: &str = "+6561115777";

fn start() -> Start {
    Start {
        from: CALLER.to_owned(),
        to: OURS.to_owned(),
        session: SESSION.to_owned(),
        at: time("2026-03-02T02:00:00Z"),
        country: Some("SG".to_owned()),
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A call that has arrived and waits for its first answer; no progress is told.
fn arrived(rules: Rules) -> Line {
    let mut line = Line::call_in(start(), rules);
    action(&mut line);
    line
}

fn quiet() -> Rules {
    Rules {
        tells_status: false,
        ..Rules::default()
    }
}

/// The call that waits, which is the next webhook there is.
fn action(line: &mut Line) -> ActionEvent {
    loop {
        let webhook = line.next_webhook().expect("the call does not wait");
        match (webhook.kind, wire::parse(&webhook.bytes).unwrap()) {
            (WebhookKind::Action, wire::Webhook::Action(event)) => return event,
            (WebhookKind::Status, wire::Webhook::Status(_)) => {}
            (kind, other) => panic!("{kind:?} {other:?}"),
        }
    }
}

fn summary(line: &mut Line) -> Summary {
    loop {
        let webhook = line.next_webhook().expect("there is no summary");
        match (webhook.kind, wire::parse(&webhook.bytes).unwrap()) {
            (WebhookKind::Summary, wire::Webhook::Summary(summary)) => {
                assert!(line.next_webhook().is_none(), "more than a summary");
                return summary;
            }
            (WebhookKind::Status, wire::Webhook::Status(_)) => {}
            (kind, other) => panic!("{kind:?} {other:?}"),
        }
    }
}

/// The payload of the last webhook that waited, as it is written.
fn payload(line: &Line) -> Value {
    let bytes = &line.last_webhook().unwrap().bytes;
    serde_json::from_slice::<Value>(bytes).unwrap()["payload"].take()
}

/// Answers the open webhook with these actions.
fn answer(line: &mut Line, actions: Value) {
    take(line, json!({ "callflow": actions })).unwrap();
}

fn take(line: &mut Line, body: Value) -> Result<(), Refused> {
    line.answered(200, &serde_json::to_vec(&body).unwrap())
}

fn say(text: &str) -> Value {
    json!({"action": "say", "params": {"text": text, "voiceProfile": "en-US-One"}})
}

fn hangup() -> Value {
    json!({"action": "hangup"})
}

fn call(to: &str) -> Value {
    json!({"action": "makeCall", "params": {"source": OURS, "destination": to}})
}

/// A capture with the fields of ours, and `changes` put over them.
fn capture(changes: Value) -> Value {
    let mut params = json!({
        "promptMessage": "Your number, please.", "voiceProfile": "en-US-One",
        "speed": 1, "minDigits": 1, "maxDigits": 4, "digitTimeout": 5000,
        "overallTimeout": 25000, "completeOnHash": true, "noOfTries": 1,
    });
    for (key, value) in changes.as_object().unwrap() {
        params[key] = value.clone();
    }
    json!({"action": "sayAndCapture", "params": params})
}

/// Time passes until something else goes on.
fn pass(line: &mut Line) {
    let until = line.until().expect("nothing is to happen");
    assert!(until >= line.now());
    line.pass_until(until);
    assert!(line.now() <= until);
}

/// Time passes until keys are listened for.
fn listen(line: &mut Line) {
    while line.doing() != Doing::Listening {
        pass(line);
    }
}

fn press(line: &mut Line, keys: &str) {
    keys.chars().for_each(|key| line.press(key));
}

fn digits(event: &ActionEvent) -> Option<&str> {
    event.digits.as_ref().map(|digits| digits.as_str())
}

/// What is said and asked, in few words.
fn texts(line: &mut Line) -> Vec<String> {
    line.take_heard()
        .into_iter()
        .map(|heard| match heard {
            Heard::Said { text, .. } | Heard::Asked { text, .. } => text,
            Heard::Played { url, .. } => url,
            Heard::Dialled { to, .. } => format!("dials {to}"),
            Heard::HungUp => "hung up".to_owned(),
        })
        .collect()
}

fn is_done(event: &ActionEvent) -> bool {
    event.occasion == Occasion::Completed
}
