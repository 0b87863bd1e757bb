//! Scenarios: those of the flows that come with Ringflow hold and go through all of
//! them, and what does not hold is told as it is written in `tests/failing`. With
//! `RINGFLOW_BLESS=1` the texts there are written anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use ringflow::flow::{SourceFile, build};
use ringflow::live::read_project;
use ringflow::scenario::{Bench, Look, Ran, Report, tests};

const LOOK: Look<'_> = Look {
    color: false,
    dir: None,
    filtered: true,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_shipped_scenarios_hold_and_go_through_all_states_keys_and_branches() {
    let (files, unread) = read_project(root());
    assert!(unread.is_empty());
    let build = build(&files);
    let tests = tests(&files, &build);
    let found: Vec<_> = tests.diagnostics.iter().map(|d| d.render(false)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let tested: BTreeSet<_> = tests.files.iter().map(|file| file.flow.path()).collect();
    let flows: BTreeSet<_> = build.flow_files.iter().map(String::as_str).collect();
    assert!(flows.len() >= 4, "only {flows:?}");
    assert_eq!(tested, flows);
    let bench = Bench::new(&files, build);
    let ran = tests.files.iter().map(|file| Ran {
        file,
        outcomes: file
            .scenarios
            .iter()
            .map(|scenario| (scenario, bench.run(file, scenario)))
            .collect(),
    });
    let report = Report::new(ran.collect(), bench.catalog());
    assert_eq!(report.failed(), 0, "{}", report.text(LOOK));
    for covered in &report.coverage {
        let shares = [covered.states, covered.keys, covered.branches];
        let whole = shares.iter().all(|share| share.is_whole());
        assert!(whole, "{covered:#?}");
    }
}

fn folder() -> PathBuf {
    root().join("tests/failing")
}

/// The names of all cases: `NAME.test.yaml`, for the flow of `NAME.yaml`, or of
/// `orders.yaml` where that is not there.
fn cases() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .expect("the folder is there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| Some(name.strip_suffix(".test.yaml")?.to_owned()))
        .collect();
    names.sort();
    names
}

fn told(name: &str) -> String {
    let text = |file: &str| fs::read_to_string(folder().join(file));
    let own = format!("{name}.yaml");
    let flow = text(&own).or_else(|_| text("orders.yaml"));
    let files: [Arc<SourceFile>; 3] = [
        SourceFile::new(
            "ringflow.yaml",
            &text("ringflow.yaml").expect("it is there"),
        ),
        SourceFile::new("flows/orders.yaml", &flow.expect("the flow is there")),
        SourceFile::new(
            &format!("flows/{name}.test.yaml"),
            &text(&format!("{name}.test.yaml")).expect("the case is there"),
        ),
    ];
    let build = build(&files);
    assert!(!build.has_errors(), "{name}: {:?}", build.diagnostics);
    let tests = tests(&files, &build);
    let mut told: Vec<String> = tests
        .diagnostics
        .iter()
        .map(|found| found.render(false) + "\n")
        .collect();
    assert!(told.len() < 2, "{name}: {told:#?}");
    let help = |found: &ringflow::flow::Diagnostic| found.help.is_some();
    assert!(tests.diagnostics.iter().all(help), "{name}: {told:?}");
    let bench = Bench::new(&files, build);
    let ran = tests.files.iter().map(|file| Ran {
        file,
        outcomes: file
            .scenarios
            .iter()
            .map(|scenario| (scenario, bench.run(file, scenario)))
            .collect(),
    });
    let report = Report::new(ran.collect(), bench.catalog());
    if !report.files.is_empty() {
        if report.failed() == 0 {
            told.push("it holds\n".to_owned());
        }
        told.push(report.text(LOOK));
    }
    told.join("\n")
}

#[test]
fn what_does_not_hold_is_told_as_it_is_written_beside_it() {
    let bless = std::env::var_os("RINGFLOW_BLESS").is_some();
    let cases = cases();
    assert!(cases.len() >= 40, "only {} cases are there", cases.len());
    let mut wrong = Vec::new();
    for name in &cases {
        let told = told(name);
        let path = folder().join(format!("{name}.txt"));
        if told.starts_with("it holds") {
            wrong.push(format!("{name} holds"));
        } else if bless {
            fs::write(&path, &told).expect("the text can be written");
        } else if fs::read_to_string(&path).unwrap_or_default() != told {
            wrong.push(format!("{name}:\n{told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_secret_is_in_what_is_told() {
    let told = told("secret_is_other");
    assert!(told.contains("`pin` is something else, which is secret"));
    assert!(!told.contains("8890"), "{told}");
}

#[test]
fn nothing_is_left_over_in_the_folder() {
    let cases: BTreeSet<String> = cases().into_iter().collect();
    for entry in fs::read_dir(folder()).expect("the folder is there") {
        let name = entry.expect("it can be listed").file_name();
        let name = name.to_string_lossy();
        let case = name.split('.').next().unwrap_or_default();
        assert!(
            matches!(case, "orders" | "ringflow") || cases.contains(case),
            "{name} belongs to no case"
        );
    }
}

#[test]
fn the_results_are_written_for_other_programs() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let file = dir.path().join("results.xml");
    let output = Command::new(env!("CARGO_BIN_EXE_ringflow"))
        .args(["test", "tests/cli/test.in", "--junit"])
        .arg(&file)
        .current_dir(root())
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stdout).expect("it is text");
    assert!(told.contains("--dir tests/cli/test.in\n"), "{told}");
    let xml = fs::read_to_string(file).expect("the file was written");
    for part in [
        r#"<testsuites name="ringflow" tests="2""#,
        r#"failures="1""#,
        r#"<testcase name="three loaves" classname="hello""#,
        "`Nobody is here` is not heard",
    ] {
        assert!(xml.contains(part), "{part}: {xml}");
    }
}

#[test]
fn a_broken_file_is_no_success_for_other_programs() {
    let dir = tempfile::tempdir().expect("a folder can be made");
    let flows = dir.path().join("flows");
    fs::create_dir(&flows).expect("a folder can be made");
    let flow = "flow: a\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\nstates:\n  first: {say: Goodbye., then: nowhere}\n";
    let test = "scenarios:\n  - {name: all, call: [hears: Goodbye]}\n";
    fs::write(flows.join("a.yaml"), flow).expect("it can be written");
    fs::write(flows.join("a.test.yaml"), test).expect("it can be written");
    let file = dir.path().join("results.xml");
    let output = Command::new(env!("CARGO_BIN_EXE_ringflow"))
        .arg("test")
        .arg(dir.path())
        .arg("--junit")
        .arg(&file)
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    let xml = fs::read_to_string(file).expect("the file was written");
    for part in [
        r#"errors="1""#,
        r#"<testsuite name="flows/a.yaml""#,
        r#"<testcase name="unknown-target in 5:32" classname="check""#,
        "there is no state `nowhere`",
    ] {
        assert!(xml.contains(part), "{part}: {xml}");
    }
}

#[test]
fn where_there_is_no_flow_none_is_proposed() {
    let test = "scenarios:\n  - {name: all, call: [hears: Goodbye]}\n";
    let files = [SourceFile::new("flows/a.test.yaml", test)];
    let tests = tests(&files, &build(&files));
    let [found] = &tests.diagnostics[..] else {
        panic!("{:?}", tests.diagnostics)
    };
    let told = found.render(false);
    assert!(told.contains("the project has no flow"), "{told}");
    assert!(!told.contains("the flows are"), "{told}");
}
