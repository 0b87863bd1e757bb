//! Ringflow answers a phone platform's webhooks: each asks what a call does next,
//! and the answer comes from a state machine whose callflow a designer wrote.
//!
//! The rooms, lowest first. Each imports only from those above it in this list; a
//! test reads the sources and holds it so.
//!
//! - [`call`]: what can happen in a call and what can be asked for
//! - [`script`]: expressions and script files, under limits
//! - [`flow`]: a designer's file, from text to something that runs
//! - [`machine`]: the state machine, and the ledger of one call around it
//! - [`wire`]: the platform's JSON, both ways
//! - [`phone`]: the platform and a caller, in virtual time
//! - [`scenario`]: conversations that must hold, and how they are run
//! - [`live`]: what changes while the process runs: flows that are live, calls, look-ups
//! - [`outbound`]: the calls that we start
//! - [`platform`]: the platform's API, called and stood in for, and its callers
//! - [`web`]: HTTP; `web/turn.rs` is one webhook from top to bottom
//! - [`settings`]: flags and environment, parsed once
//! - [`app`]: the start, the background tasks and the stop
//! - [`cli`]: one file a verb

#![warn(clippy::unwrap_used)]

pub mod app;
pub mod call;
pub mod cli;
pub mod flow;
pub mod live;
pub mod machine;
pub mod outbound;
pub mod phone;
pub mod platform;
pub mod scenario;
pub mod script;
pub mod settings;
pub mod web;
pub mod wire;
