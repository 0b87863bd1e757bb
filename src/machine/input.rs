//! The last entry of a call. Nearly every turn sets it, so what is keyed in lies in
//! place, as far as it is short.

use std::sync::Arc;

/// The last entry; also that a restart has lost it. It may be secret, and is not shown.
#[derive(Clone)]
pub(super) enum Input {
    Lost,
    Short { length: u8, bytes: [u8; SHORT] },
    Long(Box<Arc<str>>),
}

/// The longest entry that lies in place, in bytes.
const SHORT: usize = 14;

impl Input {
    /// Nothing was keyed in yet, or nothing that is kept here.
    pub const EMPTY: Input = Input::Short {
        length: 0,
        bytes: [0; SHORT],
    };

    pub fn is_lost(&self) -> bool {
        matches!(self, Input::Lost)
    }

    /// `None` where a restart has lost it.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Input::Lost => None,
            Input::Short { length, bytes } => {
                let text = std::str::from_utf8(&bytes[..usize::from(*length)]);
                Some(text.expect("these are the bytes of a text"))
            }
            Input::Long(text) => Some(text),
        }
    }
}

impl From<&str> for Input {
    fn from(text: &str) -> Self {
        let mut bytes = [0; SHORT];
        match bytes.get_mut(..text.len()) {
            Some(place) => {
                place.copy_from_slice(text.as_bytes());
                Input::Short {
                    length: text.len() as u8,
                    bytes,
                }
            }
            None => Input::Long(Box::new(text.into())),
        }
    }
}

impl From<Option<&str>> for Input {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Input::Lost, Input::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_its_text_be_it_short_or_long() {
        for length in 0..40 {
            let text = "7".repeat(length);
            assert_eq!(Input::from(&*text).clone().as_str(), Some(&*text));
        }
        assert_eq!(Input::from(None).as_str(), None);
        assert_eq!(std::mem::size_of::<Input>(), 16);
    }
}
