//! `ringflow doctor`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;

use super::ApiSettings;
use super::read::{address, duration};

#[derive(Debug, Args)]
pub struct DoctorSettings {
    /// The project: the folder that holds `flows` and `scripts`
    #[arg(default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    /// Where the server is reached from outside; by default where the webhook of the type
    /// VCA goes
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,

    /// Print one JSON object
    #[arg(long)]
    pub json: bool,

    /// Place two calls that cost money, and record what the platform's documentation
    /// leaves open. All webhooks come to this command meanwhile, so that other calls of the
    /// account are hung up; at the end they are put back
    #[arg(long, requires_all = ["from", "to", "listen"])]
    pub probe: bool,

    /// With `--probe`, the number of the account to call from
    #[arg(long, value_name = "OURS")]
    pub from: Option<String>,

    /// With `--probe`, the number to call: a phone in your hand
    #[arg(long, value_name = "NUMBER")]
    pub to: Option<String>,

    /// With `--probe`, where to listen for webhooks
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub listen: Option<SocketAddr>,

    /// With `--probe`, the address from outside that leads to `--listen`; may be left out
    /// where `--api` is an emulator on this machine
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,

    /// With `--probe`, the voice that speaks
    #[arg(
        long,
        value_name = "CODE",
        default_value = "en-US-BenjaminRUS",
        env = "RINGFLOW_VOICE"
    )]
    pub voice: String,

    /// With `--probe`, the `Authorization` header that the webhooks have now, so that it can
    /// be put back; by default the one that `webhooks set` has left
    #[arg(
        long,
        value_name = "VALUE",
        env = "RINGFLOW_AUTH_HEADER",
        hide_env_values = true
    )]
    pub auth_header: Option<SecretString>,

    /// With `--probe`, how long an answer is held back to see what the platform does then
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "60s")]
    pub hold: Duration,

    /// With `--probe`, where the record is written, as JSON
    #[arg(long, value_name = "FILE", default_value = "probe.json")]
    pub out: PathBuf,

    #[command(flatten)]
    pub api: ApiSettings,
}
