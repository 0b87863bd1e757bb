//! What was recorded of a session.

use jiff::Timestamp;

use super::leg::Leg;
use super::unique;

/// The recording of one leg, which its `makeCall` had asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// A UUID.
    pub id: String,
    pub begun: Timestamp,
    pub seconds: u32,
}

impl Recorded {
    /// Of a leg that is over; nothing where nobody took it, or it was not to be recorded.
    pub(super) fn of(leg: &Leg, now: Timestamp) -> Option<Self> {
        let begun = leg.connected.filter(|_| leg.is_recorded)?;
        Some(Recorded {
            id: unique::id(&leg.call_id, "recording", 0),
            begun,
            seconds: leg.seconds(now),
        })
    }
}
