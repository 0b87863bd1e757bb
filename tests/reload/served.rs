//! The program with real editors and signals.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::project::{broken, flow};
use crate::program::{Phone, Served, ask, bearer, left, project, wait_until};

const A: &str = "+6561110001";
const B: &str = "+6561110002";

fn start(args: &[&str]) -> (tempfile::TempDir, Served) {
    let dir = project(&[
        ("flows/a.yaml", &long("a", A, "A one.")),
        ("flows/b.yaml", &long("b", B, "B one.")),
    ]);
    let served = Served::start_with(dir.path(), args, &[]);
    (dir, served)
}

/// Longer than the blocks in which programs write.
fn long(name: &str, number: &str, words: &str) -> String {
    flow(name, number, words) + &"# A remark that makes the file longer.\n".repeat(300)
}

fn says(served: &Served, number: &'static str, session: usize) -> String {
    let mut phone = Phone::to(number, &format!("session-{session}"));
    phone.next(served).text
}

/// Until these words are heard; meanwhile nothing but those of before.
fn hears_in_the_end(
    served: &Served,
    number: &'static str,
    before: &str,
    words: &str,
    at: &mut usize,
) {
    wait_until(|| {
        *at += 1;
        let heard = says(served, number, *at);
        assert!(
            heard.starts_with(before) || heard.starts_with(words),
            "{heard}"
        );
        heard.starts_with(words)
    });
}

fn report(dir: &Path) -> Value {
    let (address, token) = left(dir);
    let (status, body) = ask(&address, "GET /flows", &bearer(&token));
    assert_eq!(status, 200);
    serde_json::from_slice(&body).unwrap()
}

/// Runs a shell command in the project; false where its program is not installed.
fn shell(dir: &Path, program: &str, command: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output();
    if !found.unwrap().status.success() {
        return false;
    }
    let done = Command::new("sh")
        .args(["-c", command])
        .current_dir(dir)
        .output();
    let done = done.unwrap();
    assert!(
        done.status.success(),
        "{command}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    true
}

#[test]
fn every_program_that_is_installed_ends_with_the_new_text_live() {
    let (dir, served) = start(&["--watch"]);
    let dir = dir.path();
    let git = "git -c user.name=t -c user.email=t@t";
    let programs = [
        ("sed", "sed -i 's/A [a-z]*[.]/A @./' flows/a.yaml".to_owned()),
        ("cp", "sed 's/A [a-z]*[.]/A @./' flows/a.yaml > new && cp new flows/a.yaml".to_owned()),
        ("mv", "sed 's/A [a-z]*[.]/A @./' flows/a.yaml > new && mv new flows/a.yaml".to_owned()),
        ("vim", "vim -es -u NONE -c '%s/A [a-z]*[.]/A @./' -c 'wq' flows/a.yaml".to_owned()),
        ("vim", "vim -es -u NONE -c 'set backupcopy=yes backup' -c '%s/A [a-z]*[.]/A @./' -c 'wq' flows/a.yaml".to_owned()),
        ("ed", "printf ',s/A [a-z]*[.]/A @./\\nw\\nq\\n' | ed -s flows/a.yaml".to_owned()),
        ("git", format!(
            "{git} init -q . 2>&1; {git} add flows && {git} commit -qm one && {git} checkout -q -b other && \
             sed -i 's/A [a-z]*[.]/A away./' flows/a.yaml && {git} commit -qam two && \
             {git} checkout -q - && sed -i 's/A [a-z]*[.]/A @./' flows/a.yaml && {git} commit -qam three && \
             {git} checkout -q other && {git} checkout -q -"
        )),
        ("ln", "mkdir -p links && sed 's/A [a-z]*[.]/A @./' flows/a.yaml > links/a.yaml && \
             ln -s \"$PWD/links/a.yaml\" flows/tmp && mv flows/tmp flows/a.yaml".to_owned()),
    ];
    let mut before = "A one.".to_owned();
    let mut at = 0;
    let mut ran = 0;
    for (index, (program, command)) in programs.iter().enumerate() {
        let word = [
            "two", "three", "four", "five", "six", "seven", "eight", "nine",
        ][index];
        if !shell(dir, program, &command.replace('@', word)) {
            continue;
        }
        ran += 1;
        let words = format!("A {word}.");
        wait_until(|| {
            at += 1;
            let heard = says(&served, A, at);
            let is_away = *program == "git" && heard.starts_with("A away.");
            assert!(
                heard.starts_with(&before) || heard.starts_with(&words) || is_away,
                "{program}: {heard}"
            );
            heard.starts_with(&words)
        });
        before = words;
    }
    assert!(ran >= 4, "{ran} programs are installed");
    assert_eq!(report(dir)["refused"], Value::Array(Vec::new()));
}

#[test]
fn a_typo_is_told_to_operators_and_holds_back_nobody() {
    let (dir, served) = start(&["--watch"]);
    let mut at = 0;
    let flows = dir.path().join("flows");
    std::fs::write(flows.join("a.yaml"), broken("a", A)).unwrap();
    std::fs::write(flows.join("b.yaml"), long("b", B, "B two.")).unwrap();
    hears_in_the_end(&served, B, "B one.", "B two.", &mut at);
    wait_until(|| {
        report(dir.path())["refused"]
            .as_array()
            .is_some_and(|all| all.len() == 1)
    });
    assert!(says(&served, A, 0).starts_with("A one."));
    let report = report(dir.path());
    let refused = &report["refused"][0];
    assert_eq!(refused["file"], "flows/a.yaml");
    assert_eq!(refused["keeps"]["flow"], "a");
    assert_eq!(refused["reasons"][0]["code"], "unknown-target");
    assert!(refused["age_seconds"].as_u64().is_some());
    let live = report["flows"].as_array().unwrap();
    assert_eq!(live.len(), 2);
    assert_eq!(live[0]["revision"], refused["keeps"]["revision"]);
    assert_eq!(served.get("/readyz").0, 200);
    let told = served.kill().stderr.join("\n");
    assert!(told.contains("not all of them are live"), "{told}");
    assert!(told.contains("there is no state `nowhere`"), "{told}");
}

#[test]
fn a_signal_reads_the_files_again_and_nothing_else_does() {
    let (dir, served) = start(&[]);
    let path = dir.path().join("flows/a.yaml");
    let mut phone = Phone::to(A, "old");
    assert!(phone.next(&served).text.starts_with("A one."));
    std::fs::write(&path, long("a", "+6561110003", "A two.")).unwrap();
    assert_eq!(report(dir.path())["last_reload"], Value::Null);
    served.signal("-HUP");
    wait_until(|| report(dir.path())["last_reload"] != Value::Null);
    let report = report(dir.path());
    let outcome = &report["last_reload"];
    assert_eq!(outcome["changed"][0], "flows/a.yaml");
    let live = &outcome["live"][0];
    assert_eq!(
        (&live["flow"], &live["calls_on_old"]),
        (&"a".into(), &1.into())
    );
    assert_eq!(outcome["calls_on_old"], 1);
    // The number was taken away from under a call, which goes on all the same.
    let taken = &outcome["numbers_taken"][0];
    assert_eq!((&taken["number"], &taken["calls"]), (&A.into(), &1.into()));
    assert_eq!(report["older"][0]["revision"], live["was"]);
    assert!(phone.press(&served, "1").text.starts_with("A one."));
    let told = served.kill().stderr.join("\n");
    assert!(told.contains("a number was taken away"), "{told}");
}
