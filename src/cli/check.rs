//! `ringflow check`

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::app::no_flow;
use crate::flow::{self, Build, Diagnostic, Flow, Severity};
use crate::live::{Problem, ReadError, read_project};
use crate::scenario;
use crate::settings::CheckSettings;

use super::{FOUND, counted, print};

pub fn run(settings: &CheckSettings) -> Result<ExitCode> {
    let (files, unread) = read_project(&settings.dir);
    let build = flow::build(&files);
    if build.flow_files.is_empty() && unread.is_empty() {
        bail!(no_flow(&settings.dir));
    }
    let tests = scenario::tests(&files, &build);
    let mut diagnostics = build.diagnostics.clone();
    diagnostics.extend(tests.diagnostics);
    let report = Report {
        build: &build,
        diagnostics: &diagnostics,
        unread: &unread,
        color: settings.color.on(std::io::stdout().is_terminal()),
    };
    let text = if settings.json {
        report.json()?
    } else {
        report.text()
    };
    print(&text)?;
    let good = !flow::has_errors(&diagnostics) && unread.is_empty();
    Ok(ExitCode::from(if good { 0 } else { FOUND }))
}

struct Report<'a> {
    build: &'a Build,
    /// What was found in flows and scripts, then in scenarios.
    diagnostics: &'a [Diagnostic],
    unread: &'a [ReadError],
    color: bool,
}

impl Report<'_> {
    fn text(&self) -> String {
        let mut text = String::new();
        for error in self.unread {
            text.push_str(&format!("error[unreadable-file]: {error}\n\n"));
        }
        for diagnostic in self.diagnostics {
            text.push_str(&diagnostic.render(self.color));
            text.push_str("\n\n");
        }
        for flow in self.build.catalog.flows() {
            text.push_str(&losses(flow));
        }
        text.push_str(&self.verdict());
        if let Some(first) = self.build.diagnostics.first() {
            let code = first.code.word();
            text.push_str(&format!("`ringflow explain {code}` says more\n"));
        }
        text
    }

    fn verdict(&self) -> String {
        let count = |severity| {
            let of = |diagnostic: &&Diagnostic| diagnostic.severity == severity;
            self.diagnostics.iter().filter(of).count()
        };
        let errors = count(Severity::Error) + self.unread.len();
        let warnings = count(Severity::Warning);
        format!(
            "{}: {} good, {}, {}\n",
            counted(self.build.flow_files.len(), "flow"),
            self.build.catalog.flows().len(),
            counted(errors, "error"),
            counted(warnings, "warning"),
        )
    }

    /// One object a line.
    fn json(&self) -> Result<String> {
        let unread = self.unread.iter();
        let unread = unread.map(|error| Problem::unreadable(&error.path, error.to_string()));
        let found = self.diagnostics.iter().map(Problem::of);
        let mut text = String::new();
        for problem in unread.chain(found) {
            text.push_str(&serde_json::to_string(&problem)?);
            text.push('\n');
        }
        Ok(text)
    }
}

/// What a restart would lose of a flow's calls, state by state.
fn losses(flow: &Flow) -> String {
    let mut lines = String::new();
    for loss in flow.losses() {
        let lost: Vec<String> = loss.what.iter().map(|name| format!("`{name}`")).collect();
        let back = match &loss.back_to {
            Some(state) => format!("goes back to `{state}`"),
            None => "begins anew".to_owned(),
        };
        lines.push_str(&format!(
            "  `{}` needs {}: a call there {back}\n",
            loss.state,
            lost.join(", ")
        ));
    }
    if lines.is_empty() {
        format!("{}: a restart loses nothing\n", flow.path())
    } else {
        format!("{}: what a restart loses\n{lines}", flow.path())
    }
}
