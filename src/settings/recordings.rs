//! `ringflow recordings`

use clap::Args;

use super::ApiSettings;

#[derive(Debug, Args)]
pub struct RecordingsSettings {
    /// The id of the session, as the log shows it
    pub session: String,

    /// Print one JSON array
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub api: ApiSettings,
}
