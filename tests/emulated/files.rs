//! Callers from files, against the whole product.

use std::path::Path;
use std::sync::{Arc, Mutex};

use ringflow::flow;
use ringflow::live::read_project;
use ringflow::phone::{Ending, Line, Rules, Start};
use ringflow::platform::drive::{
    Ended, FromFile, Kind, Manner, Pace, Session, Single, TurnTaken, Watch, drive,
};
use ringflow::scenario::{self, Scenario, Script};

use crate::calls::call_out;
use crate::server::Server;

async fn call(server: &Server, script: Script, to: &str, number: u64) -> Ended {
    let start = Start {
        from: script.from().to_owned(),
        to: to.to_owned(),
        session: format!("file-{number}"),
        at: "2026-03-02T02:00:00Z".parse().unwrap(),
        country: None,
    };
    let line = Line::call_in(start, Rules::default());
    let caller = FromFile::new(Arc::new(script));
    let deliver = Arc::new(Single(Arc::clone(&server.delivery)));
    let manner = Manner::new(deliver, Pace::Fast);
    drive(Session::new(line, Box::new(caller)), &manner).await
}

/// What a caller can do who is not told anything: it happens at the server's time, and asks
/// for nothing that only a test can arrange.
fn is_plain(scenario: &Scenario, at: jiff::Timestamp) -> bool {
    scenario.at == at
        && !scenario.outbound
        && scenario.given.is_empty()
        && scenario.stubs.is_empty()
        && scenario.sides.iter().next().is_none()
}

#[tokio::test]
async fn the_scenarios_of_the_shipped_flows_hold_over_http() {
    let server = Server::start().await;
    let (files, _) = read_project(Path::new(env!("CARGO_MANIFEST_DIR")));
    let tests = scenario::tests(&files, &flow::build(&files));
    let now = server.clock.now();
    let mut count = 0;
    for file in &tests.files {
        let Some(to) = file.flow.numbers().first() else {
            continue;
        };
        for scenario in file.scenarios.iter().filter(|one| is_plain(one, now)) {
            let script = Script::of(file, scenario);
            let ended = call(&server, script, &to.to_string(), count).await;
            assert_eq!(ended.verdict, Ok(()), "{}", scenario.name.value);
            assert_eq!(ended.wrong, [], "{}", scenario.name.value);
            count += 1;
        }
    }
    assert!(count > 20, "{count} scenarios");
    server.minutes_pass(10);
    assert_eq!(server.calls().len(), 0);
}

const FILE: &str = "\
from: +6598887777
scenarios:
  - name: another one
    call: [hears: <prompts_are_not_known>]
  - name: books a table
    call:
      - hears: ABC Restaurant
      - press: 1
      - vars: {unknown: here}
      - wait: 100ms
      - hears: nobody says this 4711
      - press: 4711
";

const RESTAURANT: &str = "+6561115777";

#[tokio::test]
async fn what_does_not_come_is_told_with_its_line_and_without_what_is_keyed_in() {
    let server = Server::start().await;
    let script = Script::read("caller.yaml", FILE, Some("books a table")).unwrap();
    assert_eq!(script.from(), "+6598887777");
    let ended = call(&server, script, RESTAURANT, 0).await;
    let verdict = ended.verdict.unwrap_err();
    let (place, what) = verdict.split_once(": ").unwrap();
    assert_eq!(place, "caller.yaml:11");
    assert!(
        what.starts_with("`nobody says this ••••` is not heard"),
        "{what}"
    );
    assert!(!verdict.contains("4711"));
}

#[test]
fn a_file_that_cannot_be_read_is_told_with_its_line_and_without_what_is_keyed_in() {
    let read = |text, name| Script::read("caller.yaml", text, name).unwrap_err();
    let unknown = read(FILE, Some("another one"));
    assert!(
        unknown.starts_with("caller.yaml:4: what the prompt"),
        "{unknown}"
    );
    let none = read(FILE, Some("a third one"));
    assert_eq!(none, "`caller.yaml` has no scenario `a third one`");
    let keys = read("scenarios:\n  - name: a\n    call: [press: 47x11]\n", None);
    assert!(
        keys.starts_with("caller.yaml:3: ") && !keys.contains("47"),
        "{keys}"
    );
    assert_eq!(read("flow: x\n", None), "`caller.yaml` has no scenario");
}

#[derive(Default)]
struct Kinds(Mutex<Vec<Kind>>);

impl Watch for Kinds {
    fn turn(&self, turn: &TurnTaken) {
        self.0.lock().unwrap().push(turn.kind);
    }
}

/// Calls somebody who is in a file, and records it.
async fn call_somebody(server: &Server, steps: &str, number: u64) -> (Ended, Vec<Kind>) {
    let file = format!("direction: outbound\nscenarios:\n  - name: one\n    call: {steps}\n");
    let script = Script::read("person.yaml", &file, None).unwrap();
    assert!(script.is_outbound());
    let line = call_out(number, RESTAURANT, Rules::default());
    let kinds = Arc::new(Kinds::default());
    let manner = Manner {
        watch: Arc::clone(&kinds) as Arc<dyn Watch>,
        keeps_heard: true,
        ..Manner::new(Arc::new(Single(Arc::clone(&server.delivery))), Pace::Fast)
    };
    let caller = Box::new(FromFile::new(Arc::new(script)));
    let ended = drive(Session::new(line, caller), &manner).await;
    assert_eq!(
        (&ended.verdict, &ended.wrong),
        (&Ok(()), &Vec::new()),
        "{ended:?}"
    );
    let kinds = std::mem::take(&mut *kinds.0.lock().unwrap());
    (ended, kinds)
}

#[tokio::test]
async fn somebody_who_is_called_does_what_is_in_the_file() {
    use Kind::{Vca, Vcs, Vru, Vss};

    let server = Server::start().await;
    let steps = "[hears: Good morning, press: 3, hears: We are open, hangs_up: true]";
    let (taken, kinds) = call_somebody(&server, steps, 0).await;
    assert_eq!(taken.ending, Ending::CallerHungUp);
    // It was initiated and connected, and at the end disconnected.
    assert!(kinds.starts_with(&[Vcs, Vcs, Vca, Vca]), "{kinds:?}");
    assert!(kinds.ends_with(&[Vca, Vcs, Vss, Vru]), "{kinds:?}");
    for (number, leg) in [
        (2, "busy"),
        (4, "no_answer"),
        (6, "failed"),
        (8, "cancelled"),
    ] {
        let (lost, kinds) = call_somebody(&server, &format!("[leg: {leg}]"), number).await;
        assert_eq!((lost.turns, lost.ending), (0, Ending::NotAnswered), "{leg}");
        assert_eq!(kinds, [Vcs, Vcs, Vss], "{leg}");
    }
    server.minutes_pass(10);
    assert_eq!(server.calls().len(), 0);
}
