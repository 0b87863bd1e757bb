//! What a turn is told of the world outside of its call.

use crate::call::{Found, PhoneNumber};

use super::overrides::Overrides;

/// What has been decided or found out elsewhere, and is read by a turn. It is handed in
/// with every turn, and none of it is kept in the call. The same turn may be run more than
/// once, each time with more of it.
#[derive(Debug, Clone, Copy)]
pub struct Outside<'a> {
    /// What operators have decided of opening hours.
    pub overrides: &'a Overrides,
    /// What came of the look-ups that the call has asked for, each under its key.
    pub found: &'a [(Box<str>, Found)],
    /// The key of a look-up that goes on in the background.
    pub pending: Option<&'a str>,
    /// Whether a transfer to each of these numbers may begin just now, where that is to be
    /// asked first; `None` where every one may.
    pub dials: Option<&'a [(PhoneNumber, bool)]>,
}

impl<'a> Outside<'a> {
    /// Nothing: opening hours are those of the calendar, and nothing was looked up.
    pub const NONE: &'static Outside<'static> = &Outside {
        overrides: Overrides::NONE,
        found: &[],
        pending: None,
        dials: None,
    };

    /// Whether a transfer to this number may begin; `None` where that has to be asked.
    pub(super) fn may_dial(&self, number: PhoneNumber) -> Option<bool> {
        let Some(asked) = self.dials else {
            return Some(true);
        };
        let mut asked = asked.iter();
        asked
            .find(|(other, _)| *other == number)
            .map(|(_, may)| *may)
    }

    pub(super) fn found(&self, key: &str) -> Option<&'a Found> {
        let mut all = self.found.iter();
        all.find(|(other, _)| **other == *key)
            .map(|(_, found)| found)
    }
}
