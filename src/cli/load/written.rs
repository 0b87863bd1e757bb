//! The files of a report.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::{plot, table};
use crate::platform::load::Report;

/// Writes all figures, the plot, and what is read beside it.
pub fn write(dir: &Path, report: &Report) -> Result<()> {
    fs::create_dir_all(dir).with_context(|| format!("`{}` cannot be made", dir.display()))?;
    let json = serde_json::to_string_pretty(report)? + "\n";
    for (name, text) in [
        ("load.json", json),
        ("latency.svg", plot::svg(report)),
        ("report.md", markdown(report)),
    ] {
        let path = dir.join(name);
        fs::write(&path, text)
            .with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    Ok(())
}

fn markdown(report: &Report) -> String {
    let table = table::text(report, false);
    let fit = match report.is_fit {
        true => "",
        false => "**Unfit: these figures are the generator's, not the server's.**\n\n",
    };
    format!(
        "# Load of {}\n\nBegun at {}.\n\n{fit}```text\n{table}```\n\n![Latency](latency.svg)\n\n\
         Latency is told twice. *From due* is {}. *From sent* is from when a request was sent \
         to its answer: what most generators show, and blind to what had to wait behind a slow \
         answer. Every figure is in [load.json](load.json).\n",
        report.target, report.begun_at, report.latency.how
    )
}
