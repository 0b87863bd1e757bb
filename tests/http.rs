//! The whole product over HTTP, in process: the shipped flows walked from the first
//! webhook to the summary, in every way that the platform leaves open, and what
//! happens to calls that are late, doubled, forgotten or too many.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

mod support;

mod http {
    mod account;
    mod ending;
    mod keeping;
    mod looking_up;
    mod paths;
    mod repeats;
    mod restaurant;
}
