//! Look-ups against servers that do what servers must not: each comes to a failure with a
//! word of its own, within its time.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

mod addresses;
mod allowed;
mod answers;
mod backend;
mod bench;
mod detours;
mod hostile;
mod hosts;
mod told;
