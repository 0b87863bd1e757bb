//! Calls that were started for us: their first webhook comes when the first question
//! has been asked already.

use crate::conversation::Conversation;

const FLOW: &str = "
defaults: {give_up: bye, no_input: Silence.}
states:
  welcome: {set: {offer: ten percent}, say: 'Welcome, ${offer}.', then: sort}
  sort: {choose: [{if: session.direction == \"outbound\", then: main}], otherwise: bye}
  main: {say: Here is your offer., menu: [Press 1., Please press 1.], keys: {1: taken}}
  taken: {say: 'You get ${offer}, ${caller.number}.', then: hangup}
  bye: {say: Goodbye., then: hangup}
";

#[test]
fn the_digits_are_those_of_the_first_question_and_nothing_is_said_again() {
    Conversation::with(FLOW)
        .started_for_us(Some("1"))
        .is_told("You get ten percent, +6591234567.")
        .hangs_up();
}

#[test]
fn no_digits_are_silence_there() {
    Conversation::with(FLOW)
        .started_for_us(None)
        .is_asked("Silence. Please press 1.")
        .press("1")
        .hears("You get")
        .hangs_up();
}

#[test]
fn a_recording_and_a_long_text_on_the_way_were_heard_too() {
    let flow = format!(
        "
defaults: {{give_up: hangup}}
states:
  one: {{say: https://example.com/a.mp3, then: two}}
  two: {{say: {}, then: main}}
  main: {{ask: Number?, digits: 2, save: n, then: done}}
  done: {{say: 'Kept ${{n}}.', then: hangup}}
",
        "long ".repeat(900)
    );
    Conversation::with(&flow)
        .started_for_us(Some("42"))
        .is_told("Kept 42.")
        .hangs_up();
}

#[test]
fn a_flow_that_asks_nothing_has_been_heard_to_its_end() {
    Conversation::with("states: {one: {say: A reminder., then: hangup}}")
        .started_for_us(None)
        .hangs_up();
}

#[test]
fn a_script_that_fails_on_the_way_leads_to_on_error_without_a_word() {
    let flow = "
defaults: {give_up: hangup, on_error: main}
states:
  one: {set: {x: '${1 / 0}'}, then: hangup}
  main: {menu: Press 1., keys: {1: done}}
  done: {say: Done., then: hangup}
";
    Conversation::with(flow)
        .started_for_us(Some("1"))
        .is_told("Done.")
        .with_faults(&["one:"])
        .hangs_up();
}

#[test]
fn a_repeated_first_webhook_gets_the_same_answer() {
    Conversation::with(FLOW)
        .started_for_us(None)
        .listen()
        .gets_with(|_, _| crate::conversation::webhook::Webhook::completed(0, None).outbound())
        .is_asked("Silence. Please press 1.");
}
