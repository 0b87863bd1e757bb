//! `ringflow call` in a pipe, against a served project, and written to a test.

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Output, Stdio};

use super::program::{Served, project, ringflow, shipped};

/// The program, with these lines typed into a pipe.
fn call(args: &[&str], typed: &str) -> Output {
    let mut command = ringflow(&[&["call"], args].concat());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(typed.as_bytes()).unwrap();
    drop(stdin);
    child.wait_with_output().unwrap()
}

fn text(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(all).unwrap()
}

/// These parts are there, in this order.
fn in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let at = rest.find(part);
        let at = at.unwrap_or_else(|| panic!("`{part}` is missing or too early in\n{text}"));
        rest = &rest[at + part.len()..];
    }
}

fn path(dir: &Path) -> &str {
    dir.to_str().unwrap()
}

const BAKERY: &str = "\
flow: bakery
numbers: [+6561115777]
voice: en-US-BenjaminRUS
vars: {pin: secret digits}
defaults: {give_up: hangup}
states:
  ask:
    ask: Your PIN, please.
    digits: 4
    save: pin
    then: thanks
  thanks:
    say: Thank you. ${mask(pin)} it is. Goodbye.
    then: hangup
";

#[test]
fn it_works_in_a_pipe() {
    let dir = shipped();
    let args = ["restaurant", "--dir", path(dir.path())];
    let output = call(&args, "3\nrestart\n1\nbusy\n");
    let text = text(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    in_order(
        &text,
        &[
            "+6591234567 calls +6561115777",
            "[welcome] “Welcome to ABC Restaurant.",
            "> 3\n",
            "“We are open from 9 AM to 9 PM",
            "only the token of the call is left",
            "> 1\n",
            "“Please hold",
            "rings +6561110001",
            "busy (486)",
            "Nobody can take your call",
            "hung up · BUSY",
        ],
    );
    assert!(
        text.lines().all(|line| line.chars().count() <= 85),
        "{text}"
    );
    // Of several flows, one has to be named.
    let output = call(&["--dir", path(dir.path())], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(self::text(&output).contains("`account`, `restaurant`"));
}

#[test]
fn it_calls_a_running_server() {
    let dir = shipped();
    let env = [("RINGFLOW_AUTH_HEADER", "Basic planted")];
    let served = Served::start_with(dir.path(), &[], &env);
    let url = format!("http://{}", served.address());
    let args = ["restaurant", "--dir", path(dir.path()), "--on", &url];
    let known = [&args[..], &["--auth-header", "Basic planted"]].concat();
    let output = call(&known, "3\n2\nhangup\n");
    let text = text(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    in_order(
        &text,
        &[
            &url,
            "“Welcome to ABC Restaurant.",
            "“We are open from 9 AM to 9 PM",
            "“Welcome to ABC Restaurant.",
            "the caller hangs up · COMPLETED",
        ],
    );
    // What cannot be seen may be secret.
    assert!(
        text.contains("> •\n") && !text.contains("planted"),
        "{text}"
    );
    // By its number, without the project.
    let output = call(
        &[
            "+6561115777",
            "--on",
            &url,
            "--auth-header",
            "Basic planted",
        ],
        "",
    );
    assert!(self::text(&output).contains("Welcome to ABC"));

    let unknown = call(&args, "");
    let text = self::text(&unknown);
    assert_eq!(unknown.status.code(), Some(1), "{text}");
    in_order(
        &text,
        &["401", "set `--auth-header`", "the line is dead · ERROR"],
    );
    let other = [&args[..], &["--auth-header", "Basic wrong"]].concat();
    let text = self::text(&call(&other, ""));
    in_order(
        &text,
        &["401", "refuses this `--auth-header`", "the line is dead"],
    );
    assert!(
        !text.contains("set `--auth-header`") && !text.contains("wrong"),
        "{text}"
    );

    // What is wrong with other files here is nothing to a server.
    std::fs::write(
        dir.path().join("flows/broken.yaml"),
        "flow: broken\nstates: 3\n",
    )
    .unwrap();
    let text = self::text(&call(&known, ""));
    assert!(
        text.contains("Welcome to ABC") && !text.contains("error["),
        "{text}"
    );
    let unknown = ["broken", "--dir", path(dir.path()), "--on", &url];
    let output = call(&unknown, "");
    assert_eq!(output.status.code(), Some(2));
    in_order(
        &self::text(&output),
        &["flows/broken.yaml", "there is no flow `broken`"],
    );
}

#[test]
fn a_server_that_is_not_there_is_told_in_plain_words() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let output = call(&["+6561115777", "--on", &url], "1\n");
    let text = text(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    in_order(
        &text,
        &["cannot be reached: connection refused", "the line is dead"],
    );
    assert_eq!(text.matches("cannot be reached").count(), 1, "{text}");
}

#[test]
fn a_conversation_becomes_a_scenario() {
    let dir = shipped();
    let file = dir.path().join("flows/restaurant.test.yaml");
    let args = [
        "restaurant",
        "--dir",
        path(dir.path()),
        "--save-test",
        path(&file),
    ];
    let output = call(&args, "3\n1\nanswer 42s\n");
    let text = text(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let name = "presses 3, presses 1, somebody answers";
    assert!(
        text.contains(&format!("restaurant.test.yaml: {name}")),
        "{text}"
    );
    let written = std::fs::read_to_string(&file).unwrap();
    in_order(
        &written,
        &[
            "flow: restaurant\n\nscenarios:\n",
            &format!("  - name: {name}\n"),
            "    from: +6591234567\n    at: 2026-03-02T10:00:00+08:00\n    call:\n",
            "      - hears: Welcome to ABC Restaurant.\n",
            "      - press: 3\n",
            "      - hears: We are open from 9 AM to 9 PM, every day.\n",
            "      - press: 1\n",
            "      - hears: Please hold while we connect you.\n",
            "      - dialled: +6561110001\n",
            "      - leg: {answered: 42s}\n",
            "      - hears: Thank you for calling ABC Restaurant.\n",
            "      - hung_up: true\n",
        ],
    );
    let kept = format!("# Mine.\n{written}");
    std::fs::write(&file, &kept).unwrap();
    call(&args, "3\n1\nanswer 42s\n");
    let both = std::fs::read_to_string(&file).unwrap();
    assert!(both.starts_with(&kept), "{both}");
    assert!(
        both.contains(&format!("- name: \"{name} (2)\""))
            || both.contains(&format!("- name: {name} (2)"))
    );
}

#[test]
fn a_secret_is_neither_shown_nor_written() {
    let dir = project(&[("flows/bakery.yaml", BAKERY)]);
    let file = dir.path().join("flows/bakery.test.yaml");
    let args = ["--dir", path(dir.path()), "--save-test", path(&file)];
    let output = call(&args, "8642\n");
    let text = text(&output);
    in_order(
        &text,
        &[
            "only as `test 1234`",
            "> ••••",
            "pin = •••",
            "up to the secret",
        ],
    );
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(!written.contains("8642"), "{written}");
    // Nor where the call is over already.
    let late = self::text(&call(
        &["--dir", path(dir.path())],
        "hangup\n8642\ntest 8642\nwait 3s\n",
    ));
    in_order(&late, &["> hangup", "> ••••", "> test ••••", "> wait 3s"]);
    assert!(!late.contains("8642"), "{late}");
    // A test value is written.
    let output = call(&args, "test 8642\n");
    assert_eq!(output.status.code(), Some(0));
    let written = std::fs::read_to_string(&file).unwrap();
    in_order(
        &written,
        &["press: 8642\n", "hears: Thank you.\n", "hung_up: true"],
    );
}

const DIVIDES: &str = "\
flow: bakery
numbers: [+6561115777]
voice: en-US-BenjaminRUS
vars: {n: number}
defaults: {give_up: hangup, on_error: sorry}
states:
  ask:
    ask: How many loaves, please?
    digits: 1
    save: n
    then: shared
  shared:
    say: \"That is ${12 / n} each. Goodbye.\"
    then: hangup
  sorry:
    say: Sorry, we cannot say. Goodbye.
    then: hangup
";

#[test]
fn a_conversation_in_which_a_script_fails_is_a_scenario_that_holds() {
    let dir = project(&[("flows/bakery.yaml", DIVIDES)]);
    let file = dir.path().join("flows/bakery.test.yaml");
    let args = ["--dir", path(dir.path()), "--save-test", path(&file)];
    let output = call(&args, "0\nagain\n3\n");
    let text = text(&output);
    assert!(text.contains("divided by zero"), "{text}");
    let written = std::fs::read_to_string(&file).unwrap();
    // Of the two calls one alone has failed.
    assert_eq!(
        written.matches("    faults: true\n").count(),
        1,
        "{written}"
    );
    let tested = ringflow(&["test", path(dir.path())]).output().unwrap();
    let told = self::text(&tested);
    assert_eq!(tested.status.code(), Some(0), "{written}\n{told}");
    assert!(told.contains("2 scenarios: 0 failed"), "{told}");
}

#[test]
fn a_test_that_cannot_be_written_is_told_in_front_of_the_call() {
    let dir = project(&[("flows/bakery.yaml", DIVIDES)]);
    let file = dir.path().join("nowhere/bakery.test.yaml");
    let args = ["--dir", path(dir.path()), "--save-test", path(&file)];
    let output = call(&args, "");
    let text = text(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("there is no folder") && text.contains("make it"),
        "{text}"
    );
    assert!(!text.contains("How many"), "{text}");
}

#[test]
fn a_call_that_lost_its_memory_is_heard_as_its_failure_says() {
    let dir = project(&[
        (
            "flows/orders.yaml",
            include_str!("../failing/memory_alone.yaml"),
        ),
        (
            "flows/orders.test.yaml",
            include_str!("../failing/memory_alone.test.yaml"),
        ),
    ]);
    let tested = ringflow(&["test", path(dir.path())]).output().unwrap();
    let told = text(&tested);
    let (_, rest) = told.split_once("printf '").unwrap();
    let (typed, _) = rest.split_once('\'').unwrap();
    assert_eq!(typed, r"1\nrestart\n1\n", "{told}");
    let heard = text(&call(
        &["orders", "--dir", path(dir.path())],
        &typed.replace(r"\n", "\n"),
    ));
    assert_eq!(heard.matches("For the news").count(), 3, "{heard}");
    assert!(!heard.contains("Goodbye"), "{heard}");
}

const SHOP: &str = "\
flow: shop
numbers: [+6561115777]
voice: en-US-BenjaminRUS
states:
  offer:
    split: {new: 20, old: 80}
    cases: {new: fresh, old: known}
  fresh: {say: The new offer., then: hangup}
  known: {say: The old offer., then: hangup}
";

#[test]
fn a_side_can_be_chosen_and_is_written_down() {
    let dir = project(&[("flows/shop.yaml", SHOP)]);
    let file = dir.path().join("flows/shop.test.yaml");
    for (label, told) in [("new", "The new offer."), ("old", "The old offer.")] {
        let side = format!("offer={label}");
        let save = ["--split", &side, "--save-test", path(&file)];
        let output = call(&[&["--dir", path(dir.path())], &save[..]].concat(), "");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
        in_order(&text(&output), &[told]);
        let written = std::fs::read_to_string(&file).unwrap();
        in_order(
            &written,
            &[&format!("    split: {{offer: {label}}}\n"), told],
        );
    }
    for (side, help) in [
        ("ofer=new", "did you mean `offer`?"),
        ("offer=nwe", "did you mean `new`?"),
        ("known=new", "splits no callers"),
    ] {
        let output = call(&["--dir", path(dir.path()), "--split", side], "");
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        in_order(&text(&output), &[help]);
    }
}
