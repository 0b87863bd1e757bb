//! How the platform's API is reached.

use clap::Args;
use secrecy::SecretString;

#[derive(Debug, Clone, Args)]
pub struct ApiSettings {
    /// Where the platform's API is
    #[arg(
        long,
        value_name = "URL",
        default_value = ApiSettings::USUAL,
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

impl ApiSettings {
    const USUAL: &str = "https://voice.8x8.com";

    /// True where nothing was said of an account, or of where the API is.
    pub fn is_unset(&self) -> bool {
        self.api == Self::USUAL && self.subaccount.is_none() && self.api_key.is_none()
    }
}
