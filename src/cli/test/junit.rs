//! The results in the form of JUnit, which most services that run tests can read.

use anyhow::Result;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::flow::Diagnostic;
use crate::live::ReadError;
use crate::scenario::{Look, Report, told};

/// The whole file: a suite for each test file, a case for each scenario. What keeps
/// scenarios from being run is a case too, in front of them: a service that reads nothing
/// but this must not take it for good.
pub fn report(
    report: &Report<'_>,
    look: Look<'_>,
    unread: &[ReadError],
    errors: &[Diagnostic],
) -> Result<String> {
    // A file is read by programs.
    let look = Look {
        color: false,
        ..look
    };
    let mut whole = quick_junit::Report::new("ringflow");
    for error in unread {
        let told = error.to_string();
        whole.add_test_suite(broken(&error.path, "unreadable-file", &told, &told));
    }
    for error in errors {
        let (line, column) = error.line_column();
        let name = format!("{} in {line}:{column}", error.code.word());
        let told = error.render(false);
        whole.add_test_suite(broken(error.file(), &name, &error.message, &told));
    }
    for ran in &report.files {
        let mut suite = TestSuite::new(ran.file.file.path());
        for (scenario, outcome) in &ran.outcomes {
            let status = match outcome.failures.first() {
                None => TestCaseStatus::success(),
                Some(first) => {
                    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_message(first.secrets.hide(&first.unmet.what));
                    let all = outcome.failures.iter();
                    let all: Vec<String> = all
                        .map(|failure| told(ran.file, scenario, failure, look))
                        .collect();
                    status.set_description(all.join("\n"));
                    status
                }
            };
            let mut case = TestCase::new(outcome.secrets.hide(&scenario.name.value), status);
            case.set_classname(ran.file.flow.name());
            suite.add_test_case(case);
        }
        whole.add_test_suite(suite);
    }
    Ok(whole.to_string()?)
}

/// A suite for what is wrong with a file.
fn broken(file: &str, name: &str, message: &str, told: &str) -> TestSuite {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(message);
    status.set_description(told);
    let mut case = TestCase::new(name, status);
    case.set_classname("check");
    let mut suite = TestSuite::new(file);
    suite.add_test_case(case);
    suite
}
