//! The log.

use clap::{Args, ValueEnum};

#[derive(Debug, Clone, Args)]
pub struct LogSettings {
    /// What the log says: error, warn, info, debug or trace, or a filter such as
    /// `info,ringflow::live=debug`
    #[arg(
        long = "log",
        value_name = "LEVEL",
        default_value = "info",
        env = "RINGFLOW_LOG"
    )]
    pub level: String,

    /// How the log is written: for people on a terminal and as JSON elsewhere, or
    /// always in one of the two ways
    #[arg(long, value_name = "HOW", value_enum, default_value_t = LogFormat::Auto, env = "RINGFLOW_LOG_FORMAT")]
    pub log_format: LogFormat,

    /// Show the digits that callers key in at the level debug; secret ones are never shown
    #[arg(long, env = "RINGFLOW_LOG_DIGITS")]
    pub log_digits: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Auto,
    Text,
    Json,
}
