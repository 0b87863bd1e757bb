//! The languages of a flow: each with its name, which is also that of its file of
//! prompts, and the voice that speaks it.

use crate::call::Voice;

use super::suggest::did_you_mean;

/// A language, by its place in the flow's list. The first is the one in which calls
/// begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct LangId(pub u8);

/// The most languages that a flow can have.
pub const MAX_LANGUAGES: usize = 32;

/// A language of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// As in `en`: what `lang` is while it is spoken.
    pub name: Box<str>,
    /// `None` where every state that speaks has a voice of its own.
    pub voice: Option<Voice>,
}

/// The voice of something that is said: one for all languages, or one for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voices(Box<[Voice]>);

impl Voices {
    /// One voice, whatever language is spoken.
    pub fn one(voice: Voice) -> Self {
        Voices(Box::new([voice]))
    }

    /// One for each language, in the order of the flow's list; `first` is the first.
    pub(super) fn each(first: Voice, others: impl IntoIterator<Item = Voice>) -> Self {
        Voices(std::iter::once(first).chain(others).collect())
    }

    /// The voice that speaks in this language.
    pub fn of(&self, lang: LangId) -> &Voice {
        self.0.get(usize::from(lang.0)).unwrap_or(&self.0[0])
    }
}

/// True for what can name a language and a file: letters and digits, and `-` or `_`
/// between them, as in `en`, `ms` or `zh-Hant`.
pub fn is_language_name(name: &str) -> bool {
    let parts = name.split(['-', '_']);
    let is_part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 16
        && parts.into_iter().all(is_part)
}

/// What to write instead of a language that there is not.
pub fn language_help<'a>(typed: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    did_you_mean(typed, known, "the languages are")
}

/// True where a voice's code says a language, and it is another one than `name` says.
pub(super) fn speaks_another(name: &str, voice: &Voice) -> bool {
    let first = |text: &str| {
        let first = text.split(['-', '_']).next().unwrap_or_default();
        first.to_ascii_lowercase()
    };
    let (name, voice) = (first(name), first(voice.as_str()));
    let says_one =
        |text: &str| (2..=3).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_lowercase());
    // Languages that have more than one code, or of which one is a part of the other.
    const SAME: [&[&str]; 8] = [
        &["zh", "cmn", "yue", "nan", "zho", "chi"],
        &["tl", "fil"],
        &["no", "nb", "nn"],
        &["id", "in", "ind"],
        &["ms", "zsm", "msa", "may"],
        &["he", "iw"],
        &["ar", "arb"],
        &["en", "eng"],
    ];
    says_one(&name)
        && says_one(&voice)
        && name != voice
        && !SAME
            .iter()
            .any(|same| same.contains(&&*name) && same.contains(&&*voice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_a_name_that_a_file_can_have() {
        for good in ["en", "ms", "zh-Hant", "pt_BR", "x1"] {
            assert!(is_language_name(good), "{good}");
        }
        for bad in ["", "1en", "en-", "en--x", "en.us", "../en", "en us", "é"] {
            assert!(!is_language_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_voice_of_another_language_is_told_by_its_code() {
        let voice = |code: &str| Voice::new(code).unwrap();
        assert!(speaks_another("ms", &voice("en-US-BenjaminRUS")));
        assert!(!speaks_another("en", &voice("en-GB-George")));
        assert!(!speaks_another("zh-Hant", &voice("cmn-TW-Anna")));
        assert!(!speaks_another("malay", &voice("ms-MY-Yasmin")));
        assert!(!speaks_another("ms", &voice("Yasmin")));
    }
}
