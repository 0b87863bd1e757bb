//! `ringflow hours`: whether it is open and until when, by the files of the project and
//! by what operators have decided; and the deciding, in the running server.

mod decide;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context, Result, anyhow, bail};
use jiff::Timestamp;

use super::phone::{day, read_time};
use super::{FOUND, print};
use crate::app::{self, no_flow};
use crate::flow::{self, Flow, Hours, did_you_mean};
use crate::live::{HoursReport, read_project};
use crate::machine::Overrides;
use crate::settings::HoursSettings;

pub fn run(settings: &HoursSettings) -> Result<ExitCode> {
    if let (Some(set), Some(name)) = (settings.set, &settings.name) {
        return decide::run(settings, name, set);
    }
    let flow = match found(settings)? {
        Ok(flow) => flow,
        Err(message) => {
            eprintln!("error: {message}");
            return Ok(ExitCode::from(FOUND));
        }
    };
    let asked: Vec<&Hours> = match &settings.name {
        Some(name) => flow.hours_named(name).into_iter().collect(),
        None => flow.hours().iter().collect(),
    };
    if asked.is_empty() {
        let known = flow.hours().iter().map(Hours::name);
        let message = match &settings.name {
            Some(name) if !flow.hours().is_empty() => format!(
                "`{}` has no hours `{name}`; {}",
                flow.name(),
                did_you_mean(name, known, "they are")
            ),
            _ => format!("`{}` has no hours", flow.name()),
        };
        eprintln!("error: {message}");
        return Ok(ExitCode::from(FOUND));
    }
    let overrides = app::hours::kept(&settings.dir).context(
        "`.ringflow/hours.json` cannot be read, so it is not known what operators have decided",
    )?;
    let mut reports = Vec::new();
    let mut text = String::new();
    let now = Timestamp::try_from(SystemTime::now())
        .context("the clock of this machine shows no time")?;
    for hours in asked {
        let at = match &settings.at {
            Some(at) => {
                read_time(at, now, hours.zone()).map_err(|error| anyhow!("--at: {error}"))?
            }
            None => now,
        };
        // When a decision was made is not kept, so it says nothing of the past.
        let decided = match at < now {
            true => Overrides::NONE,
            false => &overrides,
        };
        let report = HoursReport::of(&flow, hours, decided, at);
        text.push_str(&told(hours, &report, &flow, decided, at));
        reports.push(report);
    }
    if settings.json {
        let json = serde_json::to_string_pretty(&reports)?;
        print(&format!("{json}\n"))?;
    } else {
        print(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The flow that is meant; else what to type instead.
fn found(settings: &HoursSettings) -> Result<Result<Arc<Flow>, String>> {
    let (files, unread) = read_project(&settings.dir);
    let build = flow::build(&files);
    if build.flow_files.is_empty() {
        match unread.first() {
            Some(error) => bail!("{error}"),
            None => bail!(no_flow(&settings.dir)),
        }
    }
    if let Some(flow) = build.catalog.named(&settings.flow) {
        return Ok(Ok(Arc::clone(flow)));
    }
    let name = &settings.flow;
    if build.may_hold(name) {
        let message = format!(
            "there is no flow `{name}` without errors; `ringflow check` says which there are"
        );
        return Ok(Err(message));
    }
    let known = build.catalog.flows().iter().map(|flow| flow.name());
    let help = did_you_mean(name, known, "the flows are");
    Ok(Err(format!("there is no flow `{name}`; {help}")))
}

/// One or two lines: open or closed, by what, and until when.
fn told(
    hours: &Hours,
    report: &HoursReport,
    flow: &Flow,
    overrides: &Overrides,
    at: Timestamp,
) -> String {
    let zone = hours.zone();
    let (open, until) = overrides.until(flow.name(), hours, at);
    let word = |open: bool| if open { "open" } else { "closed" };
    let line = hours.line(hours.judge(at));
    let by = match (&report.exception, line) {
        _ if report.decided => ", as an operator has decided,".to_owned(),
        (Some(exception), _) => format!(" by the exception `{exception}`"),
        (None, Some(line)) => format!(" by `{line}`"),
        (None, None) => String::new(),
    };
    let until = match until {
        Some(until) => format!("until {}", day(until, zone)),
        None if report.decided => "until it is set to `auto`".to_owned(),
        None => "at all times".to_owned(),
    };
    let name = hours.name();
    let mut text = format!("{name}: {}{by} {until}\n", word(open));
    if report.decided && report.calendar_open != open {
        let calendar = word(report.calendar_open);
        text.push_str(&format!("{name}: by the calendar it would be {calendar}\n"));
    }
    let today = zone.to_datetime(at).date();
    for (exception, index) in hours.exceptions().iter().zip(0..) {
        if let Some(last) = hours.last_date(index).filter(|last| *last < today) {
            text.push_str(&format!(
                "{name}: the exception `{}` has no date left; its last was {last}\n",
                exception.name
            ));
        }
    }
    text
}
