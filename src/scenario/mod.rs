//! The designer's tests. `Engine` is the production's `machine::Call` in memory; a
//! scenario is a conversation that must hold, and the runner lets the engine and the
//! phone talk, face to face and in virtual time.
//!
//! This room is given texts and gives back data; it must never know HTTP or the disk.

mod document;
mod engine;
mod pattern;

pub use document::{Scenario, Step, TestFile, Tests, is_test_path, tests};
pub use engine::{Engine, Response, Traced, View, desk};
