//! A phone in the terminal: lines that are typed become a call, and what the caller would
//! notice is printed. The platform and the caller are `phone`'s, in virtual time; who
//! answers the webhooks is an [`OtherEnd`], in memory or behind HTTP.
//!
//! [`Conversation`] takes one line at a time and knows no terminal, so that whoever has
//! other things to print in between can drive it too.

mod conversation;
mod lines;
mod made;
mod other_end;
mod paint;
mod save;
mod servers;
mod story;
mod typed;
mod when;

pub use conversation::Conversation;
pub use lines::{Lines, Script, Terminal};
pub use made::{Call, number_of};
pub use other_end::{InMemory, OtherEnd, OverHttp, Registered, Turn};
pub use paint::Paint;
pub use save::{Saved, TestFile};
pub use servers::performer;
pub use story::Story;
pub use typed::HELP;
pub use when::{day, read_time, usual, written};
