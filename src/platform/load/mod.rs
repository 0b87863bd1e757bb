//! Load: very many sessions against a server that runs, by a schedule, and what is measured
//! of them.
//!
//! The generator must not fool itself. Calls begin when they are due, however slow the
//! server is; each webhook is measured from when it was due; and what the generator itself
//! was late is measured beside it, so that nobody takes its weakness for the server's.

mod drawn_up;
mod figures;
mod meter;
mod mix;
mod process;
mod report;
mod run;
mod schedule;
mod spread;
mod verdict;

pub use figures::Figures;
pub use meter::{Glance, Meter};
pub use mix::Mix;
pub use process::{Usage, Watched};
pub use report::{
    CallsReport, GeneratorReport, Latency, Moment, Plan, PlanReport, Report, RequestsReport, Saves,
    ServerReport, WrongReport,
};
pub use run::{Halt, Lasted, Make, run};
pub use schedule::{Arrivals, Schedule, Spacing};
pub use spread::{Point, Spread};
