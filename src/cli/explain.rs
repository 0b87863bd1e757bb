//! `ringflow explain`

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::flow::{Code, Severity};
use crate::settings::ExplainSettings;

/// What `check` says of a file that it cannot read, which no flow is to blame for.
const UNREADABLE: &str = "\
unreadable-file (error): a file of the project cannot be read

The file is there, and the system does not let it be read, or it holds something
else than text in UTF-8.

Save it as UTF-8, or let the user who runs `ringflow` read it.
";

pub fn run(settings: &ExplainSettings) -> Result<ExitCode> {
    let text = match &settings.code {
        None => list(),
        Some(typed) if typed.contains("unreadable-file") => UNREADABLE.to_owned(),
        Some(typed) => match Code::named(typed) {
            Some(code) => explained(code),
            None => bail!(unknown(typed)),
        },
    };
    // A reader that has seen enough and closed the pipe is no failure.
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn unknown(typed: &str) -> String {
    let help = match Code::nearest(typed) {
        Some(code) => format!("did you mean `{}`?", code.word()),
        None => "`ringflow explain` lists them all".to_owned(),
    };
    format!("there is no code `{typed}`: {help}")
}

/// Every code with a line each, errors first.
fn list() -> String {
    let mut text = String::new();
    for (severity, title) in [
        (
            Severity::Error,
            "Errors, which keep a flow from answering calls:\n",
        ),
        (Severity::Warning, "\nWarnings, which do not:\n"),
    ] {
        text.push_str(title);
        for code in Code::ALL.iter().filter(|code| code.severity() == severity) {
            let summary = code.explanation().summary;
            text.push_str(&format!("  {:<20} {summary}\n", code.word()));
        }
    }
    text.push_str("\n`ringflow explain CODE` says more of one.\n");
    text
}

fn explained(code: Code) -> String {
    let about = code.explanation();
    format!(
        "{} ({}): {}\n\n{}\n\nWrong:\n\n{}\n{}\n\nRight:\n\n{}",
        code.word(),
        code.severity().word(),
        about.summary,
        about.cause,
        indented(about.wrong),
        about.mend,
        indented(about.right),
    )
}

fn indented(example: &str) -> String {
    example
        .lines()
        .map(|line| format!("    {line}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_fits_a_terminal_of_80_columns() {
        let texts = Code::ALL.iter().map(|code| explained(*code));
        for text in texts.chain([list(), UNREADABLE.to_owned()]) {
            for line in text.lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
        }
    }
}
