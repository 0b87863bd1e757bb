//! What two flows claim stays with the one that has it.

use super::project::{Project, broken, flow, told};

const ONE: &str = "+6561110001";
const TWO: &str = "+6561110002";
const THREE: &str = "+6561110003";

fn two() -> Project {
    Project::of(&[
        ("flows/m.yaml", &flow("m", ONE, "M one.")),
        ("flows/n.yaml", &flow("n", TWO, "N one.")),
    ])
}

fn says(project: &Project) -> [String; 2] {
    [project.says(ONE), project.says(TWO)]
}

#[test]
fn a_number_that_two_claim_stays_where_it_was() {
    // Whether the other file is there before or behind it, new or known.
    for path in ["flows/a.yaml", "flows/z.yaml", "flows/n.yaml"] {
        let mut project = two();
        let outcome = project.write(path, &flow("other", ONE, "Other.")).look();
        assert_eq!(told(&outcome), (vec![], vec![path]));
        let reason = &outcome.refused[0].reasons[0];
        assert_eq!(reason.code, "duplicate-number", "{reason:?}");
        assert_eq!(says(&project), ["M one", "N one"]);
    }
}

#[test]
fn a_number_that_is_given_up_can_be_taken_at_once() {
    let mut project = two();
    project.write("flows/m.yaml", &flow("m", THREE, "M two."));
    let both = format!("{ONE}, {TWO}");
    let outcome = project
        .write("flows/n.yaml", &flow("n", &both, "N two."))
        .look();
    assert_eq!(told(&outcome), (vec!["m", "n"], vec![]));
    assert_eq!(says(&project), ["N two", "N two"]);
    assert_eq!(project.says(THREE), "M two");
    // Which calls it concerns is counted where calls are known.
    let taken = &outcome.numbers_taken[0];
    assert_eq!((&*taken.flow, taken.to.as_deref()), ("m", Some("n")));
    assert_eq!(taken.number.to_string(), ONE);
}

#[test]
fn numbers_can_be_exchanged() {
    let mut project = two();
    project.write("flows/m.yaml", &flow("m", TWO, "M two."));
    let outcome = project
        .write("flows/n.yaml", &flow("n", ONE, "N two."))
        .look();
    assert_eq!(told(&outcome), (vec!["m", "n"], vec![]));
    assert_eq!(says(&project), ["N two", "M two"]);
}

#[test]
fn what_stays_live_keeps_its_numbers_though_its_file_gives_them_up() {
    let mut project = two();
    project.write("flows/m.yaml", &broken("m", THREE));
    let outcome = project
        .write("flows/n.yaml", &flow("n", ONE, "N two."))
        .look();
    assert_eq!(
        told(&outcome),
        (vec![], vec!["flows/m.yaml", "flows/n.yaml"])
    );
    assert_eq!(says(&project), ["M one", "N one"]);
    // Once it is put right, both go live.
    let outcome = project
        .write("flows/m.yaml", &flow("m", THREE, "M two."))
        .look();
    assert_eq!(told(&outcome), (vec!["m", "n"], vec![]));
    assert_eq!(project.says(ONE), "N two");
}

#[test]
fn what_is_refused_takes_back_what_it_had() {
    // `n` loses to `o`, so it keeps what it had, so `m` cannot take that.
    let mut project = Project::of(&[
        ("flows/m.yaml", &flow("m", ONE, "M one.")),
        ("flows/n.yaml", &flow("n", TWO, "N one.")),
        ("flows/o.yaml", &flow("o", THREE, "O one.")),
    ]);
    project.write("flows/m.yaml", &flow("m", TWO, "M two."));
    project.write("flows/n.yaml", &flow("n", THREE, "N two."));
    let outcome = project
        .write("flows/o.yaml", &flow("o", THREE, "O two."))
        .look();
    assert_eq!(
        told(&outcome),
        (vec!["o"], vec!["flows/m.yaml", "flows/n.yaml"])
    );
    assert_eq!(says(&project), ["M one", "N one"]);
    assert_eq!(project.says(THREE), "O two");
}

#[test]
fn a_file_with_errors_takes_nothing_from_a_good_one() {
    let mut project = two();
    project.write("flows/a.yaml", &broken("a", THREE));
    let outcome = project
        .write("flows/z.yaml", &flow("z", THREE, "Z one."))
        .look();
    assert_eq!(told(&outcome), (vec!["z"], vec!["flows/a.yaml"]));
    assert_eq!(project.says(THREE), "Z one");
}

#[test]
fn every_other_number_is_claimed_as_well() {
    let mut project = two();
    project
        .write("flows/a.yaml", &flow("a", "'*'", "A any."))
        .look();
    let outcome = project
        .write("flows/0.yaml", &flow("zero", "'*'", "Zero."))
        .look();
    assert_eq!(told(&outcome), (vec![], vec!["flows/0.yaml"]));
    assert_eq!(project.says(THREE), "A any");
}

#[test]
fn a_name_stays_where_it_was() {
    let mut project = two();
    let outcome = project
        .write("flows/a.yaml", &flow("m", THREE, "Other."))
        .look();
    assert_eq!(told(&outcome), (vec![], vec!["flows/a.yaml"]));
    assert_eq!(outcome.refused[0].reasons[0].code, "duplicate-flow");
    assert_eq!(says(&project), ["M one", "N one"]);
}

#[test]
fn a_flow_that_is_called_something_else_takes_the_place_of_the_old_one() {
    let mut project = two();
    let outcome = project
        .write("flows/m.yaml", &flow("renamed", ONE, "M two."))
        .look();
    assert_eq!(told(&outcome), (vec!["renamed"], vec![]));
    assert_eq!(outcome.withdrawn.len(), 1);
    assert_eq!(outcome.withdrawn[0].flow, "m");
    assert!(outcome.held_back.is_none());
    assert_eq!(says(&project), ["M two", "N one"]);
}

#[test]
fn a_whole_folder_that_is_copied_changes_nothing() {
    let mut project = two();
    for name in ["m", "n"] {
        let text = project.files[&format!("flows/{name}.yaml")].clone();
        project.write(&format!("flows/a copy/{name}.yaml"), &text);
    }
    let outcome = project.look();
    let refused = vec!["flows/a copy/m.yaml", "flows/a copy/n.yaml"];
    assert_eq!(told(&outcome), (vec![], refused));
    assert_eq!(says(&project), ["M one", "N one"]);
}
