//! Languages: those of the flow with their voices, those in which a state says all it
//! says, and the changes from one to another.

use crate::call::{Value, Voice};
use crate::flow::code::Code;
use crate::flow::document::{Document, StateDoc, ValueDoc};
use crate::flow::language::{LangId, Language, Voices, language_help, speaks_another};
use crate::flow::source::{Located, Span};
use crate::flow::state::Assigned;

use super::Compiler;
use super::expressions::Purpose;

/// The languages as a document has them; of one with a single voice, that which the
/// voice speaks.
pub(super) fn of(document: &Document) -> Vec<Language> {
    let written = document.languages.iter().flatten();
    let languages: Vec<Language> = written
        .map(|language| Language {
            name: language.name.value.as_str().into(),
            voice: language.voice.as_ref().map(|voice| voice.value.clone()),
        })
        .collect();
    if !languages.is_empty() {
        return languages;
    }
    let voice = document.voice.as_ref().map(|voice| voice.value.clone());
    let name = voice.as_ref().map(Voice::as_str);
    let name = name.and_then(|code| code.split('-').next());
    vec![Language {
        name: name.unwrap_or("en").into(),
        voice,
    }]
}

impl Compiler<'_> {
    pub(super) fn check_voices(&mut self) {
        for language in self.document.languages.iter().flatten() {
            let Some(voice) = &language.voice else {
                continue;
            };
            let name = &language.name.value;
            if speaks_another(name, &voice.value) {
                let message = format!("by its code the voice of `{name}` speaks another language");
                self.findings
                    .add(Code::VoiceLanguage, voice.at, message)
                    .help(format!(
                        "give `{name}` a voice whose code begins with `{name}-`"
                    ));
            }
        }
    }

    /// The voices of a state: its own, or that of each language. A missing one is
    /// reported once.
    pub(super) fn voices(&mut self, state: &StateDoc) -> Voices {
        if let Some(voice) = &state.voice {
            return Voices::one(voice.value.clone());
        }
        let missing = || Voice::new("missing").expect("the word is a well-formed code");
        // What is written under `languages` without a voice was told so.
        let is_told = self.document.languages.is_some();
        if self.languages[0].voice.is_none()
            && !is_told
            && !std::mem::replace(&mut self.voice_missed, true)
        {
            self.findings
                .add(Code::MissingVoice, state.name.at, "nothing says in which voice this is spoken")
                .help("write `voice: en-US-BenjaminRUS`, or another voice of your platform, at the top of the file");
        }
        let mut voices = self.languages.iter().map(|language| language.voice.clone());
        let first = voices.next().flatten().unwrap_or_else(missing);
        Voices::each(first, voices.map(|voice| voice.unwrap_or_else(missing)))
    }

    /// The languages in which a state says everything, as far as they are there.
    pub(super) fn said_in(&mut self, state: &StateDoc) -> Box<[LangId]> {
        if let (Some(voice), Some(_)) = (&state.voice, state.lang.first()) {
            self.findings
                .add(
                    Code::MisplacedKey,
                    voice.at,
                    "a state has `voice` or `lang`, and this has both",
                )
                .help("take `voice` out: with `lang` each language is said in its own voice");
        }
        let mut said_in = Vec::new();
        for name in &state.lang {
            match self.language_named(&name.value) {
                Some(lang) => said_in.push(lang),
                None => self.unknown_language(&name.value, name.at),
            }
        }
        said_in.into()
    }

    /// A line of `set` that changes the language.
    pub(super) fn assigned_lang(
        &mut self,
        name: &Located<String>,
        value: &ValueDoc,
    ) -> Option<Assigned> {
        let ValueDoc::Text(text) = value else {
            self.findings
                .add(
                    Code::BadValue,
                    name.at,
                    "`lang` is the name of one language",
                )
                .help("write it as in `lang: en`");
            return None;
        };
        let assigned = self.assigned_value(value, Purpose::Keep)?;
        match &assigned {
            Assigned::Ready(Value::Text(word)) => {
                if self.language_named(word.trim()).is_none() {
                    self.unknown_language(word.trim(), text.at);
                    return None;
                }
                return Some(Assigned::Ready(Value::text(word.trim())));
            }
            Assigned::Value(expression) => {
                // What it can give as it stands; all else shows when the call is there.
                let written = &text.value.text;
                let lead = written.find("${").map_or(0, |at| at + 2);
                let range = lead..written.rfind('}').unwrap_or(written.len()).max(lead);
                for (word, spot) in expression.program.labels() {
                    if self.language_named(word).is_none() {
                        let at = self.place(text, &range, *spot);
                        self.unknown_language(word, at);
                    }
                }
            }
            _ => {}
        }
        Some(assigned)
    }

    fn language_named(&self, name: &str) -> Option<LangId> {
        let mut languages = self.languages.iter();
        let at = languages.position(|language| &*language.name == name)?;
        Some(LangId(at as u8))
    }

    fn unknown_language(&mut self, name: &str, at: Span) {
        let names: Vec<&str> = self
            .languages
            .iter()
            .map(|language| &*language.name)
            .collect();
        let help = match (&self.document.languages, names.as_slice()) {
            (None, [only]) => format!(
                "write `languages: {{{only}: {{voice: …}}, {name}: {{voice: …}}}}` instead of `voice`"
            ),
            _ => language_help(name, names),
        };
        self.findings
            .add(
                Code::UnknownLanguage,
                at,
                format!("the flow has no language `{name}`"),
            )
            .help(help);
    }
}
