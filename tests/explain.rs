//! The examples of `ringflow explain`: each wrong one has its code and no other, and
//! nothing is found in the same one mended.

use ringflow::flow::{Build, Code, Diagnostic, PROJECT_FILE, SourceFile, VOICES_FILE, build};
use ringflow::scenario;

const HEAD: &str = "\
flow: example
numbers: [+6561115001]
voice: en-US-BenjaminRUS
start: entry
vars: {account: digits, tier: text, n: number}
defaults: {give_up: goodbye}
states:
";

/// What the examples lead to and do not show.
const HELPERS: [(&str, &str); 2] = [
    (
        "desk",
        "{transfer: +6561110001, then: hangup, otherwise: goodbye}",
    ),
    ("goodbye", "{say: Goodbye., then: hangup}"),
];

const FILE_KEYS: [&str; 10] = [
    "flow",
    "numbers",
    "start",
    "voice",
    "zone",
    "vars",
    "defaults",
    "hours",
    "allow_dial",
    "states",
];

/// An example as files: as it stands, or as the states of a flow.
fn files(example: &str) -> Vec<(String, String)> {
    if example.starts_with("# flows/") || example.starts_with("# ringflow.yaml\n") {
        let mut files: Vec<(String, String)> = Vec::new();
        for line in example.lines() {
            let path = line.strip_prefix("# ");
            let path = path.filter(|path| {
                path.starts_with("flows/") || [PROJECT_FILE, VOICES_FILE].contains(path)
            });
            match (path, files.last_mut()) {
                (Some(path), _) => files.push((path.to_owned(), String::new())),
                (None, Some((_, text))) => *text += &format!("{line}\n"),
                (None, None) => unreachable!("it begins with a path"),
            }
        }
        return files;
    }
    let first = example.split(':').next().unwrap_or_default();
    let text = if FILE_KEYS.contains(&first) {
        example.to_owned()
    } else {
        around_states(example)
    };
    vec![("flows/example.yaml".to_owned(), text)]
}

/// A flow around some states, in which a choice leads to each of them.
fn around_states(states: &str) -> String {
    let mut names: Vec<&str> = states
        .lines()
        .filter(|line| !line.starts_with([' ', '#']))
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    let mut body: String = states.lines().map(|line| format!("  {line}\n")).collect();
    for (name, state) in HELPERS {
        if !names.contains(&name) {
            body.push_str(&format!("  {name}: {state}\n"));
            names.push(name);
        }
    }
    let arms: Vec<String> = names
        .iter()
        .map(|name| format!("      - {{if: 'dialled.ref == \"{name}\"', then: {name}}}\n"))
        .collect();
    let entry = format!(
        "  entry:\n    choose:\n{}    otherwise: goodbye\n",
        arms.concat()
    );
    format!("{HEAD}{entry}{body}")
}

fn built(example: &str) -> (Build, Vec<Diagnostic>) {
    let files: Vec<_> = files(example)
        .iter()
        .map(|(path, text)| SourceFile::new(path, text))
        .collect();
    let build = build(&files);
    let mut found = build.diagnostics.clone();
    found.extend(scenario::tests(&files, &build).diagnostics);
    (build, found)
}

fn told(found: &[Diagnostic]) -> String {
    let rendered = found.iter().map(|found| found.render(false) + "\n");
    rendered.collect()
}

#[test]
fn a_wrong_example_has_its_code_and_no_other() {
    let mut wrong = String::new();
    for code in Code::ALL {
        let (_, found) = built(code.explanation().wrong);
        let codes: Vec<Code> = found.iter().map(|found| found.code).collect();
        if codes != [*code] {
            wrong.push_str(&format!("{}:\n{}\n", code.word(), told(&found)));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn nothing_is_found_in_a_mended_example() {
    let mut wrong = String::new();
    for code in Code::ALL {
        let (build, found) = built(code.explanation().right);
        if !found.is_empty() || build.catalog.flows().is_empty() {
            wrong.push_str(&format!("{}:\n{}\n", code.word(), told(&found)));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
