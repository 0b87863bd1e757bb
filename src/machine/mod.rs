//! The state machine. [`step`] takes a session and what has happened and gives the
//! answer and the session behind it; [`Call`] is the ledger of one call around it:
//! which event was answered with what, which turn is present, whether the call is
//! over, and how it is found again after a restart.
//!
//! All of it is pure: the time, the keys and the budget are handed in, and faults
//! come back as data. This room must never know tasks, sockets, clocks, locks or
//! logs, and it cannot fail.

mod ask;
mod bytes;
mod call;
mod codec;
mod compute;
mod dial;
mod end;
mod follow;
mod hear;
mod input;
mod kept;
mod look;
mod look_up;
mod outside;
mod overrides;
mod recover;
mod render;
mod run;
mod scope;
mod session;
mod speak;
mod step;
mod token;
mod transfer;
mod turn;

pub use bytes::Unreadable;
pub use call::{Call, Desk, Reply, Waiting};
pub use dial::{Opening, Unopened};
pub use end::{Closing, End};
pub use look::Awaits;
pub use look_up::json_text;
pub use outside::Outside;
pub use overrides::{Override, Overrides};
pub use session::{Base, Facts, Session};
pub use step::step;
pub use token::{BadKey, TokenKeys};
pub use turn::{
    Allowance, Answers, Cue, Fault, Passage, Path, Policy, Sides, Step, Transferring, Turn, Way,
    entered,
};
