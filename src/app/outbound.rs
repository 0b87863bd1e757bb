//! The calls that a server starts, with what its settings say of the platform's API.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};

use crate::live::{Calls, Clock};
use crate::outbound::{Outbound, OutboundConfig, Platform};
use crate::platform::{Access, Api};
use crate::settings::ApiSettings;

use super::key;

/// How much of a random text the names of requests begin with.
const SEED: usize = 16;

/// Starts no call yet.
///
/// # Errors
/// Half an access to the API, or one that cannot be used.
pub fn outbound(
    settings: &ApiSettings,
    dir: &Path,
    calls: &Arc<Calls>,
    clock: &Clock,
) -> Result<Arc<Outbound>> {
    let mut seed = key::random_hex()?;
    seed.truncate(SEED);
    let config = OutboundConfig {
        platform: platform(settings)?,
        seed,
        jobs: dir.join(".ringflow").join("jobs"),
    };
    Ok(Outbound::new(calls, clock.clone(), config))
}

fn platform(settings: &ApiSettings) -> Result<Option<Arc<dyn Platform>>> {
    let (subaccount, key) = match (&settings.subaccount, &settings.api_key) {
        (Some(subaccount), Some(key)) => (subaccount, key),
        (None, None) => return Ok(None),
        (Some(_), None) => {
            bail!(
                "`--subaccount` is set and `--api-key` (`RINGFLOW_API_KEY`) is not; set both to start calls, or neither"
            )
        }
        (None, Some(_)) => {
            bail!(
                "`--api-key` is set and `--subaccount` (`RINGFLOW_SUBACCOUNT`) is not; set both to start calls, or neither"
            )
        }
    };
    let access = Access::new(&settings.api, subaccount, key.clone());
    let api = access.and_then(Api::new).map_err(|error| anyhow!(error))?;
    Ok(Some(Arc::new(api)))
}
