//! What we can ask the platform to do, checked where it is made.
//!
//! The limits are those of the platform's published API document and guides; an
//! [`Answer`] that exists is one that the platform does not refuse.

use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use super::number::PhoneNumber;
use super::speech::{Repetition, Speed, SpokenText, Voice};

/// One step of a callflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    Say {
        text: SpokenText,
        voice: Voice,
        speed: Speed,
        repetition: Repetition,
    },
    PlayFile {
        url: FileUrl,
        repetition: Repetition,
    },
    SayAndCapture(Capture),
    MakeCall {
        /// A virtual number of ours, which the called party sees.
        source: PhoneNumber,
        destination: PhoneNumber,
        /// The conversation is recorded by the platform.
        record: bool,
    },
    Hangup,
}

impl Action {
    /// True for an action behind which the platform asks again.
    pub fn takes_time(&self) -> bool {
        !matches!(self, Action::Hangup)
    }
}

/// A prompt, and the keys that are collected behind it. The platform is asked for
/// one try only: silence and wrong entries are counted by us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    pub prompt: SpokenText,
    pub voice: Voice,
    pub speed: Speed,
    limit: DigitLimit,
    wait_ms: u32,
}

/// When a capture ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigitLimit {
    /// At one key of any kind, `#` included.
    OneKey,
    /// At this many digits, 1 to 25, or at `#`.
    UpTo(u8),
}

impl Capture {
    /// The most digits that one capture can bring.
    pub const MAX_DIGITS: u8 = 25;
    /// The shortest and the longest pause that a caller may be given, in ms.
    pub const WAIT_MS: std::ops::RangeInclusive<u32> = 500..=60_000;

    /// A capture whose caller may pause for `wait_ms` milliseconds.
    pub fn new(
        prompt: SpokenText,
        voice: Voice,
        speed: Speed,
        limit: DigitLimit,
        wait_ms: u32,
    ) -> Result<Self, Limit> {
        if let DigitLimit::UpTo(most) = limit
            && !(1..=Self::MAX_DIGITS).contains(&most)
        {
            return Err(Limit::Digits);
        }
        if !Self::WAIT_MS.contains(&wait_ms) {
            return Err(Limit::Wait);
        }
        Ok(Capture {
            prompt,
            voice,
            speed,
            limit,
            wait_ms,
        })
    }

    /// The same capture with `text` spoken before its prompt, or `None` where the
    /// two are too long together.
    pub fn led_by(&self, text: &SpokenText) -> Option<Capture> {
        Some(Capture {
            prompt: text.joined(&self.prompt)?,
            ..self.clone()
        })
    }

    pub fn limit(&self) -> DigitLimit {
        self.limit
    }

    /// The most digits that end the capture.
    pub fn max_digits(&self) -> u8 {
        match self.limit {
            DigitLimit::OneKey => 1,
            DigitLimit::UpTo(most) => most,
        }
    }

    /// Whether `#` ends the entry and is no part of it. A menu is sent without,
    /// since a lone `#` would then be an empty capture and look like silence.
    pub fn complete_on_hash(&self) -> bool {
        matches!(self.limit, DigitLimit::UpTo(_))
    }

    /// The longest pause between two keys, in ms.
    pub fn digit_timeout_ms(&self) -> u32 {
        self.wait_ms
    }

    /// The longest a whole entry may take, in ms: a pause before each key and one
    /// behind the last, so always more than the pause itself.
    pub fn overall_timeout_ms(&self) -> u32 {
        self.wait_ms * (u32::from(self.max_digits()) + 1)
    }
}

/// The address of a recording: http or https, ending in `.mp3` or `.wav`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileUrl(Arc<str>);

impl FileUrl {
    const MAX_CHARS: usize = 2048;

    pub fn new(url: &str) -> Result<Self, Limit> {
        let url = url.trim();
        let rest = ["http://", "https://"]
            .iter()
            .find_map(|scheme| url.strip_prefix(scheme))
            .ok_or(Limit::FileUrl)?;
        let path = rest.split(['?', '#']).next().unwrap_or(rest);
        let lower = path.to_ascii_lowercase();
        let is_sound = lower.ends_with(".mp3") || lower.ends_with(".wav");
        let host_end = path.find('/').ok_or(Limit::FileUrl)?;
        let is_plain = url
            .chars()
            .all(|c| c.is_ascii_graphic() && !"<>\"".contains(c));
        if is_sound && host_end > 0 && is_plain && url.len() <= Self::MAX_CHARS {
            Ok(FileUrl(url.into()))
        } else {
            Err(Limit::FileUrl)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What we answer a webhook with: the next actions, and a token that comes back
/// with the next webhook as its `clientActionId`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    actions: Actions,
    token: Option<Arc<str>>,
}

/// What an answer asks for, without its token. Shared, as it is kept to be given again,
/// and by all calls where it is the same for all. Most are one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actions(Arc<SmallVec<[Action; 1]>>);

impl Answer {
    /// The most transfers in one answer.
    pub const MAX_CALLS: usize = 2;

    /// An answer with these actions: at least one, `hangup` only as the last, at
    /// most two transfers.
    pub fn new(actions: impl IntoIterator<Item = Action>) -> Result<Self, Limit> {
        let actions: SmallVec<[Action; 1]> = actions.into_iter().collect();
        let Some((_, before_last)) = actions.split_last() else {
            return Err(Limit::NoAction);
        };
        if before_last.contains(&Action::Hangup) {
            return Err(Limit::HangupNotLast);
        }
        let calls = actions
            .iter()
            .filter(|action| matches!(action, Action::MakeCall { .. }))
            .count();
        if calls > Self::MAX_CALLS {
            return Err(Limit::Calls);
        }
        Ok(Answer::of(Actions(Arc::new(actions))))
    }

    /// The answer that asks for what another one asked for, without a token.
    pub fn of(actions: Actions) -> Self {
        Answer {
            actions,
            token: None,
        }
    }

    /// The answer that ends a call without a word.
    pub fn hangup() -> Self {
        Answer::of(Actions(Arc::new(smallvec![Action::Hangup])))
    }

    pub fn with_token(self, token: impl Into<Arc<str>>) -> Self {
        Answer {
            token: Some(token.into()),
            ..self
        }
    }

    pub fn actions(&self) -> &[Action] {
        &self.actions.0
    }

    /// The same to be shared.
    pub fn shared_actions(&self) -> &Actions {
        &self.actions
    }

    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The number that a transfer of it dials, the first where there are two.
    pub fn dials(&self) -> Option<PhoneNumber> {
        self.actions().iter().find_map(|action| match action {
            Action::MakeCall { destination, .. } => Some(*destination),
            _ => None,
        })
    }

    /// True where the call is over with this answer.
    pub fn ends_call(&self) -> bool {
        self.actions().last() == Some(&Action::Hangup)
    }
}

/// A rule of the platform that something would have broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    #[error("the text is empty")]
    EmptyText,
    #[error("the text has {chars} characters; at most 3000 can be spoken at once")]
    TextTooLong { chars: usize },
    #[error("the text holds {}, which the platform may refuse", name_of(.0))]
    Character(char),
    #[error("a voice is a code such as `en-US-BenjaminRUS`")]
    Voice,
    #[error("a speed is a number from 0.5 to 2.0")]
    Speed,
    #[error("a repetition is 1, 2 or 3")]
    Repetition,
    #[error(
        "a recording is an http or https address that ends in `.mp3` or `.wav` and has no spaces"
    )]
    FileUrl,
    #[error("an entry has 1 to 25 digits")]
    Digits,
    #[error("a wait is 500ms to 60s")]
    Wait,
    #[error("an answer needs an action")]
    NoAction,
    #[error("nothing may follow a hangup")]
    HangupNotLast,
    #[error("an answer holds at most two transfers")]
    Calls,
}

fn name_of(c: &char) -> String {
    if c.is_control() {
        format!("the control character U+{:04X}", *c as u32)
    } else {
        format!("`{c}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(limit: DigitLimit, wait_ms: u32) -> Result<Capture, Limit> {
        let prompt = SpokenText::new("press 1").unwrap();
        let voice = Voice::new("en-US-BenjaminRUS").unwrap();
        Capture::new(prompt, voice, Speed::NORMAL, limit, wait_ms)
    }

    #[test]
    fn the_overall_time_out_is_above_the_pause() {
        let most = capture(DigitLimit::UpTo(25), 60_000).unwrap();
        assert_eq!(most.overall_timeout_ms(), 26 * 60_000);
        let menu = capture(DigitLimit::OneKey, 5000).unwrap();
        assert_eq!(
            (menu.digit_timeout_ms(), menu.overall_timeout_ms()),
            (5000, 10_000)
        );
        assert!(!menu.complete_on_hash() && most.complete_on_hash());
    }

    #[test]
    fn a_capture_outside_the_limits_cannot_be_made() {
        assert_eq!(capture(DigitLimit::UpTo(0), 5000), Err(Limit::Digits));
        assert_eq!(capture(DigitLimit::UpTo(26), 5000), Err(Limit::Digits));
        assert_eq!(capture(DigitLimit::OneKey, 499), Err(Limit::Wait));
        assert_eq!(capture(DigitLimit::OneKey, 60_001), Err(Limit::Wait));
    }

    #[test]
    fn a_recording_is_an_address_of_a_sound_file() {
        for good in [
            "https://example.com/a.mp3",
            "http://example.com/x/y.WAV",
            "https://example.com/a.mp3?v=2",
        ] {
            assert!(FileUrl::new(good).is_ok(), "{good}");
        }
        for bad in [
            "ftp://example.com/a.mp3",
            "https://example.com/a.ogg",
            "https:///a.mp3",
            "https://a.mp3",
            "https://example.com/a b.mp3",
            "say https://example.com/a.mp3",
            "",
        ] {
            assert_eq!(FileUrl::new(bad), Err(Limit::FileUrl), "{bad}");
        }
    }

    #[test]
    fn an_answer_ends_with_its_only_hangup() {
        assert_eq!(Answer::new(vec![]), Err(Limit::NoAction));
        assert_eq!(
            Answer::new(vec![Action::Hangup, Action::Hangup]),
            Err(Limit::HangupNotLast)
        );
        assert!(Answer::hangup().ends_call());
        let number = "+6561110001".parse().unwrap();
        let call = Action::MakeCall {
            source: number,
            destination: number,
            record: false,
        };
        assert!(Answer::new(vec![call.clone(); 2]).is_ok());
        assert_eq!(Answer::new(vec![call; 3]), Err(Limit::Calls));
    }
}
