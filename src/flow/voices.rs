//! Voices that the platform does not have, by the list that was last asked for. Where
//! there is no list, nothing is known of any voice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::call::Voice;

use super::claims::Slot;
use super::code::Code;
use super::diagnostic::Diagnostic;
use super::document::Document;
use super::source::{Located, SourceFile, Span};
use super::suggest::{did_you_mean, nearest};

/// The list, below the project: what `ringflow voices` leaves there.
pub const VOICES_FILE: &str = ".ringflow/voices.json";

/// What helps where the list is an old one.
const ANEW: &str = "`ringflow voices` asks for the list anew";

/// The voices that a document names, with places.
pub(super) fn named(document: &Document) -> Vec<Located<Voice>> {
    let languages = document.languages.iter().flatten();
    let states = document.states.iter();
    let voices = [document.voice.as_ref()]
        .into_iter()
        .chain(languages.map(|language| language.voice.as_ref()))
        .chain(states.map(|state| state.voice.as_ref()));
    voices.flatten().cloned().collect()
}

/// The list as it was read.
#[derive(Debug, Default)]
pub(super) struct ReadVoices {
    file: Option<Arc<SourceFile>>,
    /// The codes, each with its locale; `None` where there is no list.
    known: Option<BTreeMap<Box<str>, Box<str>>>,
}

impl ReadVoices {
    /// The list among these files; from memory where it has not changed.
    pub fn upon(files: &[&Arc<SourceFile>], previous: &Arc<ReadVoices>) -> Arc<Self> {
        let file = files.iter().find(|file| file.path() == VOICES_FILE);
        let file = file.map(|file| Arc::clone(file));
        if file == previous.file {
            return Arc::clone(previous);
        }
        let known = file.as_ref().and_then(|file| read(file.text()));
        Arc::new(ReadVoices { file, known })
    }

    /// What is wrong with the list itself.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        let file = self.file.as_ref().filter(|_| self.known.is_none())?;
        let message = "this is no list of voices, so it is not known which there are";
        let mut diagnostic = Diagnostic::new(Code::UnknownVoice, file, Span::default(), message);
        diagnostic.help("`ringflow voices` writes it anew");
        Some(diagnostic)
    }

    /// The voice is in the list, or nobody knows.
    pub fn may_be(&self, voice: &Voice) -> bool {
        let known = self.known.as_ref();
        known.is_none_or(|known| known.contains_key(voice.as_str()))
    }

    /// Finds in each good file the voices that are not in the list.
    pub fn check(&self, slots: &mut [Slot]) {
        if let Some(known) = &self.known {
            for slot in slots {
                let good = slot.now.voices.iter().filter(|_| slot.now.flow.is_some());
                let unknown = good.filter(|voice| !known.contains_key(voice.value.as_str()));
                slot.unknown_voices = unknown
                    .map(|voice| unknown_voice(voice, &slot.now.file, known))
                    .collect();
            }
        }
    }
}

fn read(text: &str) -> Option<BTreeMap<Box<str>, Box<str>>> {
    let list: serde_json::Value = serde_json::from_str(text).ok()?;
    let mut known = BTreeMap::new();
    for voice in list["voices"].as_array()? {
        let language = voice["language"].as_str().unwrap_or_default();
        known.insert(voice["code"].as_str()?.into(), language.into());
    }
    Some(known)
}

fn unknown_voice(
    voice: &Located<Voice>,
    file: &Arc<SourceFile>,
    known: &BTreeMap<Box<str>, Box<str>>,
) -> Diagnostic {
    let code = voice.value.as_str();
    let message = format!("the platform has no voice `{code}`");
    let mut diagnostic = Diagnostic::new(Code::UnknownVoice, file, voice.at, message);
    let instead = instead(code, known);
    let point = if instead.ends_with('?') { "" } else { ";" };
    diagnostic.help(format!("{instead}{point} {ANEW}"));
    diagnostic
}

/// What to write instead: a voice of the same language before all others.
fn instead(code: &str, known: &BTreeMap<Box<str>, Box<str>>) -> String {
    let speaking = |wanted: &dyn Fn(&str) -> bool| -> Vec<&str> {
        let of = known
            .iter()
            .filter(|(code, locale)| wanted(code) || wanted(locale));
        of.map(|(code, _)| &**code).collect()
    };
    let mut parts = code.split('-');
    let language = parts.next().unwrap_or_default().to_lowercase();
    let locale = format!("{language}-{}", parts.next().unwrap_or_default()).to_lowercase();
    let is_of = |name: &str, wanted: &str| {
        let name = name.to_lowercase();
        name == wanted
            || name
                .strip_prefix(wanted)
                .is_some_and(|rest| rest.starts_with('-'))
    };
    let same = speaking(&|name| is_of(name, &language));
    let near = nearest(code, same.iter().copied());
    if let Some(near) = near.or_else(|| nearest(code, known.keys().map(|code| &**code))) {
        return format!("did you mean `{near}`?");
    }
    let closest = speaking(&|name| is_of(name, &locale));
    for (voices, wanted) in [(closest, locale), (same, language)] {
        if !voices.is_empty() {
            let otherwise = format!("the voices of `{wanted}` are");
            return did_you_mean(code, voices, &otherwise);
        }
    }
    let languages: BTreeSet<&str> = known.values().map(|locale| &**locale).collect();
    did_you_mean(code, languages, "none speaks its language; there are")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{"asked": "2026-03-02T10:00:00Z", "voices": [
        {"code": "en-US-BenjaminRUS", "language": "en-US", "gender": "M"},
        {"code": "en-US-ZiraRUS", "language": "en-US"},
        {"code": "en-GB-George", "language": "en-GB"},
        {"code": "ms-MY-Rizwan", "language": "ms-MY"}
    ]}"#;

    #[test]
    fn a_voice_of_the_same_language_is_suggested() {
        let known = read(LIST).unwrap();
        assert_eq!(known.len(), 4);
        for (typed, help) in [
            ("en-US-BenjaminRU", "did you mean `en-US-BenjaminRUS`?"),
            ("en-us-zirarus", "did you mean `en-US-ZiraRUS`?"),
            (
                "en-US-Somebody",
                "the voices of `en-us` are `en-US-BenjaminRUS` and `en-US-ZiraRUS`",
            ),
            (
                "en-AU-Somebody",
                "the voices of `en` are `en-GB-George`, `en-US-BenjaminRUS` and `en-US-ZiraRUS`",
            ),
            (
                "da-DK-Naja",
                "none speaks its language; there are `en-GB`, `en-US` and `ms-MY`",
            ),
        ] {
            assert_eq!(instead(typed, &known), help, "{typed}");
        }
    }

    #[test]
    fn what_is_no_list_is_told() {
        for bad in ["", "[]", "{}", r#"{"voices": 7}"#, r#"{"voices": [{}]}"#] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
