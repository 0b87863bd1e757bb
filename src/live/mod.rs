//! Everything that changes while the process runs: the flows that are live and the
//! calls, each a `machine::Call` behind a lock and nothing more; and the project on
//! disk, from which the flows come, at the start and whenever it changes; and what calls
//! ask of other people's servers.
//!
//! This room must never know the platform's JSON, or that calls come over HTTP.

mod calls;
mod census;
mod clock;
mod dial;
mod difference;
mod ends;
mod follow;
mod hours;
mod index;
mod log;
mod lookups;
mod outcome;
mod pending;
mod project;
mod reload;
mod reloads;
mod report;
mod settle;
mod slot;
mod steady;
mod sweep;
mod transfers;
mod unfinished;
mod watch;

pub use calls::{Answered, Calls, CallsConfig, Summary};
pub use census::Census;
pub use clock::Clock;
pub use dial::NotOpened;
pub use follow::{CallNews, Follower};
pub use hours::{HoursDesk, HoursReport, KeepOverrides, Order, OrderRefused};
pub use lookups::{
    Addresses, BadDetour, Detour, Env, LookUps, LookUpsConfig, MAX_AT_ONCE, MAX_BODY, MAX_FAILURES,
    MAX_REDIRECTS, REST_MS, Resolver, SystemResolver,
};
pub use outcome::{HeldBack, Kept, NumberTaken, Outcome, Refusal, Waiting, WentLive, Withdrawn};
pub use pending::Pair;
pub use project::{ReadError, Snapshot, read_project};
pub use reload::{REMIND_MS, Reloader};
pub use reloads::{ReloadConfig, Reloads};
pub use report::{FlowReport, Older, Problem, Report};
pub use settle::{GAP_MS, POLL_MS, QUIET_MS, Settling, UNREST_MS, Verdict};
pub use steady::Steady;
pub use sweep::Lifetimes;
pub use unfinished::{CUT_MS, VANISHED_MS};
