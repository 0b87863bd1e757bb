//! `ringflow dev` as a new user has it: a project is made, called, edited, broken and
//! mended, and a call becomes a test.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::desk::Desk;
use super::program::{Phone, exchange, project, run};
use crate::support::answer::accepted;

/// A project as `ringflow new` makes it, and its flow.
fn new() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("mine");
    let made = run(&["new", root.to_str().unwrap(), "--template", "menu"]);
    assert!(made.status.success(), "{made:?}");
    (dir, root)
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "`{from}` is not in\n{text}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

const HOURS: &str = "We are open from 9 AM to 9 PM, every day.";

#[test]
fn an_edit_is_heard_a_mistake_explained_and_a_test_saved() {
    let (_dir, root) = new();
    let flow = root.join("flows/menu.yaml");
    let mut desk = Desk::at(&root);
    desk.shows(&["menu ", "answers +6561115001"]);
    desk.shows(&["[welcome] “Welcome to ABC Restaurant."]);

    // The state in which the call is says something else.
    edit(
        &flow,
        "Welcome to ABC Restaurant.",
        "Welcome to XYZ Bistro.",
    );
    let line = desk.shows(&["menu.yaml · ", "live"]).pop().unwrap();
    for part in ["checks", "3 of 3 tests hold", " ms"] {
        assert!(line.contains(part), "{line}");
    }
    desk.shows(&["the call goes on with menu "]);
    desk.shows(&["[welcome] “Welcome to XYZ Bistro."]);

    // The call has gone over to it: what another state says is new too.
    edit(&flow, HOURS, "We never close.");
    desk.shows(&["the call goes on with menu "]);
    desk.types("2");
    desk.shows(&["“We never close."]);

    // A mistake is explained, and what was live stays.
    edit(&flow, "0: reception", "0: receptoin");
    let shown = desk.shows(&["1 error", "stays live"]).join("\n");
    for part in [
        "error[unknown-target]: there is no state `receptoin`",
        "flows/menu.yaml:",
        "did you mean `reception`?",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
    desk.types("again");
    desk.shows(&["[welcome] “Welcome to XYZ Bistro."]);
    edit(&flow, "0: receptoin", "0: reception");
    desk.shows(&["menu.yaml · ", "checks"]);

    // The call becomes a test, which is run at once.
    desk.types("2");
    desk.shows(&["“We never close."]);
    desk.types("0");
    desk.shows(&["rings +6561110001"]);
    desk.types("answer 42s");
    desk.shows(&["hung up"]);
    desk.types("save we never close");
    desk.shows(&["saved to flows/menu.test.yaml: we never close"]);
    // One of the tests that came with the flow still waits for the old hours.
    let shown = desk
        .shows(&["menu.test.yaml · ", "1 of 4 tests fails"])
        .join("\n");
    assert!(
        shown.contains("the opening hours, and the menu again"),
        "{shown}"
    );
    edit(
        &root.join("flows/menu.test.yaml"),
        "from 9 AM to 9 PM",
        "never close",
    );
    desk.shows(&["menu.test.yaml · ", "4 of 4 tests hold"]);
    let held = run(&["test", root.to_str().unwrap()]);
    assert!(held.status.success(), "{held:?}");

    desk.types("quit");
    assert_eq!(desk.ended().0, Some(0));
}

#[test]
fn what_is_said_where_the_call_waits_can_be_heard_again() {
    let (_dir, root) = new();
    let mut desk = Desk::at(&root);
    desk.shows(&["[welcome]"]);
    desk.types("hear");
    desk.shows(&["> hear"]);
    desk.shows(&["[welcome] “Welcome to ABC Restaurant."]);
    // The call has not moved.
    desk.types("1");
    desk.shows(&["[table] “For a table today, press 1."]);
    desk.types("hear");
    desk.shows(&["[table] “For a table today, press 1."]);
}

#[test]
fn a_call_stays_where_its_state_is_gone() {
    let (_dir, root) = new();
    let flow = root.join("flows/menu.yaml");
    let mut desk = Desk::at(&root);
    desk.shows(&["[welcome]"]);
    desk.types("1");
    desk.shows(&["[table]"]);
    let text = std::fs::read_to_string(&flow).unwrap();
    let gone = text
        .replace("  table:\n", "  seats:\n")
        .replace("1: table", "1: seats");
    std::fs::write(&flow, gone).unwrap();
    desk.shows(&["the call stays on menu ", "its state `table` is gone"]);
    desk.types("2");
    desk.shows(&["reserved a table for you tomorrow"]);
    // The next call has the new one.
    desk.types("again");
    desk.types("1");
    desk.shows(&["[seats]"]);
}

#[test]
fn it_waits_where_no_flow_is_good() {
    let dir = project(&[("flows/a.yaml", "flow: a\nstates: [\n")]);
    let mut desk = Desk::at(dir.path());
    let shown = desk.shows(&["no flow is live yet"]).join("\n");
    assert!(shown.contains("flows/a.yaml:"), "{shown}");
    desk.types("1");
    desk.shows(&["there is no call yet"]);
    let good = "flow: a\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\nstates:\n  only: {say: Here we are., then: hangup}\n";
    std::fs::write(dir.path().join("flows/a.yaml"), good).unwrap();
    desk.shows(&["a.yaml · ", "no tests", "live"]);
    desk.shows(&["[only] “Here we are.”"]);
}

#[test]
fn of_several_flows_one_is_called_by_its_name_or_number() {
    let flow = |name: &str, number: u8| {
        format!(
            "flow: {name}\nnumbers: [+656111577{number}]\nvoice: en-US-BenjaminRUS\nstates:\n  only: {{say: This is {name}., then: hangup}}\n"
        )
    };
    let (one, two) = (flow("one", 1), flow("two", 2));
    let dir = project(&[("flows/one.yaml", &one), ("flows/two.yaml", &two)]);
    let mut desk = Desk::at(dir.path());
    desk.shows(&["which flow to call? `call one`, `call two`"]);
    desk.types("call two");
    desk.shows(&["“This is two.”"]);
    desk.types("call +6561115771");
    desk.shows(&["“This is one.”"]);
    desk.types("call");
    desk.shows(&["> call"]);
    desk.shows(&["“This is one.”"]);
    desk.types("call three");
    desk.shows(&["`three` is not live: `call one`, `call two`"]);
    desk.types("flows");
    desk.shows(&["one ", "answers +6561115771"]);
    desk.types("help");
    desk.shows(&["save NAME"]);
}

#[test]
fn it_answers_the_platform_too() {
    let (_dir, root) = new();
    let desk = Desk::at(&root);
    let address = desk.address();
    let mut phone = Phone::to("+6561115001", "over-http");
    let mut post = |digits| {
        let webhook = phone.webhook(digits, 200);
        let (path, form) = (webhook.path, webhook.content_type);
        let (status, body) = exchange(&address, "POST", path, form, &webhook.body);
        assert_eq!(status, 200);
        phone.sent += 1;
        phone.token = accepted(&body).1;
        String::from_utf8(body).unwrap()
    };
    assert!(post(None).contains("Welcome to ABC"));
    edit(&root.join("flows/menu.yaml"), HOURS, "We never close.");
    desk.shows(&["menu.yaml", "live"]);
    assert!(post(Some("2")).contains("We never close."));
}

#[test]
fn it_ends_with_its_input_and_at_a_signal() {
    let (_dir, root) = new();
    let mut desk = Desk::at(&root);
    desk.shows(&["[welcome]"]);
    drop(desk.keyboard.take());
    let (code, shown) = desk.ended();
    assert_eq!(code, Some(0), "{shown:?}");
    assert!(
        shown
            .iter()
            .any(|line| line.contains("the caller hangs up")),
        "{shown:?}"
    );
    for signal in ["-TERM", "-INT"] {
        let desk = Desk::at(&root);
        desk.shows(&["[welcome]"]);
        let id = desk.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(desk.ended().0, Some(0), "{signal}");
    }
}

#[test]
fn a_secret_is_neither_shown_nor_saved() {
    let bakery = "flow: bakery\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\nvars: {pin: secret digits}\ndefaults: {give_up: hangup}\nstates:\n  ask:\n    ask: Your PIN, please.\n    digits: 4\n    save: pin\n    then: thanks\n  thanks:\n    say: Thank you.\n    then: hangup\n";
    let dir = project(&[("flows/bakery.yaml", bakery)]);
    let mut desk = Desk::with(dir.path(), &["--log", "trace"]);
    desk.shows(&["[ask]"]);
    desk.types("8642");
    let mut shown = desk.shows(&["hung up"]);
    desk.types("save");
    shown.extend(desk.shows(&["saved to", "up to the secret"]));
    desk.types("quit");
    let saved = std::fs::read_to_string(dir.path().join("flows/bakery.test.yaml")).unwrap();
    shown.extend(desk.ended().1);
    let all = shown.join("\n") + &saved;
    assert!(!all.contains("8642"), "{all}");
}
