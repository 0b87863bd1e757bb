//! `ringflow hours`: what it says of the files, and what it decides in a running server.

use std::path::Path;

use serde_json::Value;

use super::program::{Phone, Served, ask, bearer, left, project, run};

const FLOW: &str = "\
flow: clinic
numbers: [+6561115001]
voice: en-US-BenjaminRUS
zone: Asia/Singapore
start: main
hours:
  office:
    open: [mon-fri 09:00-18:00]
    except: {holiday: [2020-12-25]}
  always: {open: [daily 00:00-24:00]}
states:
  main: {hours: always, then: open, otherwise: closed}
  open: {say: We are open., hours: office, then: hangup, otherwise: hangup}
  closed: {say: We are closed., then: hangup}
";

/// The exit code, and what is said on both outputs.
fn hours(dir: &Path, args: &[&str]) -> (Option<i32>, String) {
    let dir = dir.to_str().unwrap();
    let output = run(&[&["hours", "--dir", dir], args].concat());
    let told = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(told).unwrap())
}

#[test]
fn it_says_whether_it_is_open_and_until_when() {
    let dir = project(&[("flows/clinic.yaml", FLOW)]);
    let dir = dir.path();
    for (args, code, expected) in [
        (
            vec!["clinic", "office", "--at", "2020-11-23T10:00"],
            0,
            "office: open by `mon-fri 09:00-18:00` until Mon 23 Nov 2020 18:00 Asia/Singapore\n",
        ),
        (
            vec!["clinic", "--at", "2020-12-25T02:00:00Z"],
            0,
            "office: closed by the exception `holiday` until Mon 28 Dec 2020 09:00 Asia/Singapore\n\
             always: open by `daily 00:00-24:00` at all times\n",
        ),
        (
            vec!["clinic", "office", "--at", "2026-11-28T10:00"],
            0,
            "office: closed until Mon 30 Nov 2026 09:00 Asia/Singapore\n\
             office: the exception `holiday` has no date left; its last was 2020-12-25\n",
        ),
        (
            vec!["clinic", "ofice"],
            1,
            "error: `clinic` has no hours `ofice`; did you mean `office`?\n",
        ),
        (
            vec!["clinik"],
            1,
            "error: there is no flow `clinik`; did you mean `clinic`?\n",
        ),
        (
            vec!["clinic", "--at", "soon"],
            2,
            "error: --at: `soon` is no time; write one such as `18:30` or `2026-12-25T10:00`\n",
        ),
    ] {
        assert_eq!(
            hours(dir, &args),
            (Some(code), expected.to_owned()),
            "{args:?}"
        );
    }
    let (_, json) = hours(dir, &["clinic", "--json", "--at", "2020-12-25T10:00"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["exception"], "holiday");
    assert_eq!(json[0]["until"], "2020-12-28T09:00:00+08:00");
    assert_eq!(json[1]["open"], true);
    let (code, told) = hours(dir, &["clinic", "office", "--set", "open"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("start one with `ringflow serve "), "{told}");
}

#[test]
fn an_operator_decides_over_the_calendar_until_it_is_taken_back() {
    let dir = project(&[("flows/clinic.yaml", FLOW)]);
    let served = Served::start(dir.path());
    let heard =
        |served: &Served, session: &str| Phone::to("+6561115001", session).next(served).text;
    assert_eq!(heard(&served, "one"), "We are open.");
    let (code, told) = hours(
        dir.path(),
        &["clinic", "always", "--set", "closed", "--for", "2h"],
    );
    assert_eq!(code, Some(0), "{told}");
    assert!(told.starts_with("always: closed until "), "{told}");
    assert_eq!(heard(&served, "two"), "We are closed.");
    let (_, told) = hours(dir.path(), &["clinic", "always"]);
    assert!(
        told.starts_with("always: closed, as an operator has decided, until "),
        "{told}"
    );
    assert!(
        told.contains("always: by the calendar it would be open\n"),
        "{told}"
    );

    let shown = |dir: &Path| -> Value {
        let (address, token) = left(dir);
        let (status, body) = ask(&address, "GET /hours", &bearer(&token));
        assert_eq!(status, 200);
        serde_json::from_slice(&body).unwrap()
    };
    let report = shown(dir.path());
    assert_eq!(report[1]["hours"], "always");
    assert_eq!(
        (&report[1]["open"], &report[1]["decided"]),
        (&false.into(), &true.into())
    );
    assert_eq!(report[1]["decided_until"], report[1]["until"]);
    let (address, token) = left(dir.path());
    assert_eq!(ask(&address, "POST /hours", &bearer(&token)).0, 400);
    assert_eq!(ask(&address, "GET /hours", "").0, 401);

    let stderr = served.kill().stderr.join("\n");
    assert!(
        stderr.contains("opening hours were decided by an operator"),
        "{stderr}"
    );
    let served = Served::start(dir.path());
    assert_eq!(heard(&served, "three"), "We are closed.");
    for (args, code, part) in [
        (
            vec!["clinic", "always", "--set", "auto"],
            0,
            "always: open at all times, by the calendar\n",
        ),
        (
            vec!["clinic", "alwais", "--set", "open"],
            1,
            "it has `office`, `always`",
        ),
        (
            vec!["clinic", "always", "--set", "auto", "--for", "2h"],
            2,
            "leave `--for` out",
        ),
        (vec!["clinic", "--set", "open"], 2, "<NAME>"),
    ] {
        let (found, told) = hours(dir.path(), &args);
        assert!(
            found == Some(code) && told.contains(part),
            "{args:?}: {told}"
        );
    }
    assert_eq!(heard(&served, "four"), "We are open.");
    drop(served.kill());
    let (code, told) = hours(dir.path(), &["clinic", "always", "--set", "open"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("no server answers"), "{told}");
}
