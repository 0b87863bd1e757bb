//! The same conversations with Ringflow and with the same IVR written by hand, one core
//! for the server and one for the client, by turns in rounds.
//!
//! `cargo bench --bench compare` prints the tables; `-- --seconds N --rounds N
//! --connections N` change them, `--only bare,ringflow` leaves the others out, `--memory` prints what a session takes, with
//! `--sessions N`. What Ringflow is compared with is installed here by `install.sh`
//! when it is not there. It needs Linux with `taskset`, python3 and node.

mod bare;
mod connection;
mod contestants;
mod conversation;
mod drive;
mod memory;
mod project;
mod server;
mod table;
mod webhook;

use std::process::Command;

use connection::Connection;
use contestants::{CLIENT_CORE, Contestant};
use conversation::Caller;
use drive::{Figures, Load};
use server::Server;

/// One of those that are compared, while it runs.
pub struct Running {
    pub contestant: Contestant,
    server: Server,
    callers: Vec<Caller>,
    /// As fast as it can, one for each round.
    pub rounds: Vec<Figures>,
    /// At half of that.
    pub at_half: Option<Figures>,
}

impl Running {
    /// What lies in the middle of the rounds.
    pub fn median(&self, of: fn(&Figures) -> f64) -> f64 {
        let mut values: Vec<f64> = self.rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let has = |name: &str| arguments.iter().any(|word| word == name);
    let number = |name: &str, default: usize| {
        let at = arguments.iter().position(|word| word == name);
        let value = at.and_then(|at| arguments.get(at + 1)?.parse().ok());
        value.unwrap_or(default)
    };
    if arguments.get(1).is_some_and(|word| word == "bare") {
        return bare::serve();
    }
    // `cargo test --benches` runs this too, to see that it works: with what needs nothing
    // installed.
    let quick = !has("--bench");
    if quick {
        compare(
            &[],
            &Contestant::ALL[..2],
            1,
            Load {
                seconds: 0.2,
                connections: 2,
            },
        );
        return memory::measure(200);
    }
    if has("--memory") {
        return memory::measure(number("--sessions", 1_000_000));
    }
    let only = arguments.iter().position(|word| word == "--only");
    let only = only.and_then(|at| arguments.get(at + 1));
    let contestants = only.map_or(Contestant::ALL.to_vec(), |words| Contestant::named(words));
    if !has("--pinned") {
        contestants::install(&contestants);
        return pinned(&arguments);
    }
    let load = Load {
        seconds: number("--seconds", 4) as f64,
        connections: number("--connections", 32),
    };
    let launcher = ["taskset", "-c", contestants::SERVER_CORE];
    compare(&launcher, &contestants, number("--rounds", 5), load);
}

/// Runs this program again, on the core of the client.
fn pinned(arguments: &[String]) {
    let program = std::env::current_exe().expect("this program has a path");
    let mut again = Command::new("taskset");
    again.args(["-c", CLIENT_CORE]).arg(program);
    let done = again.args(&arguments[1..]).arg("--pinned").status();
    let done = done.expect("`taskset` of util-linux is there to give each side a core");
    assert!(done.success(), "the comparison has failed");
}

fn compare(launcher: &[&str], contestants: &[Contestant], rounds: usize, load: Load) {
    let project = project::Project::of(&contestants::here("ivr.yaml"));
    let mut running: Vec<Running> = contestants
        .iter()
        .map(|contestant| start(*contestant, launcher, project.path(), load))
        .collect();
    for round in 0..rounds {
        for each in &mut running {
            let figures = drive::as_fast_as_it_can(&each.server, &mut each.callers, load);
            each.rounds.push(figures);
            let (name, per_cpu) = (each.contestant.name(), figures.per_cpu_second);
            eprintln!("round {}: {name}: {per_cpu:.0} per CPU second", round + 1);
        }
    }
    for each in &mut running {
        let rate = each.median(|figures| figures.per_second) / 2.0;
        let figures = drive::at_a_rate(&each.server, &mut each.callers, load, rate);
        each.at_half = Some(figures);
    }
    table::print(&running, rounds, load);
}

/// Starts one and holds every conversation with it once, each answer held against all
/// that it has to say.
fn start(
    contestant: Contestant,
    launcher: &[&str],
    project: &std::path::Path,
    load: Load,
) -> Running {
    let server = contestant.start(launcher, project);
    let checks = contestant != Contestant::Bare;
    if checks {
        conversation::hold_all(&mut Connection::to(server.address), 999_000_000);
    }
    let callers = 0..load.connections;
    Running {
        contestant,
        server,
        callers: callers.map(|nth| Caller::new(nth, checks)).collect(),
        rounds: Vec::new(),
        at_half: None,
    }
}
