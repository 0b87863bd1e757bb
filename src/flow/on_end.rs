//! What a flow does when a call is over.

use super::lookup::Request;
use super::state::Reads;
use super::text::Expression;

/// Names that expressions in `on_end` read beside all others: how the call ended, for how
/// many seconds it was up, and the states that it went through.
pub const END_NAMES: [&str; 3] = ["outcome", "duration", "path"];

/// The most states that `path` has; of a longer one the last are kept.
pub const MAX_PATH: usize = 64;

/// What is done once, when the summary of a session has come.
#[derive(Debug)]
pub struct OnEnd {
    pub what: AtEnd,
    /// The variables it reads.
    pub reads: Reads,
    /// It reads `path`, which a call keeps only then.
    pub reads_path: bool,
}

#[derive(Debug)]
pub enum AtEnd {
    Ask(Box<Request>),
    /// Its value goes into the log, so no secret can be in it.
    Record(Expression),
}
