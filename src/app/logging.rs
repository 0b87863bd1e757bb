//! The log: on stderr, for people on a terminal and as JSON elsewhere; or line by line to
//! whoever shows it.

use std::io::{self, IsTerminal, Write};

use anyhow::{Result, anyhow};
use tracing_subscriber::EnvFilter;

use super::has_colors;
use super::json_lines::JsonLines;
use super::log_writer::{LogEnd, LogWriter};
use crate::settings::{ColorSetting, LogFormat, LogSettings};

/// What watches files tells of every folder that was removed, as if something had failed.
/// What matters of it comes to us, and we say it. A filter that names it goes before this.
const QUIET: &str = "notify=off,notify_debouncer_full=off";

/// Starts the log on stderr. What it gives is to be kept until the end of the program.
///
/// # Errors
/// A level that is none, a log that was started before, a thread that cannot be had.
pub fn start(settings: &LogSettings) -> Result<LogEnd> {
    let filter = filter(&settings.level)?;
    let as_json = match settings.log_format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let (writer, end) = LogWriter::start(std::io::stderr())?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer);
    let started = if as_json {
        builder.json().event_format(JsonLines::new()).try_init()
    } else {
        builder
            .with_ansi(has_colors(ColorSetting::Auto, &std::io::stderr()))
            .with_target(false)
            .try_init()
    };
    started.map_err(|error| anyhow!("the log cannot be started: {error}"))?;
    Ok(end)
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
    // By itself first, so that what is wrong is told of what was written.
    let filter =
        EnvFilter::try_new(level).and_then(|_| EnvFilter::try_new(format!("{QUIET},{level}")));
    filter.map_err(|error| anyhow!("`--log {level}` is no level and no filter: {error}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn is_told(level: &str) -> bool {
        let log = tracing_subscriber::fmt()
            .with_env_filter(filter(level).unwrap())
            .finish();
        tracing::subscriber::with_default(
            log,
            || tracing::enabled!(target: "notify::inotify", tracing::Level::WARN),
        )
    }

    #[test]
    fn what_watches_files_says_nothing_unless_it_is_asked() {
        let told = ["info", "trace", "warn,notify=trace", "notify::inotify=info"].map(is_told);
        assert_eq!(told, [false, false, true, true]);
    }

    #[test]
    fn what_is_wrong_with_a_filter_is_told_of_what_was_written() {
        let error = filter("ringflow=loud").unwrap_err().to_string();
        assert!(
            error.starts_with("`--log ringflow=loud` is no level"),
            "{error}"
        );
        assert!(!error.contains("notify"), "{error}");
    }
}
