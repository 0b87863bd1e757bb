//! How many instructions a turn, a webhook and an answer take, which is the same on
//! every run, however busy the machine. `cargo bench --bench instructions`; it needs
//! valgrind, and says so where that is not there.

mod cases;

use std::hint::black_box;
use std::process::Command;

use jiff::Timestamp;
use ringflow::flow::build;
use ringflow::machine::{Allowance, Call, Reply};
use ringflow::wire::{parse, render};

use cases::{TURNS, body, call_behind, catalog, desk, event, long_flow};

/// How often each is done in the longer run; the shorter one tells what all the rest of
/// the program takes.
const TIMES: u64 = 200;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, name, times] = arguments.as_slice()
        && word == "run"
    {
        return run(name, times.parse().expect("a number of times"));
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("instructions are not counted, since there is no valgrind");
        return;
    }
    // `cargo test --benches` runs this too, to see that it works.
    if !arguments.iter().any(|word| word == "--bench") {
        return;
    }
    println!("| what | instructions |");
    println!("|---|---|");
    for name in names() {
        let counted = collected(name, TIMES) - collected(name, 0);
        println!("| {name} | {} |", counted / TIMES);
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    let others = [
        "wire/parse a vca",
        "wire/render a menu",
        "token/open and rebuild",
        "compile/50 states",
    ];
    TURNS.iter().map(|(name, ..)| *name).chain(others)
}

/// The instructions of a whole process that does this so often.
fn collected(name: &str, times: u64) -> u64 {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["run", name, &times.to_string()])
        .output()
        .expect("valgrind runs");
    let told = String::from_utf8_lossy(&output.stderr);
    let line = told
        .lines()
        .find_map(|line| line.split("Collected :").nth(1));
    let count = line.and_then(|count| count.trim().parse().ok());
    count.unwrap_or_else(|| panic!("valgrind counted nothing: {told}"))
}

fn run(name: &str, times: u64) {
    let (catalog, desk) = (catalog(), desk());
    let now = Timestamp::UNIX_EPOCH;
    let before: &[&str] = TURNS
        .iter()
        .find(|turn| turn.0 == name)
        .map_or(&[], |turn| turn.1);
    let digits = TURNS
        .iter()
        .find(|turn| turn.0 == name)
        .map_or("2", |turn| turn.2);
    let (mut call, token) = call_behind(&catalog, &desk, before);
    let bytes = body(99, "ACTION_COMPLETED", digits, &token);
    let event = event(&bytes);
    let files = [long_flow()];
    let kept = call.clone();
    let Reply::Fresh { answer, .. } = call.answer(&event, now, Allowance::FIRST, &desk) else {
        panic!("the event is a turn");
    };
    for _ in 0..times {
        match name {
            "wire/parse a vca" => drop(black_box(parse(black_box(&bytes)))),
            "wire/render a menu" => drop(black_box(render(black_box(&answer)))),
            "token/open and rebuild" => {
                drop(black_box(Call::open(&event, &catalog, &desk.keys, now)))
            }
            "compile/50 states" => drop(black_box(build(black_box(&files)))),
            _ => {
                let mut call = kept.clone();
                drop(black_box(call.answer(&event, now, Allowance::FIRST, &desk)));
            }
        }
    }
}
