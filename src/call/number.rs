//! Phone numbers in E.164 form, and the parties of a call, which need not have one.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;
use std::sync::Arc;

/// A phone number in E.164 form: a country code and a subscriber number, 7 to
/// 15 digits together, the first of them not 0.
///
/// It is parsed once, from text with or without `+` and with spaces, and always
/// printed as `+` and digits, the only form the platform takes for a destination.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneNumber(NonZeroU64);

/// Why a text is no [`PhoneNumber`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotANumber {
    #[error("it is empty")]
    Empty,
    #[error("it holds `{0}`, which is no digit")]
    Character(char),
    #[error("it begins with 0, and no country code does")]
    NoCountryCode,
    #[error("it has {0} digits; a number with its country code has 7 to 15")]
    Length(usize),
}

impl PhoneNumber {
    /// The number's digits without `+`.
    pub fn digits(self) -> String {
        self.0.to_string()
    }

    /// True if the number begins with `prefix`, itself the beginning of a number.
    pub fn starts_with(self, prefix: &str) -> bool {
        self.digits().starts_with(prefix.trim_start_matches('+'))
    }

    /// The number as an integer, for hashing and for compact storage.
    pub fn as_u64(self) -> u64 {
        self.0.get()
    }

    /// The number whose digits are those of `value`, as [`PhoneNumber::as_u64`] gave it.
    pub fn from_u64(value: u64) -> Result<Self, NotANumber> {
        value.to_string().parse()
    }
}

impl FromStr for PhoneNumber {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let text = text.trim();
        let text = text.strip_prefix('+').unwrap_or(text);
        let mut value: u64 = 0;
        let mut count = 0;
        for c in text.chars() {
            match c {
                ' ' => continue,
                '0' if count == 0 => return Err(NotANumber::NoCountryCode),
                '0'..='9' => {
                    count += 1;
                    if count <= 15 {
                        value = value * 10 + u64::from(c as u8 - b'0');
                    }
                }
                other => return Err(NotANumber::Character(other)),
            }
        }
        match (NonZeroU64::new(value), count) {
            (None, _) => Err(NotANumber::Empty),
            (Some(value), 7..=15) => Ok(PhoneNumber(value)),
            (Some(_), count) => Err(NotANumber::Length(count)),
        }
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One end of a leg. A caller who withholds the number shows an empty text or a
/// word, and a VOIP party a user id: both are kept as they came, and the call is
/// answered like any other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Party {
    Number(PhoneNumber),
    Text(Arc<str>),
}

impl Party {
    /// The longest text kept of an address that is no number, in characters.
    const MAX_TEXT: usize = 128;

    /// Reads an address as it came: a number if it is one, else its text.
    pub fn read(text: &str) -> Self {
        match text.parse() {
            Ok(number) => Party::Number(number),
            Err(_) => {
                let kept: String = text.trim().chars().take(Self::MAX_TEXT).collect();
                Party::Text(kept.into())
            }
        }
    }

    /// A party about whom nothing is known.
    pub fn unknown() -> Self {
        Party::Text(Arc::from(""))
    }

    pub fn number(&self) -> Option<PhoneNumber> {
        match self {
            Party::Number(number) => Some(*number),
            Party::Text(_) => None,
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Number(number) => number.fmt(f),
            Party::Text(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_with_and_without_plus_and_spaces() {
        let written = ["+6568332048", "6568332048", " +65 6833 2048 "];
        for text in written {
            let number: PhoneNumber = text.parse().unwrap();
            assert_eq!(number.to_string(), "+6568332048");
            assert_eq!(PhoneNumber::from_u64(number.as_u64()), Ok(number));
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        let cases = [
            ("", NotANumber::Empty),
            ("+", NotANumber::Empty),
            ("0065683320", NotANumber::NoCountryCode),
            ("+65-6833", NotANumber::Character('-')),
            ("999", NotANumber::Length(3)),
            ("1234567890123456", NotANumber::Length(16)),
            ("99999999999999999999999999", NotANumber::Length(26)),
        ];
        for (text, reason) in cases {
            assert_eq!(text.parse::<PhoneNumber>(), Err(reason), "{text}");
        }
    }

    #[test]
    fn a_withheld_caller_is_kept_as_text() {
        assert_eq!(Party::read("anonymous"), Party::Text("anonymous".into()));
        assert_eq!(Party::read("").number(), None);
        assert!(Party::read("6568332048").number().is_some());
    }
}
