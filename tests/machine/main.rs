//! The state machine and the ledger of one call, as a caller hears them.

#[path = "../conversation/mod.rs"]
mod conversation;

mod asking;
mod choosing;
mod confirming;
mod faults;
mod languages;
mod ledger;
mod memory;
mod outbound;
mod secrets;
mod servers;
mod speaking;
mod splitting;
mod transfers;
