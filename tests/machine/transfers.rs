//! Transfers: how each ends, lists of numbers, computed ones, and what the called
//! party sees.

use crate::conversation::webhook::Webhook;
use crate::conversation::{Conversation, even_after_restarts, in_every_delivery};

const DESK: &str = "
states:
  desk:
    transfer: +6561110001
    then: talked
    cases: {busy: busy, no_answer: unanswered, failed: failed}
  talked: {say: 'You talked (${leg.outcome} ${leg.sip_code} ${leg.seconds}).', then: hangup}
  busy: {say: 'Busy (${leg.outcome} ${leg.sip_code}).', then: hangup}
  unanswered: {say: 'No answer (${leg.outcome} ${leg.sip_code}).', then: hangup}
  failed: {say: 'Failed (${leg.outcome} ${leg.sip_code}).', then: hangup}
";

#[test]
fn the_outcome_is_read_from_the_sip_code() {
    for (sip, told) in [
        (200, "You talked (completed 200 7)."),
        (486, "Busy (busy 486)."),
        (600, "Busy (busy 600)."),
        (408, "No answer (no_answer 408)."),
        (480, "No answer (no_answer 480)."),
        (404, "Failed (failed 404)."),
        (503, "Failed (failed 503)."),
        (603, "Failed (failed 603)."),
    ] {
        even_after_restarts(DESK, |call| {
            call.is_put_through_to("+6561110001")
                .with_field("source", "+6561115777")
                .bridge_ends(sip)
                .is_told(told)
                .hangs_up()
        });
    }
}

#[test]
fn a_conversation_is_recorded_where_the_flow_says_so() {
    let recorded = DESK.replace("    then: talked", "    record: true\n    then: talked");
    even_after_restarts(&recorded, |call| {
        call.is_put_through_to("+6561110001")
            .with_field("callRecording", true)
            .bridge_ends(200)
            .is_told("You talked (completed 200 7).")
            .hangs_up()
    });
    for flow in [
        DESK,
        &DESK.replace("    then: talked", "    record: false\n    then: talked"),
    ] {
        in_every_delivery(flow, |call| {
            call.is_put_through_to("+6561110001")
                .without_field("callRecording")
        });
    }
}

#[test]
fn the_webhook_behind_a_bridge_may_show_the_other_leg() {
    for (sip, told) in [(486, "Busy (busy 486)."), (200, "You talked")] {
        even_after_restarts(DESK, |call| {
            call.bridge_ends_as(|webhook, number| Webhook {
                sip_code: Some(sip),
                ..webhook.of_leg_b(number)
            })
            .hears(told)
            .hangs_up()
        });
    }
}

#[test]
fn the_other_leg_never_becomes_the_caller() {
    let flow = DESK.replace(
        "${leg.outcome} ${leg.sip_code} ${leg.seconds}",
        "${caller.number}",
    );
    in_every_delivery(&flow, |call| {
        call.bridge_ends_as(|webhook, number| webhook.of_leg_b(number))
            .is_told("You talked (+6591234567).")
            .hangs_up()
    });
    // Where only the token is left, the caller is not known any more.
    Conversation::with(&flow)
        .listen()
        .restart()
        .bridge_ends_as(|webhook, number| webhook.of_leg_b(number))
        .is_told("You talked ().")
        .hangs_up();
}

#[test]
fn a_status_of_the_dialled_leg_that_came_before_tells_the_outcome() {
    in_every_delivery(DESK, |call| {
        call.leg_ended(486)
            .bridge_ends(200)
            .hears("Busy (busy 486)")
            .hangs_up()
    });
    in_every_delivery(DESK, |call| {
        let no_code = |webhook, _: &str| Webhook {
            sip_code: None,
            ..webhook
        };
        call.leg_ended(480)
            .bridge_ends_as(no_code)
            .hears("No answer")
            .hangs_up()
    });
    // What the webhook says itself goes first, unless it says that all went well.
    in_every_delivery(DESK, |call| {
        call.leg_ended(200)
            .bridge_ends(486)
            .hears("Busy")
            .hangs_up()
    });
}

#[test]
fn a_status_of_another_leg_tells_nothing() {
    let own_leg = Webhook {
        event_type: "CALL_STATUS",
        sip_code: Some(486),
        ..Webhook::action(50, "CALL_DISCONNECTED")
    };
    let elsewhere = Webhook::leg_b_ended(51, "+6561119999", 486);
    let ringing = Webhook {
        status: "CALL_INITIATED",
        ..Webhook::leg_b_ended(52, "+6561110001", 486)
    };
    for status in [own_leg, elsewhere, ringing] {
        in_every_delivery(DESK, |call| {
            call.notify(&status)
                .bridge_ends(200)
                .hears("You talked")
                .hangs_up()
        });
    }
}

#[test]
fn without_any_sign_a_conversation_is_assumed() {
    in_every_delivery(DESK, |call| {
        call.bridge_ends_as(|webhook, _| Webhook {
            sip_code: None,
            ..webhook
        })
        .hears("You talked")
        .hangs_up()
    });
}

const LIST: &str = "
states:
  desk:
    say: Please hold.
    transfer: [+6561110001, +6561110002]
    then: {say: Goodbye., then: hangup}
    otherwise: {say: 'Nobody (${leg.outcome}).', then: hangup}
";

#[test]
fn a_list_is_tried_in_order_until_somebody_talks() {
    even_after_restarts(LIST, |call| {
        call.is_told("Please hold.")
            .is_put_through_to("+6561110001")
            .bridge_ends(486)
            .is_put_through_to("+6561110002")
            .bridge_ends(200)
            .is_told("Goodbye.")
            .hangs_up()
    });
    even_after_restarts(LIST, |call| {
        call.bridge_ends(486)
            .bridge_ends(408)
            .is_told("Nobody (no_answer).")
            .hangs_up()
    });
    even_after_restarts(LIST, |call| {
        call.bridge_ends(200).is_told("Goodbye.").hangs_up()
    });
}

#[test]
fn a_caller_who_left_never_makes_the_next_number_ring() {
    even_after_restarts(LIST, |call| call.bridge_ends(487).hangs_up());
    even_after_restarts(LIST, |call| {
        call.bridge_ends(486).bridge_ends(487).hangs_up()
    });
}

#[test]
fn a_status_of_the_first_number_says_nothing_of_the_second() {
    in_every_delivery(LIST, |call| {
        call.leg_ended(486)
            .bridge_ends(200)
            .is_put_through_to("+6561110002")
            .bridge_ends(200)
            .is_told("Goodbye.")
            .hangs_up()
    });
}

const COMPUTED: &str = "
allow_dial: [+6561, +659]
defaults: {give_up: hangup}
states:
  main: {ask: Extension?, digits: 1-9, save: extension, then: desk}
  desk:
    transfer: [\"+65${extension}\", +6561110002]
    then: hangup
    otherwise: {say: Nobody., then: hangup}
";

#[test]
fn a_computed_number_within_allow_dial_is_dialled() {
    in_every_delivery(COMPUTED, |call| {
        call.press("61110009")
            .is_put_through_to("+6561110009")
            .bridge_ends(200)
            .hangs_up()
    });
}

#[test]
fn a_computed_number_outside_allow_dial_or_none_at_all_counts_as_failed() {
    for (entry, fault) in [("81110009", "allow_dial"), ("1", "no phone number")] {
        in_every_delivery(COMPUTED, |call| {
            call.press(entry)
                .is_put_through_to("+6561110002")
                .with_faults(&[fault])
                .bridge_ends(486)
                .is_told("Nobody.")
                .hangs_up()
        });
    }
}

#[test]
fn the_called_party_sees_from_where_it_is_given() {
    let flow = "
states:
  one: {transfer: +6561110001, from: +6561115999, then: two, otherwise: two}
  two: {transfer: +6561110002, from: '+65${\"61115888\"}', then: hangup, otherwise: hangup}
";
    even_after_restarts(flow, |call| {
        call.is_put_through_to("+6561110001")
            .with_field("source", "+6561115999")
            .bridge_ends(486)
            .is_put_through_to("+6561110002")
            .with_field("source", "+6561115888")
            .bridge_ends(200)
            .hangs_up()
    });
}

#[test]
fn the_transfer_of_an_outbound_call_shows_our_number_too() {
    let flow = "
states:
  main: {menu: Press 1., keys: {1: desk}, give_up: hangup}
  desk: {transfer: +6561110001, then: hangup, otherwise: hangup}
";
    Conversation::with(flow)
        .started_for_us(Some("1"))
        .is_put_through_to("+6561110001")
        .with_field("source", "+6561115777");
}
