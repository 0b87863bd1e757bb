//! `ringflow mock`

use std::collections::BTreeSet;
use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use tokio::net::TcpListener;

use crate::app::has_colors;
use crate::flow::{self, SourceFile};
use crate::scenario::{self, Stub};
use crate::settings::MockSettings;
use crate::web::Mock;

use super::{FOUND, counted, print};

pub fn run(settings: &MockSettings) -> Result<ExitCode> {
    let (mut stubs, mut names, mut diagnostics) = (Vec::new(), Vec::new(), Vec::new());
    for path in &settings.files {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).with_context(|| format!("`{name}` cannot be read"))?;
        let (read, found) = scenario::stubs(&SourceFile::new(&name, &text));
        stubs.extend(read);
        diagnostics.extend(found);
        names.push(name);
    }
    let colors = has_colors(settings.color, &std::io::stderr());
    for diagnostic in &diagnostics {
        eprintln!("{}\n", diagnostic.render(colors));
    }
    if flow::has_errors(&diagnostics) {
        return Ok(ExitCode::from(FOUND));
    }
    let names = names.join(", ");
    if stubs.is_empty() {
        bail!(
            "`{names}` has no stubs for all its scenarios; write them under `stubs:`, at the \
             beginning of a line"
        );
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the listener cannot be had")?;
    runtime.block_on(serve(settings, stubs, &names))
}

/// Serves until the process is ended.
async fn serve(settings: &MockSettings, stubs: Vec<Stub>, names: &str) -> Result<ExitCode> {
    let listener = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("`{}` cannot be listened on", settings.listen))?;
    let address = listener
        .local_addr()
        .context("the listener has no address")?;
    let count = counted(stubs.len(), "stub");
    print(&format!("mocking {count} of {names} on http://{address}\n"))?;
    // One line, however many stubs a host has; a pattern is no host that can be named.
    let hosts: BTreeSet<&str> = stubs
        .iter()
        .filter_map(Stub::server)
        .filter_map(|server| Some(server.split_once("://")?.1))
        .filter(|host| !host.contains('*'))
        .collect();
    for host in hosts {
        print(&format!(
            "a flow reaches it with `--look-up-at {host}=http://{address}`\n"
        ))?;
    }
    let told = |line: String| {
        // Nobody may be reading any more, and those who ask are answered all the same.
        let _ = print(&format!("{line}\n"));
    };
    match Mock::new(stubs, Box::new(told)).serve(listener).await {}
}
