//! What a caller keyed in, and the keys of a telephone.

use std::fmt;

/// What a capture brought: one or more of `0`–`9`, `*`, `#`, in order, as the
/// platform reported it. It may be a PIN, so it prints only its length.
#[derive(Clone, PartialEq, Eq)]
pub struct Digits(Box<str>);

impl Digits {
    /// The longest entry that is kept, in characters; a capture ends at 25.
    pub const MAX_CHARS: usize = 64;

    /// The entry with this text, or `None` where nothing was keyed in. A text
    /// with other characters in it is kept too: it is an entry, one that no menu
    /// and no length rule takes.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        Some(Digits(text.chars().take(Self::MAX_CHARS).collect()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} keys>", self.0.chars().count())
    }
}

/// One key of a telephone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(u8);

impl Key {
    pub const HASH: Key = Key(11);
    pub const STAR: Key = Key(10);

    /// The key that a caller pressed.
    pub fn pressed(c: char) -> Option<Self> {
        match c {
            '0'..='9' => Some(Key(c as u8 - b'0')),
            '*' => Some(Key::STAR),
            '#' => Some(Key::HASH),
            _ => None,
        }
    }

    /// The key that a flow file names: `0`–`9`, `star`, `hash`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "star" => Some(Key::STAR),
            "hash" => Some(Key::HASH),
            _ => match name.as_bytes() {
                [digit @ b'0'..=b'9'] => Some(Key(digit - b'0')),
                _ => None,
            },
        }
    }

    /// The name of the key in a flow file.
    pub fn name(self) -> &'static str {
        const NAMES: [&str; 12] = [
            "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "star", "hash",
        ];
        NAMES[usize::from(self.0)]
    }

    /// True for `0`–`9`.
    pub fn is_digit(self) -> bool {
        self.0 < 10
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_never_prints_its_keys() {
        let digits = Digits::read(" 4711 ").unwrap();
        assert_eq!(digits.as_str(), "4711");
        assert_eq!(format!("{digits:?}"), "<4 keys>");
        assert_eq!(Digits::read(" "), None);
    }

    #[test]
    fn each_key_has_one_name_and_one_face() {
        for (face, name) in "0123456789*#".chars().zip([
            "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "star", "hash",
        ]) {
            let key = Key::pressed(face).unwrap();
            assert_eq!(key.name(), name);
            assert_eq!(Key::named(name), Some(key));
        }
        assert_eq!(Key::named("*"), None);
        assert_eq!(Key::pressed('A'), None);
    }
}
