//! `ringflow voices`

use std::path::PathBuf;

use clap::Args;

use super::ApiSettings;

#[derive(Debug, Args)]
pub struct VoicesSettings {
    /// Only the voices of a language or locale, such as `en` or `en-GB`
    #[arg(long, value_name = "LANG")]
    pub language: Option<String>,

    /// Print one JSON array
    #[arg(long)]
    pub json: bool,

    /// The project, in which the list is left for `check`
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    #[command(flatten)]
    pub api: ApiSettings,
}
