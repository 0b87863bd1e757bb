//! `ringflow webhooks`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use secrecy::SecretString;

use super::ApiSettings;

#[derive(Debug, Args)]
pub struct WebhooksSettings {
    #[command(subcommand)]
    pub command: WebhooksCommand,
}

#[derive(Debug, Subcommand)]
pub enum WebhooksCommand {
    /// Say where the platform sends what
    List(ListSettings),
    /// Have all webhooks sent to an address, with an `Authorization` header
    Set(SetSettings),
    /// Take webhooks away, all of them or those of some types
    Remove(RemoveSettings),
    /// Put back what was there before the first `set` or `remove`
    Restore(RestoreSettings),
}

#[derive(Debug, Args)]
pub struct ListSettings {
    /// Print one JSON array
    #[arg(long)]
    pub json: bool,

    /// The project, whose running `ringflow dev` is asked where no account is set
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    #[command(flatten)]
    pub api: ApiSettings,
}

#[derive(Debug, Args)]
pub struct SetSettings {
    /// Where the server is reached from outside; without a path that is `/webhooks` there
    pub url: String,

    /// The value of the `Authorization` header that webhooks come with; by default the one
    /// that was made before, else a random one
    #[arg(
        long,
        value_name = "VALUE",
        env = "RINGFLOW_AUTH_HEADER",
        hide_env_values = true
    )]
    pub auth_header: Option<SecretString>,

    /// The project, in which the header and what was there before are kept
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    #[command(flatten)]
    pub api: ApiSettings,
}

#[derive(Debug, Args)]
pub struct RemoveSettings {
    /// The types to take away; without one, all that are set
    #[arg(value_name = "TYPE", value_enum, ignore_case = true)]
    pub types: Vec<WebhookType>,

    /// The project, in which what was there before is kept
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    #[command(flatten)]
    pub api: ApiSettings,
}

#[derive(Debug, Args)]
pub struct RestoreSettings {
    /// The value of the `Authorization` header that the webhooks had before, which the
    /// platform never tells
    #[arg(long, value_name = "VALUE")]
    pub auth_header: Option<SecretString>,

    /// The project, in which what was there before is kept
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    #[command(flatten)]
    pub api: ApiSettings,
}

/// What the platform can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WebhookType {
    /// A call waits for its next step
    #[value(name = "VCA")]
    Vca,
    /// Progress of a leg
    #[value(name = "VCS")]
    Vcs,
    /// A session ended
    #[value(name = "VSS")]
    Vss,
    /// A recording was uploaded
    #[value(name = "VRU")]
    Vru,
    /// A number changed
    #[value(name = "VNU")]
    Vnu,
}

impl WebhookType {
    pub const ALL: [WebhookType; 5] = [
        WebhookType::Vca,
        WebhookType::Vcs,
        WebhookType::Vss,
        WebhookType::Vru,
        WebhookType::Vnu,
    ];

    pub fn word(self) -> &'static str {
        match self {
            WebhookType::Vca => "VCA",
            WebhookType::Vcs => "VCS",
            WebhookType::Vss => "VSS",
            WebhookType::Vru => "VRU",
            WebhookType::Vnu => "VNU",
        }
    }
}
