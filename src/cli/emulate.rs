//! `ringflow emulate`

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::app;
use crate::settings::EmulateSettings;

use super::{FOUND, print};

pub fn run(settings: &EmulateSettings) -> Result<ExitCode> {
    app::keep_quiet();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the threads cannot be started")?;
    let told = |story| {
        // Nobody may be reading any more, and calls go on all the same.
        let _ = print(&format!("{story}\n"));
    };
    let good = runtime.block_on(app::emulate(settings, &mut std::io::stdout(), told))?;
    runtime.shutdown_background();
    Ok(ExitCode::from(if good { 0 } else { FOUND }))
}
