//! `GET recordings/{sessionId}`: what was recorded of a session.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RecordingList {
    pub recordings: Vec<RecordingEntry>,
    /// 0.
    #[serde(deserialize_with = "super::code")]
    pub status_code: i32,
    pub status_message: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RecordingEntry {
    pub recording_id: String,
    /// Written so by the platform.
    #[serde(rename = "sessionid", alias = "sessionId")]
    pub session_id: String,
    pub sub_account_id: String,
    pub status: String,
    /// Where the file is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_file_url: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_recording_time: Option<String>,
}
