//! `ringflow serve`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::read::{address, duration};
use super::{LogSettings, ServerSettings};

#[derive(Debug, Args)]
pub struct ServeSettings {
    /// The project: the folder that holds `flows` and `scripts`
    #[arg(default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    /// Watch the project: what is changed there goes live by itself; without it, SIGHUP
    /// has the files read again
    #[arg(long, env = "RINGFLOW_WATCH")]
    pub watch: bool,

    /// Where to listen; port 0 takes a free one
    #[arg(
        long,
        value_name = "ADDR",
        value_parser = address,
        default_value = "127.0.0.1:8080",
        env = "RINGFLOW_LISTEN"
    )]
    pub listen: SocketAddr,

    /// How long to go on answering after SIGTERM, at most
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s", env = "RINGFLOW_DRAIN")]
    pub drain: Duration,

    #[command(flatten)]
    pub server: ServerSettings,

    #[command(flatten)]
    pub log: LogSettings,
}
