//! What sessions are driven with.

use std::sync::Arc;

use super::caller::Caller;
use super::faults::Faults;
use super::kind::Deliver;
use super::pace::Pace;
use super::watch::Watch;
use crate::phone::Line;

/// How sessions are driven, the same for all of a run.
#[derive(Clone)]
pub struct Manner {
    pub deliver: Arc<dyn Deliver>,
    pub pace: Pace,
    pub faults: Faults,
    pub watch: Arc<dyn Watch>,
    /// What was heard is kept for [`Ended::heard`].
    pub keeps_heard: bool,
    /// The most webhooks of one session that wait for an answer; then its caller hangs up.
    pub most_turns: u32,
}

impl Manner {
    /// Sessions at this pace in which nothing goes wrong and nobody looks.
    pub fn new(deliver: Arc<dyn Deliver>, pace: Pace) -> Self {
        Manner {
            deliver,
            pace,
            faults: Faults::NONE,
            watch: Arc::new(super::Unwatched),
            keeps_heard: false,
            most_turns: 500,
        }
    }
}

/// A session that is to be driven.
pub struct Session {
    pub line: Line,
    pub caller: Box<dyn Caller>,
    /// Which of a run it is. What goes wrong in it depends on this.
    pub number: u64,
    /// When its first webhook should go out; without it, at once. One that begins late is
    /// measured from then.
    pub due: Option<std::time::Instant>,
}

impl Session {
    /// A session that begins at once.
    pub fn new(line: Line, caller: Box<dyn Caller>) -> Self {
        Session {
            line,
            caller,
            number: 0,
            due: None,
        }
    }
}
