//! The name the platform gives a conversation.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// One conversation, made of one or more legs. Any text of 1 to 64 characters,
/// in practice a UUID.
#[derive(Clone)]
pub struct SessionId(Text);

/// Every event has an id, and every call keeps one, so the usual ones lie in place.
#[derive(Clone)]
enum Text {
    Short { length: u8, bytes: [u8; SHORT] },
    Long(Arc<str>),
}

/// The longest text that lies in place, in bytes: a UUID has 36.
const SHORT: usize = 38;

impl SessionId {
    /// The longest session id that is taken, in characters.
    pub const MAX_CHARS: usize = 64;

    /// The id with this text, or `None` where it is empty or too long.
    pub fn new(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.chars().count() <= Self::MAX_CHARS;
        if !fits {
            return None;
        }
        let mut bytes = [0; SHORT];
        Some(SessionId(match bytes.get_mut(..text.len()) {
            Some(place) => {
                place.copy_from_slice(text.as_bytes());
                Text::Short {
                    length: text.len() as u8,
                    bytes,
                }
            }
            None => Text::Long(text.into()),
        }))
    }

    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Short { length, bytes } => std::str::from_utf8(&bytes[..usize::from(*length)])
                .expect("these are the bytes of a text"),
            Text::Long(text) => text,
        }
    }
}

impl PartialEq for SessionId {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for SessionId {}

impl Hash for SessionId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialOrd for SessionId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SessionId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
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

    #[test]
    fn an_id_is_its_text_be_it_short_or_long() {
        for length in 1..=64 {
            let text = "x".repeat(length);
            let id = SessionId::new(&text).unwrap();
            assert_eq!(id.as_str(), text);
            assert_eq!(id.clone(), id);
        }
        assert!(std::mem::size_of::<SessionId>() <= 40);
    }
}
