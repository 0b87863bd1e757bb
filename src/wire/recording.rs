//! A recording that the platform has put on the customer's storage (VRU).

use super::json::{fields, words};
use crate::call::SessionId;

/// What became of the recording of a session.
#[derive(Debug, Clone)]
pub struct Recording {
    pub session: SessionId,
    pub recording_id: Option<String>,
    pub sub_account: Option<String>,
    pub seconds: Option<u32>,
    pub file_path: Option<String>,
    pub status: Option<RecordingStatus>,
}

words! {
    /// How far a recording has come.
    RecordingStatus {
        Processing: "PROCESSING",
        ProcessingFailed: "PROCESSING_FAILED",
        UploadCompleted: "UPLOAD_COMPLETED",
        UploadFailed: "UPLOAD_FAILED",
        CallbackCompleted: "CALLBACK_COMPLETED",
        CallbackFailed: "CALLBACK_FAILED",
        Unknown: "UNKNOWN",
    }
}

fields! {
    RecordingFields {
        session: b"sessionId",
        recording: b"recordingId",
        sub_account: b"subAccountId",
        duration: b"durationSeconds",
        file_path: b"filePath",
        status: b"status",
    }
}

impl Recording {
    pub(super) fn read(fields: RecordingFields<'_>) -> Option<Self> {
        Some(Recording {
            session: fields.session.session()?,
            recording_id: fields.recording.owned_text(),
            sub_account: fields.sub_account.owned_text(),
            seconds: fields.duration.whole(),
            file_path: fields.file_path.owned_text(),
            status: RecordingStatus::read(fields.status),
        })
    }
}
