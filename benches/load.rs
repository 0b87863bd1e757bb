//! Drives the real server over loopback, beside the bare handler in the same run: one
//! route on the same listener code that parses the same webhook and sends fixed bytes.
//!
//! `cargo bench --bench load` prints the table; `-- --sessions N --seconds N
//! --connections N --rounds N` change it. It needs Linux, whose `/proc` it reads.

#[path = "compare/bare.rs"]
mod bare;
#[path = "compare/connection.rs"]
mod connection;
#[path = "compare/server.rs"]
mod server;
#[path = "compare/webhook.rs"]
mod webhook;

use std::time::{Duration, Instant};

use connection::{Connection, token_of};
use server::Server;

/// A menu that goes to another and back for ever.
const FLOW: &str = "flow: load
numbers: [+6561115777]
voice: en-US-BenjaminRUS
start: one
vars: {calls: {type: number, default: 0}}
defaults: {give_up: hangup}
states:
  one:
    menu: |
      Welcome to ABC Restaurant.
      To book a table, press 1.
      To speak to a representative, press 2.
    keys: {1: two, 2: slow}
  two:
    menu: |
      For a new reservation, press 1.
      To reschedule a reservation, press 2.
    keys: {1: one, 2: one}
  slow:
    set: {calls: '${work::long(1)}'}
    then: one
";

/// A script that uses all that a turn may.
const SCRIPT: &str = "fn long(n) { let x = n; while true { x = (x * 31 + 7) % 1000; } x }\n";

#[derive(Clone, Copy)]
struct Options {
    sessions: usize,
    seconds: f64,
    connections: usize,
    rounds: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).map(String::as_str) == Some("bare") {
        return bare::serve();
    }
    let number = |name: &str, default: usize| {
        let at = arguments.iter().position(|word| word == name);
        let value = at.and_then(|at| arguments.get(at + 1)?.parse().ok());
        value.unwrap_or(default)
    };
    // `cargo test --benches` runs this too, to see that it works.
    let quick = !arguments.iter().any(|word| word == "--bench");
    let options = Options {
        sessions: number("--sessions", if quick { 50 } else { 100_000 }),
        seconds: if quick {
            0.2
        } else {
            number("--seconds", 8) as f64
        },
        connections: number("--connections", 32),
        rounds: number("--rounds", if quick { 1 } else { 3 }),
    };
    run(options);
}

/// One caller: the session, and the token of its last answer.
struct Caller {
    session: usize,
    token: String,
    turn: usize,
}

impl Caller {
    /// Sends one webhook and keeps the token of its answer. `webhook` is where it is
    /// written.
    fn ask(&mut self, connection: &mut Connection, webhook: &mut String, digits: &str) {
        webhook::action(webhook, self.session, self.turn, digits, &self.token);
        self.turn += 1;
        let answer = connection.exchange(webhook);
        self.token.clear();
        self.token.push_str(token_of(answer));
    }
}

#[derive(Clone, Copy)]
struct Figures {
    per_second: f64,
    per_cpu_second: f64,
    p50_us: f64,
    p99_us: f64,
}

/// Every connection goes through its share of the callers for the given time.
fn drive(server: &Server, callers: &mut [Caller], options: Options) -> Figures {
    let share = callers.len().div_ceil(options.connections).max(1);
    let time = Duration::from_secs_f64(options.seconds);
    let cpu = server.cpu();
    let begun = Instant::now();
    let mut latencies: Vec<u32> = std::thread::scope(|scope| {
        let workers: Vec<_> = callers
            .chunks_mut(share)
            .map(|callers| {
                scope.spawn(move || {
                    let mut connection = Connection::to(server.address);
                    let mut webhook = String::new();
                    let mut latencies = Vec::new();
                    while begun.elapsed() < time {
                        for caller in callers.iter_mut() {
                            let sent = Instant::now();
                            caller.ask(&mut connection, &mut webhook, "1");
                            latencies.push(sent.elapsed().as_micros() as u32);
                            if begun.elapsed() >= time {
                                break;
                            }
                        }
                    }
                    latencies
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("a connection broke"))
            .collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    let cpu = server.cpu() - cpu;
    latencies.sort_unstable();
    let at = |part: f64| {
        let index = (latencies.len() as f64 * part) as usize;
        f64::from(latencies[index.min(latencies.len() - 1)])
    };
    Figures {
        per_second: latencies.len() as f64 / seconds,
        per_cpu_second: latencies.len() as f64 / cpu.max(0.01),
        p50_us: at(0.50),
        p99_us: at(0.99),
    }
}

/// The first webhook of every caller.
fn begin(server: &Server, callers: &mut [Caller]) {
    std::thread::scope(|scope| {
        let share = callers.len().div_ceil(4).max(1);
        for callers in callers.chunks_mut(share) {
            scope.spawn(move || {
                let mut connection = Connection::to(server.address);
                let mut webhook = String::new();
                for caller in callers {
                    caller.ask(&mut connection, &mut webhook, "");
                }
            });
        }
    });
}

fn callers(count: usize) -> Vec<Caller> {
    (0..count)
        .map(|session| Caller {
            session,
            token: String::new(),
            turn: 0,
        })
        .collect()
}

/// The answers of ordinary calls while others use all that a script may.
fn beside_attacks(server: &Server, callers: &mut [Caller], options: Options) -> Figures {
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for attacker in 0..4 {
            let stop = &stop;
            scope.spawn(move || {
                let mut connection = Connection::to(server.address);
                let mut webhook = String::new();
                let mut session = 10_000_000 * (attacker + 1);
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let mut caller = Caller {
                        session,
                        token: String::new(),
                        turn: 0,
                    };
                    caller.ask(&mut connection, &mut webhook, "");
                    // The script is stopped, and the call goes to its `on_error`.
                    webhook::action(&mut webhook, session, caller.turn, "2", &caller.token);
                    connection.exchange(&webhook);
                    session += 1;
                }
            });
        }
        let figures = drive(server, callers, options);
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        figures
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn run(options: Options) {
    let folder = std::env::temp_dir().join(format!("ringflow-load-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("flows")).expect("the folder can be made");
    std::fs::create_dir_all(folder.join("scripts")).expect("the folder can be made");
    std::fs::write(folder.join("flows/load.yaml"), FLOW).expect("the flow can be written");
    std::fs::write(folder.join("scripts/work.rhai"), SCRIPT).expect("the script can be written");

    let bare = Server::bare(&[]);
    let server = Server::ringflow(&[], &folder, &["--max-calls", "2000000"]);
    let empty = server.memory();
    let mut resident = callers(options.sessions);
    begin(&server, &mut resident);
    let per_session = (server.memory() - empty) / options.sessions as f64;
    let mut plain = callers(options.sessions.min(1000));

    let (mut of_bare, mut of_server) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        of_bare.push(drive(&bare, &mut plain, options));
        of_server.push(drive(&server, &mut resident, options));
    }
    let attacked = beside_attacks(&server, &mut resident, options);

    let row = |name: &str, figures: &[Figures]| {
        let of = |part: fn(&Figures) -> f64| median(figures.iter().map(part).collect());
        let per_cpu = of(|f| f.per_cpu_second);
        println!(
            "| {name} | {:.0} | {:.0} | {:.1} | {:.0} | {:.0} |",
            of(|f| f.per_second),
            per_cpu,
            1e6 / per_cpu,
            of(|f| f.p50_us),
            of(|f| f.p99_us)
        );
        per_cpu
    };
    println!(
        "{} sessions resident, {} connections, {} rounds of {} s, the median of each",
        options.sessions, options.connections, options.rounds, options.seconds
    );
    println!(
        "| server | requests/s | requests per CPU second | CPU µs a request | p50 µs | p99 µs |"
    );
    println!("|---|---|---|---|---|---|");
    let bare_cpu = row("the bare handler", &of_bare);
    let server_cpu = row("ringflow", &of_server);
    row(
        "ringflow, beside four callers whose scripts never end",
        &[attacked],
    );
    println!(
        "ratio per CPU second: {:.2}; memory a session: {per_session:.0} bytes",
        server_cpu / bare_cpu
    );
    drop(server);
    let _ = std::fs::remove_dir_all(&folder);
}
