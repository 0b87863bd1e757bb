//! What the platform says to a callflow that it does not take.

use std::fmt;

/// A callflow was refused: the platform's status code, and which rule was broken, in
/// the form in which the platform says it. It holds nothing that was to be spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub code: i32,
    pub rule: String,
}

impl Refused {
    pub const NOT_JSON: i32 = -1001;
    pub const VOICE: i32 = -1002;
    pub const MIN_DIGITS: i32 = -1003;
    pub const NO_WEBHOOK: i32 = -1004;
    pub const DIGIT_TIMEOUT: i32 = -1005;
    pub const TIMEOUTS: i32 = -1006;
    pub const ACTION: i32 = -1007;
    pub const HASH: i32 = -1008;
    pub const ENTRY: i32 = -1009;
    pub const TOO_OFTEN: i32 = -1010;
    pub const DESTINATIONS: i32 = -1011;
    pub const HANGUP: i32 = -1012;
    pub const FIRST: i32 = -1013;
    pub const SOURCE: i32 = -1014;
    pub const TOO_LATE: i32 = -1015;
    pub const CHARACTERS: i32 = -1016;
    pub const DESTINATION: i32 = -1017;
    /// The server could not be reached, or did not say 200.
    pub const CONNECTIVITY: i32 = -2002;

    pub(super) fn new(code: i32, rule: impl Into<String>) -> Self {
        Refused {
            code,
            rule: rule.into(),
        }
    }

    /// Of several rules that one action breaks, the one whose code comes first.
    pub(super) fn first(found: Vec<Refused>) -> Option<Self> {
        found.into_iter().min_by_key(|refused| -refused.code)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.rule)
    }
}

impl std::error::Error for Refused {}
