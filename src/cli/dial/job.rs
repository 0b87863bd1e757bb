//! A job: begun or come back to, shown as it goes on, and its result written to a file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::one::Begun;
use super::{Said, Server, print_line, read, refused};
use crate::cli::{FOUND, counted};
use crate::outbound::{JobReport, Outcome};
use crate::settings::DialSettings;

pub(super) async fn run(settings: &DialSettings, server: &Server<'_>) -> Result<ExitCode> {
    let id = match &settings.job {
        Some(id) => id.clone(),
        None => match begin(settings, server).await? {
            Ok(id) => id,
            Err(why) => return Ok(refused(&why)),
        },
    };
    if settings.cancel {
        let path = format!("/api/jobs/{id}/cancel");
        if let Said::Refused(why) = server.post(&path, String::new()).await? {
            return Ok(refused(&why));
        }
    }
    let report = match follow(settings, server, &id).await? {
        Ok(report) => report,
        Err(why) => return Ok(refused(&why)),
    };
    let out = match (&settings.out, &settings.csv) {
        (Some(out), _) => out.clone(),
        (None, Some(csv)) => beside(csv),
        (None, None) => PathBuf::from(format!("{id}.result.csv")),
    };
    let result = match server.get(&format!("/api/jobs/{id}/result")).await? {
        Said::Good(csv) => csv,
        Said::Refused(why) => return Ok(refused(&why)),
    };
    std::fs::write(&out, result)
        .with_context(|| format!("the result `{}` cannot be written", out.display()))?;
    if !settings.json {
        print_line(&told(&report))?;
        print_line(&format!("result: {}", out.display()))?;
    }
    if let Some(why) = &report.held {
        eprintln!("error: the job does not go on: {why}; a restart of the server takes it up");
    }
    let completed = report.ended.get(Outcome::COMPLETED).copied();
    Ok(match completed == Some(report.rows) {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(FOUND),
    })
}

async fn begin(settings: &DialSettings, server: &Server<'_>) -> Result<Result<String, String>> {
    let path = settings.csv.as_deref().unwrap_or(Path::new(""));
    let csv =
        std::fs::read(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
    let Ok(csv) = String::from_utf8(csv) else {
        bail!(
            "`{}` is not written in UTF-8; save it as what spreadsheets call `CSV UTF-8`",
            path.display()
        );
    };
    let order = json!({
        "flow": settings.flow,
        "csv": csv,
        "rate": settings.rate,
        "at_once": settings.at_once,
        "valid_for_s": settings.valid_for.map(|time| time.as_secs()),
    });
    let begun: Begun = match server.post("/api/jobs", order.to_string()).await? {
        Said::Good(body) => read(&body)?,
        Said::Refused(why) => {
            let why = why.replace('\n', &format!("\nerror: {}: ", path.display()));
            return Ok(Err(format!("{}: {why}", path.display())));
        }
    };
    if !settings.json {
        print_line(&format!(
            "job {0}; `ringflow dial --job {0}` comes back to it, `--cancel` stops it",
            begun.id
        ))?;
    }
    Ok(Ok(begun.id))
}

/// Until nothing changes any more.
async fn follow(
    settings: &DialSettings,
    server: &Server<'_>,
    id: &str,
) -> Result<Result<JobReport, String>> {
    // It is shown on a terminal alone.
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
    bar.set_style(style.context("the bar has no template")?);
    let mut after: Option<u64> = None;
    loop {
        let path = match after {
            Some(after) => format!("/api/jobs/{id}?after={after}"),
            None => format!("/api/jobs/{id}"),
        };
        let said = server.get(&path).await;
        let said = said.with_context(|| {
            format!(
                "the job is not followed any more; it goes on when the server is started anew, \
                 and `ringflow dial --job {id}` comes back to it"
            )
        })?;
        let report: JobReport = match said {
            Said::Good(body) => read(&body)?,
            Said::Refused(why) => return Ok(Err(why)),
        };
        let has_changed = after != Some(report.changes);
        if settings.json && has_changed {
            print_line(&serde_json::to_string(&report)?)?;
        } else if !settings.json {
            bar.set_length(report.rows as u64);
            bar.set_position(report.ended.values().sum::<usize>() as u64);
            bar.set_message(format!("{} under way", report.under_way));
        }
        if report.over {
            bar.finish_and_clear();
            return Ok(Ok(report));
        }
        after = Some(report.changes);
    }
}

/// `guests.csv` as `guests.result.csv`.
fn beside(csv: &Path) -> PathBuf {
    csv.with_extension("result.csv")
}

fn told(report: &JobReport) -> String {
    let mut parts: Vec<String> = report
        .ended
        .iter()
        .map(|(status, count)| format!("{count} {status}"))
        .collect();
    if report.waiting > 0 {
        parts.push(format!("{} not called", report.waiting));
    }
    if report.under_way > 0 {
        parts.push(format!("{} under way", report.under_way));
    }
    let how = if report.cancelled { ", cancelled" } else { "" };
    format!("{}{how}: {}", counted(report.rows, "row"), parts.join(", "))
}
