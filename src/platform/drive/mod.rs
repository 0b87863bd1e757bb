//! Executes callflows: a session of the pure phone, driven over HTTP with a caller who
//! presses keys, and with whatever goes wrong between a platform and a server.
//!
//! [`drive`] is one session from its first webhook to the last. It is one task, and holds
//! nothing but its line, its caller and what it was answered; thousands of them share one
//! [`Manner`].

mod caller;
mod faults;
mod kind;
mod pace;
mod session;
mod watch;

pub use caller::{Caller, Deed, Scene};
pub use faults::Faults;
pub use kind::{Deliver, Kind, Single};
pub use pace::Pace;
pub use session::{Manner, Session, drive};
pub use watch::{Ended, TurnTaken, Unwatched, Watch, Wrong};
