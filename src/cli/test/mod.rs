//! `ringflow test`

mod junit;
pub(super) mod run;

use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::app::no_flow;
use crate::flow::{self, Diagnostic, Severity};
use crate::live::{Problem, ReadError, read_project};
use crate::scenario::{self, Bench, Look, Report, Scenario, TestFile};
use crate::settings::TestSettings;

use super::FOUND;

pub fn run(settings: &TestSettings) -> Result<ExitCode> {
    let (files, unread) = read_project(&settings.dir);
    let build = flow::build(&files);
    if build.flow_files.is_empty() && unread.is_empty() {
        bail!(no_flow(&settings.dir));
    }
    let tests = scenario::tests(&files, &build);
    if tests.count == 0 && unread.is_empty() {
        bail!(
            "there is no scenario in `{}`; write some into `flows/NAME.test.yaml`",
            settings.dir.join("flows").display()
        );
    }
    let errors = build.diagnostics.iter().chain(&tests.diagnostics);
    let errors = errors.filter(|found| found.severity == Severity::Error);
    let errors: Vec<Diagnostic> = errors.cloned().collect();
    let wanted = wanted(&tests.files, settings.filter.as_deref());
    if wanted.is_empty()
        && errors.is_empty()
        && let Some(filter) = &settings.filter
    {
        bail!("no scenario has `{filter}` in its name or in the path of its file");
    }
    let bench = Bench::new(&files, build);
    let files = run::run(&bench, &wanted, true)?;
    let report = Report::new(files, bench.catalog());

    let dir = settings.dir.to_string_lossy();
    let look = Look {
        color: settings.color.on(std::io::stdout().is_terminal()),
        dir: Some(&*dir).filter(|dir| *dir != "."),
        filtered: settings.filter.is_some() || !errors.is_empty(),
    };
    let text = match settings.json {
        true => json(&report, look, &unread, &errors)?,
        false => problems(&unread, &errors, look.color) + &report.text(look),
    };
    // A reader that has seen enough and closed the pipe is no failure.
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    if let Some(path) = &settings.junit {
        let text = junit::report(&report, look, &unread, &errors)?;
        std::fs::write(path, text)
            .with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    let good = report.failed() == 0 && errors.is_empty() && unread.is_empty();
    Ok(ExitCode::from(if good { 0 } else { FOUND }))
}

/// Every file with those of its scenarios that are asked for.
fn wanted<'a>(
    files: &'a [TestFile],
    filter: Option<&str>,
) -> Vec<(&'a TestFile, Vec<&'a Scenario>)> {
    let filter = filter.unwrap_or_default().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&filter);
    files
        .iter()
        .map(|file| {
            let all = has(file.file.path());
            let scenarios = file.scenarios.iter();
            let some = scenarios.filter(|scenario| all || has(&scenario.name.value));
            (file, some.collect::<Vec<_>>())
        })
        .filter(|(_, scenarios)| !scenarios.is_empty())
        .collect()
}

fn problems(unread: &[ReadError], errors: &[Diagnostic], color: bool) -> String {
    let mut text = String::new();
    for error in unread {
        text.push_str(&format!("error[unreadable-file]: {error}\n\n"));
    }
    for error in errors {
        text.push_str(&error.render(color));
        text.push_str("\n\n");
    }
    text
}

fn json(
    report: &Report<'_>,
    look: Look<'_>,
    unread: &[ReadError],
    errors: &[Diagnostic],
) -> Result<String> {
    let mut text = String::new();
    let mut line = |object: String| {
        text.push_str(&object);
        text.push('\n');
    };
    for error in unread {
        let problem = Problem::unreadable(&error.path, error.to_string());
        line(serde_json::to_string(&problem)?);
    }
    for error in errors {
        line(serde_json::to_string(&Problem::of(error))?);
    }
    for row in report.rows(look.dir, look.filtered) {
        line(serde_json::to_string(&row)?);
    }
    Ok(text)
}
