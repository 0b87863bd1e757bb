//! Files that have vanished, are empty or are cut off: an editor at work, for a while.

use ringflow::live::{CUT_MS, ReadError, VANISHED_MS};

use super::project::{Project, flow, told};

const NUMBERS: [&str; 4] = ["+6561110001", "+6561110002", "+6561110003", "+6561110004"];

/// As many flows, `f0` and on.
fn project(count: usize) -> Project {
    let files: Vec<(String, String)> = (0..count)
        .map(|n| {
            let text = flow(&format!("f{n}"), NUMBERS[n], &format!("Flow {n}."));
            (format!("flows/f{n}.yaml"), text)
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    Project::of(&files)
}

fn live(project: &Project) -> Vec<String> {
    let flows = project.reloader.catalog().flows().iter();
    flows.map(|flow| flow.name().to_owned()).collect()
}

#[test]
fn a_file_that_has_vanished_is_missed_after_ten_seconds() {
    let mut project = project(3);
    let outcome = project.remove("flows/f1.yaml").look();
    assert_eq!(outcome.waiting[0].file, "flows/f1.yaml");
    assert!(outcome.withdrawn.is_empty() && outcome.refused.is_empty());
    assert_eq!(project.reloader.due_ms(), Some(VANISHED_MS));
    project.ms_pass(VANISHED_MS - 1).look();
    assert_eq!(project.says(NUMBERS[1]), "Flow 1");
    let outcome = project.ms_pass(1).look();
    assert_eq!(outcome.withdrawn[0].flow, "f1");
    assert_eq!(live(&project), ["f0", "f2"]);
    assert_eq!(project.reloader.due_ms(), None);
}

#[test]
fn a_refused_file_that_has_vanished_is_forgotten_at_once() {
    let mut project = project(2);
    let claimed = flow("other", NUMBERS[0], "Other.");
    let outcome = project.write("flows/other.yaml", &claimed).look();
    assert_eq!(outcome.refused[0].file, "flows/other.yaml");
    let outcome = project.remove("flows/other.yaml").look();
    assert_eq!(outcome.waiting, []);
    assert!(outcome.refused.is_empty(), "{:?}", outcome.refused);
    assert_eq!(live(&project), ["f0", "f1"]);
}

#[test]
fn a_file_that_comes_back_in_time_was_never_away() {
    let mut project = project(2);
    let text = project.files["flows/f1.yaml"].clone();
    project.remove("flows/f1.yaml").look();
    let outcome = project.ms_pass(9_000).write("flows/f1.yaml", &text).look();
    assert_eq!(told(&outcome), (vec![], vec![]));
    assert_eq!(project.reloader.due_ms(), None);
    project.ms_pass(60_000).look();
    assert_eq!(live(&project), ["f0", "f1"]);
}

#[test]
fn calls_in_progress_go_on_with_a_flow_that_is_withdrawn() {
    let mut project = project(3);
    let began = {
        let call = project.call(NUMBERS[1]);
        let session = call.session.clone();
        drop(call.rings().hears("Flow 1."));
        session
    };
    project.remove("flows/f1.yaml").look();
    let outcome = project.ms_pass(VANISHED_MS).look();
    assert_eq!(outcome.withdrawn.len(), 1);
    assert_eq!(project.server.calls().live(), 1);
    assert!(project.server.knows(&began));
    let older = project.server.calls().census();
    assert_eq!(older.on_revision(outcome.withdrawn[0].revision), 1);
}

#[test]
fn the_last_flow_is_not_withdrawn() {
    let mut project = project(1);
    project.remove("flows/f0.yaml").look();
    for _ in 0..3 {
        let outcome = project.ms_pass(VANISHED_MS).look();
        assert_eq!(outcome.held_back.as_ref().unwrap().flows, ["f0"]);
        assert_eq!(project.says(NUMBERS[0]), "Flow 0");
    }
    let (_, held) = project.ms_pass(60_000).reloader.remind().unwrap();
    assert_eq!(held.unwrap().age_seconds, 80);
    assert_eq!(
        project.reloader.due_ms(),
        None,
        "time alone changes nothing more"
    );
}

#[test]
fn more_than_half_are_not_withdrawn_at_once() {
    let mut project = project(4);
    for n in 0..3 {
        project.remove(&format!("flows/f{n}.yaml"));
    }
    project.look();
    // Somebody else's new flow goes live meanwhile.
    project.write("flows/new.yaml", &flow("new", "+6561110009", "New."));
    let outcome = project.ms_pass(VANISHED_MS).look();
    assert_eq!(told(&outcome).0, ["new"]);
    assert_eq!(outcome.held_back.unwrap().flows, ["f0", "f1", "f2"]);
    assert_eq!(live(&project), ["f0", "f1", "f2", "f3", "new"]);
    // With one of them back, the others may go.
    let outcome = project
        .write("flows/f0.yaml", &flow("f0", NUMBERS[0], "Flow 0."))
        .look();
    assert!(outcome.held_back.is_none());
    assert_eq!(outcome.withdrawn.len(), 2);
    assert_eq!(live(&project), ["f0", "f3", "new"]);
}

#[test]
fn half_of_them_may_go() {
    let mut project = project(4);
    project
        .remove("flows/f0.yaml")
        .remove("flows/f1.yaml")
        .look();
    let outcome = project.ms_pass(VANISHED_MS).look();
    assert_eq!(outcome.withdrawn.len(), 2);
    assert_eq!(live(&project), ["f2", "f3"]);
}

#[test]
fn a_project_that_is_gone_changes_nothing() {
    let mut project = project(4);
    let files = std::mem::take(&mut project.files);
    project.look();
    let outcome = project.ms_pass(VANISHED_MS).look();
    assert_eq!(outcome.held_back.unwrap().flows.len(), 4);
    project.files = files;
    let outcome = project.look();
    assert_eq!(told(&outcome), (vec![], vec![]));
    assert!(outcome.held_back.is_none());
}

#[test]
fn a_file_that_was_moved_goes_along_at_once() {
    let mut project = project(2);
    let outcome = project
        .rename("flows/f0.yaml", "flows/cards/other.yaml")
        .look();
    assert_eq!(told(&outcome), (vec!["f0"], vec![]));
    assert!(outcome.waiting.is_empty() && outcome.withdrawn.is_empty());
    assert_eq!(project.live("f0").unwrap().path(), "flows/cards/other.yaml");
}

#[test]
fn a_folder_that_was_moved_goes_along_though_its_flows_change_their_names() {
    let unnamed = |n: usize| flow("x", NUMBERS[n], &format!("Flow {n}.")).replace("flow: x\n", "");
    let mut project = Project::of(&[
        ("flows/old/a.yaml", &unnamed(0)),
        ("flows/old/b.yaml", &unnamed(1)),
    ]);
    project.rename("flows/old/a.yaml", "flows/new/a.yaml");
    let outcome = project
        .rename("flows/old/b.yaml", "flows/new/b.yaml")
        .look();
    assert_eq!(told(&outcome).0, ["new/a", "new/b"]);
    assert_eq!(live(&project), ["new/a", "new/b"]);
    assert!(outcome.held_back.is_none());
}

#[test]
fn an_empty_file_changes_nothing() {
    for empty in ["", "\n", " \n \n"] {
        let mut project = project(1);
        let outcome = project.write("flows/f0.yaml", empty).look();
        assert_eq!(told(&outcome), (vec![], vec![]), "an editor is at work");
        assert_eq!(outcome.waiting[0].reason, "it is empty");
        let outcome = project.ms_pass(VANISHED_MS).look();
        assert_eq!(told(&outcome), (vec![], vec!["flows/f0.yaml"]));
        assert_eq!(project.says(NUMBERS[0]), "Flow 0");
    }
}

#[test]
fn an_empty_script_changes_nothing_either() {
    let text = flow("a", NUMBERS[0], "${words::of(1)}.").replace('\'', "\"");
    let mut project = Project::of(&[
        ("flows/a.yaml", &text),
        ("scripts/words.rhai", "fn of(n) { \"One\" }\n"),
    ]);
    let outcome = project.write("scripts/words.rhai", "").look();
    assert_eq!(told(&outcome), (vec![], vec![]));
    let outcome = project.ms_pass(VANISHED_MS).look();
    assert_eq!(told(&outcome), (vec![], vec!["flows/a.yaml"]));
    assert_eq!(project.says(NUMBERS[0]), "One");
    project.remove("scripts/words.rhai").look();
    let outcome = project.ms_pass(VANISHED_MS).look();
    assert_eq!(told(&outcome), (vec![], vec!["flows/a.yaml"]));
    assert_eq!(project.says(NUMBERS[0]), "One");
}

#[test]
fn a_file_that_is_cut_off_counts_after_a_second() {
    let whole = format!(
        "{}  more: {{say: More., then: hangup}}\n",
        flow("a", NUMBERS[0], "Two.").replace("{1: main}", "{1: main, 2: more}")
    );
    let half = &whole[..whole.len() - 20];
    let short = flow("a", NUMBERS[0], "One.");
    let long = format!("{short}# A remark at the end.\n");
    let mut project = Project::of(&[("flows/a.yaml", &long)]);
    // The beginning of what is there: it may be a copy under way.
    let outcome = project.write("flows/a.yaml", &short).look();
    assert_eq!(outcome.waiting[0].reason, "it is cut off");
    assert!(outcome.live.is_empty());
    let outcome = project.ms_pass(CUT_MS).look();
    assert_eq!(told(&outcome), (vec!["a"], vec![]));
    // Half of something else does not compile.
    let outcome = project.write("flows/a.yaml", half).look();
    assert_eq!(told(&outcome), (vec![], vec!["flows/a.yaml"]));
    let outcome = project.write("flows/a.yaml", &whole).look();
    assert_eq!(told(&outcome), (vec!["a"], vec![]));
}

#[test]
fn what_cannot_be_read_has_not_vanished() {
    for hidden in ["flows/f0.yaml", "flows", ""] {
        let mut project = project(3);
        project.remove("flows/f0.yaml");
        project.unread.push(ReadError {
            path: hidden.to_owned(),
            reason: "permission denied".to_owned(),
        });
        for _ in 0..2 {
            let outcome = project.ms_pass(VANISHED_MS).look();
            assert!(outcome.withdrawn.is_empty(), "{hidden}");
            assert_eq!(told(&outcome).1, [hidden]);
            assert_eq!(outcome.refused[0].reasons[0].code, "unreadable-file");
        }
        assert_eq!(project.says(NUMBERS[0]), "Flow 0");
    }
}
