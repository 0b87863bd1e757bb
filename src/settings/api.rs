//! How the platform's API is reached.

use clap::Args;
use secrecy::SecretString;

#[derive(Debug, Clone, Args)]
pub struct ApiSettings {
    /// Where the platform's API is
    #[arg(
        long,
        value_name = "URL",
        default_value = "https://voice.8x8.com",
        env = "RINGFLOW_API"
    )]
    pub api: String,

    /// The subaccount: 3 to 50 letters, digits and `-._&`
    #[arg(long, value_name = "ID", env = "RINGFLOW_SUBACCOUNT")]
    pub subaccount: Option<String>,

    /// The key of the API; best given by the environment
    #[arg(
        long,
        value_name = "KEY",
        env = "RINGFLOW_API_KEY",
        hide_env_values = true
    )]
    pub api_key: Option<SecretString>,
}
