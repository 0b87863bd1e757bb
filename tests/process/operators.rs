//! The listener for operators, and the warning of a door that stands open.

use serde_json::Value;

use super::program::{Served, ask, bearer, left, project, shipped};

const GOOD: &str = "\
flow: good
numbers: [+6561115001, +6561115003]
voice: en-US-BenjaminRUS
states:
  hello: {say: Hello., then: hangup}
";

const BAD: &str = "\
flow: bad
numbers: [+6561115002]
voice: en-US-BenjaminRUS
states:
  hello: {say: Hello., then: nowhere}
";

#[test]
fn operators_see_what_is_live_and_what_is_wrong() {
    let dir = project(&[("flows/good.yaml", GOOD), ("flows/bad.yaml", BAD)]);
    let served = Served::start(dir.path());
    let (address, token) = left(dir.path());
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let bearer = bearer(&token);
    let (status, body) = ask(&address, "GET /flows", &bearer);
    assert_eq!(status, 200);
    let report: Value = serde_json::from_slice(&body).unwrap();
    let flows = report["flows"].as_array().unwrap();
    assert_eq!(flows.len(), 1, "{report}");
    assert_eq!(flows[0]["flow"], "good");
    assert_eq!(flows[0]["file"], "flows/good.yaml");
    let numbers: Vec<Value> = vec!["+6561115001".into(), "+6561115003".into()];
    assert_eq!(flows[0]["numbers"], Value::Array(numbers));
    let revision = flows[0]["revision"].as_str().unwrap();
    assert!(served.loaded.iter().any(|line| line.contains(revision)));
    let problems = report["problems"].as_array().unwrap();
    assert!(
        problems
            .iter()
            .any(|problem| problem["file"] == "flows/bad.yaml"
                && problem["message"].as_str().unwrap().contains("nowhere")),
        "{report}"
    );

    // Without the token there is nothing, not even whether a path is one.
    for header in [
        String::new(),
        "Authorization: Bearer\r\n".to_owned(),
        format!("Authorization: {token}\r\n"),
        format!("Authorization: Bearer {}\r\n", &token[1..]),
        format!("Authorization: Bearer {token}0\r\n"),
    ] {
        for first in ["GET /flows", "POST /flows", "GET /", "POST /webhooks"] {
            let refused = ask(&address, first, &header);
            assert_eq!(refused, (401, Vec::new()), "{first} {header}");
        }
    }
    // Each listener has its own paths.
    assert_eq!(ask(&address, "POST /webhooks", &bearer).0, 404);
    assert_eq!(ask(&address, "GET /healthz", &bearer).0, 404);
    assert_eq!(ask(&address, "POST /flows", &bearer).0, 405);
    assert_eq!(served.get("/flows").0, 404);

    let told = served.kill();
    let told = [told.stdout, told.stderr].concat().join("\n");
    assert!(!told.contains(&token), "{told}");
    let served = Served::start(dir.path());
    let (address, other) = left(dir.path());
    assert_ne!(other, token);
    assert_eq!(ask(&address, "GET /flows", &bearer).0, 401);
    drop(served);
}

#[test]
fn an_open_door_beyond_this_machine_is_told() {
    const WARNING: &str = "anybody who reaches this address can act as the platform";
    let cases: [(&[&str], bool); 6] = [
        (&["--listen", "0.0.0.0:0"], true),
        (
            &["--listen", "0.0.0.0:0", "--trust-proxy", "10.0.0.0/8"],
            true,
        ),
        (
            &["--listen", "0.0.0.0:0", "--auth-header", "planted"],
            false,
        ),
        (&["--listen", "0.0.0.0:0", "--allow-platform"], false),
        (&["--listen", "0.0.0.0:0", "--allow", "127.0.0.0/8"], false),
        (&["--listen", "127.0.0.1:0"], false),
    ];
    for (args, is_told) in cases {
        let dir = shipped();
        let told = Served::start_listening(dir.path(), args).kill().stderr;
        let told = told.join("\n");
        assert_eq!(told.contains(WARNING), is_told, "{args:?}: {told}");
        assert!(!told.contains("planted"), "{told}");
    }
}

#[test]
fn the_header_may_come_from_the_environment() {
    let dir = shipped();
    let env = [("RINGFLOW_AUTH_HEADER", "Bearer new, Bearer old")];
    let served = Served::start_with(dir.path(), &[], &env);
    assert_eq!(
        served.exchange("POST", "/webhooks", None, "{"),
        (401, Vec::new())
    );
    for value in ["Bearer new", "Bearer old"] {
        let address = served.address().to_owned();
        let header = format!("Authorization: {value}\r\n");
        assert_eq!(ask(&address, "POST /webhooks", &header).0, 400, "{value}");
    }
}

#[test]
fn a_header_that_was_not_filled_in_does_not_open_the_door() {
    let dir = shipped();
    for empty in ["", ",", " , "] {
        let path = dir.path().to_str().unwrap();
        let arguments = [
            "serve",
            path,
            "--listen",
            "127.0.0.1:0",
            "--auth-header",
            empty,
        ];
        let output = super::program::run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{empty:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("`--auth-header` is empty"), "{told}");
    }
}
