//! What the platform's documentation leaves open, each point a rule to choose.

use crate::wire::DigitShape;

/// One reading of the platform. The default is the most likely one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// When the call waits for its next step.
    pub asks_again: AsksAgain,
    /// How a webhook holds what was keyed in.
    pub digits: DigitShape,
    /// From when the overall time of a capture counts.
    pub times_from: TimesFrom,
    /// What becomes of enough digits when the time is over.
    pub on_timeout: OnTimeout,
    /// A key interrupts the prompt of a capture, and counts.
    pub barge_in: bool,
    /// Keys that are pressed while nothing listens are kept for the next capture.
    pub keeps_keys: bool,
    /// The `#` that ends an entry is part of it.
    pub keeps_hash: bool,
    /// Which leg is shown behind a bridge.
    pub bridge_shows: ShownLeg,
    /// Progress of the legs is told too.
    pub tells_status: bool,
    /// The caller's leg ends where nobody takes the bridge.
    pub busy_ends: bool,
    /// The call waits once more where the caller has given up while it rang.
    pub cancel_asks: bool,
    /// An inbound call is announced by a CALL_STATUS, and no CALL_ACTION comes for that.
    pub arrives_as_status: bool,
    /// A `digitTimeout` that equals the `overallTimeout` is taken.
    pub equal_timeouts: bool,
    /// At most two `makeCall` in a session, and not in each answer.
    pub counts_calls_of_session: bool,
    /// Texts may hold `<`, `>` and `&`.
    pub takes_markup: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsksAgain {
    /// When the list of actions has run out.
    AfterTheList,
    /// After each action; the new answer replaces what is left of the list.
    AfterEachAction,
}

/// From when the overall time of a capture counts. A prompt is never cut by it; the
/// pause between keys always counts from the end of the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimesFrom {
    PromptStart,
    PromptEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnTimeout {
    Reported,
    Lost,
}

/// Whose call id, numbers, direction, duration and SIP status the webhook behind a
/// bridge shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownLeg {
    A,
    B,
    /// The caller's leg, with the SIP status and the duration of the dialled one.
    AWithOutcomeOfB,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            asks_again: AsksAgain::AfterTheList,
            digits: DigitShape::Object,
            times_from: TimesFrom::PromptEnd,
            on_timeout: OnTimeout::Reported,
            barge_in: true,
            keeps_keys: false,
            keeps_hash: false,
            bridge_shows: ShownLeg::B,
            tells_status: true,
            busy_ends: false,
            cancel_asks: false,
            arrives_as_status: false,
            equal_timeouts: false,
            counts_calls_of_session: false,
            takes_markup: false,
        }
    }
}
