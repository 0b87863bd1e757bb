//! What a turn is told of the world outside of its call.

use super::overrides::Overrides;

/// What has been decided or found out elsewhere, and is read by a turn. It is handed in
/// anew with every turn, and none of it is kept in the call.
#[derive(Debug, Clone, Copy)]
pub struct Outside<'a> {
    /// What operators have decided of opening hours.
    pub overrides: &'a Overrides,
}

impl Outside<'_> {
    /// Nothing: opening hours are those of the calendar.
    pub const NONE: &'static Outside<'static> = &Outside {
        overrides: Overrides::NONE,
    };
}
