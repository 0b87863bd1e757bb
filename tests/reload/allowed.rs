//! `ringflow.yaml`, which says what a project allows, while it is edited.

use ringflow::flow::{Catalog, PROJECT_FILE};
use ringflow::live::{CUT_MS, Snapshot, VANISHED_MS};

use super::project::{Project, flow};

const CRM: &str = "lookups: {hosts: [crm.example.com]}\n";
const BOTH: &str = "lookups: {hosts: [crm.example.com, b.example.com]}\n";

fn begun(text: &str) -> Project {
    let hello = flow("hello", "+6561115001", "Hello.");
    Project::of(&[("flows/hello.yaml", &hello), (PROJECT_FILE, text)])
}

fn hosts(catalog: &Catalog) -> Vec<String> {
    let hosts = catalog.project().hosts().iter();
    hosts.map(ToString::to_string).collect()
}

#[test]
fn a_change_counts_for_what_is_live_and_touches_no_flow() {
    let mut project = begun(CRM);
    assert_eq!(hosts(project.reloader.catalog()), ["crm.example.com"]);
    let outcome = project.write(PROJECT_FILE, BOTH).look();
    assert_eq!(outcome.changed, [PROJECT_FILE]);
    assert!(outcome.live.is_empty() && !outcome.is_refused());
    let both = ["crm.example.com", "b.example.com"];
    assert_eq!(hosts(&project.server.calls().catalog()), both);
}

#[test]
fn one_with_errors_keeps_what_was_good_and_says_so() {
    let mut project = begun(CRM);
    let wrong = "lookups: {hosts: [b.example.com], insecure: maybe}\n";
    let outcome = project.write(PROJECT_FILE, wrong).look();
    assert_eq!(hosts(project.reloader.catalog()), ["crm.example.com"]);
    let refused = &outcome.refused[..];
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0].file, PROJECT_FILE);
    assert_eq!(refused[0].reasons[0].code, "bad-value");

    // Still the last good one, however often it is wrong.
    project.write(PROJECT_FILE, "lookup: {}\nenv: [A]\n").look();
    assert_eq!(hosts(project.reloader.catalog()), ["crm.example.com"]);

    let outcome = project.write(PROJECT_FILE, BOTH).look();
    assert_eq!(outcome.mended, [PROJECT_FILE]);
    assert_eq!(hosts(project.reloader.catalog()).len(), 2);
}

#[test]
fn one_that_is_being_written_does_not_count_yet() {
    let mut project = begun(BOTH);
    project.write(PROJECT_FILE, "lookups: {").look();
    assert_eq!(hosts(project.reloader.catalog()).len(), 2);
    project.ms_pass(CUT_MS).write(PROJECT_FILE, "").look();
    assert_eq!(hosts(project.reloader.catalog()).len(), 2);
    project.write(PROJECT_FILE, CRM).look();
    assert_eq!(hosts(project.reloader.catalog()), ["crm.example.com"]);
}

#[test]
fn one_that_is_taken_away_allows_nothing_after_a_while() {
    let mut project = begun(CRM);
    let outcome = project.remove(PROJECT_FILE).look();
    assert_eq!(outcome.waiting[0].file, PROJECT_FILE);
    assert_eq!(hosts(project.reloader.catalog()), ["crm.example.com"]);
    project.ms_pass(VANISHED_MS).look();
    assert_eq!(hosts(project.reloader.catalog()), [""; 0]);
    assert!(!project.reloader.catalog().project().is_unread());
}

#[test]
fn one_that_was_never_good_allows_nothing_and_is_known_for_it() {
    let build = ringflow::flow::build(&[ringflow::flow::SourceFile::new(
        PROJECT_FILE,
        "lookups: {hosts: [crm.example.com], private: 1}\n",
    )]);
    assert!(build.has_errors() && build.project().is_unread());
    assert_eq!(hosts(&build.catalog), [""; 0]);
}

#[test]
fn it_is_read_from_the_folder_of_the_project_and_from_no_other() {
    let dir = tempfile::tempdir().expect("there is room");
    let write = |path: &str, text: &str| {
        std::fs::write(dir.path().join(path), text).expect("it can be written");
    };
    std::fs::create_dir(dir.path().join("flows")).expect("it can be made");
    write(PROJECT_FILE, CRM);
    write("other.yaml", "a: b\n");
    write("flows/ringflow.yaml", "flow: named\n");
    let snapshot = Snapshot::read(dir.path());
    let paths: Vec<&str> = snapshot.files().map(|file| file.path()).collect();
    assert_eq!(paths, ["flows/ringflow.yaml", PROJECT_FILE]);

    // The other ending is told, as it would be a list that nobody reads.
    write("ringflow.yml", CRM);
    let files: Vec<_> = Snapshot::read(dir.path()).files().cloned().collect();
    let build = ringflow::flow::build(&files);
    let told = build.diagnostics.iter().map(|found| found.line());
    let told: Vec<String> = told.filter(|line| line.contains("yml")).collect();
    assert_eq!(
        told,
        [
            "ringflow.yml:1:1: error[bad-name]: a file of this name is not read, and \
             `ringflow.yaml` is (call it `ringflow.yaml`)"
        ]
    );
}
