//! What is spoken: texts, voices, how fast and how often.

use std::fmt;
use std::sync::Arc;

use super::action::Limit;
use super::value::Value;

/// The longest text of one `say` or prompt, in characters (contract of the platform).
pub const MAX_TEXT_CHARS: usize = 3000;

/// The longest piece a value puts into a text, in characters.
const MAX_VALUE_CHARS: usize = 500;

/// A text that the platform can be asked to speak: 1 to 3000 characters, not
/// blank, without control characters and without `<`, `>` and `&`, whose place in
/// a text the platform does not document.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SpokenText(Arc<str>);

impl SpokenText {
    pub fn new(text: &str) -> Result<Self, Limit> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Limit::EmptyText);
        }
        let mut chars = 0;
        for c in text.chars() {
            if is_unspeakable(c) {
                return Err(Limit::Character(c));
            }
            chars += 1;
        }
        if chars > MAX_TEXT_CHARS {
            return Err(Limit::TextTooLong { chars });
        }
        Ok(SpokenText(text.into()))
    }

    /// A text of any length as one or more that can be spoken: white space becomes
    /// single spaces, and what is over 3000 characters is cut behind a sentence,
    /// else at a space.
    pub fn pieces(text: &str) -> Result<Vec<SpokenText>, Limit> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut rest = text.as_str();
        let mut pieces = Vec::new();
        while let Some((end, _)) = rest.char_indices().nth(MAX_TEXT_CHARS) {
            let head = &rest[..end];
            let cut = head
                .rfind(['.', '!', '?', '。', '！', '？'])
                .map(|at| at + head[at..].chars().next().map_or(1, char::len_utf8))
                .or_else(|| head.rfind(' '))
                .filter(|at| *at > 0)
                .unwrap_or(end);
            pieces.push(SpokenText::new(&rest[..cut])?);
            rest = rest[cut..].trim_start();
        }
        if pieces.is_empty() || !rest.is_empty() {
            pieces.push(SpokenText::new(rest)?);
        }
        Ok(pieces)
    }

    /// Both texts, one after the other, or `None` where they are too long together.
    pub fn joined(&self, next: &SpokenText) -> Option<SpokenText> {
        let chars = self.0.chars().count() + 1 + next.0.chars().count();
        (chars <= MAX_TEXT_CHARS).then(|| SpokenText(format!("{} {}", self.0, next.0).into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SpokenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} characters>", self.0.chars().count())
    }
}

/// True for a character that no text may hold: markup, and every control
/// character (line breaks are made spaces before a text gets here).
fn is_unspeakable(c: char) -> bool {
    matches!(c, '<' | '>' | '&') || c.is_control()
}

/// A value as it is put into a text: cut to 500 characters, without control
/// characters and markup, so that what a caller or a back end supplies cannot
/// make an answer that the platform refuses.
pub fn clean_value(value: &Value) -> String {
    let text = value.to_string();
    text.chars()
        .take(MAX_VALUE_CHARS)
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !is_unspeakable(*c))
        .collect()
}

/// True for a text that is the address of a recording, to be played and not spoken.
pub fn is_recording(text: &str) -> bool {
    super::action::FileUrl::new(text).is_ok()
}

/// The code of a voice, such as `en-US-BenjaminRUS`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Voice(Arc<str>);

impl Voice {
    /// Reads a voice's code: 2 to 64 letters, digits, `-`, `_` and `.`.
    pub fn new(code: &str) -> Result<Self, Limit> {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if (2..=64).contains(&code.len()) && code.chars().all(good) {
            Ok(Voice(code.into()))
        } else {
            Err(Limit::Voice)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How fast a text is spoken: 0.5 to 2.0 times as fast as usual, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Speed(u16);

impl Speed {
    pub const NORMAL: Speed = Speed(100);

    pub fn new(times: f64) -> Result<Self, Limit> {
        if (0.5..=2.0).contains(&times) {
            Ok(Speed((times * 100.0).round() as u16))
        } else {
            Err(Limit::Speed)
        }
    }

    pub fn times(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// How often a text or recording is heard in a row: 1 to 3 times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Repetition(u8);

impl Repetition {
    pub const ONCE: Repetition = Repetition(1);

    pub fn new(times: u64) -> Result<Self, Limit> {
        match times {
            1..=3 => Ok(Repetition(times as u8)),
            _ => Err(Limit::Repetition),
        }
    }

    pub fn times(self) -> u8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_1_to_3000_characters_and_no_markup() {
        assert!(SpokenText::new(&"é".repeat(3000)).is_ok());
        assert_eq!(
            SpokenText::new(&"é".repeat(3001)),
            Err(Limit::TextTooLong { chars: 3001 })
        );
        assert_eq!(SpokenText::new(" \t "), Err(Limit::EmptyText));
        assert_eq!(SpokenText::new("a < b"), Err(Limit::Character('<')));
        assert_eq!(SpokenText::new("a\u{7}b"), Err(Limit::Character('\u{7}')));
    }

    #[test]
    fn texts_join_up_to_the_limit() {
        let half = SpokenText::new(&"a".repeat(1500)).unwrap();
        let less = SpokenText::new(&"a".repeat(1499)).unwrap();
        assert!(half.joined(&half).is_none());
        assert_eq!(half.joined(&less).unwrap().as_str().len(), 3000);
    }

    #[test]
    fn a_long_text_is_cut_behind_a_sentence() {
        let sentence = format!("{}. ", "a".repeat(998));
        let pieces = SpokenText::pieces(&sentence.repeat(4)).unwrap();
        let lengths: Vec<_> = pieces.iter().map(|p| p.as_str().len()).collect();
        assert_eq!(lengths, [2999, 999]);
        let pieces = SpokenText::pieces(&"。".repeat(3001)).unwrap();
        assert_eq!(pieces.len(), 2);
        let pieces = SpokenText::pieces(&"x".repeat(3001)).unwrap();
        assert_eq!(pieces[1].as_str(), "x");
        assert_eq!(
            SpokenText::pieces("one\n  two").unwrap()[0].as_str(),
            "one two"
        );
    }

    #[test]
    fn a_value_in_a_text_is_cut_and_stripped() {
        let value = Value::text("<b>Tom\u{0} & Jerry</b>\nagain");
        assert_eq!(clean_value(&value), "bTom  Jerry/b again");
        assert_eq!(clean_value(&Value::text(&"x".repeat(900))).len(), 500);
    }

    #[test]
    fn speeds_and_repetitions_have_bounds() {
        assert_eq!(Speed::new(1.25).unwrap().times(), 1.25);
        assert!(Speed::new(0.49).is_err() && Speed::new(2.01).is_err());
        assert!(Speed::new(f64::NAN).is_err());
        assert!(Repetition::new(0).is_err() && Repetition::new(4).is_err());
        assert_eq!(Repetition::new(3).unwrap().times(), 3);
    }
}
