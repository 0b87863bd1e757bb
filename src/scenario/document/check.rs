//! All test files of a project.

use std::sync::Arc;

use crate::flow::{Build, Diagnostic, Findings, SourceFile};

use super::super::backend::Stub;
use super::TestFile;
use super::read::{Wanted, read, read_stubs};

/// The scenarios of a project, and all that is wrong with their files.
#[derive(Debug)]
pub struct Tests {
    /// The files that can be run, in the order of their paths. One with a fault cannot.
    pub files: Vec<TestFile>,
    pub diagnostics: Vec<Diagnostic>,
    /// How many files of scenarios there are.
    pub count: usize,
}

/// True for the path of a file of scenarios.
pub fn is_test_path(path: &str) -> bool {
    usual_flow(path).is_some()
}

/// The flow that a test file is for unless it says so: the one beside it.
fn usual_flow(path: &str) -> Option<&str> {
    let below = path.strip_prefix("flows/")?;
    let stem = below
        .strip_suffix(".test.yaml")
        .or(below.strip_suffix(".test.yml"))?;
    let hidden = stem.split('/').any(|part| part.starts_with('.'));
    (!hidden).then_some(stem)
}

/// Reads the test files among those of a project.
pub fn tests(files: &[Arc<SourceFile>], build: &Build) -> Tests {
    let mut sorted: Vec<_> = files
        .iter()
        .filter(|file| is_test_path(file.path()))
        .collect();
    sorted.sort_by(|a, b| a.path().cmp(b.path()));
    let find = |name: &str| match build.catalog.named(name) {
        Some(flow) => Wanted::Flow(Arc::clone(flow)),
        None if build.may_hold(name) => Wanted::Broken,
        None => {
            let flows = build.catalog.flows().iter();
            Wanted::Unknown(flows.map(|flow| flow.name().to_owned()).collect())
        }
    };
    let mut tests = Tests {
        files: Vec::new(),
        diagnostics: Vec::new(),
        count: sorted.len(),
    };
    for file in sorted {
        let mut findings = Findings::about(file);
        let usual = usual_flow(file.path()).unwrap_or_default();
        let read = read(&mut findings, usual, find);
        // A file with a fault is not run: what it leaves out would seem to hold.
        if !findings.have_errors() {
            tests.files.extend(read);
        }
        tests.diagnostics.extend(findings.into_sorted());
    }
    tests
}

/// What the `stubs` of one test file answer, those of all its scenarios, and what is wrong
/// with them. The rest of the file is not looked at, so that it needs no flow.
pub fn stubs(file: &Arc<SourceFile>) -> (Vec<Stub>, Vec<Diagnostic>) {
    let mut findings = Findings::about(file);
    let stubs = read_stubs(&mut findings);
    (stubs, findings.into_sorted())
}
