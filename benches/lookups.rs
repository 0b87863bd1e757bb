//! What other calls feel of look-ups whose servers are hostile: the time of their turns
//! while some hundreds of calls wait for such servers, beside the same turns without.
//!
//! `cargo bench --bench lookups -- --seconds N --asking N --callers N`

// Of the turns in there this needs the events alone.
#[allow(dead_code)]
mod cases;

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ringflow::call::{ActionEvent, Party, SessionId};
use ringflow::flow::{PROJECT_FILE, SourceFile, build};
use ringflow::live::{
    Addresses, Answered, Calls, CallsConfig, Clock, Lifetimes, LookUps, LookUpsConfig, Resolver,
    Summary,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// Between two turns of one caller.
const PACE: Duration = Duration::from_millis(2);
/// Between two look-ups of one call that makes them, which may take as long.
const ASKS_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Server {
    Waits,
    HasNoName,
    HasANameThatHangs,
    Refuses,
    SendsHtml,
    SendsTenMegabytes,
    SendsAByteASecond,
    RedirectsInside,
}

impl Server {
    const ALL: [(Server, &str); 8] = [
        (Server::Waits, "takes the request and says nothing"),
        (Server::HasNoName, "a name that leads nowhere"),
        (Server::HasANameThatHangs, "a name that is never answered"),
        (Server::Refuses, "refuses the connection"),
        (Server::SendsHtml, "HTML in place of JSON"),
        (Server::SendsTenMegabytes, "10 MB without a length"),
        (Server::SendsAByteASecond, "one byte a second"),
        (Server::RedirectsInside, "a redirect to 169.254.169.254"),
    ];
}

/// Where the names of all hosts lead.
#[derive(Debug)]
struct Names(Option<Server>);

impl Resolver for Names {
    fn resolve(&self, _: &str) -> Addresses {
        let server = self.0;
        Box::pin(async move {
            match server {
                Some(Server::HasNoName) => Err(io::Error::other("no such host")),
                Some(Server::HasANameThatHangs) => std::future::pending().await,
                _ => Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]),
            }
        })
    }
}

#[derive(Clone, Copy)]
struct Load {
    seconds: Duration,
    callers: u64,
    asking: u64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, default: u64| {
        let at = arguments.iter().position(|word| word == name);
        let value = at.and_then(|at| arguments.get(at + 1)?.parse().ok());
        value.unwrap_or(default)
    };
    // `cargo test --benches` runs this too, to see that it works.
    let is_trial = !arguments.iter().any(|word| word == "--bench");
    let ms = number("--seconds", 5) * if is_trial { 40 } else { 1_000 };
    let load = Load {
        seconds: Duration::from_millis(ms),
        callers: number("--callers", 8).max(1),
        asking: number("--asking", 256).clamp(1, 1_000),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime can be had");
    println!(
        "{} callers with a turn each {PACE:?}, {} calls that look something up each {ASKS_EVERY:?}, \
         {:?} each, {} threads\n",
        load.callers,
        load.asking,
        load.seconds,
        std::thread::available_parallelism().map_or(1, usize::from),
    );
    println!(
        "| the servers | p99 before, us | p99, us | ratio | p99 from when it is due, ms: before | now | ratio | look-ups |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut worst = (0.0_f64, 0.0_f64);
    for (server, name) in Server::ALL {
        let before = runtime.block_on(measure(None, load));
        let now = runtime.block_on(measure(Some(server), load));
        let ratios = (now.turn / before.turn, now.due / before.due);
        worst = (worst.0.max(ratios.0), worst.1.max(ratios.1));
        println!(
            "| {name} | {:.1} | {:.1} | {:.2} | {:.2} | {:.2} | {:.2} | {} |",
            before.turn,
            now.turn,
            ratios.0,
            before.due / 1_000.0,
            now.due / 1_000.0,
            ratios.1,
            now.look_ups,
        );
    }
    println!(
        "\nThe largest ratios: {:.2} and {:.2}; the goal is 2.",
        worst.0, worst.1
    );
}

/// What one run came to: 99th percentiles in us, and the look-ups that were over.
struct Measured {
    turn: f64,
    due: f64,
    look_ups: u64,
}

async fn measure(server: Option<Server>, load: Load) -> Measured {
    let listener = listener().expect("a port can be had");
    let port = listener.local_addr().expect("it has an address").port();
    let calls = calls(server, port, load.asking);
    let is_over = Arc::new(AtomicBool::new(false));
    let look_ups = Arc::new(AtomicU64::new(0));
    let mut background = JoinSet::new();
    // What the servers do is their own work: it is done on a thread of theirs, as it is
    // somewhere else in life, and not between the turns.
    let elsewhere = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime can be had");
    let entered = elsewhere.enter();
    let listener = TcpListener::from_std(listener).expect("it does not block");
    drop(entered);
    if let Some(server) = server {
        // Where nobody is to listen, the listener goes with this.
        if server != Server::Refuses {
            elsewhere.spawn(serve(listener, server));
        }
        for host in 0..load.asking {
            let (calls, look_ups) = (Arc::clone(&calls), Arc::clone(&look_ups));
            background.spawn(ask(calls, host, look_ups));
        }
    }
    let mut talking = JoinSet::new();
    for caller in 0..load.callers {
        talking.spawn(talk(Arc::clone(&calls), caller, Arc::clone(&is_over)));
    }
    tokio::time::sleep(load.seconds).await;
    is_over.store(true, Ordering::Relaxed);
    let times = talking.join_all().await.concat();
    background.shutdown().await;
    elsewhere.shutdown_background();
    let (turns, dues): (Vec<u64>, Vec<u64>) = times.into_iter().unzip();
    Measured {
        turn: p99(turns),
        due: p99(dues),
        look_ups: look_ups.load(Ordering::Relaxed),
    }
}

/// A port on which what is sent does not pile up in the kernel.
fn listener() -> io::Result<std::net::TcpListener> {
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.set_send_buffer_size(64 << 10)?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    let listener = socket.listen(1024)?;
    listener.into_std()
}

/// In us, of times in ns.
fn p99(mut times: Vec<u64>) -> f64 {
    times.sort_unstable();
    let at = times.len() * 99 / 100;
    times.get(at).copied().unwrap_or(0) as f64 / 1_000.0
}

/// The flow of the other measurements, and for each host one that asks it at once: a host
/// that fails is left alone for a while, which would spare these servers.
fn calls(server: Option<Server>, port: u16, hosts: u64) -> Arc<Calls> {
    let names: Vec<String> = (0..hosts).map(|n| format!("h{n}.test:{port}")).collect();
    let listed = names.join("', '");
    let project = format!("lookups: {{hosts: ['{listed}'], insecure: true, private: true}}\n");
    let mut files = vec![
        SourceFile::new(PROJECT_FILE, &project),
        SourceFile::new("flows/bench.yaml", cases::FLOW),
        cases::table("ten", 10),
        cases::table("many", 10),
    ];
    for (n, host) in names.iter().enumerate() {
        let number = asked_number(n as u64);
        let flow = format!(
            "flow: asks{n}\nnumbers: [{number}]\nvoice: en-US-BenjaminRUS\nvars: {{found: map}}\nstates:\n  \
             ask: {{http: 'GET http://{host}/', within: 1s, save: found, then: bye, otherwise: bye}}\n  \
             bye: {{say: Goodbye., then: hangup}}\n"
        );
        files.push(SourceFile::new(&format!("flows/asks{n}.yaml"), &flow));
    }
    let built = build(&files);
    let told: Vec<_> = built.diagnostics.iter().map(|found| found.line()).collect();
    assert!(!built.has_errors(), "{told:#?}");
    let clock = Clock::system();
    let config = CallsConfig {
        desk: cases::desk(),
        lifetimes: Lifetimes::default(),
        max_calls: 1_000_000,
        script_threads: 2,
        show_digits: false,
        follow_edits: false,
    };
    let look_ups = LookUps::new(LookUpsConfig {
        resolver: Arc::new(Names(server)),
        ..LookUpsConfig::system(clock.clone(), Box::new(|_| None))
    });
    Calls::asking(Arc::new(built.catalog), config, clock, look_ups)
}

fn asked_number(host: u64) -> String {
    format!("+656200{host:04}")
}

fn event(session: &SessionId, turn: usize, digits: &str) -> ActionEvent {
    let status = match turn {
        0 => "CALL_RECEIVED",
        _ => "ACTION_COMPLETED",
    };
    let mut event = cases::event(&cases::body(turn, status, digits, ""));
    event.session = session.clone();
    event
}

fn session(kind: &str, caller: u64, round: u64) -> SessionId {
    SessionId::new(&format!("{kind}-{caller}-{round}")).expect("it is an id")
}

/// One call after the other, each with a few turns, in time: of each turn how long it
/// took, and how long after it was due it was over, in ns.
async fn talk(calls: Arc<Calls>, caller: u64, is_over: Arc<AtomicBool>) -> Vec<(u64, u64)> {
    let mut times = Vec::new();
    let mut ticks = interval(PACE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut round = 0;
    while !is_over.load(Ordering::Relaxed) {
        round += 1;
        let session = session("talks", caller, round);
        for (turn, digits) in ["", "2", "2", "2", "2"].into_iter().enumerate() {
            let event = event(&session, turn, digits);
            let due = ticks.tick().await;
            let began = Instant::now();
            let answered = calls.answer(event).await;
            let took = began.elapsed().as_nanos() as u64;
            times.push((took, due.elapsed().as_nanos() as u64));
            assert!(matches!(answered, Answered::With(_)));
        }
        calls.close(&session, Summary::default());
    }
    times
}

/// One call after the other to the flow that asks this host.
async fn ask(calls: Arc<Calls>, host: u64, look_ups: Arc<AtomicU64>) {
    let mut ticks = interval(ASKS_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Not all at the same moment.
    tokio::time::sleep(Duration::from_millis(host % 1_000)).await;
    for round in 0.. {
        ticks.tick().await;
        let session = session("asks", host, round);
        let mut event = event(&session, 0, "");
        event.destination = Party::read(&asked_number(host));
        let answered = calls.answer(event).await;
        assert!(matches!(answered, Answered::With(_)));
        calls.close(&session, Summary::default());
        look_ups.fetch_add(1, Ordering::Relaxed);
    }
}

async fn serve(listener: TcpListener, server: Server) {
    let mut served = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        served.spawn(async move {
            // Whoever asks goes away when its time is up.
            let _ = answer(stream, server).await;
        });
    }
}

async fn answer(mut stream: TcpStream, server: Server) -> io::Result<()> {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
    let mut request = [0; 1024];
    while stream.read(&mut request).await? > 0 {
        match server {
            Server::SendsHtml => {
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n<html>No</html>")
                    .await?;
            }
            Server::SendsTenMegabytes => {
                stream.write_all(HEAD).await?;
                for _ in 0..160 {
                    stream.write_all(&[b' '; 64 << 10]).await?;
                }
                return Ok(());
            }
            Server::SendsAByteASecond => {
                stream.write_all(HEAD).await?;
                loop {
                    stream.write_all(b" ").await?;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            Server::RedirectsInside => {
                let to = "http://169.254.169.254/latest/meta-data";
                let answer =
                    format!("HTTP/1.1 302 X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await?;
            }
            // Of the others only one that waits is ever asked.
            _ => std::future::pending().await,
        }
    }
    Ok(())
}
