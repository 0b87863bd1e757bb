//! Test files: what can be written in one, and what cannot. An editor offers what the
//! reader knows, and never marks what it takes.

use std::collections::{BTreeMap, BTreeSet};

use ringflow::flow::{Code, Diagnostic, SourceFile, build, has_errors};
use ringflow::scenario::{self, tests_schema};
use serde_json::Value;

use super::{files, marked, tests, yaml};

const GOOD: &str = r##"
flow: bank
from: +6591234567
at: 2026-03-02T10:00:00+08:00
stubs:
  - GET: https://crm.example.com/v1/customers/*
    json: {tier: gold}
    after: 800ms
  - POST: https://crm.example.com/orders
    status: 201
    text: done
  - PUT: https://crm.example.com/*
    fails: unreachable
scenarios:
  - name: a gold customer whose desk is busy reaches an agent
    call:
      - hears: <choose_language>
      - press: 1
      - press: 79927398#
      - press: "#"
      - dialled: +6561115900
      - leg: busy
      - leg: {answered: 42s}
      - wait: 20s
      - looked_up: GET https://crm.example.com/*
      - vars: {tier: gold, n: 3}
      - hears: /good ?bye/
      - hung_up: true
    states: [welcome, open_check]
    strict: true
    vars: {tier: gold}
  - name: silence gives up politely
    from: anonymous
    call: [press: 1, silence: true, hears: did not hear, hangs_up: true]
    never: [{hears: press}, {dialled: +6561115777}]
    split: {offer: new}
    survives: [duplicates, restarts]
    because: what was set is lost
"##;

#[test]
fn a_test_file_is_valid_and_every_slip_in_it_is_marked() {
    let validator = tests();
    let value = yaml::read(GOOD).expect("it is YAML");
    assert_eq!(marked(&validator, &value), [""; 0]);
    for (from, to) in [
        ("flow: bank", "flwo: bank"),
        ("    call:\n      - hears", "    cal:\n      - hears"),
        ("- press: 1\n", "- pres: 1\n"),
        ("- press: 1\n", "- press: one\n"),
        ("- press: 1\n", "- press: 1\n        hears: more\n"),
        ("- press: 1\n", "- silence\n"),
        ("- hung_up: true", "- hung_up: maybe"),
        ("leg: busy", "leg: engaged"),
        ("{answered: 42s}", "{answered: 42}"),
        ("wait: 20s", "wait: 20"),
        ("dialled: +6561115900", "dialled: agent"),
        ("strict: true", "strict: sometimes"),
        ("never: [{hears: press}", "never: [{heard: press}"),
        ("survives: [duplicates", "survives: [duplicate"),
        ("split: {offer: new}", "split: offer"),
        ("at: 2026-03-02T10:00:00+08:00", "at: Monday"),
        ("scenarios:", "scenario:"),
        ("  - GET:", "  - FETCH:"),
        ("status: 201", "status: done"),
        ("fails: unreachable", "fails: often"),
        ("after: 800ms", "after: 800"),
        ("looked_up: GET ", "looked_up: "),
    ] {
        let broken = GOOD.replacen(from, to, 1);
        assert_ne!(broken, GOOD, "{from}");
        let value = yaml::read(&broken).unwrap_or_else(|error| panic!("{to}: {error}"));
        assert!(!marked(&validator, &value).is_empty(), "{to} is not marked");
    }
}

#[test]
fn every_shipped_test_file_is_valid() {
    let validator = tests();
    let shipped = files("flows", ".test.yaml");
    assert!(shipped.len() >= 4);
    for (name, text) in shipped {
        let value = yaml::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(marked(&validator, &value), [""; 0], "{name}");
    }
}

const FLOW: &str = "
flow: t
voice: en-US-BenjaminRUS
vars: {n: number, kind: text}
defaults: {give_up: hangup}
states:
  main:
    menu: Press 1.
    keys: {1: {say: One., then: hangup}, 2: code}
  code:
    ask: Your code?
    digits: 4
    save: code
    then: hangup
";

/// Where keys belong, the schema of the place, and a file in which one key stands there.
const PLACES: [&str; 5] = ["file", "scenario", "step", "never", "leg"];

fn schema_of(place: &str) -> Value {
    let schema = tests_schema();
    let scenario = &schema["properties"]["scenarios"]["items"];
    let step = &scenario["properties"]["call"]["items"];
    match place {
        "file" => schema,
        "scenario" => scenario.clone(),
        "step" => step.clone(),
        "never" => scenario["properties"]["never"]["anyOf"][0].clone(),
        _ => step["properties"]["leg"]["anyOf"][1].clone(),
    }
}

fn keys_of(place: &str) -> Vec<String> {
    let schema = schema_of(place);
    let keys = schema["properties"].as_object().expect("it has keys");
    keys.keys().cloned().collect()
}

fn file_with(place: &str, key: &str, value: &str) -> String {
    let in_place = |wanted: &str| place == wanted;
    let mut file = match in_place("file") {
        true => format!("{key}: {value}\n"),
        false => String::new(),
    };
    if place != "file" || key != "scenarios" {
        let mut scenario = BTreeMap::from([("name", "a"), ("call", "[hears: Press]")]);
        let line = match place {
            "step" => format!("[{{{key}: {value}}}]"),
            "leg" => format!("[leg: {{{key}: {value}}}]"),
            "never" => format!("{{{key}: {value}}}"),
            _ => value.to_owned(),
        };
        match place {
            "step" | "leg" => scenario.insert("call", &line),
            "never" => scenario.insert("never", &line),
            "scenario" => scenario.insert(key, &line),
            _ => None,
        };
        // What needs a reason has one.
        scenario.entry("because").or_insert("it is tried");
        file.push_str("scenarios:\n  -\n");
        for (key, value) in scenario {
            file.push_str(&format!("    {key}: {value}\n"));
        }
    }
    file
}

/// What the reader says of a test file.
fn read(text: &str) -> Vec<Diagnostic> {
    let flow = SourceFile::new("flows/t.yaml", FLOW);
    let build = build(std::slice::from_ref(&flow));
    assert!(!build.has_errors(), "{:?}", build.diagnostics);
    let files = [flow, SourceFile::new("flows/t.test.yaml", text)];
    let tests = scenario::tests(&files, &build);
    assert_eq!(tests.count, 1);
    tests.diagnostics
}

#[test]
fn the_reader_knows_the_keys_that_an_editor_offers_and_no_others() {
    let mut words: BTreeSet<String> = PLACES.iter().flat_map(|place| keys_of(place)).collect();
    words.extend(["then".to_owned()]);
    assert!(words.len() > 20, "{words:?}");
    for place in PLACES {
        let offered = keys_of(place);
        for word in &words {
            let found = read(&file_with(place, word, "1"));
            let is_known = match place {
                "leg" => !found
                    .iter()
                    .any(|found| found.message.contains("one outcome")),
                _ => !found.iter().any(|found| found.code == Code::UnknownKey),
            };
            assert_eq!(
                offered.contains(word),
                is_known,
                "`{word}` in {place}: {found:?}"
            );
        }
    }
}

/// Values as they are typed behind a key.
const VALUES: [&str; 44] = [
    "t",
    "main",
    "main.keys.1",
    "[main, main.keys.1, code]",
    "[]",
    "{}",
    "true",
    "\"true\"",
    "false",
    "1",
    "\"#\"",
    "\"*\"",
    "star",
    "12#",
    "0042",
    "79927398713",
    "1.5",
    "5s",
    "2 m",
    "1.5h",
    "1500ms",
    "0s",
    "+6561110001",
    "65 6111 0001",
    "\"+65 6111 0001\"",
    "anonymous",
    "2026-03-02T10:00:00+08:00",
    "2026-03-02 10:00",
    "20260302T100000Z",
    "2026-03-02",
    "Monday",
    "/good ?bye/",
    "/(/",
    "Welcome",
    "duplicates",
    "[duplicates, lost]",
    "busy",
    "engaged",
    "{answered: 42s}",
    "{answered: 42}",
    "{n: 3, kind: gold}",
    "{hears: Welcome}",
    "[{hears: Welcome}, {dialled: +6561110001}]",
    "[hears: Welcome, press: 1, hung_up: true]",
];

#[test]
fn what_the_schema_refuses_the_reader_refuses_too() {
    let validator = tests();
    let (mut refused, mut taken) = (0, 0);
    let mut wrong = Vec::new();
    for place in PLACES {
        for key in keys_of(place) {
            for value in VALUES {
                let text = file_with(place, &key, value);
                let Ok(as_yaml) = yaml::read(&text) else {
                    continue;
                };
                let found = marked(&validator, &as_yaml);
                match (found.is_empty(), has_errors(&read(&text))) {
                    (false, false) => wrong.push(format!("{text}{found:?}\n")),
                    (false, true) => refused += 1,
                    (true, _) => taken += 1,
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong.join("\n"));
    assert!(refused > 400, "only {refused} are refused");
    assert!(taken > 150, "only {taken} are taken");
}
