//! The platform's list of voices in `.ringflow/voices.json`, which is read with the flows.

use std::path::Path;

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::json;

use super::private_file;
use crate::flow::VOICES_FILE;
use crate::wire::api::VoiceProfile;

/// The list as a file of the project.
pub fn written(voices: &[VoiceProfile], asked: Timestamp) -> String {
    let voices: Vec<_> = voices.iter().map(told).collect();
    let list = json!({"asked": asked.to_string(), "voices": voices});
    format!("{list:#}\n")
}

/// One voice, as people read it.
pub fn told(voice: &VoiceProfile) -> serde_json::Value {
    json!({
        "code": voice.speech_profile_code,
        "language": voice.locale_code,
        "description": voice.locale_description,
        "gender": voice.gender,
    })
}

/// Leaves the list in a project.
///
/// # Errors
/// Where the file cannot be written.
pub fn keep(dir: &Path, voices: &[VoiceProfile], asked: Timestamp) -> Result<()> {
    let path = dir.join(VOICES_FILE);
    private_file::replace(&path, &written(voices, asked))
        .with_context(|| format!("`{}` cannot be written", path.display()))
}
