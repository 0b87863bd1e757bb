//! The name the platform gives a conversation.

use std::fmt;
use std::sync::Arc;

/// One conversation, made of one or more legs. Any text of 1 to 64 characters,
/// in practice a UUID.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(Arc<str>);

impl SessionId {
    /// The longest session id that is taken, in characters.
    pub const MAX_CHARS: usize = 64;

    /// The id with this text, or `None` where it is empty or too long.
    pub fn new(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.chars().count() <= Self::MAX_CHARS;
        fits.then(|| SessionId(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_1_to_64_characters() {
        assert!(SessionId::new("").is_none());
        assert!(SessionId::new(&"é".repeat(64)).is_some());
        assert!(SessionId::new(&"a".repeat(65)).is_none());
    }
}
