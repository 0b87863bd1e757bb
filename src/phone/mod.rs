//! The other end: the platform, a caller and whoever is dialled, as one pure state
//! machine in virtual time. It hands out webhooks as bytes, is handed answers as bytes,
//! refuses what the platform would refuse, and says until when it wants to wait.
//!
//! Whoever drives it does three things over and over: delivers what
//! [`Line::next_webhook`] gives and hands back the answer, lets time pass up to
//! [`Line::until`], and presses keys while [`Line::doing`] listens. This room must never
//! know HTTP, a clock, or the flows behind the answers.

mod account;
mod capture;
mod check;
mod end;
mod judge;
mod leg;
mod line;
mod named;
mod order;
mod play;
mod refused;
mod rules;
mod speech;
mod tell;
#[cfg(test)]
mod tests;
mod unique;

pub use crate::wire::DigitShape;
pub use account::Account;
pub use line::{Doing, Ending, Heard, Line, OtherSide, Start, Webhook, WebhookKind};
pub use refused::Refused;
pub use rules::{AsksAgain, OnTimeout, Rules, ShownLeg, TimesFrom};
pub use unique::id as unique_id;
