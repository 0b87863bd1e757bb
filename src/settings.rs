//! Flags and environment, parsed once into types. `app` and `cli` turn them into
//! what each room needs; no other room knows them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use secrecy::SecretString;

/// A dynamic IVR callflow engine: it answers a phone platform's webhooks with the
/// next actions of a call, from flow files that can be read.
#[derive(Debug, Parser)]
#[command(name = "ringflow", version, max_term_width = 100)]
pub struct Settings {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer the platform's webhooks with the flows of a project
    Serve(Box<ServeSettings>),
    /// Say everything that is wrong with the files of a project
    Check(CheckSettings),
}

#[derive(Debug, Args)]
pub struct ServeSettings {
    /// The project: the folder that holds `flows` and `scripts`
    #[arg(default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    /// Where to listen; port 0 takes a free one
    #[arg(
        long,
        value_name = "ADDR",
        value_parser = address,
        default_value = "127.0.0.1:8080",
        env = "RINGFLOW_LISTEN"
    )]
    pub listen: SocketAddr,

    /// What callers hear where no flow can answer; a hangup follows
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "Sorry, we cannot take your call just now. Please call again later.",
        env = "RINGFLOW_LAST_RESORT"
    )]
    pub last_resort: String,

    /// The voice of the last resort
    #[arg(
        long,
        value_name = "CODE",
        default_value = "en-US-BenjaminRUS",
        env = "RINGFLOW_VOICE"
    )]
    pub voice: String,

    /// How many actions that take time one answer holds: `single` means the same in
    /// every reading of the platform, `list` is for those who know that theirs asks
    /// again only when the list has run out
    #[arg(long, value_name = "HOW", value_enum, default_value_t = AnswersSetting::Single, env = "RINGFLOW_ANSWERS")]
    pub answers: AnswersSetting,

    /// Answer a CALL_STATUS that tells of an arrived call, as if it were the first CALL_ACTION
    #[arg(long, env = "RINGFLOW_STATUS_STARTS_CALLS")]
    pub status_starts_calls: bool,

    /// How long to go on answering after SIGTERM, at most
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s", env = "RINGFLOW_DRAIN")]
    pub drain: Duration,

    /// How long a call is kept without an event
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "30m", env = "RINGFLOW_CALL_IDLE")]
    pub call_idle: Duration,

    /// How long a call is kept without an event while a transfer is up
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "4h", env = "RINGFLOW_TRANSFER_IDLE")]
    pub transfer_idle: Duration,

    /// How long the summary of a call is waited for after its hangup
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "2m", env = "RINGFLOW_HANGUP_IDLE")]
    pub hangup_idle: Duration,

    /// How long an ended call is remembered, so that what still arrives gets a hangup
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10m", env = "RINGFLOW_TOMBSTONE")]
    pub tombstone: Duration,

    /// The most calls kept in memory, ended ones included
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(1..), env = "RINGFLOW_MAX_CALLS")]
    pub max_calls: u32,

    /// The key that signs the tokens of calls: 32 bytes in hex, a second one behind a
    /// comma is accepted too; by default `.ringflow/key` in the project, made at the
    /// first start
    #[arg(
        long,
        value_name = "HEX",
        env = "RINGFLOW_TOKEN_KEY",
        hide_env_values = true
    )]
    pub token_key: Option<SecretString>,

    /// The value of the `Authorization` header that webhooks must come with; two with a
    /// comma between them while it is changed
    #[arg(
        long,
        value_name = "VALUE",
        env = "RINGFLOW_AUTH_HEADER",
        hide_env_values = true
    )]
    pub auth_header: Option<SecretString>,

    /// Networks that webhooks may come from
    #[arg(
        long,
        value_name = "CIDR",
        value_delimiter = ',',
        env = "RINGFLOW_ALLOW"
    )]
    pub allow: Vec<IpNet>,

    /// Let webhooks come from the addresses that the platform has published
    #[arg(long, env = "RINGFLOW_ALLOW_PLATFORM")]
    pub allow_platform: bool,

    /// Proxies of yours, whose `X-Forwarded-For` is believed
    #[arg(
        long,
        value_name = "CIDR",
        value_delimiter = ',',
        env = "RINGFLOW_TRUST_PROXY"
    )]
    pub trust_proxy: Vec<IpNet>,

    /// Where operators ask; the address and a token are left in `.ringflow/admin.json`
    #[arg(
        long,
        value_name = "ADDR",
        value_parser = address,
        default_value = "127.0.0.1:0",
        env = "RINGFLOW_ADMIN"
    )]
    pub admin: SocketAddr,

    /// The most connections at once; a further one waits
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..), env = "RINGFLOW_MAX_CONNECTIONS")]
    pub max_connections: u32,

    #[command(flatten)]
    pub log: LogSettings,
}

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

#[derive(Debug, Args)]
pub struct CheckSettings {
    /// The project: the folder that holds `flows` and `scripts`
    #[arg(default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    /// One JSON object a line: code, severity, file, line, column, message, help
    #[arg(long)]
    pub json: bool,

    /// Whether to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorSetting::Auto, env = "RINGFLOW_COLOR")]
    pub color: ColorSetting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnswersSetting {
    Single,
    List,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Auto,
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorSetting {
    Auto,
    Always,
    Never,
}

/// An address to listen at.
fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "write an IP address and a port, such as `127.0.0.1:8080`".to_owned())
}

/// Reads a duration with its unit: `1500ms`, `5s`, `2m`, `4h`.
fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let scale = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 0,
    };
    let ms = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(scale));
    match ms {
        Some(ms) if scale > 0 => Ok(Duration::from_millis(ms)),
        _ => Err("write a number and its unit, such as `5s`, `2m` or `4h`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_flags_fit_together() {
        Settings::command().debug_assert();
    }

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(duration("1500ms"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("4h"), Ok(Duration::from_secs(4 * 3600)));
        for bad in ["", "5", "s", "5 s", "5d", "99999999999999999999s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
