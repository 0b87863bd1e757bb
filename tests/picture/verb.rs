//! `ringflow graph` on the command line.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const GOOD: &str =
    "flow: hello\nvoice: en-US-BenjaminRUS\nstates:\n  main: {say: Hello., then: hangup}\n";
const BAD: &str =
    "flow: broken\nvoice: en-US-BenjaminRUS\nstates:\n  main: {say: Hello., then: nowhere}\n";

fn graph(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_ringflow"))
        .arg("graph")
        .args(args)
        .arg("--dir")
        .arg(folder)
        .output()
        .expect("the program starts");
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    (output.status.code(), format!("{out}{err}"))
}

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room");
    fs::create_dir(folder.path().join("flows")).expect("it can be made");
    for (name, text) in files {
        fs::write(folder.path().join("flows").join(name), text).expect("it can be written");
    }
    folder
}

#[test]
fn the_only_flow_needs_no_name_and_the_format_is_chosen() {
    let folder = project(&[("hello.yaml", GOOD)]);
    let drawn = |args: &[&str]| {
        let (code, told) = graph(folder.path(), args);
        assert_eq!(code, Some(0), "{told}");
        told
    };
    assert!(drawn(&[]).contains("flowchart TD"));
    assert_eq!(drawn(&["hello"]), drawn(&["--mermaid"]));
    assert!(drawn(&["--dot"]).starts_with("digraph "));
    assert!(drawn(&["--svg"]).starts_with("<svg "));
    let (code, told) = graph(folder.path(), &["--svg", "--dot"]);
    assert_eq!(code, Some(2), "{told}");
}

#[test]
fn what_cannot_be_drawn_is_told_with_what_to_type() {
    let second = GOOD.replace("hello", "second");
    let folder = project(&[
        ("hello.yaml", GOOD),
        ("second.yaml", &second),
        ("broken.yaml", BAD),
    ]);
    let (code, told) = graph(folder.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(told.contains("name one of `hello`, `second`"), "{told}");
    let (code, told) = graph(folder.path(), &["broken"]);
    assert_eq!(code, Some(1));
    assert!(told.contains("`flows/broken.yaml` has errors"), "{told}");
    assert!(told.contains("`ringflow check`"), "{told}");
    let (code, told) = graph(folder.path(), &["other"]);
    assert_eq!(code, Some(1));
    assert!(told.contains("there is no flow `other`"), "{told}");
    let (code, _) = graph(folder.path(), &["hello"]);
    assert_eq!(code, Some(0));
}
