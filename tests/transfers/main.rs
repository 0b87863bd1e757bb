//! Caps on transfers: which begin in a minute, which count as failed, and what is told.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

mod bench;
mod caps;
mod told;
