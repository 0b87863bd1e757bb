//! The running server, by what it has left in the project.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use secrecy::SecretString;
use serde_json::Value;

use crate::platform::Operator;

/// The way to it.
pub fn left_in(dir: &Path) -> Result<Operator> {
    let path = dir.join(".ringflow").join("admin.json");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(not_running(dir)),
        Err(error) => {
            return Err(error).with_context(|| format!("`{}` cannot be read", path.display()));
        }
    };
    let left: Value = serde_json::from_str(&text).unwrap_or_default();
    let (Some(address), Some(token)) = (left["address"].as_str(), left["token"].as_str()) else {
        bail!(
            "`{}` holds no address and token; start the server anew",
            path.display()
        );
    };
    Operator::at(address, &SecretString::from(token)).map_err(|error| anyhow!(error))
}

pub fn not_running(dir: &Path) -> String {
    format!(
        "no server answers for `{0}`; start one with `ringflow serve {0}`",
        dir.display()
    )
}
