//! The storm of the designer's loop: files are saved while calls go on, and are in the end
//! what they were.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::program::{Served, lines, ringflow, run, shipped};

/// Every file of the flows, and what it holds.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = std::fs::read_dir(dir.join("flows")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

fn args<'a>(target: &'a str, dir: &'a str, duration: &'a str) -> Vec<&'a str> {
    vec![
        "load",
        "--target",
        target,
        "--dir",
        dir,
        "--reload-every",
        "20ms",
        "--rate",
        "50",
        "--duration",
        duration,
        "--pace",
        "fast",
    ]
}

#[test]
fn files_are_saved_while_calls_go_on_and_are_put_back() {
    let project = shipped();
    let before = files(project.path());
    let served = Served::start_with(project.path(), &["--watch"], &[]);
    let target = format!("http://{}", served.address());
    let dir = project.path().to_str().unwrap();
    let ended = run(&args(&target, dir, "1s"));
    let told = String::from_utf8(ended.stdout).unwrap();
    assert_eq!(ended.status.code(), Some(0), "{told}");
    assert!(
        told.contains("of 2 files") && told.contains("all files are as they were"),
        "{told}"
    );
    // While nothing is saved they go live.
    assert!(told.contains(" new revisions seen live"), "{told}");
    assert!(!told.contains("· 0 new revisions"), "{told}");
    assert_eq!(files(project.path()), before);
    assert!(!project.path().join(".ringflow/load").exists());
}

#[test]
fn ctrl_c_puts_them_back_too() {
    let project = shipped();
    let before = files(project.path());
    let served = Served::start(project.path());
    let target = format!("http://{}", served.address());
    let dir = project.path().to_str().unwrap();
    let mut command = ringflow(&args(&target, dir, "1h"));
    command.stdout(std::process::Stdio::piped());
    command.stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let told = lines(child.stderr.take().unwrap());
    assert!(told.recv().unwrap().contains("are saved in turn"));
    crate::program::wait_until(|| files(project.path()) != before);
    let id = child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(sent.unwrap().success());
    assert!(told.recv().unwrap().contains("no call begins any more"));
    let ended = child.wait_with_output().unwrap();
    let told = String::from_utf8(ended.stdout).unwrap();
    assert_eq!(ended.status.code(), Some(0), "{told}");
    assert_eq!(files(project.path()), before);
}
