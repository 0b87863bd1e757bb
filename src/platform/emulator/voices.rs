//! `speech-profiles`: some voices. The platform has hundreds, and no list of them is
//! public, so every code of the right form is taken from callflows.

use axum::response::Response;

use super::answer;
use crate::wire::api::{VoiceList, VoiceProfile};

/// Codes with their languages.
const VOICES: [(&str, &str, &str, &str); 8] = [
    ("da-DK-Naja", "da-DK", "Danish", "F"),
    ("de-DE-KatjaRUS", "de-DE", "German", "F"),
    ("en-GB-Emma", "en-GB", "English UK", "F"),
    ("en-GB-George", "en-GB", "English UK", "M"),
    ("en-US-BenjaminRUS", "en-US", "English US", "M"),
    ("en-US-Standard-A", "en-US", "English US", "F"),
    ("ms-MY-Two", "ms-MY", "Malay", "F"),
    ("ms-MY-Yasmin", "ms-MY", "Malay", "F"),
];

pub async fn list() -> Response {
    let profiles = VOICES
        .iter()
        .map(|(code, locale, description, gender)| VoiceProfile {
            speech_profile_code: (*code).to_owned(),
            locale_code: (*locale).to_owned(),
            locale_description: (*description).to_owned(),
            gender: (*gender).to_owned(),
        });
    answer::ok(&VoiceList {
        speech_profiles: profiles.collect(),
        status_code: 0,
        status_message: "ok".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_voices_of_the_shipped_flows_are_among_them() {
        let mut seen = 0;
        for dir in ["flows", "flows/bank"] {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_none_or(|ending| ending != "yaml") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let codes = text.lines().filter_map(|line| line.split_once("voice: "));
                let codes = codes.map(|(_, code)| code.trim_end_matches('}').trim());
                for code in codes {
                    let is_it = |known: &(&str, _, _, _)| known.0 == code;
                    assert!(VOICES.iter().any(is_it), "{}: {code}", path.display());
                    seen += 1;
                }
            }
        }
        assert!(seen > 5, "{seen}");
    }
}
