//! Everything that changes while the process runs: the flows that are live and the
//! calls, each a `machine::Call` behind a lock and nothing more; and the project on
//! disk, from which the flows come.
//!
//! This room must never know the platform's JSON or that there is HTTP.

mod calls;
mod clock;
mod index;
mod log;
mod project;
mod report;
mod slot;
mod sweep;

pub use calls::{Answered, Calls, CallsConfig, Summary};
pub use clock::Clock;
pub use project::{ReadError, read_project};
pub use report::{FlowReport, Problem, Report};
pub use sweep::Lifetimes;
