//! The files of the project: whether its flows are valid, and whether their voices are
//! among the platform's.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::finding::Finding;
use crate::app;
use crate::cli::counted;
use crate::flow::{self, Build, Code, Severity, SourceFile, VOICES_FILE};
use crate::live::ReadError;
use crate::wire::api::VoiceProfile;

pub fn flows(dir: &Path, files: &[Arc<SourceFile>], unread: &[ReadError]) -> (Build, Vec<Finding>) {
    let build = flow::build(files);
    let mut findings: Vec<Finding> = unread
        .iter()
        .map(|error| Finding::fault("flows", error.to_string()))
        .collect();
    let errors = build.diagnostics.iter();
    let errors = errors.filter(|found| found.severity == Severity::Error);
    let good = build.catalog.flows().len();
    if build.flow_files.is_empty() {
        findings.push(Finding::fault("flows", app::no_flow(dir)));
    } else {
        match errors.count() {
            0 => findings.push(Finding::ok(
                "flows",
                format!("{}, no error", counted(good, "flow")),
            )),
            count => findings.push(
                Finding::fault(
                    "flows",
                    format!("{} in the files of the project", counted(count, "error")),
                )
                .do_this("`ringflow check` says what to mend"),
            ),
        }
    }
    (build, findings)
}

/// Looks for the voices of the flows in the list as the platform gives it now.
pub fn voices(files: &[Arc<SourceFile>], voices: &[VoiceProfile]) -> Vec<Finding> {
    if voices.is_empty() {
        let told =
            "the platform names no voice, so it is not known whether those of the flows are there";
        return vec![Finding::warning("voices", told)];
    }
    let list = app::voices::written(voices, Timestamp::now());
    let others = files.iter().filter(|file| file.path() != VOICES_FILE);
    let mut files: Vec<_> = others.cloned().collect();
    files.push(SourceFile::new(VOICES_FILE, &list));
    let build = flow::build(&files);
    let unknown = build.diagnostics.iter();
    let unknown = unknown.filter(|found| found.code == Code::UnknownVoice);
    let faults: Vec<Finding> = unknown
        .map(|found| {
            let (line, _) = found.line_column();
            let told = format!("{}:{line}: {}", found.file(), found.message);
            let fault = Finding::fault("voices", told);
            let help = found
                .help
                .as_deref()
                .and_then(|help| help.split(" `ringflow voices`").next());
            match help {
                // The list is as new as can be.
                Some(help) => fault.do_this(help.trim_end_matches(';')),
                None => fault,
            }
        })
        .collect();
    if faults.is_empty() {
        let told = "the platform has all voices of the flows";
        return vec![Finding::ok("voices", told)];
    }
    faults
}
