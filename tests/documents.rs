//! The reference of the language, held against the program: every example compiles,
//! and its lists are those of the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use ringflow::flow::{Code, PROJECT_FILE, Severity, SourceFile, build};
use ringflow::scenario::{Bench, tests};
use ringflow::script::{BUILTINS, FIELDS};

fn reference() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("flows/README.md");
    fs::read_to_string(path).expect("the reference is there")
}

/// The examples, each with the word in the remark in front of it.
fn examples(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut mark = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(word) = line.strip_prefix("<!-- ") {
            mark = word.trim_end_matches(" -->").to_owned();
        } else if line == "```yaml" {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            found.push((std::mem::take(&mut mark), body.join("\n") + "\n"));
        }
    }
    found
}

/// The tables of the examples, each with its name in the remark in front of it.
fn tables(text: &str) -> Vec<Arc<SourceFile>> {
    let parts = text.split("<!-- table ").skip(1);
    let tables = parts.map(|part| {
        let (name, rest) = part.split_once(" -->\n```csv\n").expect("a table follows");
        let (text, _) = rest.split_once("```").expect("it has an end");
        SourceFile::new(&format!("flows/tables/{name}.csv"), text)
    });
    tables.collect()
}

/// The flows that other examples run, each with its name in the remark in front of it.
fn sub_flows(examples: &[(String, String)]) -> Vec<Arc<SourceFile>> {
    let subs = examples.iter().filter_map(|(mark, text)| {
        let name = mark.strip_prefix("sub ")?;
        Some(SourceFile::new(&format!("flows/{name}.yaml"), text))
    });
    let subs: Vec<_> = subs.collect();
    assert!(!subs.is_empty());
    subs
}

/// The prompts of the examples, each with its language in the remark in front of it.
fn prompts(examples: &[(String, String)]) -> Vec<Arc<SourceFile>> {
    let prompts = examples.iter().filter_map(|(mark, text)| {
        let lang = mark.strip_prefix("prompts ")?;
        let path = format!("flows/prompts/{lang}.yaml");
        Some(SourceFile::new(&path, text))
    });
    prompts.collect()
}

const HEAD: &str = "voice: en-US-BenjaminRUS\nallow_dial: [+65]\nstart: entry\n";
const LANGUAGES: &str = "languages: {en: {voice: en-US-BenjaminRUS}, ms: {voice: ms-MY-Yasmin}}\nallow_dial: [+65]\nstart: entry\n";
const VARS: &str = "vars: {account: digits, tier: text, n: number}\ndefaults: {give_up: goodbye}\n";
const HELPERS: [(&str, &str); 2] = [
    ("desk", "{say: Please hold., then: hangup}"),
    ("goodbye", "{say: Goodbye., then: hangup}"),
];

/// A flow around some states, in which a choice leads to each of them.
fn around_states(head: &str, states: &str) -> String {
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
    format!("{head}{VARS}states:\n{entry}{body}")
}

#[test]
fn every_example_compiles_without_a_finding() {
    let examples = examples(&reference());
    assert!(examples.len() >= 5, "only {} examples", examples.len());
    let prompts = prompts(&examples);
    assert_eq!(prompts.len(), 2);
    let subs = sub_flows(&examples);
    let (_, project) = examples
        .iter()
        .find(|(mark, _)| mark == "project")
        .expect("the example is there");
    let project = SourceFile::new(PROJECT_FILE, project);
    for (mark, text) in examples {
        let mut project = Arc::clone(&project);
        let flow = match mark.as_str() {
            "flow" => text,
            // The helpers stand in the flow, and mean all languages.
            "project" => {
                project = SourceFile::new(PROJECT_FILE, &text);
                format!("{HEAD}states:\n  entry: {{say: Goodbye., then: hangup}}\n")
            }
            "states" if text.contains("lang: [") => around_states(LANGUAGES, &text)
                .replace("hold., then", "hold., voice: en-GB-George, then")
                .replace("Goodbye., then", "Goodbye., voice: en-GB-George, then"),
            "states" => around_states(HEAD, &text),
            "file" => {
                let head = if text.starts_with("languages") {
                    ""
                } else {
                    HEAD
                };
                let state = "entry: {say: \"${lang}\", then: hangup}";
                format!("{head}{text}states:\n  {state}\n")
            }
            "run" => text,
            // Those that stand beside flows, or are held by a test of their own.
            _ if mark.starts_with("prompts ") || mark == "test" => continue,
            // With the one that runs it.
            _ if mark.starts_with("sub ") => continue,
            other => panic!("an example is marked `{other}`:\n{text}"),
        };
        let mut files = vec![SourceFile::new("flows/example.yaml", &flow), project];
        if mark == "run" {
            files.extend(subs.iter().cloned());
        }
        if flow.contains('<') && flow.contains("languages:") {
            files.extend(prompts.iter().cloned());
        }
        if flow.contains("table(") {
            files.extend(tables(&reference()));
        }
        let build = build(&files);
        let found: Vec<_> = build.diagnostics.iter().map(|d| d.render(false)).collect();
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

#[test]
fn the_examples_of_tests_hold() {
    let examples = examples(&reference());
    let mut files = Vec::new();
    for (at, (mark, text)) in examples.iter().enumerate() {
        let path = match mark.as_str() {
            "flow" => format!("flows/{at:02}.yaml"),
            "test" => format!("flows/{at:02}.test.yaml"),
            "project" => PROJECT_FILE.to_owned(),
            _ => continue,
        };
        files.push(SourceFile::new(&path, text));
    }
    let build = build(&files);
    assert!(!build.has_errors(), "{:?}", build.diagnostics);
    let tests = tests(&files, &build);
    let found: Vec<_> = tests.diagnostics.iter().map(|d| d.render(false)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let bench = Bench::new(&files, build);
    let counts: Vec<usize> = tests
        .files
        .iter()
        .map(|file| file.scenarios.len())
        .collect();
    assert_eq!(counts, [4, 2, 2]);
    for file in &tests.files {
        for scenario in &file.scenarios {
            let outcome = bench.run(file, scenario);
            assert!(outcome.failures.is_empty(), "{:#?}", outcome.failures);
            assert_eq!(outcome.runs, 10);
        }
    }
}

#[test]
fn the_list_of_codes_is_complete() {
    let text = reference();
    let (_, list) = text
        .split_once("## What `check` says")
        .expect("the list is there");
    let told: BTreeSet<(&str, bool)> = list
        .lines()
        .filter_map(|line| line.strip_prefix("- `")?.split_once('`'))
        .map(|(word, rest)| (word, rest.starts_with(" (warning)")))
        .collect();
    let known: BTreeSet<(&str, bool)> = Code::ALL
        .iter()
        .map(|code| (code.word(), code.severity() == Severity::Warning))
        .collect();
    assert_eq!(told, known);
}

#[test]
fn each_code_is_told_in_the_same_words_everywhere() {
    let text = reference();
    for code in Code::ALL {
        let summary = code.explanation().summary;
        let warning = match code.severity() {
            Severity::Warning => " (warning)",
            Severity::Error => "",
        };
        let line = format!("\n- `{}`{warning}: {summary}\n", code.word());
        assert!(text.contains(&line), "{line}");
    }
}

#[test]
fn every_name_in_scope_is_told() {
    let text = reference();
    for name in BUILTINS {
        assert!(text.contains(&format!("| `{name}` |")), "{name}");
    }
    for (name, fields) in FIELDS {
        for field in *fields {
            assert!(
                text.contains(&format!("`{name}.{field}`")),
                "{name}.{field}"
            );
        }
    }
}
