//! What is told of a call that we start.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct News {
    /// Counted from 1.
    pub n: u32,
    /// RFC 3339.
    pub at: Timestamp,
    #[serde(flatten)]
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// It waits for other calls of its pair of numbers.
    Queued,
    /// The request goes out.
    Sent,
    /// The request timed out or was cut off: there may be a call.
    Unanswered {
        why: String,
    },
    /// There is a call, with this session.
    Created {
        session: String,
    },
    Ringing,
    Answered,
    /// The flow waits in this state.
    State {
        state: String,
    },
    Ended(Outcome),
}

/// How a call ended.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The platform's word, as in `COMPLETED` and `NO_ANSWER`; or one of ours:
    /// [`Outcome::NOT_CREATED`], [`Outcome::EXPIRED`], [`Outcome::UNKNOWN`].
    pub status: String,
    /// For how long it was up, where that is told.
    pub seconds: Option<u32>,
    pub session: Option<String>,
    /// What went wrong, in plain words.
    pub error: Option<String>,
}

impl Outcome {
    /// The person took the call, and it came to its end.
    pub const COMPLETED: &str = "COMPLETED";
    /// There was no call: it was refused, by the platform or before it was asked.
    pub const NOT_CREATED: &str = "NOT_CREATED";
    /// There was no call: its time had passed before it could be asked for.
    pub const EXPIRED: &str = "EXPIRED";
    /// Nobody knows how it ended, or whether there was a call.
    pub const UNKNOWN: &str = "UNKNOWN";

    pub(super) fn of(status: &str, error: impl Into<String>) -> Self {
        Outcome {
            status: status.to_owned(),
            error: Some(error.into()),
            ..Outcome::default()
        }
    }
}
