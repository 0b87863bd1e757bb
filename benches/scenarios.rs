//! How long a project's scenarios take, their runs under duplicates, restarts, reload
//! and loss included: `cargo bench --bench scenarios`, with `-- --scenarios N`. It runs
//! the program itself, as a designer does.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

const FLOW: &str = include_str!("../flows/account.yaml");

/// Two conversations of six to eight answers each, the first with a script in each.
const SCENARIOS: &str = "
  - name: account and PIN are right NUMBER
    call: [hears: account number, press: 79927398, hears: You entered 7 9, press: 1, hears: PIN,
           press: 4711#, hears: is ready, hung_up: true]
  - name: nobody answers and all agents are busy NUMBER
    call: [silence: true, hears: did not hear, silence: true, silence: true, dialled: +6561115900,
           leg: busy, leg: no_answer, hears: All our agents are busy, hung_up: true]
";

/// How often it is measured; the median counts.
const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test --benches` runs this too, to see that it works.
    let measures = arguments.iter().any(|word| word == "--bench");
    let asked = arguments.iter().position(|word| word == "--scenarios");
    let asked = asked.and_then(|at| arguments.get(at + 1)?.parse::<usize>().ok());
    let wanted = asked.unwrap_or(if measures { 1000 } else { 2 });

    let dir = tempfile::tempdir().expect("a folder can be made");
    fs::create_dir(dir.path().join("flows")).expect("a folder can be made");
    let mut tests = "flow: account\nscenarios:\n".to_owned();
    for number in 0..wanted.div_ceil(2) {
        tests.push_str(&SCENARIOS.replace("NUMBER", &number.to_string()));
    }
    for (path, text) in [
        ("flows/account.yaml", FLOW),
        ("flows/account.test.yaml", &tests),
    ] {
        fs::write(dir.path().join(path), text).expect("a file can be written");
    }
    let mut times: Vec<Duration> = (0..if measures { ROUNDS } else { 1 })
        .map(|_| {
            let begun = Instant::now();
            let output = Command::new(env!("CARGO_BIN_EXE_ringflow"))
                .args(["test", "--json"])
                .arg(dir.path())
                .output()
                .expect("the program runs");
            let time = begun.elapsed();
            let told = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{told}");
            println!("{}", told.lines().last().unwrap_or_default());
            time
        })
        .collect();
    times.sort();
    let median = times[times.len() / 2];
    println!("{wanted} scenarios: {:.2} s", median.as_secs_f64());
}
