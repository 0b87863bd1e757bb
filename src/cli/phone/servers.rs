//! The servers that look-ups ask, asked for real.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use secrecy::SecretString;

use crate::flow::Project;
use crate::live::{Clock, Detour, LookUps, LookUpsConfig};
use crate::scenario::Performer;

/// Makes look-ups as a server does, as far as the project allows it, those to some hosts
/// elsewhere. For a thread that belongs to no runtime.
///
/// # Errors
/// Where no connection can be set up.
pub fn performer(project: &Arc<Project>, detours: &[Detour]) -> Result<Performer> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no connection can be set up")?;
    let config = LookUpsConfig {
        detours: detours.to_vec(),
        ..LookUpsConfig::system(Clock::system(), Box::new(variable))
    };
    let look_ups = LookUps::new(config);
    look_ups.allow(project);
    Ok(Box::new(move |look_up| {
        let (began, within_ms) = (Instant::now(), look_up.within_ms);
        let found = runtime.block_on(look_ups.perform(look_up));
        let ms = began.elapsed().as_millis() as u32;
        (found, ms.min(within_ms))
    }))
}

/// The value of a variable of the environment that the project names.
fn variable(name: &str) -> Option<SecretString> {
    let value = std::env::var(name).ok()?;
    (!value.is_empty()).then(|| SecretString::from(value))
}
