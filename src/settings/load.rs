//! `ringflow load`

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};
use secrecy::SecretString;

use super::ColorSetting;
use super::faults::faults;
use super::pace::pace;
use super::read::duration;
use crate::call::PhoneNumber;
use crate::platform::drive::{Faults, Pace};

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("arrivals").required(true)))]
pub struct LoadSettings {
    /// The server, such as `http://127.0.0.1:8080`
    #[arg(long, value_name = "URL")]
    pub target: String,

    /// The value of the `Authorization` header that the server wants
    #[arg(
        long,
        value_name = "VALUE",
        env = "RINGFLOW_AUTH_HEADER",
        hide_env_values = true
    )]
    pub auth_header: Option<SecretString>,

    /// An open loop: so many calls begin in each second, however slow the server is
    #[arg(long, value_name = "CALLS/S", value_parser = rate, group = "arrivals")]
    pub rate: Option<f64>,

    /// A closed loop: so many callers, each with one call after the other
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000), group = "arrivals")]
    pub at_once: Option<u32>,

    /// How far apart the calls of an open loop begin
    #[arg(long, value_name = "HOW", value_enum, default_value_t = SpacingSetting::Random, conflicts_with = "at_once")]
    pub spacing: SpacingSetting,

    /// For how long calls begin
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "30s")]
    pub duration: Duration,

    /// How long the rate, or the number of callers, takes to rise from nothing
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "0s")]
    pub ramp: Duration,

    /// How long calls that are up are waited for in the end
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "30s")]
    pub drain: Duration,

    /// A number that is called, with how often beside the others; may be given again. By
    /// default those of the flows of the project
    #[arg(long, value_name = "NUMBER[=WEIGHT]", value_delimiter = ',', value_parser = weighted)]
    pub to: Vec<(String, f64)>,

    /// The project: the folder that holds `flows` and `scripts`
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    /// A caller from a test file, who does and expects what its first scenario says, in place
    /// of somebody who presses keys at random; may be given again
    #[arg(long = "caller", value_name = "FILE", requires = "to")]
    pub callers: Vec<PathBuf>,

    /// How fast calls go: `real`, `fast` as they can, or `x10`
    #[arg(long, value_name = "PACE", value_parser = pace, default_value = "x10")]
    pub pace: Pace,

    /// What goes wrong and how often, such as `duplicates=2%,lost-answers=0.5%`; a wrong
    /// name is answered with all of them
    #[arg(long, value_name = "LIST", value_parser = faults, default_value = "")]
    pub faults: Faults,

    /// What chance begins with: the same seed, the same calls
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Save a flow file of the project this often while calls go on, with a remark at its end,
    /// and rest for half a second behind each 20, in which they go live; in the end all files
    /// are as they were
    #[arg(long, value_name = "TIME", value_parser = often)]
    pub reload_every: Option<Duration>,

    /// A process of the server, whose CPU and memory are to be seen; by default those that
    /// listen at the target's port on this machine
    #[arg(long = "pid", value_name = "ID", value_delimiter = ',')]
    pub pids: Vec<i32>,

    /// A folder for `load.json`, `report.md` and `latency.svg`
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Print all figures as one JSON object
    #[arg(long)]
    pub json: bool,

    /// Whether to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorSetting::Auto, env = "RINGFLOW_COLOR")]
    pub color: ColorSetting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SpacingSetting {
    /// By chance, as callers come who know nothing of each other
    Random,
    /// Always the same
    Even,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok();
    rate.filter(|rate| (1e-6..=1e6).contains(rate))
        .ok_or_else(|| "write how many calls begin in a second, such as `50` or `0.5`".to_owned())
}

fn weighted(text: &str) -> Result<(String, f64), String> {
    let (number, weight) = match text.split_once('=') {
        Some((number, weight)) => (number, weight.trim().parse().ok()),
        None => (text, Some(1.0)),
    };
    let number: PhoneNumber = number.trim().parse().map_err(|why| format!("{why}"))?;
    match weight.filter(|weight: &f64| weight.is_finite() && *weight > 0.0) {
        Some(weight) => Ok((number.to_string(), weight)),
        None => Err("write a weight above 0, as in `+6561110001=3`".to_owned()),
    }
}

fn often(text: &str) -> Result<Duration, String> {
    let time = duration(text)?;
    match time.is_zero() {
        true => Err("write a time above 0, such as `50ms`".to_owned()),
        false => Ok(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_weights() {
        let read = |text| weighted(text).unwrap();
        assert_eq!(read("+6561110001"), ("+6561110001".to_owned(), 1.0));
        assert_eq!(read("+6561110001=2.5"), ("+6561110001".to_owned(), 2.5));
        for bad in [
            "",
            "main",
            "+6561110001=",
            "+6561110001=0",
            "+6561110001=inf",
        ] {
            assert!(weighted(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_rate_is_above_nothing() {
        assert_eq!(rate("0.5"), Ok(0.5));
        for bad in ["", "0", "-1", "NaN", "inf", "50/s"] {
            assert!(rate(bad).is_err(), "{bad}");
        }
        assert!(often("0ms").is_err());
    }
}
