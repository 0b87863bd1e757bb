//! Calls that are started with no account: the phone of `ringflow dev` rings, and a person
//! presses through. The platform is the emulator beside the server.

use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::Receiver;

use serde_json::{Value, json};

use super::desk::Desk;
use super::program::{exchange_with, lines, ringflow, run, shipped, wait_until};

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
        "source": "+6561115777", "destination": "+6591234567"}}, {"action": "sayAndCapture",
        "params": {"promptMessage": "Press 1.", "voiceProfile": "en-US-BenjaminRUS",
        "minDigits": 1, "maxDigits": 1, "completeOnHash": false}}]});
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
    desk.shows(&["“Press 1.”"]);
    desk.types("1");
    desk.shows(&["“For a new reservation, press 1."]);
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
    desk.shows(&["☎ +6561115777 calls +6591234567: type `answer`, `busy`"]);
    desk.types("no-answer");
    desk.shows(&["nobody is there · NO_ANSWER"]);
    desk.types("quit");
    assert_eq!(desk.ended().0, Some(0));
    assert!(!dir.path().join(".ringflow/emulator.json").exists());
}

#[test]
fn what_is_typed_before_it_is_taken_is_answered_with_how_to() {
    let dir = shipped();
    let mut desk = Desk::at(dir.path());
    desk.shows(&["calls that `ringflow dial` starts ring here"]);
    starts_a_call(dir.path());
    let rings = "☎ +6561115777 calls +6591234567: type `answer`";
    desk.shows(&[rings]);
    for key in ["1", "hangup"] {
        desk.types(key);
        desk.shows(&[rings]);
    }
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

/// `ringflow dial`, under way.
struct Dialling {
    child: Child,
    shown: Receiver<String>,
}

impl Dialling {
    fn from(dir: &Path, args: &[&str]) -> Self {
        let mut command = ringflow(&["dial", "restaurant", "--to", "+6591234567"]);
        let mut child = command
            .args(args)
            .arg("--dir")
            .arg(dir)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let shown = lines(child.stdout.take().unwrap());
        Dialling { child, shown }
    }

    /// Waits until it has shown this.
    fn shows(&self, part: &str) {
        let found = self.shown.iter().any(|line| line.contains(part));
        assert!(found, "{part} is not shown");
    }

    /// Waits for its end, and gives its exit code and what it has shown.
    fn ended(mut self) -> (Option<i32>, String) {
        wait_until(|| self.child.try_wait().unwrap().is_some());
        let code = self.child.wait().unwrap().code();
        (code, self.shown.iter().collect::<Vec<_>>().join("\n"))
    }
}

impl Drop for Dialling {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn somebody_is_dialled_and_presses_through_to_a_booking() {
    let dir = shipped();
    let mut desk = Desk::at(dir.path());
    desk.shows(&["which flow to call?"]);
    let dialling = Dialling::from(dir.path(), &[]);
    desk.shows(&["☎ +6561115777 calls +6591234567", "`answer`"]);
    dialling.shows("session");
    desk.types("answer");
    desk.shows(&["takes the call"]);
    desk.shows(&["“Welcome to ABC Restaurant."]);
    desk.types("1");
    // A menu asks for nothing secret, so what is typed is shown.
    desk.shows(&["> 1"]);
    desk.shows(&["“For a new reservation, press 1."]);
    desk.types("1");
    desk.shows(&["“For a table today, press 1."]);
    desk.types("2");
    desk.shows(&["“Thank you. We have reserved a table for you tomorrow."]);
    desk.shows(&["hung up · COMPLETED"]);
    let (code, shown) = dialling.ended();
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.contains("answered") && shown.contains("ended: COMPLETED"),
        "{shown}"
    );

    // Nobody wants to talk.
    let dialling = Dialling::from(dir.path(), &[]);
    desk.shows(&["☎ ", "`answer`"]);
    desk.types("busy");
    desk.shows(&["nobody is there · BUSY"]);
    let (code, shown) = dialling.ended();
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("ended: BUSY"), "{shown}");
    desk.types("quit");
    assert_eq!(desk.ended().0, Some(0));
}

const CALLER: &str = "\
flow: restaurant
scenarios:
  - name: a table for today
    direction: outbound
    call:
      - hears: Welcome to ABC Restaurant
      - press: 1
      - hears: For a new reservation
      - press: 1
      - press: 1
      - hears: We have reserved a table for you today
      - hung_up: true
";

#[test]
fn a_caller_from_a_file_takes_the_call() {
    let dir = shipped();
    let desk = Desk::at(dir.path());
    desk.shows(&["which flow to call?"]);
    let file = dir.path().join("caller.yaml");
    std::fs::write(&file, CALLER).unwrap();
    let args = ["--caller", file.to_str().unwrap()];
    let (code, shown) = Dialling::from(dir.path(), &args).ended();
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("ended: COMPLETED"), "{shown}");
    desk.shows(&["☎ +6561115777 calls +6591234567 · hung up · COMPLETED"]);

    // What the caller expected and did not hear is told.
    std::fs::write(&file, CALLER.replace("for you today", "for you tonight")).unwrap();
    Dialling::from(dir.path(), &args).ended();
    desk.shows(&["☎ +6561115777 calls +6591234567 · "]);
    desk.shows(&["!", "caller.yaml:11:"]);
    // So is a file that is none, before anybody is called.
    std::fs::write(&file, "scenarios: 3\n").unwrap();
    let (code, _) = Dialling::from(dir.path(), &args).ended();
    assert_eq!(code, Some(1));
}

#[test]
fn commands_ask_the_emulator_of_the_dev_that_runs() {
    let dir = shipped();
    let place = dir.path().to_str().unwrap();
    let listed = run(&["webhooks", "list", "--dir", place]);
    assert_eq!(listed.status.code(), Some(2));
    let told = String::from_utf8(listed.stderr).unwrap();
    assert!(told.contains("start `ringflow dev`"), "{told}");

    let desk = Desk::at(dir.path());
    let address = desk.address();
    let asks = |args: &[&str]| {
        let output = run(&[args, &["--dir", place]].concat());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(
            told.contains("the emulator of the running `ringflow dev`"),
            "{told}"
        );
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (code, webhooks) = asks(&["webhooks", "list"]);
    assert_eq!(code, Some(0));
    assert_eq!(
        webhooks
            .matches(&format!("http://{address}/webhooks"))
            .count(),
        5,
        "{webhooks}"
    );
    let (code, numbers) = asks(&["numbers"]);
    assert!(
        code == Some(0) && numbers.contains("6561115777"),
        "{numbers}"
    );
    let (code, voices) = asks(&["voices", "--language", "en"]);
    assert!(
        code == Some(0) && voices.contains("en-US-BenjaminRUS"),
        "{voices}"
    );
    // It has a few of many, and `check` is to know all or none.
    assert!(!dir.path().join(".ringflow/voices.json").exists());
    let none = "00000000-0000-4000-8000-000000000000";
    assert_eq!(asks(&["recordings", none]).0, Some(1));
}
