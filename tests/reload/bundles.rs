//! What goes live is a flow with everything it uses, as a whole.

use std::sync::Arc;

use super::project::{Project, broken, flow, told};

const A: &str = "+6561110001";
const B: &str = "+6561110002";

fn two() -> Project {
    Project::of(&[
        ("flows/a.yaml", &flow("a", A, "A one.")),
        ("flows/b.yaml", &flow("b", B, "B one.")),
    ])
}

/// Two flows that say what functions of one script give.
fn sharing() -> Project {
    let calling = |name, number, function: &str| {
        flow(name, number, &format!("${{words::{function}(1)}}.")).replace('\'', "\"")
    };
    Project::of(&[
        ("flows/a.yaml", &calling("a", A, "of_a")),
        ("flows/b.yaml", &calling("b", B, "of_b")),
        (
            "scripts/words.rhai",
            "fn of_a(n) { \"A one\" }\nfn of_b(n) { \"B one\" }\n",
        ),
    ])
}

#[test]
fn what_compiles_goes_live_and_the_others_are_not_touched() {
    let mut project = two();
    let (a, b) = (project.live("a").unwrap(), project.live("b").unwrap());
    let outcome = project
        .write("flows/a.yaml", &flow("a", A, "A two."))
        .look();
    assert_eq!(told(&outcome), (vec!["a"], vec![]));
    assert_eq!(outcome.changed, ["flows/a.yaml"]);
    let live = &outcome.live[0];
    assert_eq!(live.was, Some(a.revision()));
    assert_eq!(live.revision, project.live("a").unwrap().revision());
    assert_eq!(project.says(A), "A two");
    assert!(Arc::ptr_eq(&b, &project.live("b").unwrap()));
}

#[test]
fn one_typo_holds_back_nobody_elses_fix() {
    let mut project = two();
    let kept = project.live("a").unwrap();
    project.write("flows/a.yaml", &broken("a", A));
    project.write("flows/b.yaml", &flow("b", B, "B two."));
    project.write("flows/c.yaml", &flow("c", "+6561110003", "C one."));
    let outcome = project.look();
    assert_eq!(told(&outcome), (vec!["b", "c"], vec!["flows/a.yaml"]));
    let refused = &outcome.refused[0];
    assert!(
        refused.reasons[0].message.contains("nowhere"),
        "{refused:?}"
    );
    let keeps = refused.keeps.as_ref().unwrap();
    assert_eq!((&*keeps.flow, keeps.revision), ("a", kept.revision()));
    assert_eq!((&*project.says(A), &*project.says(B)), ("A one", "B two"));
    // Put right, it goes live; put back as it was, it is what it was.
    let outcome = project
        .write("flows/a.yaml", &flow("a", A, "A two."))
        .look();
    assert_eq!(told(&outcome), (vec!["a"], vec![]));
    assert_eq!(project.says(A), "A two");
}

#[test]
fn what_is_taken_back_is_the_very_flow_it_was() {
    let mut project = two();
    let (before, text) = (
        project.live("a").unwrap(),
        project.files["flows/a.yaml"].clone(),
    );
    project.write("flows/a.yaml", &broken("a", A)).look();
    let outcome = project.write("flows/a.yaml", &text).look();
    assert_eq!(told(&outcome), (vec![], vec![]));
    assert!(Arc::ptr_eq(&before, &project.live("a").unwrap()));
}

#[test]
fn a_script_file_may_be_live_in_two_versions() {
    let mut project = sharing();
    let script = "scripts/words.rhai";
    // What `a` calls is gone, and `b` can go on.
    let outcome = project.write(script, "fn of_b(n) { \"B two\" }\n").look();
    assert_eq!(told(&outcome), (vec!["b"], vec!["flows/a.yaml"]));
    assert_eq!((&*project.says(A), &*project.says(B)), ("A one", "B two"));
    // And goes on again, while `a` has the script it had.
    project.write(script, "fn of_b(n) { \"B three\" }\n").look();
    assert_eq!((&*project.says(A), &*project.says(B)), ("A one", "B three"));
    let both = "fn of_a(n) { \"A four\" }\nfn of_b(n) { \"B four\" }\n";
    let outcome = project.write(script, both).look();
    assert_eq!(told(&outcome), (vec!["a", "b"], vec![]));
    assert_eq!((&*project.says(A), &*project.says(B)), ("A four", "B four"));
}

#[test]
fn a_broken_script_keeps_all_that_call_it_as_they_were() {
    let mut project = sharing();
    project.write("flows/c.yaml", &flow("c", "+6561110003", "C one."));
    let outcome = project
        .write("scripts/words.rhai", "fn of_a(n) { ( }")
        .look();
    let files = vec!["flows/a.yaml", "flows/b.yaml", "scripts/words.rhai"];
    assert_eq!(told(&outcome), (vec!["c"], files));
    assert_eq!((&*project.says(A), &*project.says(B)), ("A one", "B one"));
}

#[test]
fn a_script_that_another_calls_belongs_to_the_bundle() {
    let mut project = sharing();
    let through = "fn of_a(n) { more::word(n) }\nfn of_b(n) { \"B one\" }\n";
    project.write("scripts/more.rhai", "fn word(n) { \"M one\" }\n");
    project.write("scripts/words.rhai", through).look();
    assert_eq!(project.says(A), "M one");
    let outcome = project
        .write("scripts/more.rhai", "fn word(n) { \"M two\" }\n")
        .look();
    assert!(told(&outcome).0.contains(&"a"));
    assert_eq!(project.says(A), "M two");
}

#[test]
fn only_what_uses_a_script_is_compiled_again() {
    let mut project = sharing();
    project.write("flows/c.yaml", &flow("c", "+6561110003", "C one."));
    project.look();
    let c = project.live("c").unwrap();
    let both = "fn of_a(n) { \"A two\" }\nfn of_b(n) { \"B two\" }\n";
    let outcome = project.write("scripts/words.rhai", both).look();
    assert_eq!(told(&outcome).0, ["a", "b"]);
    assert!(Arc::ptr_eq(&c, &project.live("c").unwrap()));
}

#[test]
fn a_test_file_is_seen_and_changes_no_bundle() {
    let mut project = two();
    let (a, tree) = (project.live("a").unwrap(), project.look().tree);
    let outcome = project.write("flows/a.test.yaml", "tests: []\n").look();
    assert_eq!(outcome.changed, ["flows/a.test.yaml"]);
    assert_ne!(outcome.tree, tree);
    assert_eq!(told(&outcome), (vec![], vec![]));
    assert!(Arc::ptr_eq(&a, &project.live("a").unwrap()));
}

#[test]
fn editors_own_files_are_no_flows() {
    let mut project = two();
    for name in ["4913", ".a.yaml.swp", "a.yaml~", ".#a.yaml", "#a.yaml#"] {
        project.write(&format!("flows/{name}"), &flow("x", A, "Not a flow."));
    }
    assert_eq!(told(&project.look()), (vec![], vec![]));
    assert_eq!(project.says(A), "A one");
}

#[test]
fn what_is_refused_is_told_again_each_minute_with_its_age() {
    let mut project = two();
    assert_eq!(project.reloader.remind_ms(), None);
    project.write("flows/a.yaml", &broken("a", A)).look();
    assert!(project.ms_pass(59_999).reloader.remind().is_none());
    let (refused, held_back) = project.ms_pass(1).reloader.remind().unwrap();
    assert_eq!((refused.len(), held_back), (1, None));
    assert_eq!(refused[0].age_seconds, 60);
    assert!(project.reloader.remind().is_none());
    // Another wrong text of the same file has its age.
    let worse = broken("a", A).replace("Broken.", "Worse.");
    let outcome = project.ms_pass(5_000).write("flows/a.yaml", &worse).look();
    assert_eq!(outcome.refused[0].age_seconds, 65);
    assert_eq!(outcome.mended, [""; 0]);
    let fixed = flow("a", A, "A two.");
    let outcome = project.write("flows/a.yaml", &fixed).look();
    assert!(outcome.refused.is_empty());
    assert_eq!(outcome.mended, ["flows/a.yaml"]);
    assert!(project.ms_pass(90_000).reloader.remind().is_none());
}

/// Two flows, of which `a` says what stands in a table.
fn looking_up() -> Project {
    Project::of(&[
        (
            "flows/a.yaml",
            &flow("a", A, "${table(\"offices\", \"012\").name}."),
        ),
        ("flows/b.yaml", &flow("b", B, "B one.")),
        (OFFICES, "code, name\n012, North\n"),
    ])
}

const OFFICES: &str = "flows/tables/offices.csv";

#[test]
fn an_edit_of_a_table_is_a_new_revision_of_the_flows_that_use_it_alone() {
    let mut project = looking_up();
    let (a, b) = (project.live("a").unwrap(), project.live("b").unwrap());
    assert_eq!(project.says(A), "North");
    let outcome = project.write(OFFICES, "code, name\n012, South\n").look();
    assert_eq!(told(&outcome), (vec!["a"], vec![]));
    assert_eq!(outcome.changed, [OFFICES]);
    assert_eq!(project.says(A), "South");
    assert_ne!(a.revision(), project.live("a").unwrap().revision());
    assert!(Arc::ptr_eq(&b, &project.live("b").unwrap()));
    // A call that holds the old bundle holds the old table.
    let old = a.tables().0.get("offices").unwrap().row("012").to_string();
    assert_eq!(old, "code: 012, name: North");
}

#[test]
fn a_broken_table_keeps_the_flows_that_use_it_as_they_were() {
    let mut project = looking_up();
    let outcome = project
        .write(OFFICES, "code, name\n012, East\n012, West\n013, Other\n")
        .look();
    assert_eq!(told(&outcome), (vec![], vec!["flows/a.yaml", OFFICES]));
    assert_eq!(project.says(A), "North");
    // Other flows go on, and the flow itself only together with its table.
    let edited = flow("a", A, "Now ${table(\"offices\", \"012\").name}.");
    project.write("flows/a.yaml", &edited);
    project.write("flows/b.yaml", &flow("b", B, "B two."));
    let outcome = project.look();
    assert_eq!(told(&outcome), (vec!["b"], vec!["flows/a.yaml", OFFICES]));
    assert_eq!(project.says(A), "North");
    let outcome = project.write(OFFICES, "code, name\n012, West\n").look();
    assert_eq!(told(&outcome), (vec!["a"], vec![]));
    assert_eq!(project.says(A), "Now West");
}
