//! The order of the rooms, held. Every file of `src` is parsed, and every path in it,
//! however it is written, is held against the order and against what a room must
//! never know.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

mod layers {
    pub mod paths;
    pub mod rules;
}

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use layers::paths::File;
use layers::rules::{CRATES, LATER, ROOMS, violations};

#[test]
fn every_room_imports_only_from_rooms_before_it() {
    let files = sources();
    let found = violations(&files);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn files_of_every_room_were_seen() {
    let files = sources();
    let seen: BTreeSet<&str> = files.iter().filter_map(File::room).collect();
    for room in ROOMS {
        let is_built = !LATER.contains(&room);
        assert_eq!(
            seen.contains(room),
            is_built,
            "`{room}`: a room that is built is not in LATER, and one that is not built is"
        );
    }
    assert!(files.len() > 80, "{} files", files.len());
}

#[test]
fn every_dependency_has_its_rooms() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let names: Vec<String> = manifest
        .split("\n[")
        .find_map(|section| section.strip_prefix("dependencies]\n"))
        .expect("there are dependencies")
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0.trim().replace('-', "_")))
        .collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        let is_known = CRATES.iter().any(|(known, _)| *known == name);
        assert!(is_known, "say in `CRATES` which rooms may use `{name}`");
    }
}

/// The test of the test: each form of an upward import, planted.
#[test]
fn a_planted_violation_of_each_form_is_found() {
    let planted = [
        // Paths within the crate.
        ("call/event.rs", "use crate::web::Web;"),
        ("call/event.rs", "pub use crate::web::Web;"),
        ("call/event.rs", "use crate::{call::Key, web::Web};"),
        ("call/event.rs", "use crate::{web::{self, Web}};"),
        ("call/event.rs", "use crate::web::*;"),
        ("call/event.rs", "use crate::web as net;"),
        ("call/event.rs", "use crate::{web as net};"),
        ("call/event.rs", "use crate::*;"),
        ("call/event.rs", "use crate as all;"),
        ("call/event.rs", "use crate::{self as all};"),
        ("call/event.rs", "extern crate self as all;"),
        ("call/event.rs", "use ringflow::web::Web;"),
        ("call/event.rs", "fn f() { ringflow::web::router(); }"),
        ("call/mod.rs", "use super::web::Web;"),
        ("call/mod.rs", "use super::*;"),
        ("call/event.rs", "use super::super::web::Web;"),
        ("call/event.rs", "use super::super::{web::Web};"),
        ("call/event.rs", "use super::super as all;"),
        ("call/event.rs", "use self::super::super::web::Web;"),
        (
            "call/event.rs",
            "mod inner { use super::super::super::web::Web; }",
        ),
        ("settings.rs", "use super::app::serve;"),
        ("settings.rs", "mod tests { use super::super::app::serve; }"),
        ("call/event.rs", "fn f() { crate::web::router(); }"),
        ("call/event.rs", "fn f() { use crate::web::Web; }"),
        ("call/event.rs", "struct A(crate::web::Web);"),
        ("call/event.rs", "fn f(x: Option<&crate::web::Web>) {}"),
        ("call/event.rs", "fn f() -> impl crate::web::Web {}"),
        ("call/event.rs", "impl crate::web::Web for A {}"),
        ("call/event.rs", "impl From<crate::web::Web> for A {}"),
        (
            "call/event.rs",
            "fn f() { if let super::super::web::Web = x {} }",
        ),
        ("call/event.rs", "const A: [u8; crate::web::N] = [];"),
        ("call/event.rs", "fn f() { x.g::<crate::web::Web>(); }"),
        (
            "call/event.rs",
            "#[cfg(test)] mod tests { use crate::web::Web; }",
        ),
        // Tokens of macros and attributes.
        ("call/event.rs", "fn f() { crate::web::run!(); }"),
        ("call/event.rs", "fn f() { vec![crate::web::Web]; }"),
        (
            "call/event.rs",
            "fn f() { g!({ x: (1, crate::web::Web) }); }",
        ),
        (
            "call/event.rs",
            "fn f() { g!(use crate::{call, web::Web};); }",
        ),
        ("call/event.rs", "fn f() { g!(super::super::web::Web); }"),
        (
            "call/event.rs",
            "macro_rules! g { () => { $crate::web::Web }; }",
        ),
        ("call/event.rs", "#[derive(crate::web::Make)] struct A;"),
        // Names at the root of the crate.
        ("call/event.rs", "use crate::Router;"),
        ("call/event.rs", "use crate::Renamed;"),
        ("call/event.rs", "use crate::{Grouped};"),
        ("call/event.rs", "fn f() { crate::Router::new(); }"),
        ("call/event.rs", "use crate::Nobody;"),
        ("call/event.rs", "fn f() { crate::http::serve(); }"),
        // The order, and what a room must never know.
        ("web/mod.rs", "use crate::settings::Settings;"),
        ("live/mod.rs", "use crate::settings::Settings;"),
        ("settings.rs", "use crate::app::serve;"),
        ("app/mod.rs", "use crate::cli::run;"),
        ("wire/mod.rs", "use crate::flow::Flow;"),
        ("wire/mod.rs", "use crate::machine::Call;"),
        ("live/mod.rs", "use crate::wire::parse;"),
        ("web/mod.rs", "use crate::script::Program;"),
        ("flow/mod.rs", "use crate::machine::Call;"),
        // Crates of others.
        ("call/value.rs", "use serde::Serialize;"),
        ("call/value.rs", "#[derive(serde::Serialize)] struct A;"),
        ("call/value.rs", "#[serde(untagged)] enum A {}"),
        ("machine/step.rs", "use rhai::{AST, Engine};"),
        ("machine/step.rs", "use {rhai::Engine};"),
        ("machine/step.rs", "use ::rhai::Engine;"),
        ("machine/step.rs", "use rhai as scripts;"),
        ("machine/step.rs", "extern crate rhai;"),
        ("machine/step.rs", "fn f() { tokio::select! {} }"),
        ("machine/step.rs", "fn f() { g!(tracing::info!()); }"),
        ("machine/step.rs", "use std::{fmt, time::Instant};"),
        ("machine/step.rs", "use std::sync::{Arc, Mutex};"),
        ("flow/mod.rs", "fn f() { std::fs::read(p); }"),
        ("flow/mod.rs", "use std::fs;"),
        ("flow/mod.rs", "use std::{fs::{self, File}};"),
        ("phone/mod.rs", "fn f() { arc_swap::ArcSwap::new(1); }"),
        ("live/mod.rs", "use axum::Router;"),
        ("script/mod.rs", "pub use rhai::Engine;"),
        // Ways round the test.
        ("call/mod.rs", "#[path = \"../web/mod.rs\"] mod net;"),
        ("call/mod.rs", "include!(\"../web/mod.rs\");"),
    ];
    for (path, text) in planted {
        let found = violations(&[lib(), File::new(path, text)]);
        assert_eq!(found.len(), 1, "{path}: {text}\n{found:#?}");
        assert!(found[0].starts_with(path), "{found:?}");
    }
}

#[test]
fn what_is_allowed_is_not_found() {
    let allowed = [
        ("web/mod.rs", "use crate::{call::Key, live::Calls, wire};"),
        ("web/turn.rs", "use super::{Web, super::live::Calls};"),
        ("web/turn.rs", "use super::super::live::Calls;"),
        ("web/turn.rs", "use super::*; pub(super) use self::a::*;"),
        (
            "web/turn.rs",
            "pub(crate) fn f() {} pub(in crate::web) fn g() {}",
        ),
        ("settings.rs", "mod tests { use super::*; }"),
        (
            "flow/mod.rs",
            "use crate::script::Program; fn f(web: u8) { web::g(); }",
        ),
        ("app/mod.rs", "use crate::settings::Settings;"),
        (
            "call/value.rs",
            "/// See `crate::web`.\nfn f() { g!(\"crate::web::Web\"); }",
        ),
        ("call/value.rs", "#[cfg(test)] mod tests { use std::fs; }"),
        ("call/value.rs", "#[cfg(test)] use serde_json::json;"),
        (
            "call/value.rs",
            "struct A { serde: u8 } fn f(a: A) { a.serde; }",
        ),
    ];
    for (path, text) in allowed {
        let found = violations(&[lib(), File::new(path, text)]);
        assert!(found.is_empty(), "{path}: {text}\n{found:#?}");
    }
}

#[test]
fn the_code_of_a_test_module_in_its_own_file_may_use_what_it_needs() {
    let files = [
        lib(),
        File::new("wire/mod.rs", "#[cfg(test)] mod tests;"),
        File::new("wire/tests/mod.rs", "mod damage; use std::fs;"),
        File::new("wire/tests/damage.rs", "use std::fs; use crate::web::Web;"),
    ];
    let found = violations(&files);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("web"), "{found:?}");
}

#[test]
fn a_root_that_hides_what_it_hands_out_is_found() {
    for text in ["pub use web::*;", "fn f() {}", "pub use web as net;"] {
        let found = violations(&[File::new("lib.rs", text)]);
        assert_eq!(found.len(), 1, "{text}\n{found:#?}");
    }
}

/// A root that hands out what lies in a high room.
fn lib() -> File {
    let text = "pub mod call; pub mod web; pub use web::Router; pub use axum as http;
        pub use crate::web::Server as Renamed; use self::{web::{Grouped}};";
    File::new("lib.rs", text)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<File> {
    let src = root().join("src");
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(&src)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let below = path.strip_prefix(&src).unwrap();
        File::new(&below.to_string_lossy(), &text)
    };
    paths.iter().map(read).collect()
}
