//! `ringflow dial` as a user types it, with a platform that stands in for the real one.

use serde_json::Value;

use super::program::{Served, project, ringflow, run};
use crate::support::backend::{Asked, Backend};

const FLOW: &str = "\
flow: remind
numbers: [+6561115777]
voice: en-US-BenjaminRUS
vars: {name: text, pin: secret digits}
on_end: outcome + \" for \" + name
states:
  hello: {say: 'Hello ${name}.', then: hangup}
";

/// A platform that takes every call and ends it at once, as the server hears by a summary.
fn platform() -> (Backend, std::sync::mpsc::Receiver<Value>) {
    let (send, requests) = std::sync::mpsc::channel();
    let send = std::sync::Mutex::new(send);
    let backend = Backend::answering(move |asked: &Asked| {
        assert_eq!(asked.what, "POST /api/v1/subaccounts/acme/callflows");
        assert_eq!(asked.header("authorization"), Some("Bearer planted-key"));
        let request: Value = serde_json::from_str(&asked.body).unwrap();
        let id = request["clientRequestId"].as_str().unwrap().to_owned();
        send.lock().unwrap().send(request).unwrap();
        let body = format!(
            r#"{{"sessionId": "of-{id}", "sessionStatus": "CREATED", "callFlowRequestId": "r",
                "statusCode": 1, "statusMessage": "Created"}}"#
        );
        (200, body)
    });
    (backend, requests)
}

fn summary(request: &Value, status: &str) -> String {
    let id = request["clientRequestId"].as_str().unwrap();
    format!(
        r#"{{"eventType": "SESSION_SUMMARY", "payload": {{"sessionId": "of-{id}",
            "sessionStatus": "{status}", "clientRequestId": "{id}"}}}}"#
    )
}

#[test]
fn the_server_calls_and_the_command_follows() {
    let dir = project(&[("flows/remind.yaml", FLOW)]);
    let (backend, requests) = platform();
    let api = format!("http://{}", backend.address);
    let env = [
        ("RINGFLOW_API", api.as_str()),
        ("RINGFLOW_SUBACCOUNT", "acme"),
        ("RINGFLOW_API_KEY", "planted-key"),
    ];
    let served = Served::start_with(dir.path(), &["--log", "debug"], &env);
    let place = dir.path().display().to_string();
    for (status, code) in [("COMPLETED", 0), ("NO_ANSWER", 1)] {
        let args = [
            "dial",
            "remind",
            "--dir",
            &place,
            "--to",
            "+6591234567",
            "--with",
            "name=Ann",
            "--with",
            "pin=4711",
            "--valid-for",
            "10m",
        ];
        let dialling = ringflow(&args)
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let request = requests.recv_timeout(super::program::PATIENCE).unwrap();
        assert_eq!(request["callflow"][1]["params"]["text"], "Hello Ann.");
        assert!(request["validUntil"].is_string());
        let (answered, _) = served.exchange("POST", "/webhooks", None, &summary(&request, status));
        assert_eq!(answered, 200);
        let output = dialling.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        let said = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines[..2], ["queued", "sent"], "{said}");
        assert!(lines[2].starts_with("created: session of-"), "{said}");
        assert_eq!(lines[3], format!("ended: {status}"), "{said}");
    }
    // Nobody is called by mistake, and the secret is nowhere.
    let wrong = run(&["dial", "remind", "--dir", &place, "--to", "12"]);
    assert_eq!(wrong.status.code(), Some(1));
    let told = String::from_utf8(wrong.stderr).unwrap();
    assert!(told.contains("`to` is no phone number"), "{told}");
    served.signal("-TERM");
    let ended = served.ended();
    let log = ended.stderr.join("\n");
    assert!(
        log.contains("call begins") && log.contains("call ends"),
        "{log}"
    );
    assert!(
        !log.contains("4711") && !log.contains("planted-key"),
        "{log}"
    );
}

#[test]
fn a_job_calls_all_numbers_of_a_file_and_writes_what_came_of_it() {
    let dir = project(&[
        ("flows/remind.yaml", FLOW),
        ("guests.csv", "to,name\n+6591234567,Ann\n+6591234568,Bob\n"),
    ]);
    let (backend, requests) = platform();
    let api = format!("http://{}", backend.address);
    let args = ["--api", &api, "--subaccount", "acme"];
    let env = [("RINGFLOW_API_KEY", "planted-key")];
    let served = Served::start_with(dir.path(), &args, &env);
    let place = dir.path().display().to_string();
    let csv = dir.path().join("guests.csv").display().to_string();
    let dialling = ringflow(&[
        "dial", "remind", "--dir", &place, "--csv", &csv, "--rate", "100/s",
    ])
    .stdout(std::process::Stdio::piped())
    .spawn()
    .unwrap();
    for _ in 0..2 {
        let request = requests.recv_timeout(super::program::PATIENCE).unwrap();
        served.exchange("POST", "/webhooks", None, &summary(&request, "COMPLETED"));
    }
    let output = dialling.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("2 rows: 2 COMPLETED"), "{said}");
    let result = std::fs::read_to_string(dir.path().join("guests.result.csv")).unwrap();
    assert_eq!(result.lines().count(), 3, "{result}");
    assert!(result.contains("+6591234568,COMPLETED,"), "{result}");
    // Who comes back is told the same.
    let job = said.split([' ', ';']).nth(1).unwrap();
    let out = dir.path().join("again.csv").display().to_string();
    let again = run(&["dial", "--dir", &place, "--job", job, "--out", &out]);
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(out).unwrap(), result);
}

#[test]
fn without_a_server_or_its_access_it_says_what_to_start() {
    let dir = project(&[("flows/remind.yaml", FLOW)]);
    let place = dir.path().display().to_string();
    let dial = ["dial", "remind", "--dir", &place, "--to", "+6591234567"];
    let alone = run(&dial);
    assert_eq!(alone.status.code(), Some(2));
    let told = String::from_utf8(alone.stderr).unwrap();
    assert!(
        told.contains("ringflow serve") && told.contains("ringflow dev"),
        "{told}"
    );

    let _served = Served::start(dir.path());
    let unable = run(&dial);
    assert_eq!(unable.status.code(), Some(1));
    let told = String::from_utf8(unable.stderr).unwrap();
    assert!(
        told.contains("RINGFLOW_API_KEY") && told.contains("--api"),
        "{told}"
    );
}
