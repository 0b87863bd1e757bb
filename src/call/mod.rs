//! The vocabulary of a phone call: what can happen in one ([`ActionEvent`], [`StatusEvent`]), what we
//! can ask the platform for ([`Action`]), and the small types both are made of.
//!
//! Every limit of the platform is checked where one of these values is made, so
//! a value that exists can be sent. This room must never know how any of it is
//! written on a wire or in a file, nor that there are scripts.

mod action;
mod digits;
mod ending;
mod event;
mod lookup;
mod number;
mod outcome;
mod session_id;
mod speech;
mod value;

pub use action::{Action, Actions, Answer, Capture, DigitLimit, FileUrl, Limit};
pub use digits::{Digits, Key};
pub use ending::Ending;
pub use event::{
    ActionEvent, Country, Direction, EventKey, LegId, Medium, Occasion, Progress, StatusEvent,
};
pub use lookup::{Found, HeaderPart, LookUp, LookUpFailure, Method};
pub use number::{NotANumber, Party, PhoneNumber};
pub use outcome::{LegOutcome, TransferOutcome};
pub use session_id::SessionId;
pub use speech::{MAX_TEXT_CHARS, Repetition, Speed, SpokenText, Voice, clean_value, is_recording};
pub use value::Value;
