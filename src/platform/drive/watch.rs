//! What is told of sessions that are driven.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::SignedDuration;

use super::kind::Kind;
use crate::phone::{Ending, Heard, Refused};
use crate::wire::SessionStatus;

/// Sees what happens while sessions are driven. It is called from within their tasks, so it
/// must not wait for anything.
pub trait Watch: Send + Sync {
    /// A webhook was delivered, or was not.
    fn turn(&self, turn: &TurnTaken) {
        let _ = turn;
    }

    /// A session is over, and nothing more is sent for it.
    fn ended(&self, ended: &Ended) {
        let _ = ended;
    }
}

/// Nobody looks.
pub struct Unwatched;

impl Watch for Unwatched {}

/// One webhook and its answer.
#[derive(Debug, Clone)]
pub struct TurnTaken {
    /// The session's number.
    pub number: u64,
    pub kind: Kind,
    /// Not the first delivery of its event: a fault has sent it once more.
    pub is_again: bool,
    /// When it should have gone out. Behind [`TurnTaken::sent`] lies what whoever drives the
    /// session was late.
    pub due: Instant,
    pub sent: Instant,
    /// When the whole answer was there, or it was known that none comes.
    pub over: Instant,
    /// The status of HTTP; `None` where no answer has come.
    pub status: Option<u16>,
    pub wrong: Option<Wrong>,
}

impl TurnTaken {
    /// From when it should have gone out to its answer.
    pub fn since_due(&self) -> Duration {
        self.over.saturating_duration_since(self.due)
    }

    /// From when it went out to its answer.
    pub fn since_sent(&self) -> Duration {
        self.over.saturating_duration_since(self.sent)
    }
}

/// An answer that is not as it should be. It holds nothing that was said or keyed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// No answer, and why.
    None { why: String },
    /// Another status than 200.
    Status { kind: Kind, status: u16 },
    /// The platform does not take the callflow.
    Refused(Refused),
    /// An event that came again was answered in another way. Turns are counted from 0.
    Different {
        /// The turn that the event led to.
        turn: u32,
        /// The present turn.
        present: u32,
        /// It came under another id.
        renamed: bool,
    },
    /// A body that had not come whole was answered.
    Half { kind: Kind },
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::None { why } => f.write_str(why),
            Wrong::Status { kind, status } => {
                write!(f, "a {} was answered with HTTP {status}", kind.word())
            }
            Wrong::Refused(refused) => write!(f, "the platform refuses the answer: {refused}"),
            Wrong::Different {
                turn,
                present,
                renamed,
            } => {
                let id = if *renamed { "another id" } else { "its id" };
                let again = "came again and was answered in another way";
                write!(
                    f,
                    "the event of turn {turn}, under {id} in turn {present}, {again}"
                )
            }
            Wrong::Half { kind } => {
                write!(f, "a {} that had not come whole was answered", kind.word())
            }
        }
    }
}

/// A session that is over.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The session's number.
    pub number: u64,
    pub session: String,
    pub ending: Ending,
    /// The status in its summary.
    pub status: Option<SessionStatus>,
    /// From the first thing that happened in the call to the last, by its own time.
    pub lasted: SignedDuration,
    /// How many webhooks waited for an answer, each counted once.
    pub turns: u32,
    /// How many requests were sent, those that faults sent once more included.
    pub requests: u32,
    /// The first few answers that were wrong.
    pub wrong: Vec<Wrong>,
    /// How many there were.
    pub wrong_answers: u32,
    /// What was heard, in order, where it was to be kept.
    pub heard: Vec<Heard>,
    /// The webhooks that tell of what was recorded.
    pub recordings: Vec<Arc<[u8]>>,
    /// Whether the caller found what was expected.
    pub verdict: Result<(), String>,
    /// From when the first webhook was due to the end.
    pub took: Duration,
}

impl Ended {
    /// A session of which nothing has been seen yet.
    pub(super) fn begun(number: u64, session: &str) -> Self {
        Ended {
            number,
            session: session.to_owned(),
            ending: Ending::Refused,
            status: None,
            lasted: SignedDuration::ZERO,
            turns: 0,
            requests: 0,
            wrong: Vec::new(),
            wrong_answers: 0,
            heard: Vec::new(),
            recordings: Vec::new(),
            verdict: Ok(()),
            took: Duration::ZERO,
        }
    }
}

/// The most wrong answers of a session that are kept.
pub(super) const MOST_WRONG: usize = 8;
