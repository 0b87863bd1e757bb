//! `ringflow dev`

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::read::address;
use super::{ColorSetting, ServerSettings};

#[derive(Debug, Args)]
pub struct DevSettings {
    /// The project: the folder that holds `flows` and `scripts`
    #[arg(default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    /// Who calls: a number, or a word such as `anonymous`
    #[arg(long, value_name = "NUMBER", default_value = "+6591234567")]
    pub from: String,

    /// Where to listen; by default 127.0.0.1:8080, and a free port where that is taken
    #[arg(long, value_name = "ADDR", value_parser = address, env = "RINGFLOW_LISTEN")]
    pub listen: Option<SocketAddr>,

    /// What of the log is shown: error, warn, info, debug or trace, or a filter such as
    /// `warn,ringflow::web=debug`
    #[arg(
        long = "log",
        value_name = "LEVEL",
        default_value = "warn",
        env = "RINGFLOW_LOG"
    )]
    pub log: String,

    /// Whether to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorSetting::Auto, env = "RINGFLOW_COLOR")]
    pub color: ColorSetting,

    #[command(flatten)]
    pub server: ServerSettings,
}
