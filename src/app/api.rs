//! The way to the platform's API, from the settings, or to the emulator of a running `dev`.

use std::path::Path;

use anyhow::{Result, anyhow, bail};

use super::dev_platform;
use crate::platform::{Access, Api};
use crate::settings::ApiSettings;

/// The API with the account that is set; where none is, and `ringflow dev` runs in this
/// project, its emulator, which is said.
///
/// # Errors
/// Where the subaccount or the key is missing or cannot be used: what to set, in plain
/// words.
pub fn api(settings: &ApiSettings, dir: &Path) -> Result<Api> {
    let access = match at_dev(settings, dir)? {
        Some(emulator) => {
            eprintln!("no account is set, so the emulator of the running `ringflow dev` is asked");
            access(&emulator)?
        }
        None => access(settings)?,
    };
    Api::new(access).map_err(|why| anyhow!(why))
}

/// True where it is the emulator of a running `dev` that is asked.
///
/// # Errors
/// Where what that has left cannot be read.
pub fn is_at_dev(settings: &ApiSettings, dir: &Path) -> Result<bool> {
    Ok(at_dev(settings, dir)?.is_some())
}

fn at_dev(settings: &ApiSettings, dir: &Path) -> Result<Option<ApiSettings>> {
    match settings.is_unset() {
        true => dev_platform::left(dir),
        false => Ok(None),
    }
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
            "the platform is not asked without an account; set {}, or start `ringflow dev`, which \
             stands in for it",
            missing.join(" and ")
        );
    };
    Access::new(&settings.api, subaccount, key.clone()).map_err(|why| anyhow!(why))
}
