//! How one JSON value is read: late, and without ever failing the whole body.
//!
//! A body is first cut into its fields, each kept as the text it was written as, and
//! a field is looked into only where it is wanted. So a field of a wrong type, a
//! number beyond every bound or half a surrogate pair costs that field alone.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::value::RawValue;

use crate::call::{Country, Direction, Medium, Party, SessionId};

/// A value as it was written, in bounds of the JSON grammar but not yet looked into.
/// A field that is absent reads as `null`.
#[derive(Clone, Copy)]
pub(super) struct Raw<'a>(&'a str);

impl Default for Raw<'_> {
    fn default() -> Self {
        Raw("null")
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|raw| Raw(raw.get()))
    }
}

impl<'a> Raw<'a> {
    /// A text, or a number as the text it was written as: platforms differ in which
    /// of the two an id, a number or an entry is.
    pub fn text(self) -> Option<Cow<'a, str>> {
        match self.0.as_bytes().first()? {
            b'"' if self.0.contains('\\') => unquote(self.0.as_bytes()),
            b'"' => Some(Cow::Borrowed(self.0.trim_matches('"'))),
            b'-' | b'0'..=b'9' => Some(Cow::Borrowed(self.0)),
            _ => None,
        }
    }

    /// A text that is not blank, as one of its own.
    pub fn owned_text(self) -> Option<String> {
        let text = self.text()?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A number, written as such or as a text of digits.
    pub fn number(self) -> Option<f64> {
        let number: f64 = self.text()?.trim().parse().ok()?;
        number.is_finite().then_some(number)
    }

    /// A whole number that fits, written as such or as a text of digits. Of a broken
    /// one (`12.5` seconds), the whole part counts.
    pub fn whole<N: TryFrom<i64>>(self) -> Option<N> {
        let text = self.text()?;
        let text = text.trim();
        let whole = match text.parse::<i64>() {
            Ok(whole) => whole,
            Err(_) => {
                let number: f64 = text.parse().ok()?;
                // A conversion of a number beyond the bounds stops at the bound,
                // which no narrower type takes.
                number.is_finite().then_some(number as i64)?
            }
        };
        N::try_from(whole).ok()
    }

    pub fn flag(self) -> Option<bool> {
        match self.0 {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    pub fn time(self) -> Option<Timestamp> {
        self.text()?.trim().parse().ok()
    }

    pub fn session(self) -> Option<SessionId> {
        SessionId::new(&self.text()?)
    }

    pub fn party(self) -> Party {
        self.text()
            .map_or_else(Party::unknown, |text| Party::read(&text))
    }

    pub fn country(self) -> Option<Country> {
        Country::read(&self.text()?)
    }

    pub fn direction(self) -> Option<Direction> {
        if self.is_word("INBOUND") {
            Some(Direction::Inbound)
        } else {
            self.is_word("OUTBOUND").then_some(Direction::Outbound)
        }
    }

    pub fn medium(self) -> Option<Medium> {
        if self.is_word("PSTN") {
            Some(Medium::Pstn)
        } else {
            self.is_word("VOIP").then_some(Medium::Voip)
        }
    }

    /// True for this word in upper or lower case.
    pub fn is_word(self, word: &str) -> bool {
        self.text()
            .is_some_and(|text| text.trim().eq_ignore_ascii_case(word))
    }

    /// The fields of an object, or `None` for a value of any other kind.
    pub fn object<T: Deserialize<'a>>(self) -> Option<T> {
        serde_json::from_str(self.0).ok()
    }

    /// The items of a list; any other kind of value has none.
    pub fn list(self) -> Vec<Raw<'a>> {
        serde_json::from_str(self.0).unwrap_or_default()
    }
}

/// The text between two quotes, its escapes resolved. Half a surrogate pair and bytes
/// that are no UTF-8 become replacement characters. `None` where the closing quote is
/// missing or an escape is none.
pub(super) fn unquote(quoted: &[u8]) -> Option<Cow<'_, str>> {
    match serde_json::from_slice::<Bytes<'_>>(quoted).ok()?.0 {
        Cow::Borrowed(bytes) => Some(String::from_utf8_lossy(bytes)),
        Cow::Owned(bytes) => Some(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())),
    }
}

/// A JSON string as bytes, borrowed where it has no escapes. As bytes and not as text
/// because only so half a surrogate pair is let through.
pub(super) struct Bytes<'a>(pub Cow<'a, [u8]>);

impl<'de> Deserialize<'de> for Bytes<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Bytes<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Bytes(Cow::Borrowed(bytes)))
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Bytes(Cow::Owned(bytes.to_owned())))
            }
        }

        deserializer.deserialize_bytes(Reader)
    }
}

/// The fields of one object by their names on the wire, each a [`Raw`]. serde's own
/// derive is not used, since it refuses an object in which a key is there twice.
macro_rules! fields {
    ($(#[$about:meta])* $name:ident { $($field:ident: $($key:literal)|+),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Default)]
        pub(super) struct $name<'a> {
            $($field: $crate::wire::json::Raw<'a>,)+
        }

        impl<'de: 'a, 'a> serde::Deserialize<'de> for $name<'a> {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                struct Reader;

                impl<'de> serde::de::Visitor<'de> for Reader {
                    type Value = $name<'de>;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<Self::Value, A::Error> {
                        let mut fields = $name::default();
                        while let Some(key) = map.next_key::<$crate::wire::json::Bytes<'de>>()? {
                            match &*key.0 {
                                $($($key)|+ => fields.$field = map.next_value()?,)+
                                _ => {
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                }
                            }
                        }
                        Ok(fields)
                    }
                }

                d.deserialize_map(Reader)
            }
        }
    };
}

/// An enum of the platform's words, with room for one that we do not know. Case does
/// not matter; where several words mean the same, the first is the one printed. What
/// does not look like a word is none: it is logged, and could be what a caller keyed in.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($variant:ident: $word:literal $(| $other:literal)*),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $($variant,)+
            Other(String),
        }

        impl $name {
            fn read(raw: $crate::wire::json::Raw<'_>) -> Option<Self> {
                let word = raw.owned_text()?;
                $(
                    if word.eq_ignore_ascii_case($word)
                        $(|| word.eq_ignore_ascii_case($other))*
                    {
                        return Some($name::$variant);
                    }
                )+
                $crate::wire::unreadable::type_name(&word).map($name::Other)
            }

            /// The platform's word for it.
            pub fn word(&self) -> &str {
                match self {
                    $($name::$variant => $word,)+
                    $name::Other(word) => word,
                }
            }
        }
    };
}

pub(super) use {fields, words};

#[cfg(test)]
mod tests {
    use super::Raw;

    words! {
        Word {
            Known: "KNOWN",
        }
    }

    #[test]
    fn what_is_no_word_is_not_kept() {
        assert_eq!(Word::read(Raw("\"known\"")), Some(Word::Known));
        let other = Word::read(Raw("\"SOMETHING_NEW\""));
        assert_eq!(
            other.map(|word| word.word().to_owned()).as_deref(),
            Some("SOMETHING_NEW")
        );
        for none in ["8642", "\"8642\"", "\"two words\"", "null"] {
            assert_eq!(Word::read(Raw(none)), None, "{none}");
        }
    }
}
