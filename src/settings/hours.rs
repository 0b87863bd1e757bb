//! `ringflow hours`

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::read::duration;

#[derive(Debug, Args)]
pub struct HoursSettings {
    /// The name of the flow
    pub flow: String,

    /// The name of the hours; without it all of the flow
    pub name: Option<String>,

    /// The project: the folder that holds `flows` and `scripts`
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    /// When it is asked for, as in `2026-12-25T10:00` or `18:30`, in the zone of the hours
    /// unless it names an offset; without it now
    #[arg(long, value_name = "TIME", conflicts_with = "set")]
    pub at: Option<String>,

    /// Print one JSON array
    #[arg(long, conflicts_with = "set")]
    pub json: bool,

    /// Decide it by hand in the running server, over the calendar; `auto` gives the hours
    /// back to the calendar
    #[arg(long, value_name = "WHAT", value_enum, requires = "name")]
    pub set: Option<HoursWord>,

    /// For how long, as in `30m` or `2h`; without it until `--set auto`
    #[arg(long = "for", value_name = "TIME", value_parser = duration, requires = "set")]
    pub lasting: Option<Duration>,
}

/// What is decided of opening hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HoursWord {
    Open,
    Closed,
    Auto,
}

impl HoursWord {
    pub fn word(self) -> &'static str {
        match self {
            HoursWord::Open => "open",
            HoursWord::Closed => "closed",
            HoursWord::Auto => "auto",
        }
    }
}
