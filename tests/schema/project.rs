//! The file of a project: an editor marks what `check` refuses, and nothing else.

use ringflow::flow::{PROJECT_FILE, SourceFile, build, has_errors};

use super::{files, marked, project, yaml};

#[test]
fn an_editor_marks_every_fault_of_the_file_of_a_project() {
    let validator = project();
    let all: Vec<_> = files("tests/broken", ".project.yaml");
    assert!(all.len() >= 15, "only {} are there", all.len());
    for (name, text) in all {
        let found = build(&[SourceFile::new(PROJECT_FILE, &text)]).diagnostics;
        if found.is_empty() {
            // It takes a flow to be wrong.
            continue;
        }
        let is_marked = match yaml::read(&text) {
            Ok(value) => !marked(&validator, &value).is_empty(),
            Err(_) => true,
        };
        assert!(is_marked, "{name} is not marked");
    }
}

#[test]
fn what_the_schema_refuses_is_refused_by_check() {
    let validator = project();
    let values = [
        "true",
        "false",
        "yes",
        "1",
        "0",
        "60",
        "-1",
        "1.5",
        "1000001",
        "''",
        "a.example",
        "[a.example]",
        "[a.example, b.example:81]",
        "'[::1]:80'",
        "10.0.0.7",
        "a.example:0",
        "https://a.example",
        "'*'",
        "[]",
        "{}",
        "CRM_TOKEN",
        "[A, _b9]",
        "RINGFLOW_A",
        "ringflow_key",
        "9A",
        "a-b",
        "[[a]]",
        "{a: 1}",
    ];
    let (mut refused, mut taken) = (0, 0);
    for (before, key) in [
        ("lookups: {", "hosts"),
        ("lookups: {", "insecure"),
        ("lookups: {", "private"),
        ("transfers: {", "per_minute"),
        ("transfers: {", "per_number"),
        ("", "lookups"),
        ("", "transfers"),
        ("", "env"),
    ] {
        for value in values {
            let end = if before.is_empty() { "" } else { "}" };
            let text = format!("{before}{key}: {value}{end}\n");
            let Ok(read) = yaml::read(&text) else {
                continue;
            };
            let found = marked(&validator, &read);
            let build = build(&[SourceFile::new(PROJECT_FILE, &text)]);
            match (found.is_empty(), has_errors(&build.diagnostics)) {
                (false, false) => panic!("{text}{found:?}"),
                (false, true) => refused += 1,
                (true, _) => taken += 1,
            }
        }
    }
    assert!(
        refused > 100 && taken > 20,
        "{refused} refused, {taken} taken"
    );
}
