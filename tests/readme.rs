//! What the README shows is what the program does: its session at the terminal goes line
//! by line as it stands there, its flow compiles, its conversations are held, its list of
//! flows is what is loaded.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

mod readme {
    pub mod session;
}

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use ringflow::call::{Action, Repetition, Speed, SpokenText, Voice};
use ringflow::flow::{Build, SourceFile, build};
use ringflow::live::{Calls, CallsConfig, Clock, Lifetimes, read_project};
use ringflow::machine::{Answers, Desk, Policy, Sides, TokenKeys};
use ringflow::scenario::{Bench, tests};
use ringflow::web::{Web, router};
use tower::ServiceExt;

fn readme() -> String {
    std::fs::read_to_string("README.md").expect("the README is there")
}

/// The fenced blocks of the README in this language, in order.
fn blocks(language: &str) -> Vec<String> {
    let text = readme();
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(found) = line.strip_prefix("```") {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            if found == language {
                blocks.push(block.join("\n") + "\n");
            }
        }
    }
    assert!(!blocks.is_empty(), "the README has blocks of `{language}`");
    blocks
}

fn shipped() -> Build {
    let (files, errors) = read_project(".".as_ref());
    assert!(errors.is_empty());
    build(&files)
}

/// The blocks of YAML that are flows, and those that are scenarios.
fn flows() -> Vec<String> {
    let is_flow = |block: &String| block.starts_with("flow:");
    blocks("yaml").into_iter().filter(is_flow).collect()
}

fn scenarios() -> Vec<String> {
    let is_test = |block: &String| block.starts_with("scenarios:");
    blocks("yaml").into_iter().filter(is_test).collect()
}

#[test]
fn its_first_five_minutes_go_as_they_are_told() {
    let text = readme();
    let (_, told) = text.split_once("## The first five minutes\n").unwrap();
    let (told, _) = told.split_once("\n## ").unwrap();
    readme::session::goes_as(told);
}

#[test]
fn its_call_is_what_is_heard() {
    let blocks = blocks("text");
    let call = blocks.iter().find(|block| block.starts_with("restaurant "));
    readme::session::is_heard(&["call", "restaurant"], call.unwrap());
}

#[test]
fn its_scenario_holds_with_its_flow() {
    assert_eq!(flows().len() + scenarios().len(), blocks("yaml").len());
    let files = [
        SourceFile::new("flows/hello.yaml", &flows()[0]),
        SourceFile::new("flows/hello.test.yaml", &scenarios()[0]),
    ];
    let build = build(&files);
    let tests = tests(&files, &build);
    assert_eq!(tests.diagnostics, []);
    let bench = Bench::new(&files, build);
    let outcome = bench.run(&tests.files[0], &tests.files[0].scenarios[0]);
    assert!(outcome.failures.is_empty(), "{:#?}", outcome.failures);
}

#[test]
fn its_flow_compiles_without_a_finding() {
    for flow in flows() {
        let build = build(&[SourceFile::new("flows/hello.yaml", &flow)]);
        assert_eq!(build.diagnostics, []);
        assert_eq!(build.catalog.flows().len(), 1);
    }
}

#[test]
fn its_list_of_flows_is_what_is_loaded() {
    let shown = blocks("text");
    for flow in shipped().catalog.flows() {
        let number = flow.numbers().first();
        let number = number.map_or("no number".to_owned(), ToString::to_string);
        let line = format!(
            "{} {} answers {number} ({}, {} states)",
            flow.name(),
            flow.revision(),
            flow.path(),
            flow.states().len()
        );
        assert!(shown.iter().any(|block| block.contains(&line)), "{line}");
    }
}

#[tokio::test]
async fn its_conversation_is_what_is_answered() {
    let say = Action::Say {
        text: SpokenText::new("Goodbye.").unwrap(),
        voice: Voice::new("en-US-BenjaminRUS").unwrap(),
        speed: Speed::NORMAL,
        repetition: Repetition::ONCE,
    };
    let config = CallsConfig {
        desk: Desk {
            policy: Policy {
                answers: Answers::Single,
                sides: Sides::default(),
                last_resort: say.clone(),
            },
            keys: TokenKeys::read(&"a".repeat(64)).unwrap(),
        },
        lifetimes: Lifetimes::default(),
        max_calls: 10,
        script_threads: 1,
        show_digits: false,
        follow_edits: false,
    };
    let calls = Calls::new(Arc::new(shipped().catalog), config, Clock::system());
    let router = router(Web::new(calls, say, false));
    let requests: Vec<_> = blocks("sh")
        .into_iter()
        .filter(|block| block.starts_with("curl"))
        .collect();
    let answers = blocks("json");
    assert_eq!(requests.len(), answers.len());
    for (request, answer) in requests.iter().zip(answers) {
        let body = request.split('\'').nth(1).expect("the body is in quotes");
        let request = Request::post("/webhooks")
            .body(Body::from(body.to_owned()))
            .unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let bytes = to_bytes(response.into_body(), 65_536).await.unwrap();
        let given = String::from_utf8(bytes.to_vec()).unwrap();
        assert_eq!(without_token(&given), without_token(answer.trim()));
    }
}

/// The answer with its token, which depends on the key, taken out.
fn without_token(answer: &str) -> String {
    let mut json: serde_json::Value = serde_json::from_str(answer).unwrap();
    let token = json["clientActionId"].take();
    assert!(token.as_str().is_some_and(|token| token.len() <= 64));
    json.to_string()
}
