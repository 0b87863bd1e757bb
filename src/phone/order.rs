//! An action that the platform has taken.

use jiff::SignedDuration;

use super::speech;
use crate::call::PhoneNumber;

#[derive(Clone)]
pub(super) enum Order {
    Say(Speech),
    Play {
        url: String,
        repetition: u32,
    },
    Capture(Box<Capture>),
    Call {
        from: PhoneNumber,
        to: PhoneNumber,
        /// The conversation is recorded.
        records: bool,
    },
    HangUp,
}

/// A text with its voice.
#[derive(Clone)]
pub(super) struct Speech {
    pub text: String,
    pub voice: String,
    pub speed: f64,
    pub repetition: u32,
}

impl Speech {
    /// How long it takes to speak.
    pub fn length(&self) -> SignedDuration {
        speech::length(&self.text, self.speed, self.repetition)
    }
}

#[derive(Clone)]
pub(super) struct Capture {
    pub prompt: Speech,
    pub min_digits: usize,
    pub max_digits: usize,
    /// The longest pause between two keys, if there is a limit.
    pub pause: Option<SignedDuration>,
    pub overall: SignedDuration,
    pub complete_on_hash: bool,
    pub tries: u32,
    pub success: Option<Speech>,
    pub failure: Option<Speech>,
}
