//! Each attack is compiled and run in a process of its own: it is refused with its
//! place, or stopped by the limit it was written for, and the process lives.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use ringflow::flow::{Severity, build};

use crate::phone_call::call;
use crate::script_file::{Given, ScriptFile, all};

/// The most memory that a process with one attack in it may ever have had.
const MOST_KIB: u64 = 64 * 1024;
/// The last net, for tests that are built without optimisation on a busy machine.
const DEADLINE: Duration = Duration::from_secs(30);
/// Which attack a child is to run.
const ATTACK: &str = "RINGFLOW_TEST_ATTACK";
/// What a child prints in front of its report.
const REPORT: &str = "report ";
/// What the flow says where `on_error` leads.
const SORRY: &str = "Something went wrong.";

#[test]
fn every_attack_is_refused_or_stopped() {
    let attacks = all("attacks");
    assert!(attacks.len() >= 70, "{} attacks", attacks.len());
    let queue = Mutex::new(attacks.iter());
    let ends = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap().next();
                    let Some(attack) = next else { return };
                    let end = run(attack);
                    ends.lock().unwrap().push((attack, end));
                }
            });
        }
    });
    let mut wrong = Vec::new();
    let (mut worst_ms, mut worst_kib) = ((0, ""), (0, ""));
    let ends = ends.into_inner().unwrap();
    for (attack, end) in &ends {
        let name = attack.to_str().unwrap_or_default();
        match end {
            Ok(end) => {
                worst_ms = worst_ms.max((end.ms, name));
                worst_kib = worst_kib.max((end.kib, name));
                let expected = ScriptFile::read(attack).noted("expect").map(str::to_owned);
                if expected.as_deref() != Some(&end.outcome) {
                    wrong.push(format!("{name}: {}", end.outcome));
                }
                if end.kib > MOST_KIB {
                    wrong.push(format!("{name}: took {} KiB", end.kib));
                }
            }
            Err(crash) => wrong.push(format!("{name}: {crash}")),
        }
    }
    wrong.sort();
    println!(
        "{} attacks, at most {worst_ms:?} ms, {worst_kib:?} KiB",
        ends.len()
    );
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What a child reports.
struct End {
    outcome: String,
    ms: u64,
    kib: u64,
}

/// Runs an attack in a child; the error is what became of the child instead.
fn run(attack: &PathBuf) -> Result<End, String> {
    let itself = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut child = Command::new(itself)
        .args(["--exact", "attacks::child", "--ignored", "--nocapture"])
        .env(ATTACK, attack)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let began = Instant::now();
    let status: ExitStatus = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status,
            None if began.elapsed() > DEADLINE => {
                child.kill().map_err(|error| error.to_string())?;
                child.wait().map_err(|error| error.to_string())?;
                return Err("ran until it was killed".into());
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let (mut out, mut errors) = (String::new(), String::new());
    if let (Some(pipe), Some(error_pipe)) = (&mut child.stdout, &mut child.stderr) {
        // What a child prints fits into the pipes, so they are read behind its end.
        let _ = pipe.read_to_string(&mut out);
        let _ = error_pipe.read_to_string(&mut errors);
    }
    let report = out.lines().find_map(|line| line.split_once(REPORT));
    let parts = report.map(|(_, report)| report.splitn(3, ' ').collect::<Vec<_>>());
    match parts.as_deref() {
        Some([ms, kib, outcome]) if status.success() => Ok(End {
            outcome: outcome.to_string(),
            ms: ms.parse().unwrap_or(u64::MAX),
            kib: kib.parse().unwrap_or(u64::MAX),
        }),
        _ => Err(format!("the process ended with {status}: {out}{errors}")),
    }
}

#[test]
#[ignore = "runs one attack, in a process that the other test starts"]
fn child() {
    let Ok(attack) = std::env::var(ATTACK) else {
        return;
    };
    // The stack that serving threads have.
    let thread = std::thread::Builder::new().stack_size(8 << 20);
    let began = Instant::now();
    let outcome = thread
        .spawn(move || outcome(attack.as_ref()))
        .unwrap()
        .join()
        .unwrap_or_else(|_| "panicked".into());
    let ms = began.elapsed().as_millis();
    println!("\n{REPORT}{ms} {} {outcome}", peak_kib());
}

/// What becomes of an attack, in the words of its `expect`.
fn outcome(attack: &Path) -> String {
    let script = ScriptFile::read(attack);
    let expected = script.noted("expect").unwrap_or_default();
    let mut given = Given::default();
    for (name, value) in [
        ("tier", "\"gold\""),
        ("n", "3"),
        ("list", "[1, 2]"),
        (
            "customer",
            "#{name: \"Mei\", card: #{tier: \"gold\"}, offers: [\"a\"]}",
        ),
    ] {
        given.variables.push((name.into(), value.into()));
    }
    let project = script.project(script.noted("as").unwrap_or("choose"), &given, &[]);
    let build = build(&project.files);
    let errors = build.diagnostics.iter();
    let mut errors = errors.filter(|found| found.severity == Severity::Error);
    if let Some(first) = errors.next() {
        let (line, column) = project.place(first.file(), first.line_column());
        return format!("refused {} at {line}:{column}", first.code.word());
    }
    let heard = call(&build.catalog, &given);
    let Some(fault) = heard.faults.first() else {
        return format!("went through and said {:?}", heard.text);
    };
    if fault.ours || !heard.ended || !heard.text.contains(SORRY) {
        return format!(
            "badly stopped with {:?} and said {:?}",
            heard.faults, heard.text
        );
    }
    let at = project.place(&fault.file, (fault.line, fault.column));
    let with_place = format!("stopped {} at {}:{}", fault.message, at.0, at.1);
    match expected == with_place {
        true => with_place,
        false => format!("stopped {}", fault.message),
    }
}

/// The most memory that this process has had.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse().ok()).unwrap_or(u64::MAX)
}
