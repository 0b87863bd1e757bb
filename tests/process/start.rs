//! The start: what is loaded, what is refused, and what is said about it.

use std::os::unix::fs::PermissionsExt;

use super::program::{Phone, Served, project, run, shipped};

const GOOD: &str = "\
flow: good
numbers: [+6561115001]
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
fn it_says_what_it_has_loaded() {
    let dir = shipped();
    let served = Served::start(dir.path());
    let loaded = served.loaded.join("\n");
    assert!(
        loaded.contains("restaurant ") && loaded.contains("+6561115777"),
        "{loaded}"
    );
    assert!(
        loaded.contains("account ") && loaded.contains("+6561115780"),
        "{loaded}"
    );
    let operators = "operators ask at http://127.0.0.1:";
    assert!(loaded.contains(operators), "{loaded}");
    assert_eq!(served.loaded.len(), 3, "{loaded}");
    assert_eq!(served.get("/healthz").0, 200);
    assert_eq!(served.get("/readyz").0, 200);
}

#[test]
fn the_key_is_made_for_its_owner_only() {
    let dir = shipped();
    drop(Served::start(dir.path()));
    let key = dir.path().join(".ringflow/key");
    let mode = std::fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let first = std::fs::read(&key).unwrap();
    drop(Served::start(dir.path()));
    assert_eq!(std::fs::read(&key).unwrap(), first);
}

#[test]
fn no_key_is_made_where_one_is_given() {
    let dir = shipped();
    let key = "c".repeat(64);
    drop(Served::start_with(
        dir.path(),
        &[],
        &[("RINGFLOW_TOKEN_KEY", &key)],
    ));
    assert!(!dir.path().join(".ringflow/key").exists());
}

#[test]
fn it_starts_with_the_good_files_and_says_which_are_bad() {
    let dir = project(&[
        ("flows/good.yaml", GOOD),
        ("flows/bad.yaml", BAD),
        ("flows/worse.yaml", "flow: [worse"),
    ]);
    let served = Served::start(dir.path());
    let loaded = served.loaded.join("\n");
    assert!(
        loaded.contains("good ") && loaded.contains("+6561115001"),
        "{loaded}"
    );
    for bad in ["flows/bad.yaml", "flows/worse.yaml"] {
        let line = format!("{bad} is not served, since it has errors");
        assert!(served.loaded.contains(&line), "{loaded}");
    }
    let mut phone = Phone::to("+6561115001", "good-call");
    assert_eq!(phone.next(&served).text, "Hello.");
    let mut phone = Phone::to("+6561115002", "bad-call");
    assert!(
        phone
            .next(&served)
            .text
            .starts_with("Sorry, we cannot take your call")
    );
    let told = served.kill().stderr.join("\n");
    assert!(
        told.contains("nowhere") && told.contains("flows/worse.yaml"),
        "{told}"
    );
}

#[test]
fn it_does_not_start_where_nothing_is_valid() {
    let dir = project(&[
        ("flows/bad.yaml", BAD),
        ("flows/worse.yaml", "flow: [worse"),
    ]);
    let path = dir.path().to_str().unwrap();
    let output = run(&["serve", "--listen", "127.0.0.1:0", path]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let told = String::from_utf8(output.stderr).unwrap();
    for part in [
        "flows/bad.yaml",
        "flows/worse.yaml",
        "nowhere",
        "is a valid flow",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    assert!(!dir.path().join(".ringflow").exists());
}

#[test]
fn it_does_not_start_where_there_is_nothing() {
    let dir = project(&[]);
    let empty = (dir.path().to_str().unwrap(), "there is no flow in");
    for (path, said) in [empty, ("/no/such/project", "there is no folder")] {
        let output = run(&["serve", "--listen", "127.0.0.1:0", path]);
        assert_eq!(output.status.code(), Some(2), "{path}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(said) && told.contains(path), "{told}");
    }
}

#[test]
fn wrong_use_is_told_and_ends_with_2() {
    let dir = shipped();
    let dir = dir.path().to_str().unwrap();
    let wrong: [(&[&str], &str); 14] = [
        (&[], "Usage"),
        (&["sreve"], "serve"),
        (&["serve", "--lissten", "x"], "--listen"),
        (&["serve", "--listen", "nowhere"], "--listen"),
        (&["serve", "--drain", "10", dir], "such as `5s`"),
        (&["serve", "--answers", "many", dir], "single"),
        (&["serve", "--max-calls", "0", dir], "--max-calls"),
        (&["serve", "--last-resort", " ", dir], "--last-resort"),
        (&["serve", "--last-resort", "a <b>", dir], "--last-resort"),
        (&["serve", "--voice", "no voice!", dir], "--voice"),
        (&["serve", "--log", "info,=", dir], "--log"),
        (&["serve", "--token-key", "abc", dir], "RINGFLOW_TOKEN_KEY"),
        (&["check", "--jsn", dir], "--json"),
        (&["check", dir, "another"], "another"),
    ];
    for (args, part) in wrong {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!String::from_utf8_lossy(&output.stdout).contains("listening"));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(part), "{args:?}\n{told}");
    }
}

#[test]
fn an_address_that_is_taken_is_told() {
    let dir = shipped();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["serve", "--listen", &address, dir.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains(&address), "{told}");
}

#[test]
fn settings_come_from_the_environment_too() {
    let dir = shipped();
    let env = [
        ("RINGFLOW_LAST_RESORT", "Call another day."),
        ("RINGFLOW_VOICE", "en-GB-Sonia"),
        ("RINGFLOW_STATUS_STARTS_CALLS", "true"),
    ];
    let served = Served::start_with(dir.path(), &[], &env);
    let mut phone = Phone::to("+6561119999", "unknown-number");
    let (heard, body) = phone.post(&served, None, 200);
    assert_eq!(heard.text, "Call another day.");
    assert!(String::from_utf8(body).unwrap().contains("en-GB-Sonia"));
    let told = served.stop().stderr;
    let lines: Vec<&String> = told
        .iter()
        .filter(|line| line.contains("+6561119999"))
        .collect();
    assert_eq!(lines.len(), 1, "{told:#?}");
    assert!(
        lines[0].contains("numbers"),
        "it says what to write where: {lines:?}"
    );
}
