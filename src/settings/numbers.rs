//! `ringflow numbers`

use std::path::PathBuf;

use clap::Args;

use super::ApiSettings;

#[derive(Debug, Args)]
pub struct NumbersSettings {
    /// Print one JSON array
    #[arg(long)]
    pub json: bool,

    /// The project, whose flows answer the numbers
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    #[command(flatten)]
    pub api: ApiSettings,
}
