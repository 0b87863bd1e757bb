//! What a call was answered with, kept in little room: a repeated event gets the same
//! bytes again.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use smallvec::SmallVec;

use crate::call::{Actions, Answer, EventKey};

/// How many answers are kept, so that a repeated event gets the same one.
pub(super) const KEPT_ANSWERS: usize = 2;
/// How many events are known to have been answered, the latest of them.
pub(super) const KNOWN_EVENTS: usize = 32;
/// The longest token, in bytes and in characters of base64url.
pub(super) const MAX_SEALED: usize = 48;
const MAX_TOKEN: usize = 64;

/// The answers of one call.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// The latest first.
    answers: [Option<KeptAnswer>; KEPT_ANSWERS],
    /// Events that were answered, the latest last, but for those whose token tells of
    /// which turn they are.
    known: Option<Box<Known>>,
}

type Known = SmallVec<[EventKey; 7]>;

#[derive(Debug, Clone)]
struct KeptAnswer {
    key: EventKey,
    actions: Actions,
    token: Sealed,
}

impl Kept {
    /// The answers with the events that they were given to, the latest first.
    pub fn answers(&self) -> impl Iterator<Item = (EventKey, Answer)> + '_ {
        let answers = self.answers.iter().flatten();
        answers.map(|kept| (kept.key, kept.answer()))
    }

    pub fn count(&self) -> usize {
        self.answers.iter().flatten().count()
    }

    pub fn known(&self) -> &[EventKey] {
        self.known.as_ref().map_or(&[], |known| known)
    }

    pub fn answer_to(&self, key: EventKey) -> Option<Answer> {
        let mut answers = self.answers.iter().flatten();
        answers.find(|kept| kept.key == key).map(KeptAnswer::answer)
    }

    /// The latest answer.
    pub fn present(&self) -> Option<Answer> {
        self.answers[0].as_ref().map(KeptAnswer::answer)
    }

    /// True for the token of the latest answer.
    pub fn is_present(&self, token: &str) -> bool {
        let present = self.answers[0].as_ref();
        present.is_some_and(|kept| kept.token.is(token))
    }

    /// Keeps an answer as the latest one.
    pub fn remember(&mut self, key: EventKey, answer: &Answer, token: Sealed) {
        self.answers.rotate_right(1);
        self.answers[0] = Some(KeptAnswer {
            key,
            actions: answer.shared_actions().clone(),
            token,
        });
    }

    /// Keeps that an event was answered.
    pub fn know(&mut self, key: EventKey) {
        let known = self.known.get_or_insert_default();
        if known.len() == KNOWN_EVENTS {
            known.remove(0);
        }
        known.push(key);
    }

    /// What was kept before. `None` for more answers than are kept, and for a token that
    /// none of ours can be.
    pub fn restored(
        answers: &[(EventKey, Answer)],
        known: impl IntoIterator<Item = EventKey>,
    ) -> Option<Self> {
        let mut kept = Kept::default();
        for (key, answer) in answers.iter().take(KEPT_ANSWERS).rev() {
            let token = match answer.token() {
                Some(token) => Sealed::read(token)?,
                None => Sealed::NONE,
            };
            kept.remember(*key, answer, token);
        }
        known.into_iter().for_each(|key| kept.know(key));
        Some(kept)
    }
}

impl KeptAnswer {
    fn answer(&self) -> Answer {
        let answer = Answer::of(self.actions.clone());
        match self.token.text() {
            Some(token) => answer.with_token(token),
            None => answer,
        }
    }
}

/// A token as its bytes, which need less room than its text. Most lie in place.
#[derive(Debug, Clone)]
pub(super) enum Sealed {
    Short { length: u8, bytes: [u8; SHORT] },
    Long(Box<[u8]>),
}

const SHORT: usize = 38;

impl Sealed {
    /// That there is no token.
    pub const NONE: Sealed = Sealed::Short {
        length: 0,
        bytes: [0; SHORT],
    };

    pub fn new(sealed: &[u8]) -> Self {
        let mut bytes = [0; SHORT];
        match bytes.get_mut(..sealed.len()) {
            Some(place) => {
                place.copy_from_slice(sealed);
                Sealed::Short {
                    length: sealed.len() as u8,
                    bytes,
                }
            }
            None => Sealed::Long(sealed.into()),
        }
    }

    /// The bytes of a token; `None` for a text that is none.
    fn read(token: &str) -> Option<Self> {
        let mut bytes = [0; MAX_SEALED];
        let length = URL_SAFE_NO_PAD.decode_slice(token, &mut bytes).ok()?;
        Some(Sealed::new(&bytes[..length]))
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Sealed::Short { length, bytes } => &bytes[..usize::from(*length)],
            Sealed::Long(bytes) => bytes,
        }
    }

    /// The token as it is sent.
    pub fn text(&self) -> Option<Arc<str>> {
        let mut place = [0; MAX_TOKEN];
        let text = self.encoded(&mut place);
        (!text.is_empty()).then(|| text.into())
    }

    fn is(&self, token: &str) -> bool {
        let mut place = [0; MAX_TOKEN];
        let text = self.encoded(&mut place);
        !text.is_empty() && text == token
    }

    fn encoded<'p>(&self, place: &'p mut [u8; MAX_TOKEN]) -> &'p str {
        let length = URL_SAFE_NO_PAD
            .encode_slice(self.bytes(), place)
            .expect("48 bytes are 64 characters of base64");
        std::str::from_utf8(&place[..length]).expect("base64 is ASCII")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_same_text_again() {
        for length in 1..=MAX_SEALED {
            let sealed: Vec<u8> = (0..length).map(|at| at as u8 ^ 0xa5).collect();
            let text = Sealed::new(&sealed).text().unwrap();
            let again = Sealed::read(&text).unwrap();
            assert_eq!(again.bytes(), sealed);
            assert_eq!(again.text(), Some(Arc::clone(&text)));
            assert!(again.is(&text) && !again.is(&text[1..]));
        }
        assert_eq!(Sealed::NONE.text(), None);
        assert!(!Sealed::NONE.is(""));
        assert!(Sealed::read(&"A".repeat(66)).is_none());
    }

    #[test]
    fn it_is_small() {
        assert!(std::mem::size_of::<Kept>() <= 120);
    }
}
