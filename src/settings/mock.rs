//! `ringflow mock`

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::ColorSetting;
use super::read::address;

#[derive(Debug, Args)]
pub struct MockSettings {
    /// Test files, such as `flows/orders.test.yaml`; the `stubs` of all their scenarios
    /// answer
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Where to listen; port 0 takes a free one
    #[arg(
        long,
        value_name = "ADDR",
        value_parser = address,
        default_value = "127.0.0.1:9000"
    )]
    pub listen: SocketAddr,

    /// Whether to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorSetting::Auto, env = "RINGFLOW_COLOR")]
    pub color: ColorSetting,
}
