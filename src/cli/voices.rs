//! `ringflow voices`: the voices of the platform, and the list of them for `check`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::table::{plain, table};
use super::{FOUND, asking, counted, print};
use crate::app;
use crate::settings::VoicesSettings;
use crate::wire::api::VoiceProfile;

pub fn run(settings: &VoicesSettings) -> Result<ExitCode> {
    let api = app::api(&settings.api, &settings.dir)?;
    let voices = match asking(api.voices())? {
        Ok(voices) => voices,
        Err(error) => {
            eprintln!("error: {error}");
            return Ok(ExitCode::from(FOUND));
        }
    };
    // It is for the flows that are there. An emulator has a few voices of many, and takes all.
    let is_whole = !app::is_at_dev(&settings.api, &settings.dir)?;
    if is_whole && settings.dir.join("flows").is_dir() && !voices.is_empty() {
        app::voices::keep(&settings.dir, &voices, Timestamp::now())
            .context("`check` will not know the voices")?;
    }
    let wanted: Vec<&VoiceProfile> = voices
        .iter()
        .filter(|voice| speaks(voice, settings.language.as_deref()))
        .collect();
    if settings.json {
        let list: Vec<_> = wanted
            .iter()
            .map(|voice| app::voices::told(voice))
            .collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&list)?))?;
        return Ok(ExitCode::SUCCESS);
    }
    if wanted.is_empty() {
        let of = settings
            .language
            .as_deref()
            .map(|language| format!(" of `{language}`"));
        eprintln!(
            "the platform names no voice{}; it has {}",
            of.unwrap_or_default(),
            counted(voices.len(), "voice")
        );
        return Ok(ExitCode::from(FOUND));
    }
    let mut rows: Vec<_> = wanted
        .iter()
        .map(|voice| {
            [
                plain(&voice.locale_code),
                plain(&voice.speech_profile_code),
                plain(&voice.gender),
                plain(&voice.locale_description),
            ]
        })
        .collect();
    rows.sort();
    print(&table(["LANGUAGE", "VOICE", "GENDER", "WHERE"], &rows))?;
    Ok(ExitCode::SUCCESS)
}

/// `en` means all of `en-GB` and `en-US`.
fn speaks(voice: &VoiceProfile, language: Option<&str>) -> bool {
    let Some(language) = language.map(str::to_lowercase) else {
        return true;
    };
    let locale = voice.locale_code.to_lowercase();
    let rest = locale.strip_prefix(&language);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}
