//! An old revision goes with its last call.

use std::sync::Arc;

use super::project::{Project, flow};

const NUMBER: &str = "+6561110001";

#[test]
fn an_old_revision_is_freed_when_its_last_call_has_ended() {
    let mut project = Project::of(&[
        ("flows/a.yaml", &flow("a", NUMBER, "One.")),
        ("flows/b.yaml", &flow("b", "+6561110002", "Other.")),
    ]);
    let old = Arc::downgrade(&project.live("a").unwrap());
    let sessions: Vec<String> = (0..3)
        .map(|_| {
            let call = project.call(NUMBER);
            let session = call.session.clone();
            drop(call.rings().hears("One."));
            session
        })
        .collect();
    project
        .write("flows/a.yaml", &flow("a", NUMBER, "Two."))
        .look();
    let on_old = |project: &Project| {
        let revision = old.upgrade().map(|flow| flow.revision());
        revision.map(|revision| project.server.calls().census().on_revision(revision))
    };
    assert_eq!(on_old(&project), Some(3));
    let ends = |project: &Project, session: &str| {
        let summary = crate::support::webhook::summary(session, "COMPLETED", 0);
        project.server.post(&summary);
    };
    ends(&project, &sessions[0]);
    ends(&project, &sessions[1]);
    assert_eq!(on_old(&project), Some(1));
    ends(&project, &sessions[2]);
    assert_eq!(old.strong_count(), 0, "nothing else holds it");
    assert!(project.server.knows(&sessions[2]), "the call is remembered");
}

#[test]
fn a_revision_without_calls_is_freed_at_once() {
    let mut project = Project::of(&[("flows/a.yaml", &flow("a", NUMBER, "One."))]);
    let old = Arc::downgrade(&project.live("a").unwrap());
    // While the file is wrong, it is live.
    project.write("flows/a.yaml", "flow: [").look();
    assert!(old.strong_count() > 0);
    project
        .write("flows/a.yaml", &flow("a", NUMBER, "Two."))
        .look();
    assert_eq!(old.strong_count(), 0);
}

#[test]
fn a_call_that_is_never_heard_of_again_holds_nothing_for_ever() {
    let mut project = Project::of(&[("flows/a.yaml", &flow("a", NUMBER, "One."))]);
    let old = Arc::downgrade(&project.live("a").unwrap());
    drop(project.call(NUMBER).rings());
    project
        .write("flows/a.yaml", &flow("a", NUMBER, "Two."))
        .look();
    project.server.minutes_pass(29);
    assert!(old.strong_count() > 0);
    project.server.minutes_pass(1);
    assert_eq!(old.strong_count(), 0);
}
