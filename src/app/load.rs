//! What is live when a server starts: the files are read, and what came of them is told.

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use tracing::warn;

use crate::flow::Flow;
use crate::live::{Clock, Reloader, Snapshot};

/// Loads the project and says what was loaded; files with errors are told, and the
/// good ones are served.
///
/// # Errors
/// Where there is no flow, or none that is good.
pub fn load(dir: &Path, clock: &Clock, out: &mut impl Write) -> Result<Reloader> {
    let reloader = Reloader::new(Snapshot::read(dir), clock.clone());
    for error in reloader.snapshot().unread() {
        warn!(
            file = error.path,
            reason = error.reason,
            "a file cannot be read"
        );
    }
    let build = reloader.build();
    for diagnostic in &build.diagnostics {
        eprintln!(
            "{}\n",
            diagnostic.render(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        );
    }
    if build.catalog.is_empty() {
        if build.flow_files.is_empty() {
            bail!(no_flow(dir));
        }
        bail!(
            "none of these files is a valid flow: {}; see the errors above",
            build.flow_files.join(", ")
        );
    }
    for flow in build.catalog.flows() {
        writeln!(out, "{}", served(flow)).context("the output cannot be written")?;
    }
    let flows = build.catalog.flows().iter();
    let served: HashSet<&str> = flows.map(|flow| flow.path()).collect();
    let left = build.flow_files.iter();
    for path in left.filter(|path| !served.contains(path.as_str())) {
        writeln!(out, "{path} is not served, since it has errors")
            .context("the output cannot be written")?;
    }
    Ok(reloader)
}

/// A flow with its numbers, on one line.
pub fn served(flow: &Flow) -> String {
    let mut numbers: Vec<String> = flow.numbers().iter().map(ToString::to_string).collect();
    if flow.takes_any() {
        numbers.push("every other number".to_owned());
    }
    let numbers = if numbers.is_empty() {
        "no number".to_owned()
    } else {
        numbers.join(", ")
    };
    format!(
        "{} {} answers {numbers} ({}, {} states)",
        flow.name(),
        flow.revision(),
        flow.path(),
        flow.states().len()
    )
}

/// What is wrong where a project has no file that could be a flow.
pub fn no_flow(dir: &std::path::Path) -> String {
    let shown = dir.display();
    if dir.is_dir() {
        format!("there is no flow in `{shown}`; a flow is a file such as `flows/hello.yaml`")
    } else {
        format!("there is no folder `{shown}`")
    }
}
