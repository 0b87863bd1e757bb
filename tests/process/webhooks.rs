//! `ringflow webhooks`: set, taken away and put back as they were.

use std::path::Path;

use serde_json::{Value, json};

use super::platform::Platform;
use super::program::{Served, exchange, project};

const FLOW: &str = "\
flow: clinic
numbers: [+6561115001]
voice: en-US-BenjaminRUS
states:
  main: {say: Welcome., then: hangup}
";
const OURS: &str = "https://ivr.example.com/webhooks";

fn kept(dir: &Path) -> Value {
    let text = std::fs::read_to_string(dir.join(".ringflow/webhooks.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn all_are_set_with_one_header_and_put_back_as_they_were() {
    let platform = Platform::start();
    platform.had("VCA", "https://old.example.com/vca", None, true);
    platform.had("VSS", "https://old.example.com/vss", None, false);
    let dir = project(&[]);
    let dir = dir.path();

    let told = platform.run(dir, &["webhooks", "set", "https://ivr.example.com"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert!(
        told.out.starts_with(
            "VCA, VCS, VSS, VRU and VNU are sent to https://ivr.example.com/webhooks\n"
        ),
        "{}",
        told.out
    );
    let urls: Vec<_> = platform.webhooks();
    assert_eq!(urls.len(), 5);
    assert!(urls.iter().all(|(_, url)| url == OURS), "{urls:?}");
    let header = platform.header("VCA").unwrap();
    assert_eq!(platform.header("VNU").as_ref(), Some(&header));
    assert_eq!(kept(dir)["auth_header"], header.as_str());
    assert!(!told.out.contains(&header) && !told.err.contains(&header));

    // A second time: the header stays, and so does what was there first.
    let told = platform.run(dir, &["webhooks", "set", "https://new.example.com/hooks"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert_eq!(platform.header("VCS").as_ref(), Some(&header));
    assert_eq!(kept(dir)["before"][0]["url"], "https://old.example.com/vca");

    let list = platform.run(dir, &["webhooks", "list"]);
    assert_eq!(
        list.out.lines().next().unwrap(),
        "TYPE  ENABLED  AUTH HEADER  ADDRESS"
    );
    assert!(
        list.out
            .contains("VCS   yes      yes          https://new.example.com/hooks\n"),
        "{}",
        list.out
    );

    let told = platform.run(dir, &["webhooks", "restore"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert_eq!(
        told.out,
        "VCA is sent to https://old.example.com/vca again\n\
         VCS was not set before, and is taken away\n\
         VSS is sent to https://old.example.com/vss again, switched off\n\
         VRU was not set before, and is taken away\n\
         VNU was not set before, and is taken away\n"
    );
    assert_eq!(
        platform.webhooks(),
        [
            ("VCA".to_owned(), "https://old.example.com/vca".to_owned()),
            ("VSS".to_owned(), "https://old.example.com/vss".to_owned()),
        ]
    );
    assert_eq!(platform.header("VCA"), None);
    assert!(!dir.join(".ringflow/webhooks.json").exists());
    let told = platform.run(dir, &["webhooks", "restore"]);
    assert!(told.out.contains("nothing to put back"), "{}", told.out);
}

#[test]
fn a_header_of_before_is_missed_honestly_or_given() {
    for given in [None, Some("Bearer of-before")] {
        let platform = Platform::start();
        platform.had(
            "VCA",
            "https://old.example.com",
            Some("Bearer of-before"),
            true,
        );
        let dir = project(&[]);
        let set = ["webhooks", "set", OURS, "--auth-header", "Bearer mine"];
        assert_eq!(platform.run(dir.path(), &set).code, Some(0));
        assert_eq!(platform.header("VCA").unwrap(), "Bearer mine");
        let mut args = vec!["webhooks", "restore"];
        args.extend(given.iter().flat_map(|value| ["--auth-header", value]));
        let told = platform.run(dir.path(), &args);
        assert_eq!(told.code, Some(0), "{}", told.err);
        assert_eq!(platform.header("VCA").as_deref(), given);
        let is_told = told
            .err
            .contains("VCA had an `Authorization` header before");
        assert_eq!(is_told, given.is_none(), "{}", told.err);
        assert!(!told.err.contains("of-before"));
    }
}

#[test]
fn where_one_cannot_be_set_it_says_what_is_set_and_what_is_not() {
    let platform = Platform::odd(|asked, what| {
        let is_third = what == "POST webhooks" && asked.body.contains("\"VSS\"");
        let body = json!({"statusCode": "1001", "statusMessage": "no", "errorId": "1"});
        (is_third && asked.body.contains("ivr.example.com")).then_some((422, body))
    });
    platform.had("VSS", "https://old.example.com/vss", None, true);
    let dir = project(&[]);
    let dir = dir.path();
    let told = platform.run(dir, &["webhooks", "set", OURS]);
    assert_eq!(told.code, Some(1));
    assert_eq!(
        told.err,
        "error: VSS is not set: the platform answers 1001 (HTTP 422), `no`: the webhook is not \
         valid; its address is a whole one that begins with `https://`\n\
         set: VCA, VCS\n\
         not tried: VRU, VNU\n"
    );
    assert_eq!(kept(dir)["changed"], json!(["VCA", "VCS"]));
    // Putting back touches those two alone.
    let told = platform.run(dir, &["webhooks", "restore"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let left = [("VSS".to_owned(), "https://old.example.com/vss".to_owned())];
    assert_eq!(platform.webhooks(), left);
}

#[test]
fn where_the_first_cannot_be_set_everything_is_as_before() {
    let platform = Platform::odd(|_, what| {
        let body = json!({"statusCode": "1001", "statusMessage": "no"});
        (what == "POST webhooks").then_some((422, body))
    });
    let dir = project(&[]);
    let told = platform.run(dir.path(), &["webhooks", "set", OURS]);
    assert_eq!(told.code, Some(1));
    assert!(
        told.err
            .ends_with("no other was set\nnot tried: VCS, VSS, VRU, VNU\n"),
        "{}",
        told.err
    );
    assert!(!dir.path().join(".ringflow/webhooks.json").exists());
    for bad in ["ivr.example.com", "ftp://ivr.example.com"] {
        let told = platform.run(dir.path(), &["webhooks", "set", bad]);
        assert_eq!(told.code, Some(2), "{}", told.err);
    }
}

#[test]
fn some_are_taken_away_and_put_back() {
    let platform = Platform::start();
    for kind in ["VCA", "VCS"] {
        platform.had(kind, "https://old.example.com", None, true);
    }
    let dir = project(&[]);
    let told = platform.run(dir.path(), &["webhooks", "remove", "vcs", "VRU"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert_eq!(
        told.out,
        "VRU was not set\nVCS taken away; `ringflow webhooks restore` puts back what was there before\n"
    );
    assert_eq!(platform.webhooks().len(), 1);
    let told = platform.run(dir.path(), &["webhooks", "remove"]);
    assert!(told.out.starts_with("VCA taken away"), "{}", told.out);
    assert!(platform.webhooks().is_empty());
    assert_eq!(
        platform.run(dir.path(), &["webhooks", "restore"]).code,
        Some(0)
    );
    assert_eq!(platform.webhooks().len(), 2);
}

#[test]
fn the_door_of_a_server_opens_for_the_header_that_was_set() {
    let platform = Platform::start();
    let dir = project(&[("flows/clinic.yaml", FLOW)]);
    assert_eq!(
        platform.run(dir.path(), &["webhooks", "set", OURS]).code,
        Some(0)
    );
    let header = platform.header("VCA").unwrap();
    let served = Served::start(dir.path());
    let knock = |header: &str| {
        let request = format!(
            "POST /webhooks HTTP/1.1\r\nHost: x\r\n{header}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}"
        );
        let mut stream = served.connect();
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(knock(""), "401");
    assert_eq!(knock("Authorization: Bearer other\r\n"), "401");
    assert_ne!(knock(&format!("Authorization: {header}\r\n")), "401");
    let log = served.kill().stderr.join("\n");
    assert!(log.contains("`ringflow webhooks set` has left"), "{log}");
    assert!(!log.contains(&header), "{log}");
    // A header of its own takes its place.
    let served = Served::start_with(dir.path(), &["--auth-header", "Bearer own"], &[]);
    let (status, _) = exchange(served.address(), "POST", "/webhooks", None, "{}");
    assert_eq!(status, 401);
}

#[test]
fn what_is_kept_belongs_to_one_account() {
    let (platform, other) = (Platform::start(), Platform::start());
    let dir = project(&[]);
    assert_eq!(
        platform.run(dir.path(), &["webhooks", "set", OURS]).code,
        Some(0)
    );
    let told = other.run(dir.path(), &["webhooks", "set", OURS]);
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("restore that first"), "{}", told.err);
    assert!(other.webhooks().is_empty());
}
