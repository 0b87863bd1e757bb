//! Calls that are started with no account: the phone of `ringflow dev` rings, and a person
//! presses through. The platform is the emulator beside the server.

use std::path::Path;

use serde_json::{Value, json};

use super::desk::Desk;
use super::program::{exchange_with, shipped};

/// What `dev` has left of its emulator.
fn emulator(dir: &Path) -> Value {
    let path = dir.join(".ringflow/emulator.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// One request to the emulator's API.
fn asks(dir: &Path, method: &str, path: &str, body: &str) -> (u16, Value) {
    let left = emulator(dir);
    let text = |name: &str| left[name].as_str().unwrap().to_owned();
    let address = text("api").replacen("http://", "", 1);
    let header = format!("Authorization: Bearer {}\r\n", text("key"));
    let path = format!("/api/v1/subaccounts/{}{path}", text("subaccount"));
    let (status, body) = exchange_with(&address, method, &path, &header, body);
    (status, serde_json::from_slice(&body).unwrap())
}

fn starts_a_call(dir: &Path) {
    let callflow = json!({"callflow": [{"action": "makeCall", "params": {
        "source": "+6561115777", "destination": "+6591234567"}}, {"action": "say", "params": {
        "text": "Hello.", "voiceProfile": "en-US-BenjaminRUS"}}]});
    let (status, answer) = asks(dir, "POST", "/callflows", &callflow.to_string());
    assert_eq!(status, 200, "{answer}");
}

#[test]
fn the_phone_rings_and_is_answered_or_not() {
    let dir = shipped();
    let mut desk = Desk::at(dir.path());
    desk.shows(&["calls that `ringflow dial` starts ring here"]);
    desk.types("call restaurant");
    desk.shows(&["[welcome]"]);
    let (_, webhooks) = asks(dir.path(), "GET", "/webhooks", "");
    assert_eq!(webhooks["count"], 5, "{webhooks}");
    let (_, numbers) = asks(dir.path(), "GET", "/numbers", "");
    let numbers = numbers["numbers"].to_string();
    assert!(
        numbers.contains("6561115777") && numbers.contains("6561115780"),
        "{numbers}"
    );

    starts_a_call(dir.path());
    desk.shows(&["☎ +6561115777 calls +6591234567", "`answer`, `busy`"]);
    // The other call goes on meanwhile.
    desk.types("3");
    desk.shows(&["We are open from 9 AM"]);
    desk.types("answer");
    desk.shows(&["takes the call"]);
    desk.shows(&["“Hello.”"]);
    desk.shows(&["[welcome]", "Welcome to ABC Restaurant"]);
    desk.types("hangup");
    desk.shows(&["the caller hangs up · COMPLETED"]);
    desk.shows(&["the call to `restaurant` again"]);
    desk.types("2");
    desk.shows(&["Welcome to ABC Restaurant"]);

    // Two at once: the second is taken behind the first.
    starts_a_call(dir.path());
    desk.shows(&["☎ ", "`answer`, `busy`"]);
    starts_a_call(dir.path());
    desk.shows(&["☎ ", "when the call before it is over"]);
    desk.types("busy");
    desk.shows(&["busy (486)"]);
    desk.shows(&["nobody is there · BUSY"]);
    desk.shows(&["the next call rings"]);
    desk.types("no-answer");
    desk.shows(&["nobody is there · NO_ANSWER"]);
    desk.types("quit");
    assert_eq!(desk.ended().0, Some(0));
    assert!(!dir.path().join(".ringflow/emulator.json").exists());
}

#[test]
fn whoever_has_an_account_has_no_emulator() {
    let dir = shipped();
    let desk = Desk::with(
        dir.path(),
        &["--subaccount", "mine", "--api-key", "planted"],
    );
    let shown = desk.shows(&["save a file, and it is checked"]).join("\n");
    assert!(
        !shown.contains("ring here") && !shown.contains("planted"),
        "{shown}"
    );
    assert!(!dir.path().join(".ringflow/emulator.json").exists());
}
