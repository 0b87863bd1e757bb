//! Who calls, or is called. A caller is pure and lives in virtual time, so that the same
//! one does the same again, however fast it goes.

use jiff::{SignedDuration, Timestamp};

use crate::phone::{Doing, Heard, OtherSide};

/// The person on the first leg, and whoever is dialled.
pub trait Caller: Send {
    /// What is done now. It is asked wherever something can be done: while something is
    /// said or keys are waited for, while a number rings, while two people talk, and when
    /// a webhook that waits goes out. There all but [`Deed::HangUp`] means nothing.
    fn next(&mut self, scene: &Scene<'_>) -> Deed;

    /// What was heard since this was told last.
    fn heard(&mut self, heard: &[Heard]) {
        let _ = heard;
    }

    /// Whether the call went as this caller expected, asked when it is over. The error says
    /// in plain words what did not; it holds nothing that was keyed in as a secret.
    ///
    /// # Errors
    /// Where something was expected that has not come.
    fn verdict(&self) -> Result<(), String> {
        Ok(())
    }
}

/// How it stands with a call when its caller is asked.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    pub doing: &'a Doing,
    /// The person who was called first has not taken the call yet: who rings is the caller.
    pub is_first: bool,
    /// A key that is pressed now counts.
    pub takes_keys: bool,
    pub now: Timestamp,
    /// When something happens by itself.
    pub until: Option<Timestamp>,
}

/// What a caller does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Nothing, until something happens by itself.
    Wait,
    /// Nothing for this time, or until something happens; then it is asked again.
    Pause(SignedDuration),
    /// Presses one key, `0`-`9`, `*` or `#`.
    Press(char),
    /// Presses these keys, one right behind the other: those behind one that ends an entry
    /// are pressed before the next is asked for.
    Keys(String),
    HangUp,
    /// Whoever is rung does this.
    Other(OtherSide),
}
