//! The way to the platform's API, from the settings.

use anyhow::{Result, anyhow, bail};

use crate::platform::{Access, Api};
use crate::settings::ApiSettings;

/// The API with the account that is set.
///
/// # Errors
/// Where the subaccount or the key is missing or cannot be used: what to set, in plain
/// words.
pub fn api(settings: &ApiSettings) -> Result<Api> {
    let access = access(settings)?;
    Api::new(access).map_err(|why| anyhow!(why))
}

fn access(settings: &ApiSettings) -> Result<Access> {
    let missing: Vec<&str> = [
        (
            settings.subaccount.is_none(),
            "`--subaccount ID` (or `RINGFLOW_SUBACCOUNT`)",
        ),
        (
            settings.api_key.is_none(),
            "`RINGFLOW_API_KEY` (or `--api-key KEY`)",
        ),
    ]
    .into_iter()
    .filter_map(|(is_missing, what)| is_missing.then_some(what))
    .collect();
    let (Some(subaccount), Some(key)) = (&settings.subaccount, &settings.api_key) else {
        bail!(
            "the platform is not asked without an account; set {}",
            missing.join(" and ")
        );
    };
    Access::new(&settings.api, subaccount, key.clone()).map_err(|why| anyhow!(why))
}
