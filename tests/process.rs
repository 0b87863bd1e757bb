//! The program as a user runs it: started, spoken to over a socket, killed and started
//! again, asked to stop.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

#[cfg(unix)]
mod support;

#[cfg(unix)]
mod process {
    mod account;
    mod call;
    mod check;
    mod desk;
    mod dev;
    mod dial;
    mod doctor;
    mod emulate;
    mod hours;
    mod left;
    mod mock;
    mod operators;
    mod planted;
    mod platform;
    mod probe;
    mod program;
    mod restarts;
    mod rings;
    mod secrets;
    mod start;
    mod stop;
    mod webhooks;
}
