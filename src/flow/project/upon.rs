//! The file of a project beside what was good of it before.

use std::sync::Arc;

use super::{Project, is_project_path, read};
use crate::flow::diagnostic::{Diagnostic, Findings, has_errors};
use crate::flow::source::SourceFile;

/// What a project allows, and what was found in the file that says so.
#[derive(Debug, Default)]
pub struct ReadProject {
    files: Vec<Arc<SourceFile>>,
    pub diagnostics: Vec<Diagnostic>,
    /// What counts: of a file with errors, what was good before.
    pub live: Arc<Project>,
}

impl ReadProject {
    /// The file among these; from memory where it has not changed.
    pub fn upon(files: &[&Arc<SourceFile>], previous: &Arc<ReadProject>) -> Arc<Self> {
        let files = files.iter().filter(|file| is_project_path(file.path()));
        let files: Vec<Arc<SourceFile>> = files.map(|file| Arc::clone(file)).collect();
        if files == previous.files {
            return Arc::clone(previous);
        }
        let mut project = Project::default();
        let mut diagnostics = Vec::new();
        // One of the right name comes last, and counts.
        for file in files.iter().rev() {
            let mut findings = Findings::about(file);
            project = read::read(&mut findings);
            diagnostics.extend(findings.into_sorted());
        }
        let live = if !has_errors(&diagnostics) {
            project
        } else if previous.files.is_empty() || previous.live.is_unread() {
            Project::unread()
        } else {
            Project::clone(&previous.live)
        };
        // The same is the same, so that no flow is compiled again for a remark.
        let live = match live == *previous.live {
            true => Arc::clone(&previous.live),
            false => Arc::new(live),
        };
        Arc::new(ReadProject {
            files,
            diagnostics,
            live,
        })
    }
}
