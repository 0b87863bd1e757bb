//! Drives the real server over loopback, beside the bare handler in the same run: one
//! route on the same listener code that parses the same webhook and sends fixed bytes.
//!
//! `cargo bench --bench load` prints the table; `-- --sessions N --seconds N
//! --connections N --rounds N` change it. It needs Linux, whose `/proc` it reads.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

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
        return bare();
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

/// The bare handler, as a process of its own.
fn bare() {
    use axum::Router;
    use axum::body::Body;
    use axum::response::Response;
    use axum::routing::post;
    use ringflow::{web, wire};

    const FIXED: &str = r#"{"clientActionId":"YsGxyFnmMKoDtUsXAQQAOGbKL-4nXWQoDUSrAAAAAQA","callflow":[{"action":"sayAndCapture","params":{"promptMessage":"For a new reservation, press 1. To reschedule a reservation, press 2.","voiceProfile":"en-US-BenjaminRUS","speed":1,"minDigits":1,"maxDigits":1,"digitTimeout":5000,"overallTimeout":10000,"completeOnHash":false,"noOfTries":1}}]}"#;

    async fn answer(body: axum::body::Bytes) -> Response {
        let parsed = wire::parse(&body);
        assert!(parsed.is_ok());
        Response::builder()
            .header("content-type", "application/json")
            .body(Body::from(FIXED))
            .expect("the parts are well-formed")
    }

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("threads can be started");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        println!(
            "listening on http://{}",
            listener.local_addr().expect("an address")
        );
        let limits = web::ServerLimits {
            times: web::Times::default(),
            connections: 10_000,
        };
        let router = Router::new().route("/webhooks", post(answer));
        let on_panic = web::on_admin_panic();
        web::serve(listener, router, limits, on_panic, std::future::pending()).await;
    });
}

/// A server under test.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let lines = BufReader::new(child.stdout.take().expect("the output is a pipe")).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on http://")?.parse().ok());
        Server {
            child,
            address: address.expect("the server says where it listens"),
        }
    }

    fn bare() -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
        command.arg("bare");
        Server::start(command)
    }

    fn ringflow(project: &Path) -> Self {
        let log = std::fs::File::create(project.join("log")).expect("the log can be made");
        let mut command = Command::new(env!("CARGO_BIN_EXE_ringflow"));
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .arg(project)
            .stderr(log);
        Server::start(command)
    }

    /// Seconds of processor time that the process has used.
    fn cpu(&self) -> f64 {
        let path = format!("/proc/{}/stat", self.child.id());
        let stat = std::fs::read_to_string(path).expect("the process runs");
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let ticks = |at: usize| fields[at].parse::<f64>().expect("a number of ticks");
        (ticks(11) + ticks(12)) / 100.0
    }

    /// Bytes of memory that the process holds.
    fn memory(&self) -> f64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("the process runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kilobytes.expect("the kernel tells the memory") * 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One caller: the session, and the token of its last answer.
struct Caller {
    session: usize,
    token: String,
    turn: usize,
}

impl Caller {
    fn request(&mut self, digits: &str) -> Vec<u8> {
        let status = if self.turn == 0 {
            "CALL_RECEIVED"
        } else {
            "ACTION_COMPLETED"
        };
        let body = format!(
            r#"{{"namespace":"VOICE","eventType":"CALL_ACTION","description":"Call action","payload":{{"eventId":"0b9c6c5e-{:08}-4b0e-9a54-{:012}","timestamp":"2026-03-02T02:00:00Z","callId":"2b2f6e1c-97a0-4a21-8f5c-{:012}","sessionId":"7d7e1f9a-3a43-4c42-a1a4-{:012}","subAccountId":"ABC_Restaurant","callStatus":"{status}","callDirection":"INBOUND","callType":"PSTN","source":"+6591234567","sourceFormat":"MSISDN","sourceCountryCode":"SG","destination":"+6561115777","destinationFormat":"MSISDN","destinationCountryCode":"SG","callDuration":12,"eventData":{{"dtmf":"{digits}"}},"sipCode":200,"clientActionId":"{}"}}}}"#,
            self.turn, self.session, self.session, self.session, self.token
        );
        self.turn += 1;
        format!(
            "POST /webhooks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }

    /// Sends one webhook and keeps the token of its answer.
    fn ask(&mut self, connection: &mut Connection, digits: &str) {
        let request = self.request(digits);
        let answer = connection.exchange(&request);
        let token = answer
            .split("\"clientActionId\":\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let token = token.unwrap_or_else(|| panic!("an answer without a token: {answer}"));
        self.token.clear();
        self.token.push_str(token);
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server accepts");
        stream.set_nodelay(true).expect("the option is known");
        Connection {
            stream,
            buffer: vec![0; 16 * 1024],
        }
    }

    /// The body of the answer, which must be a 200.
    fn exchange(&mut self, request: &[u8]) -> &str {
        self.stream.write_all(request).expect("the server reads");
        let mut filled = 0;
        loop {
            let read = self
                .stream
                .read(&mut self.buffer[filled..])
                .expect("the server answers");
            assert!(read > 0, "the server closed the connection");
            filled += read;
            let text = std::str::from_utf8(&self.buffer[..filled]).expect("the answer is text");
            let Some(head_end) = text.find("\r\n\r\n") else {
                continue;
            };
            assert!(text.starts_with("HTTP/1.1 200"), "{text}");
            let length = text[..head_end]
                .split("\r\n")
                .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok())
                .expect("the answer has a length");
            if filled >= head_end + 4 + length {
                break;
            }
        }
        let text = std::str::from_utf8(&self.buffer[..filled]).expect("the answer is text");
        text.split("\r\n\r\n").nth(1).unwrap_or_default()
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
                    let mut latencies = Vec::new();
                    while begun.elapsed() < time {
                        for caller in callers.iter_mut() {
                            let sent = Instant::now();
                            caller.ask(&mut connection, "1");
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
                callers
                    .iter_mut()
                    .for_each(|caller| caller.ask(&mut connection, ""));
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
                let mut session = 10_000_000 * (attacker + 1);
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let mut caller = Caller {
                        session,
                        token: String::new(),
                        turn: 0,
                    };
                    caller.ask(&mut connection, "");
                    // The script is stopped, and the call goes to its `on_error`.
                    let request = caller.request("2");
                    connection.exchange(&request);
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

    let bare = Server::bare();
    let server = Server::ringflow(&folder);
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
