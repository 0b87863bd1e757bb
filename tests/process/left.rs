//! `ringflow test` where not every file can be run.

use super::program::{project, run};

const HELLO: &str = "\
flow: hello
numbers: [+6561115002]
voice: en-US-BenjaminRUS
states:
  hello: {say: Hello., then: hangup}
";
const TEST: &str = "scenarios:\n  - name: hello\n    call: [hears: Hello., hung_up: true]\n";

fn tested(files: &[(&str, &str)], unread: Option<&str>) -> (String, String) {
    let dir = project(files);
    if let Some(path) = unread {
        std::fs::write(dir.path().join(path), b"flow: caf\xe9").unwrap();
    }
    let dir = dir.path().to_str().unwrap();
    let [text, json] = [&[][..], &["--json"]].map(|more| {
        let output = run(&[&["test", dir], more].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}");
        text
    });
    (text, json)
}

#[test]
fn what_could_not_be_run_is_in_the_sum() {
    let bad = HELLO.replace("then", "than");
    let wrong = TEST.replace("hears", "heres");
    let other = ("flows/other.test.yaml", "flow: hello\nscenarios: 3\n");
    let good = [("flows/hello.yaml", HELLO), ("flows/hello.test.yaml", TEST)];
    let broken_flow = [("flows/hello.yaml", &*bad), good[1]];
    let broken_test = [good[0], ("flows/hello.test.yaml", &*wrong)];
    let one_of_two = [good[0], good[1], other];
    for (files, ran, left) in [
        (&broken_flow[..], "0 scenarios: 0 failed", "2 files"),
        (&broken_test[..], "0 scenarios: 0 failed", "1 file"),
        (&one_of_two[..], "1 scenario: 0 failed", "1 file"),
    ] {
        let (text, json) = tested(files, None);
        let sum = text.lines().last().unwrap();
        assert!(sum.starts_with(ran), "{text}");
        assert!(
            sum.ends_with(&format!("; {left} could not be run")),
            "{text}"
        );
        let count = format!("\"files_not_run\":{}", &left[..1]);
        let sum = json.lines().last().unwrap();
        assert!(sum.contains(&count), "{json}");
    }
}

#[test]
fn a_flow_that_cannot_be_read_is_not_said_to_be_missing() {
    let files = [("flows/hello.test.yaml", TEST)];
    let (text, _) = tested(&files, Some("flows/hello.yaml"));
    assert!(text.contains("error[unreadable-file]"), "{text}");
    assert!(!text.contains("unknown-flow"), "{text}");
    assert!(text.ends_with("; 2 files could not be run\n"), "{text}");
    // A script is no flow.
    let files = [
        ("flows/helo.test.yaml", TEST),
        ("flows/hello.yaml", HELLO),
        ("scripts/b.rhai", ""),
    ];
    let (text, _) = tested(&files, Some("scripts/a.rhai"));
    assert!(text.contains("unknown-flow"), "{text}");
}
