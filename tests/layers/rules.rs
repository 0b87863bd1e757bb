//! The order of the rooms, and what each may know of the world outside.

use std::collections::BTreeMap;

use super::paths::{File, Found, Named};

/// The rooms, lowest first. Each imports only from those before it.
pub const ROOMS: [&str; 15] = [
    "call", "script", "flow", "machine", "wire", "phone", "scenario", "live", "outbound",
    "platform", "web", "settings", "app", "cli", "main",
];

/// Rooms that have a place in the order and are not built yet.
pub const LATER: [&str; 0] = [];

/// Rooms that must never know a room though it is before them.
const STRANGERS: &[(&str, &[&str])] = &[
    ("wire", &["script", "flow", "machine"]),
    ("live", &["wire"]),
    ("outbound", &["script"]),
    ("phone", &["script", "flow", "machine"]),
    ("platform", &["script", "flow", "machine"]),
    ("web", &["script", "flow"]),
];

/// `settings` is for these alone: every other room is given a struct of its own.
const KNOW_SETTINGS: [&str; 2] = ["app", "cli"];

/// Who may use what comes from outside. What is not listed is free for all; every
/// dependency has to be listed.
pub const CRATES: &[(&str, &[&str])] = &[
    ("annotate_snippets", &["flow"]),
    ("anyhow", &["app", "cli"]),
    ("arc_swap", &["live"]),
    ("axum", &["platform", "web"]),
    ("base64", &["machine"]),
    ("clap", &["settings", "cli"]),
    ("csv", &["flow", "outbound"]),
    ("dagre", &["flow"]),
    ("dashmap", &["live"]),
    ("getrandom", &["app"]),
    ("fixed_decimal", &["script"]),
    ("granit_parser", &["flow"]),
    // Percentiles of very many times.
    ("hdrhistogram", &["platform"]),
    ("hmac", &["machine"]),
    (
        "jiff",
        &[
            "script", "flow", "machine", "wire", "phone", "scenario", "live", "outbound",
            "platform", "app", "cli",
        ],
    ),
    ("notify_debouncer_full", &["live"]),
    ("petgraph", &["flow"]),
    // What processes use, on Linux.
    ("procfs", &["platform"]),
    ("quick_junit", &["cli"]),
    ("regex", &["scenario"]),
    // `live` asks other people's servers for what calls need.
    ("reqwest", &["live", "platform"]),
    ("rhai", &["script"]),
    // More connections than a shell allows at first.
    ("rlimit", &["cli"]),
    // A line that is edited, with its history.
    ("rustyline", &["cli"]),
    ("http_body_util", &["web"]),
    // Bodies of requests that come in drops, or in halves.
    ("hyper", &["platform", "web"]),
    ("hyper_util", &["web"]),
    ("indicatif", &["cli"]),
    // How languages write dates, times and numbers, for what callers hear.
    ("icu_calendar", &["script"]),
    ("icu_datetime", &["script"]),
    ("icu_decimal", &["script"]),
    ("icu_locale_core", &["script"]),
    ("icu_plurals", &["script"]),
    ("icu_time", &["script"]),
    ("ipnet", &["web", "settings", "app"]),
    ("subtle", &["platform", "web"]),
    ("tower", &["web"]),
    (
        "secrecy",
        &["live", "platform", "web", "settings", "app", "cli"],
    ),
    // `live` names the fields of what operators read, and writes none of it.
    (
        "serde",
        &[
            "wire", "phone", "scenario", "live", "outbound", "platform", "web", "cli",
        ],
    ),
    // `flow` and `scenario` make the schemas of their languages of it, `machine` the bodies
    // of look-ups.
    (
        "serde_json",
        &[
            "flow", "machine", "wire", "phone", "scenario", "live", "outbound", "platform", "web",
            "app", "cli",
        ],
    ),
    ("sha2", &["flow", "machine"]),
    ("smallvec", &["call", "machine"]),
    ("strsim", &["script", "flow"]),
    ("thiserror", &ROOMS),
    ("tokio", SHELL),
    ("tracing", &["live", "outbound", "platform", "web", "app"]),
    ("tracing_subscriber", &["app"]),
    ("unicode_segmentation", &["script"]),
    ("walkdir", &["live", "app", "cli"]),
    ("std::env", &["app", "cli"]),
    ("std::fs", &["live", "outbound", "app", "cli"]),
    (
        "std::net",
        &["live", "platform", "web", "settings", "app", "cli"],
    ),
    ("std::process", &["app", "cli", "main"]),
    ("std::sync::Mutex", SHELL),
    ("std::sync::RwLock", SHELL),
    ("std::thread", &["live", "app", "cli"]),
    // Scripts have a clock as their last net.
    (
        "std::time::Instant",
        &["script", "live", "platform", "web", "app", "cli"],
    ),
    ("std::time::SystemTime", &["live", "app", "cli"]),
];

const SHELL: &[&str] = &["live", "outbound", "platform", "web", "app", "cli"];

/// Everything in these files that breaks a rule, one line each.
pub fn violations(files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    let root = files
        .iter()
        .find(|file| file.is_root())
        .map(|file| exports(file, &mut found))
        .unwrap_or_default();
    let tests: Vec<Vec<String>> = files.iter().flat_map(File::test_modules).collect();
    for file in files.iter().filter(|file| !file.is_root()) {
        let in_test = tests.iter().any(|module| file.module.starts_with(module));
        let room = file.room().expect("only the root has no room");
        let seen = file.found();
        let mut add = |message: String| found.push(format!("{}: {message}", file.path));
        for Found { what, is_test } in seen {
            let is_test = is_test || in_test;
            if let Some(message) = wrong(room, what, is_test, &root) {
                add(message);
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// What a name at the root of the crate stands for.
type Exports = BTreeMap<String, Named>;

/// The names that the root hands out. It holds nothing else, so that there is nothing
/// else to be found through it.
fn exports(root: &File, found: &mut Vec<String>) -> Exports {
    let mut exports = Exports::new();
    for item in root.root_items() {
        match item {
            Ok((name, Named::Inside(path))) if path.len() < 2 => found.push(format!(
                "{}: a room is known by its own name, not as `{name}`",
                root.path
            )),
            Ok((name, named)) => {
                exports.insert(name, named);
            }
            Err(message) => found.push(format!("{}: {message}", root.path)),
        }
    }
    exports
}

fn wrong(room: &str, what: Named, is_test: bool, root: &Exports) -> Option<String> {
    match what {
        Named::Odd(message) => Some(message),
        Named::Inside(path) => {
            let first = path.first()?;
            if ROOMS.contains(&first.as_str()) {
                return wrong_room(room, first);
            }
            match root.get(first) {
                Some(Named::Inside(path)) => wrong_room(room, path.first()?),
                Some(other) => wrong(room, other.clone(), is_test, &Exports::new()),
                None => Some(format!("`crate::{first}` is no room")),
            }
        }
        Named::Outside { path, is_public } => {
            let (name, allowed) = CRATES.iter().find(|(name, _)| begins_with(&path, name))?;
            // Tests may use what they need.
            if !is_test && !allowed.contains(&room) {
                return Some(format!("`{room}` must not use `{name}`"));
            }
            let is_kept = is_public && !name.starts_with("std");
            is_kept.then(|| format!("`{room}` must keep `{name}` to itself"))
        }
    }
}

fn wrong_room(room: &str, other: &str) -> Option<String> {
    let rank = |name| ROOMS.iter().position(|room| *room == name);
    if room == other {
        return None;
    }
    let is_stranger = STRANGERS
        .iter()
        .any(|(name, strangers)| *name == room && strangers.contains(&other));
    let is_kept = other == "settings" && !KNOW_SETTINGS.contains(&room);
    let is_upward = rank(other) > rank(room);
    (is_upward || is_stranger || is_kept)
        .then(|| format!("`{room}` must not import from `{other}`"))
}

fn begins_with(path: &[String], name: &str) -> bool {
    let name: Vec<&str> = name.split("::").collect();
    path.len() >= name.len() && path.iter().zip(name).all(|(a, b)| a == b)
}
