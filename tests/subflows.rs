//! Flows that run each other: conversations through several of them in every delivery,
//! what goes live together, and where a call goes on in another revision.
#![allow(clippy::unwrap_used, reason = "all of it is for tests")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use ringflow::flow::{Build, Catalog, Code, Flow, SourceFile, build, build_upon};
use ringflow::machine::{Answers, Call};
use ringflow::scenario::{Bench, Engine, Followed, desk, tests};

/// The files of `tests/subflows`.
fn files() -> Vec<Arc<SourceFile>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/subflows");
    let mut files = Vec::new();
    for folder in ["flows", "flows/cards"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let text = fs::read_to_string(&path).unwrap();
                files.push(SourceFile::new(&format!("{folder}/{name}"), &text));
            }
        }
    }
    assert!(files.len() >= 7, "{files:?}");
    files
}

fn built(files: &[Arc<SourceFile>]) -> Build {
    let build = build(files);
    let lines: Vec<_> = build.diagnostics.iter().map(|found| found.line()).collect();
    assert!(!build.has_errors(), "{lines:#?}");
    build
}

/// The same files, with one text instead of another in one of them.
fn changed(path: &str, from: &str, to: &str) -> Vec<Arc<SourceFile>> {
    let all = files().into_iter().map(|file| {
        if file.path() != path {
            return file;
        }
        let text = file.text().replace(from, to);
        assert_ne!(text, file.text(), "{from} is not there");
        SourceFile::new(path, &text)
    });
    all.collect()
}

#[test]
fn every_conversation_holds_in_every_delivery() {
    let files = files();
    let build = built(&files);
    let tests = tests(&files, &build);
    let found: Vec<_> = tests.diagnostics.iter().map(|d| d.render(false)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let bench = Bench::new(&files, build);
    let mut runs = 0;
    for file in &tests.files {
        for scenario in &file.scenarios {
            let outcome = bench.run(file, scenario);
            assert!(
                outcome.failures.is_empty(),
                "{}: {:#?}",
                scenario.name.value,
                outcome.failures
            );
            runs += outcome.runs;
        }
    }
    assert!(runs >= 60, "only {runs} runs");
}

fn revision(build: &Build, name: &str) -> String {
    build.catalog.named(name).unwrap().revision().to_string()
}

#[test]
fn a_sub_flow_changes_the_revision_of_all_that_run_it_and_of_no_other() {
    let before = built(&files());
    let now = changed(
        "flows/cards/pin.yaml",
        "Your PIN, please",
        "The PIN, please",
    );
    let after = build_upon(&now, &before);
    assert!(!after.has_errors());
    for (name, changes) in [
        ("bank", true),
        ("verify", true),
        ("cards/pin", true),
        ("news", false),
    ] {
        let is_same = revision(&before, name) == revision(&after, name);
        assert_eq!(!is_same, changes, "{name}");
    }
    // What has not changed is the very flow it was.
    let news = |build: &Build| Arc::clone(build.catalog.named("news").unwrap());
    assert!(Arc::ptr_eq(&news(&before), &news(&after)));
}

#[test]
fn a_flow_keeps_its_bundle_while_a_sub_flow_has_errors() {
    let before = built(&files());
    let broken = changed("flows/cards/pin.yaml", "then: kind", "then: knid");
    let during = build_upon(&broken, &before);
    assert!(during.has_errors());
    let refused: Vec<&str> = during
        .refused
        .iter()
        .map(|refused| &*refused.file)
        .collect();
    assert_eq!(
        refused,
        [
            "flows/bank.yaml",
            "flows/cards/pin.yaml",
            "flows/verify.yaml"
        ]
    );
    for name in ["bank", "verify", "cards/pin", "news"] {
        assert_eq!(revision(&before, name), revision(&during, name), "{name}");
    }
    // Gone, it is missed; put back, all is as it was.
    let without = files()
        .into_iter()
        .filter(|file| file.path() != "flows/cards/pin.yaml");
    let gone = build_upon(&without.collect::<Vec<_>>(), &during);
    assert!(gone.catalog.named("cards/pin").is_none());
    assert!(
        gone.diagnostics
            .iter()
            .any(|found| found.code == Code::UnknownFlow)
    );
    assert_eq!(revision(&before, "bank"), revision(&gone, "bank"));
    let after = build_upon(&files(), &gone);
    assert!(!after.has_errors());
    assert_eq!(revision(&before, "bank"), revision(&after, "bank"));
}

fn flows_in_a_row(count: usize) -> Vec<Arc<SourceFile>> {
    let flow = |at: usize| {
        let state = match at {
            last if last == count => "{say: Goodbye., then: return}".to_owned(),
            _ => format!("{{run: f{}, then: return}}", at + 1),
        };
        let text = format!("flow: f{at}\nvoice: en-US-BenjaminRUS\nstates:\n  s{at}: {state}\n");
        SourceFile::new(&format!("flows/f{at}.yaml"), &text)
    };
    (1..=count).map(flow).collect()
}

#[test]
fn eight_flows_run_in_each_other_and_no_more() {
    let eight = built(&flows_in_a_row(8));
    let flow = eight.catalog.named("f1").unwrap();
    assert_eq!(flow.parts().count(), 8);
    let nine = build(&flows_in_a_row(9));
    let errors: Vec<_> = nine
        .diagnostics
        .iter()
        .map(|found| (found.code, found.file()))
        .collect();
    assert_eq!(errors, [(Code::TooMany, "flows/f1.yaml")]);
}

#[test]
fn flows_that_run_each_other_are_told_the_way_round() {
    let flow = |name: &str, run: &str| {
        let text = format!(
            "flow: {name}\nvoice: en-US-BenjaminRUS\nstates:\n  s: {{say: Hello., run: {run}, then: return}}\n"
        );
        SourceFile::new(&format!("flows/{name}.yaml"), &text)
    };
    let build = build(&[flow("a", "b"), flow("b", "c"), flow("c", "b")]);
    let lines: Vec<_> = build
        .diagnostics
        .iter()
        .map(|found| found.message.clone())
        .collect();
    assert_eq!(
        lines,
        [
            "`b` cannot be run, as it has errors",
            "a sub-flow that calls itself: `b` → `c` → `b`",
            "a sub-flow that calls itself: `c` → `b` → `c`",
        ]
    );
}

fn engine(catalog: Catalog) -> Engine {
    Engine::new(Arc::new(catalog), desk(Answers::Single))
}

/// A webhook of one call, with the token of the answer before.
fn post(engine: &mut Engine, id: u8, digits: &str, token: &str) -> (String, String) {
    let status = if id == 1 {
        "CALL_RECEIVED"
    } else {
        "ACTION_COMPLETED"
    };
    let body = format!(
        r#"{{"eventType":"CALL_ACTION","payload":{{"eventId":"{id}","callId":"leg","sessionId":"one","callStatus":"{status}","callDirection":"INBOUND","source":"+6591234567","destination":"+6561118800","eventData":{{"dtmf":"{digits}"}},"clientActionId":"{token}"}}}}"#
    );
    let response = engine.post(body.as_bytes(), Timestamp::UNIX_EPOCH);
    assert_eq!(response.status, 200);
    let text = String::from_utf8(response.body).unwrap();
    let token = text
        .split_once(r#""clientActionId":""#)
        .map(|(_, rest)| rest.split('"').next().unwrap().to_owned());
    (text, token.unwrap_or_default())
}

/// A call that waits for the PIN, two flows deep, and its token.
fn at_the_pin() -> (Engine, String) {
    let mut engine = engine(built(&files()).catalog);
    let (_, token) = post(&mut engine, 1, "", "");
    let (_, token) = post(&mut engine, 2, "1234", &token);
    let (text, token) = post(&mut engine, 3, "1", &token);
    assert_eq!(engine.view().unwrap().state, "pin");
    assert!(text.contains("Your PIN"), "{text}");
    (engine, token)
}

#[test]
fn a_token_leads_back_into_the_innermost_flow() {
    let mut engine = engine(built(&files()).catalog);
    let (_, token) = post(&mut engine, 1, "", "");
    let (_, token) = post(&mut engine, 2, "1234", &token);
    assert!(token.len() <= 64);
    assert_eq!(engine.view().unwrap().state, "how");
    engine.forget();
    // A key that needs no variable.
    let (text, _) = post(&mut engine, 3, "2", &token);
    assert!(text.contains("We have blocked your card"), "{text}");
}

/// What the innermost flow was given is lost in the outermost too, and is asked for there.
#[test]
fn what_was_given_and_is_lost_is_asked_for_where_it_was_asked() {
    let (mut engine, token) = at_the_pin();
    engine.forget();
    let (text, token) = post(&mut engine, 5, "1235", &token);
    assert!(text.contains("Your account, please"), "{text}");
    let (text, _) = post(&mut engine, 6, "1234", &token);
    assert!(text.contains("To prove that account 1234"), "{text}");
}

#[test]
fn in_another_revision_a_call_begins_at_the_outermost_run_that_is_left() {
    for is_kept in [false, true] {
        let (mut engine, token) = at_the_pin();
        let now = changed("flows/verify.yaml", "by_pin:", "with_pin:");
        let now: Vec<_> = now
            .into_iter()
            .map(|file| match file.path() {
                "flows/verify.yaml" => SourceFile::new(
                    file.path(),
                    &file.text().replace("1: by_pin", "1: with_pin"),
                ),
                _ => file,
            })
            .collect();
        engine.serve(Arc::new(built(&now).catalog));
        if is_kept {
            engine.keep_and_read().unwrap();
        } else {
            engine.forget();
        }
        let (text, _) = post(&mut engine, 5, "1235", &token);
        if is_kept {
            // It still knows the account.
            assert!(text.contains("To prove that account 1234"), "{text}");
        } else {
            assert!(text.contains("Your account, please"), "{text}");
        }
    }
}

#[test]
fn a_call_goes_over_to_an_edit_two_flows_deep() {
    let (mut engine, token) = at_the_pin();
    let edited = changed(
        "flows/cards/pin.yaml",
        "That was not right",
        "Wrong, I fear",
    );
    engine.serve(Arc::new(built(&edited).catalog));
    assert!(matches!(engine.follow(), Followed::On(_)));
    let (text, token) = post(&mut engine, 5, "1111", &token);
    assert!(text.contains("Wrong, I fear"), "{text}");
    let (text, _) = post(&mut engine, 6, "1235", &token);
    assert!(text.contains("Account 1234 is yours"), "{text}");
    // Without the state that runs it, it stays on what it has.
    let (mut engine, _) = at_the_pin();
    let now = changed("flows/bank.yaml", "check", "prove");
    engine.serve(Arc::new(built(&now).catalog));
    let Followed::Stays { state, .. } = engine.follow() else {
        panic!("it cannot go over");
    };
    assert_eq!(state, "pin");
}

#[test]
fn a_call_in_a_sub_flow_is_the_same_in_bytes_and_back() {
    let (mut engine, token) = at_the_pin();
    engine.keep_and_read().unwrap();
    let (text, _) = post(&mut engine, 5, "1235", &token);
    assert!(text.contains("Account 1234 is yours"), "{text}");
}

/// The names of states by which people speak of them.
#[test]
fn a_state_is_called_by_its_flow_where_its_name_is_not_alone() {
    let build = built(&files());
    let bank: &Flow = build.catalog.named("bank").unwrap();
    for (name, shown) in [
        ("check", "check"),
        ("how", "how"),
        ("news/main", "news/main"),
        ("broken/main", "broken/main"),
        ("cards/pin/pin", "pin"),
    ] {
        let at = bank.state_shown(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(bank.shown_state(at), shown);
    }
    assert_eq!(bank.state_shown("news/nowhere"), None);
}

#[test]
fn damaged_bytes_of_a_call_in_a_sub_flow_are_refused_and_never_panic() {
    let build = built(&files());
    let mut engine = engine(build.catalog.clone());
    let (_, token) = post(&mut engine, 1, "", "");
    post(&mut engine, 2, "1234", &token);
    let session = engine.session().unwrap().clone();
    let bytes = Call::holding(session).to_bytes();
    assert!(Call::from_bytes(&bytes, &build.catalog).is_ok());
    for length in 0..bytes.len() {
        assert!(Call::from_bytes(&bytes[..length], &build.catalog).is_err());
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        // Whatever it is then, reading it ends.
        let _ = Call::from_bytes(&damaged, &build.catalog).is_ok();
    }
}
