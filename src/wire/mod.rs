//! The platform's JSON, both ways: webhooks are read into the words of `call`, and
//! an answer is written as the callflow that the platform runs. For whoever plays the
//! platform it is there the other way round too: webhooks are written, and callflows
//! read. The platform's field names live in this room and nowhere else. It must never
//! know flows, sessions, HTTP or the disk.
//!
//! Reading forgives whatever does not matter: keys in any order, unknown fields, and
//! fields of a wrong type, which read as absent. Of a key that is there twice, the
//! last one counts, as in most other readers of JSON.

pub mod api;
mod callflow;
mod json;
mod leg_event;
mod numbers;
mod parse;
mod recording;
mod render;
mod shape;
mod summary;
#[cfg(test)]
mod tests;
mod unreadable;
mod write;

pub use callflow::{ActionKind, Callflow, Loose, LooseAction, NoCallflow, Param};
pub use leg_event::{LegStatus, Status};
pub use numbers::{NumberChange, NumberState, NumberUpdate, OperationalStatus, UpdateKind};
pub use parse::{Webhook, parse};
pub use recording::{Recording, RecordingStatus};
pub use render::render;
pub use shape::digit_shape;
pub use summary::{
    CallQuality, EndedLeg, LastAction, LegName, SessionError, SessionStatus, Summary,
};
pub use unreadable::Unreadable;
pub use write::{
    Captured, DigitShape, LegNews, Waits, Why, renamed_event, write_action, write_numbers,
    write_recording, write_status, write_summary,
};
