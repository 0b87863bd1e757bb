//! Servers that are wrong, in ways that were planted: each is counted, and told by the exit
//! code.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::program::run;

const HANGUP: &str = r#"{"callflow":[{"action":"hangup"}]}"#;

/// A server that answers its requests, counted from 0, with these statuses and bodies, for
/// as long as the test goes on. A status of 0 closes the connection without an answer.
fn serve(answer: impl Fn(usize, &str) -> (u16, String) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (answer, count) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (answer, count) = (Arc::clone(&answer), Arc::clone(&count));
            std::thread::spawn(move || converse(stream, &*answer, &count));
        }
    });
    format!("http://{address}")
}

/// The requests of one connection; its end, or a request that breaks off, is the end.
fn converse(
    stream: TcpStream,
    answer: &dyn Fn(usize, &str) -> (u16, String),
    count: &AtomicUsize,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut stream = stream;
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim().to_ascii_lowercase();
            if let Some(text) = line.strip_prefix("content-length:") {
                length = text.trim().parse().ok()?;
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let body = String::from_utf8(body).ok()?;
        let is_action = body.contains("CALL_ACTION");
        let (status, text) = match is_action {
            true => answer(count.fetch_add(1, Ordering::Relaxed), &body),
            false => (200, String::new()),
        };
        if status == 0 {
            return None;
        }
        let length = text.len();
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all((head + &text).as_bytes()).ok()?;
    }
}

/// Fifty calls to it. The exit code, the figures, and what went to stderr.
fn load(target: &str) -> (Option<i32>, Value, String) {
    let args = [
        "--to",
        "+6561110001",
        "--rate",
        "100",
        "--spacing",
        "even",
        "--json",
    ];
    let fixed = [
        "load",
        "--target",
        target,
        "--duration",
        "500ms",
        "--pace",
        "fast",
    ];
    let ended = run(&[fixed, args].concat());
    let errors = String::from_utf8(ended.stderr).unwrap();
    let json = serde_json::from_slice(&ended.stdout);
    let json = json.unwrap_or_else(|error| panic!("{error}: {errors}"));
    (ended.status.code(), json, errors)
}

#[test]
fn a_server_that_is_right_is_good() {
    let (code, json, errors) = load(&serve(|_, _| (200, HANGUP.to_owned())));
    assert_eq!((code, errors.as_str()), (Some(0), ""), "{json}");
    assert_eq!(json["calls"]["started"], 50);
    assert_eq!(json["calls"]["endings"]["hung_up"], 50 - left(&json));
    assert_eq!(json["wrong_answers"]["total"], 0);
}

/// Callers who have left while their answer came.
fn left(json: &Value) -> u64 {
    let endings = json["calls"]["endings"].as_object().unwrap();
    let others = endings.iter().filter(|(name, _)| *name != "hung_up");
    others.map(|(_, count)| count.as_u64().unwrap()).sum()
}

#[test]
fn a_callflow_that_the_platform_refuses_is_a_wrong_answer() {
    let bad = r#"{"callflow":[{"action":"say","params":{"text":""}}]}"#;
    let target = serve(move |at, _| {
        let body = if at == 7 { bad } else { HANGUP };
        (200, body.to_owned())
    });
    let (code, json, _) = load(&target);
    assert_eq!(code, Some(1));
    assert_eq!(json["wrong_answers"]["total"], 1, "{json}");
    assert_eq!(
        json["wrong_answers"]["by_kind"]["refused_by_the_platform"],
        1
    );
    let example = json["wrong_answers"]["examples"][0].as_str().unwrap();
    assert!(
        example.contains("the platform refuses the answer"),
        "{example}"
    );
}

#[test]
fn statuses_of_errors_are_counted() {
    let target = serve(|at, _| match at % 10 {
        0 => (503, "busy".to_owned()),
        _ => (200, HANGUP.to_owned()),
    });
    let (code, json, _) = load(&target);
    assert_eq!(code, Some(1));
    assert_eq!(json["requests"]["statuses"]["503"], 5, "{json}");
    assert_eq!(json["wrong_answers"]["by_kind"]["status_other_than_200"], 5);
}

#[test]
fn connections_that_break_are_counted_by_their_reason() {
    let target = serve(|at, _| match at {
        3 => (0, String::new()),
        _ => (200, HANGUP.to_owned()),
    });
    let (code, json, _) = load(&target);
    assert_eq!(code, Some(1));
    assert_eq!(json["wrong_answers"]["by_kind"]["no_answer"], 1, "{json}");
    let unanswered = json["requests"]["unanswered"].as_object().unwrap();
    let (why, count) = unanswered.iter().next().unwrap();
    assert!(why.contains("has not come whole"), "{why}");
    assert_eq!((count, unanswered.len()), (&Value::from(1), 1));
    let warnings = json["warnings"].as_array().unwrap();
    let told = |warning: &Value| warning.as_str().unwrap().contains("got no answer");
    assert!(warnings.iter().any(told), "{warnings:?}");
}

#[test]
fn where_nobody_listens_everything_is_unanswered() {
    // The port of a connection is nobody else's, and nobody listens there.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let held = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let address = held.local_addr().unwrap();
    let (code, json, _) = load(&format!("http://{address}"));
    assert_eq!(code, Some(1));
    let unanswered = json["requests"]["unanswered"].as_object().unwrap();
    let why = unanswered.keys().next().unwrap();
    assert!(
        why.contains("cannot be reached: connection refused"),
        "{why}"
    );
    assert_eq!(json["server"]["pids"], Value::from(Vec::<i32>::new()));
    assert!(json["server"]["unseen"].is_string());
}

#[test]
fn a_caller_from_a_file_who_does_not_hear_what_is_expected_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let caller = dir.path().join("caller.yaml");
    let text = "scenarios:\n  - name: is greeted\n    call: [hears: Welcome]\n";
    std::fs::write(&caller, text).unwrap();
    let say = r#"{"callflow":[{"action":"say","params":{"text":"Go away.","voiceProfile":"en-US-BenjaminRUS","speed":1,"repetition":1}},{"action":"hangup"}]}"#;
    let target = serve(move |_, _| (200, say.to_owned()));
    let ended = run(&[
        "load",
        "--target",
        &target,
        "--to",
        "+6561110001",
        "--caller",
        caller.to_str().unwrap(),
        "--at-once",
        "1",
        "--duration",
        "50ms",
        "--pace",
        "fast",
    ]);
    let told = String::from_utf8(ended.stdout).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{told}");
    assert!(told.contains("`Welcome` is not heard"), "{told}");
}
