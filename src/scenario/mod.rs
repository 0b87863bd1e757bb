//! The designer's tests. `Engine` is the production's `machine::Call` in memory; a
//! scenario is a conversation that must hold, and the runner lets the engine and the
//! phone talk, face to face and in virtual time.
//!
//! This room is given texts and gives back data; it must never know HTTP or the disk.

mod backend;
mod command;
mod coverage;
mod delivery;
mod document;
mod engine;
mod follow;
mod hold;
mod lost;
mod pattern;
mod play;
mod report;
mod rows;
mod run;
mod schema;
mod script;
mod scripted;
mod secrets;
mod sides;
mod sides_of;
mod talk;
#[cfg(test)]
mod tests;
mod words;

pub use backend::{Backend, Looked, Performer, Stub, StubAnswer};
pub use command::quoted;
pub use coverage::{Coverage, Covered, Open, Share};
pub use delivery::{Delivery, Run};
pub use document::{Scenario, Step, TestFile, Tests, is_test_path, stubs, tests};
pub use engine::{Engine, Response, Traced, View, desk};
pub use follow::Followed;
pub use report::{Look, Ran, Report, told};
pub use rows::Row;
pub use run::{Bench, Failure, Outcome};
pub use schema::tests_schema;
pub use script::Script;
pub use scripted::{Act, Scripted};
pub use secrets::Secrets;
pub use sides_of::{UnknownSide, unknown_side};
