//! Executes callflows: a session of the pure phone, driven over HTTP with a caller who
//! presses keys, and with whatever goes wrong between a platform and a server.
//!
//! [`drive`] is one session from its first webhook to the last. It is one task, and holds
//! nothing but its line, its caller and what it was answered; thousands of them share one
//! [`Manner`]. [`run`] starts many by a schedule.

mod answers;
mod caller;
mod dice;
mod faults;
mod kind;
mod manner;
mod pace;
mod parcel;
mod run;
mod scripted;
mod session;
mod turn;
mod walker;
mod watch;

pub use caller::{Caller, Deed, Scene};
pub(super) use dice::Dice;
pub use faults::Faults;
pub use kind::{Deliver, Kind, Single};
pub use manner::{Manner, Session};
pub use pace::Pace;
pub use run::{Tally, run};
pub use scripted::FromFile;
pub use session::drive;
pub use walker::{Habits, Silent, Walker};
pub use watch::{Ended, TurnTaken, Unwatched, Watch, Wrong};
