//! Whatever is sent, a call is answered: bodies as data, the door, and connections
//! that mean no good.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

mod support;

mod hostile {
    mod body;
    mod connections;
    mod door;
    mod fuzz;
    mod panics;
    mod socket;
    mod table;
    mod told;
}
