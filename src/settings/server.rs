//! What every server has, whether it serves callers or a designer.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use secrecy::SecretString;

use super::ApiSettings;
use super::read::{address, duration};
use crate::live::Detour;

#[derive(Debug, Clone, Args)]
pub struct ServerSettings {
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

    /// Ask another server in place of a host, such as
    /// `crm.example.com=http://127.0.0.1:9000`; for development. It may be on this machine
    /// and without encryption; may be given again
    #[arg(
        long,
        value_name = "FROM=TO",
        value_delimiter = ',',
        env = "RINGFLOW_LOOK_UP_AT"
    )]
    pub look_up_at: Vec<Detour>,

    /// The most connections at once; a further one waits
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..), env = "RINGFLOW_MAX_CONNECTIONS")]
    pub max_connections: u32,

    #[command(flatten)]
    pub api: ApiSettings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnswersSetting {
    Single,
    List,
}
