//! The log: on stderr, for people on a terminal and as JSON elsewhere; or line by line to
//! whoever shows it.

use std::io::{self, IsTerminal, Write};

use anyhow::{Result, anyhow};
use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, LogSettings};

pub fn start(settings: &LogSettings) -> Result<()> {
    let filter = filter(&settings.level)?;
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

/// Hands every line of the log on, without the time. What is said of reloads is left out:
/// whoever shows the lines shows those too, and better.
pub fn hand_on(
    level: &str,
    has_colors: bool,
    show: impl Fn(String) + Clone + Send + Sync + 'static,
) -> Result<()> {
    let mut filter = filter(level)?;
    for quiet in [
        "ringflow::live::outcome=off",
        "ringflow::live::reloads=error",
    ] {
        let directive = quiet.parse();
        filter = filter.add_directive(directive.map_err(|error| anyhow!("{quiet}: {error}"))?);
    }
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(move || Handed(show.clone()))
        .with_ansi(has_colors)
        .with_target(false)
        .without_time()
        .try_init();
    started.map_err(|error| anyhow!("the log cannot be started: {error}"))
}

fn filter(level: &str) -> Result<EnvFilter> {
    EnvFilter::try_new(level)
        .map_err(|error| anyhow!("`--log {level}` is no level and no filter: {error}"))
}

/// Each event is written with one call, its line end included.
struct Handed<F>(F);

impl<F: Fn(String)> Write for Handed<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        (self.0)(text.trim_end().to_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
