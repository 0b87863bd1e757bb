//! Callers who are divided by weights.

use crate::conversation::webhook::Webhook;
use crate::conversation::{Conversation, even_after_restarts, in_every_delivery};

const FLOW: &str = "
start: desk
states:
  desk: {say: Hello., transfer: +6561110001, then: main, otherwise: main}
  main:
    say: For you,
    split: {new: 50, old: 50}
    cases:
      new: {say: the new offer., then: again}
      old: {say: the old offer., then: again}
  again:
    split: {new: 30, old: 30, none: 30}
    cases:
      new: {say: New again., then: hangup}
      old: {say: Old again., then: hangup}
      none: hangup
";

#[test]
fn a_caller_gets_the_same_side_in_every_delivery() {
    in_every_delivery(FLOW, |call| {
        call.is_told("Hello.")
            .is_put_through_to("+6561110001")
            .bridge_ends(200)
            .is_told("For you, the new offer.")
            .hangs_up()
    });
}

/// Behind the bridge the webhook shows the other leg, and the number of the caller is not
/// known any more; the side is, though the session alone would give the other one.
#[test]
fn a_side_survives_a_restart_behind_a_bridge() {
    even_after_restarts(FLOW, |call| {
        call.is_told("Hello.")
            .bridge_ends_as(|webhook, number| webhook.of_leg_b(number))
            .is_told("For you, the new offer.")
            .hangs_up()
    });
}

#[test]
fn callers_get_sides_of_their_own_and_a_withheld_one_that_of_the_session() {
    let flow = FLOW.replace("start: desk", "start: main");
    let flow = flow.replace(
        "  desk: {say: Hello., transfer: +6561110001, then: main, otherwise: main}\n",
        "",
    );
    let is_told = |address: &str, told: &str| {
        let first = Webhook {
            source: address.to_owned(),
            ..Webhook::arrived()
        };
        Conversation::with(&flow)
            .beginning_with(first)
            .is_told(told)
            .hangs_up();
    };
    is_told("+6591234560", "For you, the new offer. Old again.");
    is_told("6591234560", "For you, the new offer. Old again.");
    is_told("+6591234561", "For you, the old offer.");
    is_told("+6591234562", "For you, the old offer. Old again.");
    is_told("alice", "For you, the old offer.");
    for withheld in ["", "anonymous", "Restricted"] {
        is_told(withheld, "For you, the old offer.");
    }
    // Whoever is called is the caller too.
    Conversation::with(&flow)
        .beginning_with(Webhook::arrived().outbound())
        .is_told("For you, the new offer.")
        .hangs_up();
}

#[test]
fn a_flow_that_splits_nobody_has_no_room_for_it_in_its_tokens() {
    let plain = "states: {main: {menu: One?, keys: {1: hangup}, give_up: hangup}}";
    let split = "states: {main: {menu: One?, keys: {1: side}, give_up: hangup}, side: {split: {a: 1}, cases: {a: hangup}}}";
    let length = |flow: &str| {
        let call = Conversation::with(flow).listen();
        let token = call.tokens().last().cloned().flatten().expect("it has one");
        token.len()
    };
    assert!(length(plain) < length(split));
    assert!(length(split) <= 64);
}
