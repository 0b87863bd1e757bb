//! Calls over some connections at once: as fast as the server answers, or at a rate.

use std::time::{Duration, Instant};

use super::connection::Connection;
use super::conversation::Caller;
use super::server::Server;

/// How long, and over how many connections.
#[derive(Clone, Copy)]
pub struct Load {
    pub seconds: f64,
    pub connections: usize,
}

#[derive(Clone, Copy)]
pub struct Figures {
    pub per_second: f64,
    pub per_cpu_second: f64,
    pub p50_us: f64,
    pub p99_us: f64,
}

/// Every connection sends its next webhook as soon as the one before is answered.
pub fn as_fast_as_it_can(server: &Server, callers: &mut [Caller], load: Load) -> Figures {
    let time = Duration::from_secs_f64(load.seconds);
    measured(server, callers, |begun, _, caller, connection| {
        let mut latencies = Vec::new();
        while begun.elapsed() < time {
            let sent = Instant::now();
            caller.go_on(connection);
            latencies.push(sent.elapsed());
        }
        latencies
    })
}

/// The webhooks are due at a rate, whether those before are answered or not, and what
/// is told is the time from when each was due.
pub fn at_a_rate(server: &Server, callers: &mut [Caller], load: Load, rate: f64) -> Figures {
    let time = Duration::from_secs_f64(load.seconds);
    let apart = Duration::from_secs_f64(load.connections as f64 / rate);
    measured(server, callers, |begun, nth, caller, connection| {
        let mut latencies = Vec::new();
        let mut due = apart.mul_f64(nth as f64 / load.connections as f64);
        while due < time {
            std::thread::sleep(due.saturating_sub(begun.elapsed()));
            caller.go_on(connection);
            latencies.push(begun.elapsed().saturating_sub(due));
            due += apart;
        }
        latencies
    })
}

fn measured(
    server: &Server,
    callers: &mut [Caller],
    run: impl Fn(Instant, usize, &mut Caller, &mut Connection) -> Vec<Duration> + Sync,
) -> Figures {
    let run = &run;
    let cpu = server.cpu();
    let begun = Instant::now();
    let mut latencies: Vec<Duration> = std::thread::scope(|scope| {
        let workers: Vec<_> = callers
            .iter_mut()
            .enumerate()
            .map(|(nth, caller)| {
                scope.spawn(move || {
                    let mut connection = Connection::to(server.address);
                    run(begun, nth, caller, &mut connection)
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("a caller heard something wrong"))
            .collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    let cpu = server.cpu() - cpu;
    latencies.sort_unstable();
    let at = |part: f64| {
        let index = (latencies.len() as f64 * part) as usize;
        latencies[index.min(latencies.len() - 1)].as_secs_f64() * 1e6
    };
    Figures {
        per_second: latencies.len() as f64 / seconds,
        per_cpu_second: latencies.len() as f64 / cpu.max(0.01),
        p50_us: at(0.50),
        p99_us: at(0.99),
    }
}
