//! Calls in progress keep their revision; in front of a designer they follow the edit.

use super::project::Project;

const NUMBER: &str = "+6561110001";

fn flow(states: &str) -> String {
    format!(
        "flow: a\nnumbers: [{NUMBER}]\nvoice: en-US-BenjaminRUS\n\
         defaults: {{give_up: hangup, tries: 3, no_match: [Wrong., Wrong again.]}}\n{states}"
    )
}

const ONE: &str = "vars: {pin: secret digits}
states:
  card: {ask: Card one?, digits: 4, save: card, then: pin}
  pin: {ask: Pin one?, digits: 2, save: pin, then: main}
  main: {menu: 'Menu one for ${card}.', keys: {1: main}}
";

/// The variables stand in another order, and every text is another.
const TWO: &str = "vars: {pin: secret digits}
states:
  first: {set: {other: 'x'}, then: card}
  card: {ask: Card two?, digits: 4, save: card, then: pin}
  pin: {ask: Pin two?, digits: 2, save: pin, then: main}
  main: {menu: 'Menu two for ${card}.', keys: {1: main}}
";

fn project(follow_edits: bool) -> Project {
    Project::with(&[("flows/a.yaml", &flow(ONE))], follow_edits)
}

fn edit(project: &mut Project, states: &str) {
    let outcome = project.write("flows/a.yaml", &flow(states)).look();
    assert_eq!(outcome.live.len(), 1, "{:?}", outcome.refused);
}

/// What one call hears that presses these keys, with an edit in between.
fn heard(follow_edits: bool, before: &[&str], states: &str, after: &[&str]) -> Vec<String> {
    let mut project = project(follow_edits);
    let mut posted = Posted::new(&project);
    posted.next(&project, None);
    before
        .iter()
        .for_each(|keys| drop(posted.next(&project, Some(*keys))));
    edit(&mut project, states);
    let heard = after.iter().map(|keys| posted.next(&project, Some(*keys)));
    heard.collect()
}

/// A call that holds on to nothing of the project.
struct Posted {
    session: String,
    sent: usize,
    token: Option<String>,
}

impl Posted {
    fn new(project: &Project) -> Self {
        Posted {
            session: project.call(NUMBER).session,
            sent: 0,
            token: None,
        }
    }

    fn next(&mut self, project: &Project, digits: Option<&str>) -> String {
        use crate::support::caller::accepted_by_platform;
        use crate::support::webhook::{Leg, Shape, Style, Way};
        let leg = Leg {
            event: format!("event-{}-{}", self.session, self.sent),
            session: &self.session,
            call: "leg-a",
            status: if self.sent == 0 {
                "CALL_RECEIVED"
            } else {
                "ACTION_COMPLETED"
            },
            way: Way::Inbound,
            source: "+6591234567",
            destination: NUMBER,
            digits,
            sip_code: 200,
            seconds: 3,
            token: self.token.as_deref(),
        };
        self.sent += 1;
        let webhook = leg.action(Style {
            shape: Shape::Object,
            turn: 0,
        });
        let (actions, token) = accepted_by_platform(&project.server.post(&webhook));
        self.token = token;
        let params = &actions[0]["params"];
        let text = params["promptMessage"].as_str().or(params["text"].as_str());
        text.unwrap_or("hangup").to_owned()
    }
}

#[test]
fn a_call_keeps_the_revision_it_began_with() {
    let heard = heard(false, &["1234", "12"], TWO, &["1", "1"]);
    assert_eq!(heard, ["Menu one for 1234.", "Menu one for 1234."]);
}

#[test]
fn it_keeps_it_through_several_edits_and_the_next_call_has_the_latest() {
    let mut project = project(false);
    let mut old = Posted::new(&project);
    assert_eq!(old.next(&project, None), "Card one?");
    edit(&mut project, TWO);
    let mut newer = Posted::new(&project);
    assert_eq!(newer.next(&project, None), "Card two?");
    edit(&mut project, &TWO.replace("two", "three"));
    assert_eq!(old.next(&project, Some("1234")), "Pin one?");
    assert_eq!(newer.next(&project, Some("1234")), "Pin two?");
    assert_eq!(project.says(NUMBER), "Card three?");
}

#[test]
fn where_edits_are_followed_the_next_turn_is_of_the_new_revision() {
    let heard = heard(true, &["1234", "12"], TWO, &["1"]);
    assert_eq!(heard, ["Menu two for 1234."], "the variable came along");
}

#[test]
fn what_is_counted_comes_along() {
    let heard = heard(true, &["9"], TWO, &["9"]);
    assert!(heard[0].starts_with("Wrong again. "), "{heard:?}");
}

#[test]
fn a_call_whose_state_is_gone_stays_on_its_revision() {
    let gone = TWO.replace("main", "elsewhere");
    assert_eq!(
        heard(true, &["1234", "12"], &gone, &["1", "1"]),
        ["Menu one for 1234.", "Menu one for 1234."]
    );
    let another_kind = TWO.replace(
        "{menu: 'Menu two for ${card}.', keys: {1: main}}",
        "{say: Main two., then: hangup}",
    );
    assert_eq!(
        heard(true, &["1234", "12"], &another_kind, &["1"]),
        ["Menu one for 1234."]
    );
}

#[test]
fn a_secret_is_not_told_by_an_edit() {
    // The variable is no secret any more, and the menu would say it.
    let told = TWO
        .replace("secret digits", "digits")
        .replace("Menu two for ${card}.", "Menu two for ${pin}.");
    let answers = heard(true, &["1234", "98"], &told, &["1"]);
    assert_eq!(answers, ["Pin two?"], "it is asked for again");
    // While it is asked for as a secret, the call stays where it is.
    let answers = heard(true, &["1234"], &told, &["98", "1"]);
    assert_eq!(answers[0], "Menu one for 1234.");
    assert_eq!(answers[1], "Pin two?");
}

#[test]
fn a_value_that_does_not_fit_any_more_is_set_again() {
    let tier = |kind: &str, value: &str, words: &str| {
        let states = format!(
            "vars: {{tier: {kind}}}\nstates:\n  first: {{set: {{tier: {value}}}, then: main}}\n  main: {{menu: '{words} ${{tier}}.', keys: {{1: main}}}}\n"
        );
        flow(&states)
    };
    let mut project = Project::with(&[("flows/a.yaml", &tier("text", "gold", "One"))], true);
    let mut call = Posted::new(&project);
    assert_eq!(call.next(&project, None), "One gold.");
    project.write("flows/a.yaml", &tier("number", "7", "Two"));
    assert_eq!(project.look().live.len(), 1);
    assert_eq!(call.next(&project, Some("1")), "Two 7.");
}

#[test]
fn a_call_of_which_only_the_token_is_left_goes_on_in_the_revision_that_is_live() {
    let mut project = project(false);
    let mut call = Posted::new(&project);
    call.next(&project, None);
    call.next(&project, Some("1234"));
    edit(&mut project, TWO);
    project.server.forget_calls();
    // The card is lost, and asked for again where it is read.
    assert_eq!(call.next(&project, Some("12")), "Card two?");
}

#[test]
fn a_call_of_which_only_the_token_is_left_and_whose_flow_is_withdrawn_begins_anew() {
    let other = flow(ONE)
        .replace("flow: a", "flow: any")
        .replace(NUMBER, "'*'");
    let other = other.replace("Card one?", "Any card?");
    let mut project = Project::of(&[("flows/a.yaml", &flow(ONE)), ("flows/z.yaml", &other)]);
    let mut call = Posted::new(&project);
    assert_eq!(call.next(&project, None), "Card one?");
    project.remove("flows/a.yaml").look();
    project.ms_pass(10_000).look();
    project.server.forget_calls();
    assert_eq!(call.next(&project, Some("1234")), "Any card?");
}
