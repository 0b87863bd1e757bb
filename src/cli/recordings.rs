//! `ringflow recordings`: what was recorded of a session.

use std::process::ExitCode;

use anyhow::{Result, bail};
use serde_json::json;

use super::table::{plain, table};
use super::{FOUND, asking, print};
use crate::app;
use crate::call::SessionId;
use crate::settings::RecordingsSettings;

pub fn run(settings: &RecordingsSettings) -> Result<ExitCode> {
    let api = app::api(&settings.api, &settings.dir)?;
    let Some(session) = SessionId::new(&settings.session) else {
        bail!("a session's id has 1 to 64 characters, as the log shows it");
    };
    let recordings = match asking(api.recordings(&session))? {
        Ok(recordings) => recordings,
        Err(error) => {
            eprintln!("error: {error}");
            return Ok(ExitCode::from(FOUND));
        }
    };
    if settings.json {
        let list: Vec<_> = recordings
            .iter()
            .map(|recording| {
                json!({
                    "recording": recording.recording_id,
                    "session": recording.session_id,
                    "status": recording.status,
                    "url": recording.external_file_url,
                    "seconds": recording.duration,
                    "started": recording.start_recording_time,
                })
            })
            .collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&list)?))?;
        return Ok(ExitCode::SUCCESS);
    }
    if recordings.is_empty() {
        print("nothing of this session was recorded\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<_> = recordings
        .iter()
        .map(|recording| {
            let text = |text: &Option<String>| plain(text.as_deref().unwrap_or_default());
            let seconds = recording.duration.map(|seconds| seconds.to_string());
            [
                plain(&recording.recording_id),
                plain(&recording.status),
                text(&recording.start_recording_time),
                seconds.unwrap_or_default(),
                text(&recording.external_file_url),
            ]
        })
        .collect();
    print(&table(
        ["RECORDING", "STATUS", "STARTED", "SECONDS", "FILE"],
        &rows,
    ))?;
    Ok(ExitCode::SUCCESS)
}
