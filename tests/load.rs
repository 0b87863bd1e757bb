//! `ringflow load` as it is used: the program, against the program serving, and against
//! servers that are wrong on purpose.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

mod support;

#[cfg(unix)]
#[path = "process/program.rs"]
#[allow(dead_code)]
mod program;

#[cfg(unix)]
mod load {
    mod figures;
    mod saves;
    mod wrong;
}
