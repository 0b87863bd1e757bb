//! Whoever follows calls that we start, and is told what comes of them.

use crate::call::{SessionId, StatusEvent};

use super::calls::Summary;

/// What comes of a call that we have started.
#[derive(Debug)]
pub enum CallNews<'a> {
    /// The call of this request is known by this session from now on.
    Known { id: &'a str, session: &'a SessionId },
    /// A leg of it has come further.
    Leg(&'a StatusEvent),
    /// A turn was answered, and the call waits in this state.
    State {
        session: &'a SessionId,
        state: &'a str,
    },
    /// Its summary has come; the request is named where the summary does.
    Ended {
        session: &'a SessionId,
        summary: &'a Summary,
    },
    /// Nothing was heard of it for too long a time, and it is counted as over.
    Lost { session: &'a SessionId },
    /// There was neither an answer nor a webhook of it in its time, and nothing of it is
    /// waited for any more.
    Expired { id: &'a str },
}

/// Is told of calls at once and in order, so it must come back at once and must not ask
/// the calls anything.
pub trait Follower: Send + Sync {
    fn told(&self, news: CallNews<'_>);

    /// Whether it wants to be told of a session that nobody here has begun, as one whose
    /// call was started before a restart.
    fn follows(&self, session: &SessionId) -> bool {
        let _ = session;
        false
    }
}
