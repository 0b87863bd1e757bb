//! The calls that we start: from a request to the platform's answer and the call's end.
//! Calls to one pair of numbers are started one after the other, and whatever comes of
//! a call is told to whoever follows it.
//!
//! This room must never know HTTP or how the platform is reached: what starts a call is
//! a trait of its own.

mod book;
mod desk;
mod job;
mod news;
mod order;
mod pairs;
mod platform;

pub use desk::{Outbound, OutboundConfig};
pub use job::{JobOrder, JobReport};
pub use news::{News, Outcome, What};
pub use order::{CallOrder, OrderRefused};
pub use platform::{Asked, Platform, Started};
