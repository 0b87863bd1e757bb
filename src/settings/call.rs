//! `ringflow call`

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

use super::ColorSetting;
use super::read::pair;
use crate::live::Detour;

#[derive(Debug, Args)]
pub struct CallSettings {
    /// The flow to call, by its name or its number; where the project has one flow, it is
    /// that one
    pub flow: Option<String>,

    /// The project: the folder that holds `flows` and `scripts`
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    /// Who calls: a number, or a word such as `anonymous`
    #[arg(long, value_name = "NUMBER", default_value = "+6591234567")]
    pub from: String,

    /// The call is one that we start: `--from` is who is called
    #[arg(long, conflicts_with_all = ["on", "save_test"])]
    pub outbound: bool,

    /// When the call begins, as in `2026-03-02T10:00`, in the flow's zone unless it names
    /// an offset; Monday 2 March 2026 at 10:00, and with `--on` the present time
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,

    /// The state in which the call begins
    #[arg(long, value_name = "NAME", conflicts_with = "on")]
    pub state: Option<String>,

    /// A variable that is set when the call begins; may be given again
    #[arg(long = "with", value_name = "NAME=VALUE", value_parser = pair, conflicts_with = "on")]
    pub values: Vec<(String, String)>,

    /// The side that the caller gets in a state that splits callers; may be given again
    #[arg(long = "split", value_name = "STATE=LABEL", value_parser = pair, conflicts_with = "on")]
    pub sides: Vec<(String, String)>,

    /// Make the look-ups that no stub of the flow's test file answers, at the servers
    /// themselves
    #[arg(long, conflicts_with = "on")]
    pub look_up: bool,

    /// With `--look-up`, ask another server in place of a host, such as
    /// `crm.example.com=http://127.0.0.1:9000`; may be given again
    #[arg(
        long,
        value_name = "FROM=TO",
        value_delimiter = ',',
        env = "RINGFLOW_LOOK_UP_AT"
    )]
    pub look_up_at: Vec<Detour>,

    /// What is typed, one line each, from a file
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,

    /// Append the conversation to a `.test.yaml` file, as a scenario. What is keyed in where
    /// a secret is asked for is written only if it is typed as `test 1234`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["on", "state", "values"])]
    pub save_test: Option<PathBuf>,

    /// Call a running server, over HTTP
    #[arg(long, value_name = "URL")]
    pub on: Option<String>,

    /// The value of the `Authorization` header that the server wants
    #[arg(
        long,
        value_name = "VALUE",
        env = "RINGFLOW_AUTH_HEADER",
        hide_env_values = true
    )]
    pub auth_header: Option<SecretString>,

    /// Whether to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorSetting::Auto, env = "RINGFLOW_COLOR")]
    pub color: ColorSetting,
}
