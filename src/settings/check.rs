//! `ringflow check`

use std::path::PathBuf;

use clap::Args;

use super::ColorSetting;

#[derive(Debug, Args)]
pub struct CheckSettings {
    /// The project: the folder that holds `flows` and `scripts`
    #[arg(default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    /// One JSON object a line: code, severity, file, line, column, message, help, hears
    #[arg(long)]
    pub json: bool,

    /// Whether to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorSetting::Auto, env = "RINGFLOW_COLOR")]
    pub color: ColorSetting,
}
