//! `ringflow graph`

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};

use crate::app::no_flow;
use crate::flow::{self, Build, Flow, Picture, Severity};
use crate::live::read_project;
use crate::settings::GraphSettings;

use super::{FOUND, print};

pub fn run(settings: &GraphSettings) -> Result<ExitCode> {
    let (files, unread) = read_project(&settings.dir);
    let build = flow::build(&files);
    if build.flow_files.is_empty() {
        match unread.first() {
            Some(error) => bail!("{error}"),
            None => bail!(no_flow(&settings.dir)),
        }
    }
    let flow = match chosen(&build, settings.flow.as_deref()) {
        Ok(flow) => flow,
        Err(message) => {
            eprintln!("error: {message}");
            return Ok(ExitCode::from(FOUND));
        }
    };
    let picture = Picture::of(flow);
    let format = settings.format;
    let text = if format.svg {
        flow::svg(&picture)
    } else if format.dot {
        flow::dot(&picture)
    } else {
        flow::mermaid(&picture)
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The flow of this name, or the only one; else what to type instead.
fn chosen<'a>(build: &'a Build, name: Option<&str>) -> Result<&'a Arc<Flow>, String> {
    let flows = build.catalog.flows();
    let Some(name) = name else {
        return match (flows, broken(build).as_slice()) {
            ([flow], []) => Ok(flow),
            ([], broken) => Err(told(broken)),
            (flows, broken) => {
                let names: Vec<_> = flows.iter().map(|flow| flow.name()).collect();
                let mut message = format!(
                    "there are several flows; name one of `{}`",
                    names.join("`, `")
                );
                if !broken.is_empty() {
                    message = format!("{message}\n{}", told(broken));
                }
                Err(message)
            }
        };
    };
    if let Some(flow) = build.catalog.named(name) {
        return Ok(flow);
    }
    // A flow that does not compile is known by its file.
    let broken = broken(build);
    let stem = |path: &str| {
        let below = path.strip_prefix("flows/").unwrap_or(path);
        below.trim_end_matches(".yaml").trim_end_matches(".yml") == name || path == name
    };
    let meant: Vec<&str> = broken.iter().copied().filter(|path| stem(path)).collect();
    if !meant.is_empty() {
        return Err(told(&meant));
    }
    let names: Vec<_> = flows.iter().map(|flow| flow.name()).collect();
    let mut message = format!("there is no flow `{name}`");
    if !names.is_empty() {
        message = format!("{message}; the flows are `{}`", names.join("`, `"));
    }
    if !broken.is_empty() {
        message = format!("{message}\n{}", told(&broken));
    }
    Err(message)
}

/// The files of flows that have errors.
fn broken(build: &Build) -> Vec<&str> {
    let is_broken = |path: &&String| {
        build
            .diagnostics
            .iter()
            .any(|found| found.severity == Severity::Error && found.file() == path.as_str())
    };
    let files = build.flow_files.iter().filter(is_broken);
    files.map(String::as_str).collect()
}

fn told(broken: &[&str]) -> String {
    let verb = if broken.len() == 1 { "has" } else { "have" };
    format!(
        "`{}` {verb} errors and no picture; `ringflow check` says which",
        broken.join("`, `")
    )
}
