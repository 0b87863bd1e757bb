//! A report as people read it.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::amounts::{count, mb, ms, rate};
use super::colors::bad;
use crate::platform::load::{PlanReport, Report, ServerReport};

/// Where the second column begins.
const COLUMN: usize = 12;

/// The summary of a load.
pub fn text(report: &Report, has_colors: bool) -> String {
    let mut table = Table::default();
    table.lines.push(title(report));
    table.lines.push(String::new());
    calls(report, &mut table);
    requests(report, &mut table);
    wrong(report, &mut table, has_colors);
    latency(report, &mut table);
    generator(report, &mut table);
    server(&report.server, &mut table);
    saves(report, &mut table);
    if !report.warnings.is_empty() {
        table.lines.push(String::new());
    }
    if !report.is_fit {
        let told = "UNFIT: these figures are the generator's, not the server's";
        table.lines.push(bad(told, has_colors));
    }
    let warnings = report.warnings.iter();
    table
        .lines
        .extend(warnings.map(|warning| format!("! {warning}")));
    table.lines.join("\n") + "\n"
}

#[derive(Default)]
struct Table {
    lines: Vec<String>,
}

impl Table {
    fn row(&mut self, name: &str, parts: &[String]) {
        let parts: Vec<&str> = parts
            .iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        let text = parts.join(" · ");
        self.lines
            .push(format!("{name:COLUMN$}{text}").trim_end().to_owned());
    }
}

fn title(report: &Report) -> String {
    let PlanReport {
        calls_per_second,
        at_once_callers,
        duration_seconds,
        pace,
        seed,
        ..
    } = &report.plan;
    let how = match (calls_per_second, at_once_callers) {
        (Some(per_second), _) => format!("open loop, {per_second} calls/s"),
        (None, Some(callers)) => format!("closed loop, {} callers", count(*callers as u64)),
        (None, None) => String::new(),
    };
    format!(
        "{} · {how} for {duration_seconds} s · pace {pace} · seed {seed}",
        report.target
    )
}

/// `some` where there are some, as in `3 started late`.
fn some(number: u64, what: &str) -> String {
    match number {
        0 => String::new(),
        number => format!("{} {what}", count(number)),
    }
}

fn counts<K: Display>(all: &BTreeMap<K, u64>, before: &str) -> String {
    let all = all.iter();
    let words = all.map(|(what, number)| {
        let what = what.to_string().replace('_', " ");
        format!("{before}{what} {}", count(*number))
    });
    words.collect::<Vec<_>>().join(" · ")
}

fn calls(report: &Report, table: &mut Table) {
    let calls = &report.calls;
    table.row(
        "calls",
        &[
            format!("{} started", count(calls.started)),
            some(calls.started_late, "of them late"),
            format!("{} ended", count(calls.ended)),
            some(calls.cut, "cut in the end"),
            some(calls.endless, "without an end"),
            some(calls.broken, "broken"),
            format!("{} up at the most", count(calls.at_once_most)),
        ],
    );
    table.row("", &[counts(&calls.endings, "")]);
}

fn requests(report: &Report, table: &mut Table) {
    let requests = &report.requests;
    table.row(
        "requests",
        &[
            count(requests.sent),
            format!("{} turns", count(requests.turns)),
            format!("{} turns/s", rate(requests.turns_per_second)),
            counts(&requests.statuses, "HTTP "),
        ],
    );
    for (why, number) in &requests.unanswered {
        table.row("", &[format!("{} unanswered: {why}", count(*number))]);
    }
}

fn wrong(report: &Report, table: &mut Table, has_colors: bool) {
    let (wrong, unmet) = (&report.wrong_answers, report.calls.expectations_unmet);
    if wrong.total == 0 && unmet == 0 {
        return table.row("wrong", &["nothing".to_owned()]);
    }
    let total = format!("{} answers", count(wrong.total));
    table.row(
        "wrong",
        &[
            bad(&total, has_colors),
            counts(&wrong.by_kind, ""),
            some(
                unmet,
                "calls in which the caller did not find what was expected",
            ),
        ],
    );
    for example in wrong.examples.iter().take(5) {
        table.row("", std::slice::from_ref(example));
    }
}

fn latency(report: &Report, table: &mut Table) {
    let (due, sent) = (&report.latency.from_due, &report.latency.from_sent);
    table.lines.push(format!(
        "{:COLUMN$}{:>12}{:>12}",
        "latency", "from due", "from sent"
    ));
    for (name, due, sent) in [
        ("p50", due.p50_us, sent.p50_us),
        ("p90", due.p90_us, sent.p90_us),
        ("p99", due.p99_us, sent.p99_us),
        ("p99.9", due.p999_us, sent.p999_us),
        ("longest", due.max_us, sent.max_us),
    ] {
        let row = format!("  {name:<10}{:>12}{:>12}", ms(due), ms(sent));
        table.lines.push(row);
    }
    if let Some(us) = report.latency.expected_interval_us {
        table.row(
            "",
            &[format!(
                "from due: as if who waited had asked on every {}, as usual",
                ms(us)
            )],
        );
    }
}

fn generator(report: &Report, table: &mut Table) {
    let generator = &report.generator;
    let lag = &generator.lag;
    let used = generator.cores_used.map_or_else(String::new, |used| {
        format!("{used:.2} of {} cores", generator.cores)
    });
    table.row(
        "generator",
        &[
            used,
            format!(
                "sent {} late, p99 {}, at the most {}",
                ms(lag.p50_us),
                ms(lag.p99_us),
                ms(lag.max_us)
            ),
        ],
    );
}

fn server(server: &ServerReport, table: &mut Table) {
    if let Some(why) = &server.unseen {
        return table.row("server", &[format!("CPU and memory unseen: {why}")]);
    }
    let pids: Vec<String> = server.pids.iter().map(ToString::to_string).collect();
    let cpu = server.cpu_seconds.unwrap_or_default();
    let cores = server.cores_used.unwrap_or_default();
    let per_second = match server.requests_per_cpu_second {
        Some(number) => format!("{} requests per CPU second", rate(number)),
        None => "too little for requests per CPU second".to_owned(),
    };
    table.row(
        "server",
        &[
            format!("process {}", pids.join(", ")),
            format!("{cpu:.2} CPU s, {cores:.2} cores"),
            per_second,
        ],
    );
    let memory = |bytes: Option<u64>| mb(bytes.unwrap_or_default());
    table.row(
        "",
        &[format!(
            "memory {} at the beginning, {} at the most, {} in the end",
            memory(server.memory_begin_bytes),
            memory(server.memory_most_bytes),
            memory(server.memory_end_bytes)
        )],
    );
}

fn saves(report: &Report, table: &mut Table) {
    let Some(saves) = &report.saves else { return };
    let live = match saves.revisions_seen {
        Some(number) => format!("{} new revisions seen live", count(number)),
        None => "no server of the project could be asked what went live".to_owned(),
    };
    let back = match saves.not_put_back.is_empty() {
        true => "all files are as they were".to_owned(),
        false => String::new(),
    };
    let done = format!("{} of {} files", count(saves.saves), saves.files);
    table.row("saves", &[done, live, back]);
    for file in &saves.left_alone {
        table.row("", &[format!("left alone from then on: {file}")]);
    }
    for file in &saves.not_put_back {
        table.row("", &[format!("not as it was: {file}")]);
    }
}
