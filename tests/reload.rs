//! Flows that are edited while calls go on: what goes live, what stays, and when; first
//! as a decision over files in memory, then with the program and real editors.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

mod support;

#[cfg(unix)]
#[path = "process/program.rs"]
#[allow(dead_code)]
mod program;

mod reload {
    mod absent;
    mod allowed;
    mod bundles;
    mod claims;
    mod editors;
    mod following;
    mod freed;
    mod project;
    #[cfg(unix)]
    mod served;
    #[cfg(unix)]
    mod under_load;
}
