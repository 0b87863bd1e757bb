//! An editor never marks what `check` takes: every key is tried with values of every
//! shape, and what the schema refuses `check` refuses as well.

use ringflow::flow::{SourceFile, build, flow_schema, has_errors};
use serde_json::Value;

use super::{flows, marked, yaml};

/// Values as they are typed behind a key.
const VALUES: [&str; 28] = [
    "hangup",
    "main",
    "no",
    "true",
    "5",
    "0",
    "1.5",
    "25",
    "100",
    "6-8",
    "5s",
    "2 m",
    "1500ms",
    "+6561110001",
    "65 6111 0001",
    "\"*\"",
    "[a, b]",
    "[]",
    "[+6561110001]",
    "{a: hangup}",
    "{1: hangup}",
    "{say: Goodbye., then: hangup}",
    "\"${1 + 1}\"",
    "secret digits",
    "[mon-fri 09:00-18:00, \"sat, sun 9:00-24:00\"]",
    "{a: {open: daily 22:00-06:00, except: {b: [2026-12-25]}}}",
    "{a: {open: mon 09:00-18:00, except: {b: {on_dates: 2026-12-25, open: 13:00-18:00}}}}",
    "{a: {open: [mon], except: [2026-12-25]}}",
];

/// A flow in which one value stands behind one key.
fn flow(place: &str, key: &str, value: &str) -> String {
    let mut file = String::from(
        "flow: a\nvoice: en-US-BenjaminRUS\nallow_dial: [+65]\nhours: {a: {open: [daily 09:00-18:00]}}\n",
    );
    let mut defaults = String::from("{give_up: hangup, otherwise: hangup");
    let mut state = match place {
        "menu" => "    menu: Press 1.\n    keys: {1: hangup}\n",
        "ask" => "    ask: Digits\n    digits: 8\n    save: a\n    then: hangup\n",
        "transfer" => "    transfer: +6561110001\n    then: hangup\n",
        "choose" => "    choose: now.date\n    cases: {a: hangup}\n",
        "hours" => "    hours: a\n    then: hangup\n",
        // Everything that `defaults` can say is asked for.
        "defaults" => {
            "    menu: Press 1.\n    keys: {1: digits}\n  digits:\n    ask: Digits\n    digits: 8\n    \
             valid: luhn(input)\n    then: desk\n  desk:\n    transfer: +6561110001\n    then: hangup\n"
        }
        _ => "    say: Hello.\n    then: hangup\n",
    }
    .to_owned();
    match place {
        "file" => {
            let lines: Vec<_> = file.lines().filter(|line| !starts(line, key)).collect();
            file = format!("{}\n{key}: {value}\n", lines.join("\n"));
        }
        "defaults" => {
            let rest = defaults.replace(&format!("{key}: hangup"), "tries: 2");
            defaults = format!("{rest}, {key}: {value}");
        }
        _ => {
            let lines: Vec<_> = state.lines().filter(|line| !starts(line, key)).collect();
            state = format!("{}\n    {key}: {value}\n", lines.join("\n"));
        }
    }
    format!("{file}defaults: {defaults}}}\nstates:\n  main:\n{state}")
}

fn starts(line: &str, key: &str) -> bool {
    line.trim_start().starts_with(&format!("{key}:"))
}

#[test]
fn what_the_schema_refuses_is_refused_by_check() {
    let schema = flow_schema();
    let validator = flows();
    let properties = |schema: &Value| -> Vec<String> {
        let properties = schema["properties"].as_object().expect("it has keys");
        properties.keys().cloned().collect()
    };
    let mut places = vec![
        ("file", properties(&schema)),
        ("defaults", properties(&schema["definitions"]["defaults"])),
    ];
    for kind in ["plain", "menu", "ask", "transfer", "choose", "hours"] {
        let name = format!("state_{kind}");
        places.push((kind, properties(&schema["definitions"][name])));
    }
    let (mut refused, mut taken) = (0, 0);
    let mut wrong = Vec::new();
    for (place, keys) in places {
        for key in keys.iter().filter(|key| *key != "states") {
            for value in VALUES {
                let text = flow(place, key, value);
                let found = yaml::read(&text).map(|read| marked(&validator, &read));
                let Ok(found) = found else { continue };
                let build = build(&[SourceFile::new("flows/a.yaml", &text)]);
                let is_refused = has_errors(&build.diagnostics);
                match (found.is_empty(), is_refused) {
                    (false, false) => wrong.push(format!("{text}{found:?}\n")),
                    (false, true) => refused += 1,
                    (true, _) => taken += 1,
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong.join("\n"));
    assert!(refused > 600, "only {refused} are refused");
    assert!(taken > 200, "only {taken} are taken");
}
