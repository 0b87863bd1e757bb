//! `ringflow dial`

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;

use super::read::{duration, pair};

#[derive(Debug, Args)]
pub struct DialSettings {
    /// The flow that the person who is called hears
    #[arg(required_unless_present_any = ["job", "cancel"])]
    pub flow: Option<String>,

    /// The project whose server is asked: the folder that holds `flows` and `scripts`
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    /// Who is called
    #[arg(long, value_name = "NUMBER", required_unless_present_any = ["csv", "job", "cancel"])]
    pub to: Option<String>,

    /// One of the flow's own numbers; by default the first of them
    #[arg(long, value_name = "NUMBER", requires = "to")]
    pub from: Option<String>,

    /// A variable that is set when the call begins; may be given again
    #[arg(long = "with", value_name = "NAME=VALUE", value_parser = pair, requires = "to")]
    pub values: Vec<(String, String)>,

    /// How long the call may be started from now on, as in `10m`; by default an hour
    #[arg(long, value_name = "TIME", value_parser = duration, conflicts_with = "job")]
    pub valid_for: Option<Duration>,

    /// A file with a scenario, whose caller takes the call; for `ringflow emulate` and `dev`
    #[arg(long, value_name = "FILE", requires = "to")]
    pub caller: Option<PathBuf>,

    /// Call all numbers of a CSV file, as a job of the server: its column `to`, if wanted
    /// `from`, and every other column is a variable
    #[arg(long, value_name = "FILE", conflicts_with_all = ["to", "job"])]
    pub csv: Option<PathBuf>,

    /// How many calls of the job are begun in a second or a minute, as in `2/s` or `30/m`
    #[arg(long, value_name = "RATE", value_parser = rate, default_value = "1/s", requires = "csv")]
    pub rate: f64,

    /// The most calls of the job that are under way
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000), requires = "csv")]
    pub at_once: u32,

    /// Where the result of the job is written; by default beside its file
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    pub out: Option<PathBuf>,

    /// Come back to a job
    #[arg(long, value_name = "ID", conflicts_with_all = ["flow", "to"])]
    pub job: Option<String>,

    /// Have the job call nobody else; calls under way go on
    #[arg(long, requires = "job")]
    pub cancel: bool,

    /// Where the server's operators ask; by default what it has left in `.ringflow/`
    #[arg(long, value_name = "URL", requires = "token", env = "RINGFLOW_SERVER")]
    pub server: Option<String>,

    /// The token for that
    #[arg(
        long,
        value_name = "TOKEN",
        requires = "server",
        env = "RINGFLOW_TOKEN",
        hide_env_values = true
    )]
    pub token: Option<SecretString>,

    /// Print what comes of it as JSON, one object a line
    #[arg(long)]
    pub json: bool,
}

/// Reads how many in a second: `2/s`, `0.5/s`, `30/m`.
fn rate(text: &str) -> Result<f64, String> {
    let (number, scale) = match text.trim().split_once('/') {
        Some((number, "s")) => (number, 1.0),
        Some((number, "m")) => (number, 60.0),
        _ => ("", 1.0),
    };
    match number.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number / scale),
        _ => Err("write a number and its time, such as `2/s` or `30/m`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Dial {
        #[command(flatten)]
        _settings: DialSettings,
    }

    #[test]
    fn to_cancel_takes_a_job_and_nothing_else() {
        let alone = Dial::try_parse_from(["dial", "--cancel"]).unwrap_err();
        let told = alone.to_string();
        assert!(told.contains("--job") && !told.contains("--to"), "{told}");
        Dial::try_parse_from(["dial", "--cancel", "--job", "1"]).unwrap();
        assert!(Dial::try_parse_from(["dial"]).is_err());
    }

    #[test]
    fn a_rate_names_its_time() {
        assert_eq!(rate("2/s"), Ok(2.0));
        assert_eq!(rate("30/m"), Ok(0.5));
        for bad in ["", "2", "0/s", "-1/s", "x/s", "1/h", "NaN/s", "inf/s"] {
            assert!(rate(bad).is_err(), "{bad}");
        }
    }
}
