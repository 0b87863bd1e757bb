//! `ringflow recordings`

use std::path::PathBuf;

use clap::Args;

use super::ApiSettings;

#[derive(Debug, Args)]
pub struct RecordingsSettings {
    /// The id of the session, as the log shows it
    pub session: String,

    /// Print one JSON array
    #[arg(long)]
    pub json: bool,

    /// The project, whose running `ringflow dev` is asked where no account is set
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    #[command(flatten)]
    pub api: ApiSettings,
}
