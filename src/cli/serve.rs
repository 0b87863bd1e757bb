//! `ringflow serve`

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::app;
use crate::settings::ServeSettings;

/// Scripts run on these threads, and a deep expression needs more than the usual 2 MiB.
const STACK: usize = 8 * 1024 * 1024;

pub fn run(settings: &ServeSettings) -> Result<ExitCode> {
    let _log = app::start_logging(&settings.log)?;
    app::keep_quiet();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK)
        .enable_all()
        .build()
        .context("the threads cannot be started")?;
    runtime.block_on(app::serve(settings, &mut std::io::stdout()))?;
    // Threads that are still running a script are not waited for.
    runtime.shutdown_background();
    Ok(ExitCode::SUCCESS)
}
