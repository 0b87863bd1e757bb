//! The ledger of one call: repeated, late and odd webhooks.

use ringflow::machine::Waiting;

use crate::conversation::webhook::Webhook;
use crate::conversation::{Conversation, in_every_delivery};

const FLOW: &str = "
vars: {n: number}
defaults: {give_up: bye}
states:
  main: {set: {n: '${n + 1}'}, menu: 'Round ${n}.', keys: {1: main, 2: bye}, no_match: Wrong.}
  bye: {say: Goodbye., then: hangup}
";

#[test]
fn the_same_event_again_runs_nothing_twice() {
    let second = |_: usize, tokens: &[Option<String>]| {
        Webhook::completed(1, tokens[0].as_deref()).with_digits("1")
    };
    Conversation::with(FLOW)
        .is_asked("Round 1.")
        .press("1")
        .is_asked("Round 2.")
        .gets_with(second)
        .is_asked("Round 2.")
        .gets_with(second)
        .is_asked("Round 2.");
}

#[test]
fn the_last_two_answers_are_kept_and_an_older_event_gets_the_present_one() {
    let call = Conversation::with(FLOW)
        .press("1")
        .press("1")
        .is_asked("Round 3.");
    let call = call
        .gets_with(|_, tokens| Webhook::completed(1, tokens[0].as_deref()).with_digits("1"))
        .is_asked("Round 2.")
        .gets_with(|_, tokens| Webhook::completed(2, tokens[1].as_deref()).with_digits("1"))
        .is_asked("Round 3.")
        .gets(Webhook::arrived())
        .is_asked("Round 3.");
    // An event that was never seen, with the token of a turn long past.
    call.gets_with(|sent, tokens| Webhook::completed(sent, tokens[0].as_deref()).with_digits("2"))
        .is_asked("Round 3.")
        .press("1")
        .is_asked("Round 4.");
}

#[test]
fn an_event_that_was_answered_long_ago_gets_the_present_answer_with_a_token_or_without() {
    for has_token in [true, false] {
        let nth = |turn: usize| {
            move |_: usize, tokens: &[Option<String>]| {
                let token = tokens[turn].as_deref().filter(|_| has_token);
                Webhook::completed(turn + 1, token).with_digits("1")
            }
        };
        let pressed = (0..20).fold(Conversation::with(FLOW), |call, turn| {
            call.gets_with(nth(turn))
        });
        let late = [0, 7, 17].into_iter();
        late.fold(pressed.is_asked("Round 21."), |call, turn| {
            call.gets_with(nth(turn)).is_asked("Round 21.")
        })
        .gets_with(nth(20))
        .is_asked("Round 22.");
    }
}

#[test]
fn an_arrival_is_the_first_turn_whatever_its_id() {
    Conversation::with(FLOW)
        .is_asked("Round 1.")
        .gets(Webhook {
            event_id: Some("another".into()),
            ..Webhook::arrived()
        })
        .is_asked("Round 1.")
        .press("1")
        .is_asked("Round 2.")
        .gets(Webhook {
            event_id: None,
            ..Webhook::arrived()
        })
        .is_asked("Round 2.")
        .press("1")
        .is_asked("Round 3.");
}

#[test]
fn an_event_without_our_token_answers_the_present_turn() {
    for token in [None, Some("AQx7f3-k_2".to_owned())] {
        Conversation::with(FLOW)
            .is_asked("Round 1.")
            .gets_with(|sent, _| Webhook {
                token: token.clone(),
                ..Webhook::completed(sent, None).with_digits("1")
            })
            .is_asked("Round 2.");
    }
}

#[test]
fn an_event_without_an_id_is_told_by_its_turn() {
    let nameless = |turn: usize, seconds: u32| {
        move |_: usize, tokens: &[Option<String>]| Webhook {
            event_id: None,
            seconds,
            ..Webhook::completed(0, tokens[turn].as_deref()).with_digits("1")
        }
    };
    Conversation::with(FLOW)
        .is_asked("Round 1.")
        .gets_with(nameless(0, 7))
        .is_asked("Round 2.")
        .gets_with(nameless(0, 7))
        .is_asked("Round 2.")
        // The same turn once more, with a field that has changed meanwhile.
        .gets_with(nameless(0, 8))
        .is_asked("Round 2.")
        .gets_with(nameless(1, 8))
        .is_asked("Round 3.");
}

#[test]
fn what_comes_after_a_hangup_gets_a_hangup() {
    let flow = "states: {one: {say: Goodbye., then: hangup}}";
    in_every_delivery(flow, |call| {
        call.is_told("Goodbye.")
            .hangs_up()
            .gets_with(|sent, _| Webhook::completed(sent, None).with_digits("1"))
            .hangs_up()
    });
}

#[test]
fn a_restart_between_goodbye_and_hangup_does_not_begin_the_call_anew() {
    // In the reading in which the platform asks after each action.
    Conversation::with("states: {one: {say: Goodbye., then: hangup}}")
        .is_told("Goodbye.")
        .restart()
        .gets_with(|sent, tokens| Webhook::completed(sent, tokens[0].as_deref()))
        .hangs_up();
}

#[test]
fn a_repeated_last_event_gets_the_last_answer() {
    in_every_delivery(FLOW, |call| {
        call.press("2")
            .is_told("Goodbye.")
            .gets_with(|_, tokens| Webhook::completed(1, tokens[0].as_deref()).with_digits("2"))
            .is_told("Goodbye.")
            .hangs_up()
    });
}

#[test]
fn what_comes_after_the_summary_gets_a_hangup_even_if_it_was_answered_before() {
    let first = |_: usize, _: &[Option<String>]| Webhook::arrived();
    let second = |_: usize, tokens: &[Option<String>]| {
        Webhook::completed(1, tokens[0].as_deref()).with_digits("1")
    };
    Conversation::with(FLOW)
        .press("1")
        .is_asked("Round 2.")
        .is_summed_up()
        .gets_with(second)
        .hangs_up()
        .gets_with(first)
        .hangs_up();
}

#[test]
fn a_call_tells_what_it_waits_for() {
    let flow = "
states:
  main: {menu: Press 1., keys: {1: desk}, give_up: hangup}
  desk: {transfer: +6561110001, then: bye, otherwise: bye}
  bye: {say: Goodbye., then: hangup}
";
    in_every_delivery(flow, |call| {
        call.waits_for(Waiting::Caller)
            .press("1")
            .waits_for(Waiting::Transfer)
            .bridge_ends(200)
            .waits_for(Waiting::Nothing)
            .is_told("Goodbye.")
            .hangs_up()
    });
}

#[test]
fn an_inbound_call_whose_arrival_was_never_told_begins_at_the_beginning() {
    Conversation::with(FLOW)
        .beginning_with(Webhook::completed(0, None).with_digits("1"))
        .is_asked("Round 1.");
}

#[test]
fn a_flow_for_every_number_takes_what_no_other_has() {
    let flow =
        "flow: any\nnumbers: [\"*\"]\nstates: {one: {say: 'For ${dialled.number}.', then: hangup}}";
    Conversation::with(flow)
        .beginning_with(Webhook {
            destination: "6561110000".into(),
            ..Webhook::arrived()
        })
        .is_told("For +6561110000.")
        .hangs_up();
}
