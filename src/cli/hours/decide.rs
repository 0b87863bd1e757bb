//! Decides opening hours in the running server.

use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};

use crate::cli::server::{left_in, not_running};
use crate::cli::{FOUND, print};
use crate::platform::Delivered;
use crate::settings::{HoursSettings, HoursWord};

pub fn run(settings: &HoursSettings, name: &str, set: HoursWord) -> Result<ExitCode> {
    if set == HoursWord::Auto && settings.lasting.is_some() {
        bail!("`--set auto` gives the hours back for good; leave `--for` out");
    }
    let seconds = match settings.lasting.map(|time| time.as_secs()) {
        Some(0) => bail!("`--for` is a second at least, such as `30m` or `2h`"),
        seconds => seconds,
    };
    let order = json!({
        "flow": settings.flow,
        "hours": name,
        "set": set.word(),
        "seconds": seconds,
    });
    let server = left_in(&settings.dir)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no connection can be set up")?;
    let answered = runtime.block_on(server.post("/hours", order.to_string()));
    let Some(Delivered { status, body }) = answered.map_err(|error| anyhow!(error))? else {
        bail!(not_running(&settings.dir));
    };
    match status {
        200 => {
            let report: Value =
                serde_json::from_slice(&body).context("the server's answer cannot be read")?;
            print(&told(&report))?;
            Ok(ExitCode::SUCCESS)
        }
        // Another server, of a later start, listens there.
        401 => bail!(not_running(&settings.dir)),
        _ => {
            eprintln!("error: {}", String::from_utf8_lossy(&body));
            Ok(ExitCode::from(FOUND))
        }
    }
}

/// What the hours are now, in a line.
fn told(report: &Value) -> String {
    let text = |key: &str| report[key].as_str().unwrap_or_default().to_owned();
    let word = match report["open"].as_bool() {
        Some(true) => "open",
        _ => "closed",
    };
    let zone = text("zone");
    let until = match report["until"].as_str() {
        Some(until) => format!("until {} {zone}", shown(until)),
        None if report["decided"] == true => "until it is set to `auto`".to_owned(),
        None => "at all times".to_owned(),
    };
    let by = match report["decided_until"].as_str() {
        _ if report["decided"] != true => ", by the calendar".to_owned(),
        Some(end) if report["until"] != end => {
            format!(", decided until {} {zone}", shown(end))
        }
        _ => ", decided by hand".to_owned(),
    };
    format!("{}: {word} {until}{by}\n", text("hours"))
}

/// `2026-03-02T10:00:00+08:00` as `Mon 2 Mar 2026 10:00`, the clock on the wall there.
fn shown(time: &str) -> String {
    let wall = time
        .get(..19)
        .and_then(|wall| wall.parse::<jiff::civil::DateTime>().ok());
    wall.map_or(time.to_owned(), |wall| {
        wall.strftime("%a %-d %b %Y %H:%M").to_string()
    })
}
