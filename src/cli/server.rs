//! The running server, by what it has left in the project.

use std::path::Path;

use anyhow::{Result, anyhow, bail};

use crate::app;
use crate::platform::Operator;

/// The way to it.
pub fn left_in(dir: &Path) -> Result<Operator> {
    let Some((address, token)) = app::admin::left(dir)? else {
        bail!(not_running(dir));
    };
    Operator::at(&address, &token).map_err(|error| anyhow!(error))
}

pub fn not_running(dir: &Path) -> String {
    format!(
        "no server answers for `{0}`; start one with `ringflow serve {0}`",
        dir.display()
    )
}
