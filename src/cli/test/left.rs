//! What could not be run: a sum that leaves it out would read as if all were well.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::flow::{Diagnostic, SourceFile};
use crate::live::ReadError;
use crate::scenario::{Tests, is_test_path};

/// How many files of a project could not be run: those with errors, those that cannot be
/// read, and the files of scenarios whose flow is among them.
pub fn not_run(
    files: &[Arc<SourceFile>],
    tests: &Tests,
    errors: &[Diagnostic],
    unread: &[ReadError],
) -> usize {
    let runs: BTreeSet<&str> = tests.files.iter().map(|test| test.file.path()).collect();
    let all = files.iter().map(|file| file.path());
    let mut left: BTreeSet<&str> = all
        .filter(|path| is_test_path(path) && !runs.contains(path))
        .collect();
    left.extend(errors.iter().map(Diagnostic::file));
    left.extend(unread.iter().map(|error| &*error.path));
    left.len()
}
