//! `ringflow check`, by its exit code and its lines.

use super::program::{project, run, shipped};

const BAD: &str = "\
flow: bad
numbers: [+6561115002]
voice: en-US-BenjaminRUS
states:
  hello: {say: Hello., then: nowhere}
  other: {sya: Hello., then: hello}
";

#[test]
fn a_good_project_is_0() {
    let dir = shipped();
    let output = run(&["check", dir.path().to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("2 flows: 2 good, 0 errors"), "{text}");
    assert!(output.stderr.is_empty());
    assert!(
        !dir.path().join(".ringflow").exists(),
        "a check writes nothing"
    );
}

#[test]
fn problems_are_1() {
    let dir = project(&[("flows/bad.yaml", BAD)]);
    let output = run(&["check", dir.path().to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("nowhere") && text.contains("flows/bad.yaml:5"),
        "{text}"
    );
    assert!(output.stderr.is_empty());
}

#[test]
fn a_file_that_cannot_be_read_is_1() {
    let dir = shipped();
    std::fs::write(dir.path().join("flows/latin.yaml"), b"flow: caf\xe9").unwrap();
    let output = run(&["check", dir.path().to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("flows/latin.yaml") && text.contains("UTF-8"),
        "{text}"
    );
}

#[test]
fn nothing_to_check_is_2() {
    let dir = project(&[("scripts/a.rhai", "fn f() { 1 }")]);
    for path in [dir.path().to_str().unwrap(), "/no/such/project"] {
        let output = run(&["check", path]);
        assert_eq!(output.status.code(), Some(2), "{path}");
        assert!(output.stdout.is_empty());
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn json_is_one_object_a_line() {
    let dir = project(&[
        ("flows/bad.yaml", BAD),
        ("flows/worse.yaml", "flow: [worse"),
    ]);
    let output = run(&["check", "--json", dir.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().count() >= 3, "{text}");
    for line in text.lines() {
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(line).unwrap();
        for name in ["code", "severity", "file", "message"] {
            let value = object[name].as_str().unwrap();
            assert!(!value.is_empty(), "{line}");
        }
        assert!(object["line"].as_u64().unwrap() >= 1, "{line}");
        assert!(object["column"].as_u64().unwrap() >= 1, "{line}");
        assert!(object.contains_key("help"), "{line}");
        assert!(object.contains_key("hears"), "{line}");
        assert_eq!(object.len(), 8, "{line}");
    }
    let good = shipped();
    let output = run(&["check", "--json", good.path().to_str().unwrap()]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
}
