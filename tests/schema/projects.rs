//! `ringflow new`: every project that it makes is checked without a finding and valid
//! for the editor, which is told so in the first line of each file.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{flows, marked, tests, yaml};

const TEMPLATES: [&str; 4] = ["menu", "ask", "masking", "survey"];

fn ringflow(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ringflow"))
        .args(args)
        .output()
        .expect("the program starts")
}

fn told(output: &Output) -> String {
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    format!("{out}{err}")
}

fn path(folder: &Path) -> &str {
    folder.to_str().expect("the folder has a plain name")
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn a_new_project_is_checked_without_a_finding() {
    for template in TEMPLATES {
        let folder = tempfile::tempdir().expect("there is room");
        let dir = folder.path().join("project");
        let made = ringflow(&["new", path(&dir), "--template", template]);
        assert!(made.status.success(), "{}", told(&made));
        let checked = ringflow(&["check", path(&dir)]);
        let told = told(&checked);
        assert!(
            told.contains("1 flow: 1 good, 0 errors, 0 warnings"),
            "{template}: {told}"
        );

        let flow = read(&dir, &format!("flows/{template}.yaml"));
        let test = read(&dir, &format!("flows/{template}.test.yaml"));
        assert!(flow.starts_with("# yaml-language-server: $schema=.schema.json\n"));
        assert!(test.starts_with("# yaml-language-server: $schema=.test.schema.json\n"));
        for (validator, text) in [(flows(), flow), (tests(), test)] {
            let value = yaml::read(&text).expect("it is YAML");
            assert_eq!(marked(&validator, &value), [""; 0], "{template}");
        }
        for (name, schema) in [
            ("flows/.schema.json", ringflow::flow::flow_schema()),
            (
                "flows/.test.schema.json",
                ringflow::scenario::tests_schema(),
            ),
            (
                "flows/.project.schema.json",
                ringflow::flow::project_schema(),
            ),
        ] {
            let written: serde_json::Value =
                serde_json::from_str(&read(&dir, name)).expect("it is JSON");
            assert_eq!(written, schema);
        }
        assert!(
            read(&dir, ".gitignore")
                .lines()
                .any(|line| line == ".ringflow/")
        );
        assert!(read(&dir, "README.md").contains("ringflow check"));
    }
}

#[test]
fn a_folder_that_is_not_empty_is_left_as_it_is() {
    let folder = tempfile::tempdir().expect("there is room");
    fs::write(folder.path().join("notes.txt"), "mine").expect("it can be written");
    let made = ringflow(&["new", path(folder.path())]);
    assert_eq!(made.status.code(), Some(2));
    let told = told(&made);
    assert!(
        told.contains("is not empty, `notes.txt` is in it"),
        "{told}"
    );
    assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 1);
}

#[test]
fn an_empty_folder_is_filled_and_its_schemas_are_written_anew() {
    let folder = tempfile::tempdir().expect("there is room");
    let made = ringflow(&["new", path(folder.path())]);
    assert!(made.status.success(), "{}", told(&made));
    let schema = folder.path().join("flows/.schema.json");
    fs::write(&schema, "{}").expect("it can be written");
    let written = ringflow(&["schema", "--write", path(folder.path())]);
    assert!(written.status.success(), "{}", told(&written));
    assert!(told(&written).contains("# yaml-language-server: $schema=.schema.json"));
    let text = read(folder.path(), "flows/.schema.json");
    let printed = ringflow(&["schema"]);
    assert_eq!(text, String::from_utf8_lossy(&printed.stdout));
    assert_ne!(printed.stdout, ringflow(&["schema", "--tests"]).stdout);
}

#[test]
fn the_way_into_a_project_can_be_typed_as_it_is_shown() {
    let folder = tempfile::tempdir().expect("there is room");
    let made = Command::new(env!("CARGO_BIN_EXE_ringflow"))
        .args(["new", "the cook's line"])
        .current_dir(folder.path())
        .output()
        .expect("the program starts");
    let told = told(&made);
    assert!(told.contains("\n  cd 'the cook'\\''s line'\n"), "{told}");
}
