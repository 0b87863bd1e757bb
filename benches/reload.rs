//! How long it takes from a save until the flow is live, and to load many flows.
//!
//! `cargo bench --bench reload` prints both; `-- --flows N --saves N --many N` change it.

// Of the calls in there this needs the desk alone.
#[allow(dead_code)]
mod cases;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ringflow::live::{
    Calls, CallsConfig, Clock, Lifetimes, ReloadConfig, Reloader, Reloads, Snapshot,
};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, default: usize| {
        let at = arguments.iter().position(|word| word == name);
        let value = at.and_then(|at| arguments.get(at + 1)?.parse().ok());
        value.unwrap_or(default)
    };
    // `cargo test --benches` runs this too, to see that it works.
    let quick = !arguments.iter().any(|word| word == "--bench");
    let (flows, saves, many) = if quick { (5, 2, 20) } else { (500, 50, 10_000) };
    save_to_live(number("--flows", flows), number("--saves", saves).max(1));
    load(number("--many", many).max(1));
}

/// Five states, and a script that two in ten of them call.
fn flow(index: usize, revision: usize) -> String {
    let script = match index % 5 {
        0 => "${common::twice(21)}",
        _ => "nothing",
    };
    format!(
        "flow: flow-{index}\nnumbers: [+65{number}]\nvoice: en-US-BenjaminRUS\ndefaults: {{give_up: bye}}\nstates:\n  \
         main: {{menu: 'Revision {revision}. Press 1, 2 or 3.', keys: {{1: account, 2: hours, 3: desk}}}}\n  \
         account: {{ask: Please enter your account number., digits: 8, save: account, then: hours}}\n  \
         hours: {{say: \"We are open from 9 to 5, {script}.\", then: hangup}}\n  \
         desk: {{transfer: +6561110001, then: hangup, otherwise: bye}}\n  \
         bye: {{say: Goodbye., then: hangup}}\n",
        number = 60_000_000 + index,
    )
}

fn project(flows: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("there is room for files");
    for folder in ["flows", "scripts"] {
        std::fs::create_dir(dir.path().join(folder)).expect("a folder can be made");
    }
    for index in 0..flows {
        write(dir.path(), index, 0);
    }
    let script = "fn twice(n) { n * 2 }\n";
    std::fs::write(dir.path().join("scripts/common.rhai"), script).expect("a file can be written");
    dir
}

fn write(dir: &Path, index: usize, revision: usize) {
    let path = dir.join(format!("flows/flow-{index}.yaml"));
    std::fs::write(path, flow(index, revision)).expect("a file can be written");
}

fn read(dir: &Path, clock: &Clock, flows: usize) -> Reloader {
    let reloader = Reloader::new(Snapshot::read(dir), clock.clone());
    assert_eq!(reloader.catalog().flows().len(), flows);
    reloader
}

/// From the moment when a file was written until the outcome says that it is live.
fn save_to_live(flows: usize, saves: usize) {
    let dir = project(flows);
    let clock = Clock::system();
    let reloader = read(dir.path(), &clock, flows);
    let config = CallsConfig {
        desk: cases::desk(),
        lifetimes: Lifetimes::default(),
        max_calls: 1000,
        script_threads: 1,
        show_digits: false,
        follow_edits: false,
    };
    let calls = Calls::new(Arc::clone(reloader.catalog()), config, clock);
    let reload = ReloadConfig {
        dir: dir.path().to_owned(),
        watch: true,
    };
    let reloads = Reloads::start(reload, reloader, Arc::clone(&calls)).expect("a thread is there");
    let mut outcomes = reloads.outcomes();
    // The folders are watched from some moment on; the first save may be found by a poll.
    let mut save = |revision: usize| {
        let index = revision * 7 % flows;
        write(dir.path(), index, revision);
        let began = Instant::now();
        loop {
            let outcome = outcomes.blocking_recv().expect("the thread goes on");
            let name = format!("flow-{index}");
            if outcome.live.iter().any(|live| live.flow == name) {
                return began.elapsed();
            }
        }
    };
    save(1);
    let mut times: Vec<Duration> = (2..saves + 2).map(&mut save).collect();
    times.sort();
    println!(
        "save to live, {flows} flows, {saves} saves: median {:?}, longest {:?}",
        times[saves / 2],
        times[saves - 1]
    );
}

/// From files on disk to a catalog, and what one edit takes then.
fn load(flows: usize) {
    let dir = project(flows);
    let clock = Clock::system();
    let began = Instant::now();
    let mut reloader = read(dir.path(), &clock, flows);
    println!("load {flows} flows: {:?}", began.elapsed());
    write(dir.path(), flows / 2, 1);
    let began = Instant::now();
    let snapshot = Snapshot::read(dir.path());
    let reading = began.elapsed();
    let outcome = reloader.consider(snapshot);
    assert_eq!(outcome.live.len(), 1);
    println!(
        "one edit among {flows} flows: read in {reading:?}, decided in {:?}",
        began.elapsed() - reading
    );
    let script = dir.path().join("scripts/common.rhai");
    std::fs::write(script, "fn twice(n) { n + n }\n").expect("a file can be written");
    let snapshot = Snapshot::read(dir.path());
    let began = Instant::now();
    let outcome = reloader.consider(snapshot);
    assert_eq!(outcome.live.len(), flows.div_ceil(5));
    println!(
        "one script that {} of them call: decided in {:?}",
        outcome.live.len(),
        began.elapsed()
    );
}
