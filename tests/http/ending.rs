//! What a flow wants done when a call is over, against a server on this machine.

use std::io::Write;
use std::sync::{Arc, Mutex};

use ringflow::flow::SourceFile;
use serde_json::{Value, json};

use crate::support::backend::Backend;
use crate::support::caller::{Call, PLAIN, Variant, accepted_by_platform};
use crate::support::server::{Server, Setup};
use crate::support::webhook::summary;

const NUMBER: &str = "+6561115700";

const TOLD: &str = r#"{http: POST http://HOST/calls, json: {caller: "${caller.number}", how: "${outcome}", seconds: "${duration}", way: "${path}", account: "${account}", pin: "${pin}", name: "${customer.name}"}}"#;

/// Asks for a number and a PIN, and looks the caller up when 1 is pressed.
fn setup(backend: &Backend, on_end: &str) -> Setup {
    let flow = format!(
        "flow: shop\nnumbers: [{NUMBER}]\nvoice: en-US-BenjaminRUS\nvars: {{pin: secret digits}}\ndefaults: {{give_up: hangup}}\non_end: {on_end}\nstates:\n  main:\n    ask: Your account.\n    digits: 4\n    save: account\n    then: safe\n  safe:\n    ask: Your PIN.\n    digits: 4\n    save: pin\n    then: what\n  what:\n    menu: To be looked up, press 1. To leave, press 2.\n    keys: {{1: find, 2: bye}}\n  find:\n    http: GET http://HOST/customers\n    save: customer\n    then: bye\n    otherwise: bye\n  bye: {{say: Goodbye., then: hangup}}\n"
    )
    .replace("HOST", &backend.address.to_string());
    let mut setup = Setup::flow(&flow);
    let host = backend.address;
    let project = format!("lookups: {{hosts: [\"{host}\"], insecure: true, private: true}}\n");
    setup.files.push(SourceFile::new("ringflow.yaml", &project));
    setup
}

fn call(server: &Server) -> Call<'_> {
    server.call(NUMBER, Variant { index: 0, ..PLAIN })
}

/// What was sent, when all of it was.
fn told(server: &Server, backend: &Backend) -> Vec<Value> {
    server.runtime.block_on(server.calls().ended());
    let asked = backend.asked().into_iter();
    let told = asked.filter(|asked| asked.what == "POST /calls");
    told.map(|asked| serde_json::from_str(&asked.body).unwrap())
        .collect()
}

fn name_of_mei() -> Backend {
    Backend::answering(|_| (200, r#"{"name": "Mei"}"#.to_owned()))
}

#[test]
fn a_call_is_told_once_though_its_summary_comes_twice() {
    let backend = name_of_mei();
    let server = setup(&backend, TOLD).start();
    let call = call(&server).rings().press("4711").press("8642").press("1");
    let session = call.session.clone();
    call.hung_up().ends();
    let late = summary(&session, "FAILED", 1);
    server.post(&late);
    let all = told(&server, &backend);
    assert_eq!(
        all,
        [json!({
            "caller": "+6591234567",
            "how": "completed",
            "seconds": 30,
            "way": ["main", "safe", "what", "find", "bye"],
            "account": "4711",
            "pin": "8642",
            "name": "Mei",
        })]
    );
    let asked = backend.asked();
    let last = asked.last().unwrap();
    assert_eq!(last.header("idempotency-key").unwrap().len(), 32);
}

#[test]
fn a_caller_who_hangs_up_first_is_told_of_with_what_is_known() {
    for (status, how) in [
        ("COMPLETED", "completed"),
        ("NO_ANSWER", "no_answer"),
        ("CANCELED", "cancelled"),
        ("CANCELLED", "cancelled"),
        ("ERROR", "error"),
        ("SOMETHING_NEW", "something_new"),
    ] {
        let backend = name_of_mei();
        let server = setup(&backend, TOLD).start();
        let call = call(&server).rings().press("4711");
        server.post(&summary(&call.session, status, 0));
        let all = told(&server, &backend);
        assert_eq!(all.len(), 1, "{status}");
        assert_eq!(all[0]["how"], how);
        assert_eq!(all[0]["way"], json!(["main", "safe"]));
        assert_eq!(all[0]["account"], "4711");
        assert_eq!(all[0]["pin"], "");
    }
}

/// The summary is there before the last answer, for which something is looked up.
#[test]
fn a_summary_in_the_middle_of_a_turn_waits_for_what_it_changes() {
    let (backend, release) = Backend::held(200, r#"{"name": "Mei"}"#);
    let server = setup(&backend, TOLD).start();
    let call = call(&server).rings().press("4711").press("8642");
    let turn = call.webhook(Some("1"), 200);
    let end = summary(&call.session, "COMPLETED", 0);
    let answer = server.runtime.block_on(async {
        let turn = tokio::spawn(server.posting(&turn));
        backend.arrived.notified().await;
        assert_eq!(server.posting(&end).await.body.len(), 0);
        assert_eq!(backend.asked().len(), 1, "nothing is told yet");
        drop(release);
        turn.await.unwrap()
    });
    assert_eq!(
        accepted_by_platform(&answer).0.last().unwrap()["action"],
        "hangup"
    );
    let all = told(&server, &backend);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["account"], "4711");
}

/// Of what was keyed in before a restart nothing is known; of what is keyed in behind it all.
#[test]
fn behind_a_restart_it_is_told_what_is_known_then() {
    let backend = name_of_mei();
    let server = setup(&backend, TOLD).start();
    let call = call(&server).rings().press("4711");
    let turn = call.webhook(Some("8642"), 200);
    let other = setup(&backend, TOLD).start();
    accepted_by_platform(&other.post(&turn));
    other.post(&summary(&call.session, "COMPLETED", 0));
    let all = told(&other, &backend);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["account"], "");
    assert_eq!(all[0]["pin"], "8642");
    assert_eq!(all[0]["way"], json!(["safe", "what"]));
    // Nothing of the session is known here.
    let third = setup(&backend, TOLD).start();
    third.post(&summary(&call.session, "COMPLETED", 0));
    assert_eq!(told(&third, &backend).len(), 1);
}

#[test]
fn a_call_whose_summary_never_comes_is_not_told() {
    let backend = name_of_mei();
    let server = setup(&backend, TOLD).start();
    let call = call(&server).rings().press("4711").press("8642").press("2");
    let session = call.session.clone();
    call.hung_up();
    server.minutes_pass(3);
    server.post(&summary(&session, "COMPLETED", 0));
    assert_eq!(told(&server, &backend).len(), 0);
}

/// What the log says while this is done.
fn log_of(done: impl FnOnce()) -> String {
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let to = lines.clone();
    let log = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || to.clone())
        .finish();
    tracing::subscriber::with_default(log, done);
    let bytes = lines.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_log_has_the_record_of_a_call_or_to_whom_it_was_told() {
    let backend = name_of_mei();
    let end = |on_end: &str| {
        log_of(|| {
            let server = setup(&backend, on_end).start();
            let call = call(&server).rings().press("4711").press("8642").press("2");
            call.hung_up().ends();
            server.runtime.block_on(server.calls().ended());
        })
    };
    let log = end("'${#{how: outcome, seconds: duration, account: account, steps: path.len()}}'");
    let record = r#"{"account":"4711","how":"completed","seconds":30,"steps":4}"#;
    let written = log.replace("\\\"", "\"");
    assert!(written.contains("a call's record"), "{log}");
    assert!(written.contains(record), "{log}");
    // A script that needs more than a turn has at once.
    let log = end("|\n  let n = 0;\n  while n < 2000 { n += 1; }\n  `counted ${n}`");
    assert!(log.contains("counted 2000"), "{log}");
    // One that fails.
    let log = end("'account[7] + 1 / 0'");
    assert!(
        log.contains("a script failed at the end of a call"),
        "{log}"
    );
    assert!(!log.contains("a call's record"), "{log}");
    let log = end(&TOLD.replace(
        "POST http://HOST/calls",
        "'POST http://HOST/calls?account=${account}'",
    ));
    let line = log
        .lines()
        .find(|line| line.contains("the end of a call was told"));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    assert!(
        line.contains("method=\"POST\"") && line.contains("status=200"),
        "{line}"
    );
    assert!(line.contains(&backend.address.to_string()), "{line}");
    assert!(!log.contains("4711") && !log.contains("8642"), "{log}");
}
