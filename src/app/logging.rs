//! The log: on stderr, for people on a terminal and as JSON elsewhere.

use std::io::IsTerminal;

use anyhow::{Result, anyhow};
use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, LogSettings};

pub fn start(settings: &LogSettings) -> Result<()> {
    let filter = EnvFilter::try_new(&settings.level).map_err(|error| {
        anyhow!(
            "`--log {}` is no level and no filter: {error}",
            settings.level
        )
    })?;
    let as_json = match settings.log_format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = if as_json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .try_init()
    };
    started.map_err(|error| anyhow!("the log cannot be started: {error}"))
}
