//! What is told of a comparison, as Markdown.

use super::Running;
use super::contestants::Contestant;
use super::drive::{Figures, Load};

/// The longest that the slowest hundredth may wait at half of the peak, in µs.
const P99_GOAL_US: f64 = 2000.0;

pub fn print(running: &[Running], rounds: usize, load: Load) {
    println!(
        "{}\n{} connections, {rounds} rounds of {} s, the median of each\n",
        machine(),
        load.connections,
        load.seconds
    );
    println!(
        "| server | requests per CPU second | CPU µs a request | requests/s | p50 µs | p99 µs | p99 µs at half | ringflow answers | goal |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let per_cpu = |each: &Running| each.median(|figures| figures.per_cpu_second);
    let ours = running
        .iter()
        .find(|each| each.contestant == Contestant::Ringflow)
        .map_or(f64::NAN, per_cpu);
    for each in running {
        let of = |part: fn(&Figures) -> f64| each.median(part);
        let at_half = each.at_half.map_or(f64::NAN, |figures| figures.p99_us);
        let (times, goal) = match each.contestant.goal() {
            Some(goal) => (
                format!("{:.2} times as many", ours / per_cpu(each)),
                format!("{goal}"),
            ),
            None => (String::new(), String::new()),
        };
        println!(
            "| {} | {:.0} | {:.1} | {:.0} | {:.0} | {:.0} | {at_half:.0} | {times} | {goal} |",
            each.contestant.name(),
            per_cpu(each),
            1e6 / per_cpu(each),
            of(|f| f.per_second),
            of(|f| f.p50_us),
            of(|f| f.p99_us),
        );
    }
    println!();
    for each in running {
        let name = each.contestant.name();
        println!("- {name}: {}", each.contestant.version());
        if each.contestant == Contestant::Ringflow
            && let Some(half) = each.at_half
        {
            println!(
                "  - at half of the peak, {:.0} requests/s, from when each was due: p50 {:.0} µs, p99 {:.0} µs, where the goal is {P99_GOAL_US:.0}",
                half.per_second, half.p50_us, half.p99_us
            );
        }
    }
}

/// The machine, as the kernel calls it.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let mut models = cpus
        .lines()
        .filter_map(|line| line.strip_prefix("model name"));
    let model = models
        .next()
        .map_or("", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let cores = cpus
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let kernel = read("/proc/sys/kernel/osrelease");
    format!(
        "{cores} cores ({model}), Linux {}, one of them for each server and the other for the client",
        kernel.trim()
    )
}
