//! `GET speech-profiles`: the voices there are.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VoiceList {
    pub speech_profiles: Vec<VoiceProfile>,
    /// 0.
    #[serde(deserialize_with = "super::code")]
    pub status_code: i32,
    pub status_message: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VoiceProfile {
    /// What flows name as `voice`.
    pub speech_profile_code: String,
    /// Such as `en-US`.
    pub locale_code: String,
    pub locale_description: String,
    /// `F` or `M`.
    pub gender: String,
}
