//! `ringflow test`

use std::path::PathBuf;

use clap::Args;

use super::ColorSetting;

#[derive(Debug, Args)]
pub struct TestSettings {
    /// The project: the folder that holds `flows` and `scripts`
    #[arg(default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    /// Run only the scenarios with this text in their name or the path of their file
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,

    /// One JSON object a line: each scenario, the coverage of each flow, the sum
    #[arg(long)]
    pub json: bool,

    /// Write the results to a file too, in the form of JUnit
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,

    /// Whether to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorSetting::Auto, env = "RINGFLOW_COLOR")]
    pub color: ColorSetting,
}
