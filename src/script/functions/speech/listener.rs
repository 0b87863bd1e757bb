//! Whom a result is made for, and in which language.

use icu_locale_core::subtags::region;
use icu_locale_core::{Locale, locale};
use jiff::tz::TimeZone;

use super::language::{self, Language};

/// The caller, as far as functions for speech must know one.
#[derive(Debug, Clone)]
pub(in crate::script) struct Listener {
    /// The language of the call, as in `en` or `zh-TW`.
    pub lang: Box<str>,
    /// Where a moment that says its distance from UTC is told.
    pub zone: TimeZone,
}

impl Default for Listener {
    fn default() -> Self {
        Listener {
            lang: "en".into(),
            zone: TimeZone::UTC,
        }
    }
}

/// A language as the library wants it, and with the words that are ours.
pub(super) struct Speech {
    pub locale: Locale,
    /// Nothing for a language in which we have no words.
    pub language: Option<&'static Language>,
    pub zone: TimeZone,
}

impl Speech {
    pub fn of(listener: &Listener) -> Speech {
        let locale = read(&listener.lang);
        Speech {
            language: language::find(&locale),
            locale,
            zone: listener.zone.clone(),
        }
    }
}

/// The locale of a tag. What is none is the locale that is nobody's, which has digits
/// and no words.
fn read(lang: &str) -> Locale {
    let mut found: Locale = lang.replace('_', "-").parse().unwrap_or(Locale::UNKNOWN);
    // Voices have these codes for languages that the library knows under another.
    let usual = match found.id.language.as_str() {
        "cmn" => Some(locale!("zh")),
        "tl" => Some(locale!("fil")),
        "in" => Some(locale!("id")),
        "zsm" | "zlm" => Some(locale!("ms")),
        _ => None,
    };
    if let Some(usual) = usual {
        found.id.language = usual.id.language;
    }
    // Of no country, English is as most countries speak it: the day before the month.
    if found.id.language == locale!("en").id.language && found.id.region.is_none() {
        found.id.region = Some(region!("001"));
    }
    found
}
