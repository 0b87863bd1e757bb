//! `ringflow doctor`: what keeps calls from reaching the flows, one line each.

mod account;
mod endpoint;
mod finding;
mod probe;
mod project;
mod server;

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::{FOUND, asking, counted, print};
use crate::app;
use crate::live::read_project;
use crate::settings::DoctorSettings;
use finding::{Finding, Level};

pub fn run(settings: &DoctorSettings) -> Result<ExitCode> {
    if settings.probe {
        return asking(probe::probe(settings))?;
    }
    let findings = asking(look(settings))?;
    let count = |level| findings.iter().filter(|found| found.level == level).count();
    let (faults, warnings) = (count(Level::Fault), count(Level::Warning));
    if settings.json {
        let checks: Vec<_> = findings.iter().map(Finding::json).collect();
        let report = json!({"checks": checks, "faults": faults, "warnings": warnings});
        print(&format!("{report:#}\n"))?;
    } else {
        let lines = findings.iter().map(|found| found.line() + "\n");
        let mut text: String = lines.collect();
        text.push_str(&format!(
            "{}, {}\n",
            counted(faults, "fault"),
            counted(warnings, "warning")
        ));
        print(&text)?;
    }
    Ok(ExitCode::from(if faults == 0 { 0 } else { FOUND }))
}

/// All checks, from the files to the platform.
async fn look(settings: &DoctorSettings) -> Vec<Finding> {
    let (files, unread) = read_project(&settings.dir);
    let (build, mut findings) = project::flows(&settings.dir, &files, &unread);
    findings.push(server::running(&settings.dir).await);
    let kept = match app::webhooks::kept(&settings.dir) {
        Ok(kept) => kept,
        Err(error) => {
            findings.push(Finding::fault("webhooks", format!("{error:#}")));
            None
        }
    };
    let account = match app::api(&settings.api, &settings.dir) {
        Ok(api) => account::asked(&api, &mut findings).await,
        Err(error) => {
            findings.push(Finding::warning("account", format!("{error:#}")));
            None
        }
    };
    let registered = account.as_ref().and_then(|account| account.calls_go_to());
    let url = settings.url.as_deref().or(registered);
    let is_at_dev = app::is_at_dev(&settings.api, &settings.dir).unwrap_or(false);
    let has_header = kept.as_ref().is_some_and(|kept| kept.auth_header.is_some());
    let place = endpoint::Place {
        is_near: is_at_dev || settings.api.api.starts_with("http://"),
        is_at_dev,
        has_header,
    };
    findings.extend(endpoint::reached(url, &place).await);
    if let Some(account) = &account {
        let found = account.webhooks(settings.url.as_deref(), kept.as_ref(), is_at_dev);
        findings.extend(found);
        findings.extend(account.numbers(&build));
        // An emulator has a few voices of many, and takes all.
        if !is_at_dev {
            findings.extend(project::voices(&files, &account.voices));
        }
    }
    findings
}
