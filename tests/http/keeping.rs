//! How long calls are kept, and which go when there are too many.

use ringflow::machine::Answers;

use crate::support::caller::{Call, PLAIN, Variant, accepted_by_platform};
use crate::support::server::{LAST_RESORT, Server, Setup};
use crate::support::webhook::{Way, summary};

const RESTAURANT: &str = "+6561115777";

fn call(server: &Server, index: usize) -> Call<'_> {
    server.call(RESTAURANT, Variant { index, ..PLAIN })
}

fn is_hung_up_on(server: &Server, call: &Call<'_>) -> bool {
    let response = server.post(&call.webhook(Some("1"), 200));
    let (actions, _) = accepted_by_platform(&response);
    actions.len() == 1 && actions[0]["action"] == "hangup"
}

#[test]
fn a_call_without_an_event_is_closed_after_half_an_hour() {
    let server = Setup::shipped().start();
    let call = call(&server, 0).rings();
    server.minutes_pass(29);
    let call = call.press("1");
    server.ms_pass(30 * 60_000 - 1);
    assert_eq!(server.calls().live(), 1);
    server.ms_pass(1);
    assert_eq!(server.calls().live(), 0);
    assert!(is_hung_up_on(&server, &call));
    server.minutes_pass(10);
    assert!(!server.knows(&call.session));
}

#[test]
fn a_bridged_call_is_kept_for_four_hours() {
    let server = Setup::shipped().start();
    let call = call(&server, 0).rings().press("2").press("1");
    let call = call.dialled("+6561110001");
    server.ms_pass(4 * 60 * 60_000 - 1);
    assert_eq!(server.calls().live(), 1);
    server.ms_pass(1);
    assert_eq!(server.calls().live(), 0);
    assert!(is_hung_up_on(&server, &call));
}

#[test]
fn a_summary_is_waited_for_two_minutes_after_a_hangup() {
    let server = Setup::shipped().start();
    let call = call(&server, 0).rings().press("9").hung_up();
    assert_eq!(server.calls().live(), 0, "nothing more is expected of it");
    server.minutes_pass(2);
    assert!(server.knows(&call.session));
    server.ms_pass(10 * 60_000 - 1);
    assert!(server.knows(&call.session));
    server.ms_pass(1);
    assert!(!server.knows(&call.session));
    assert!(server.calls().is_empty());
}

#[test]
fn an_ended_call_is_remembered_for_ten_minutes() {
    let server = Setup::shipped().start();
    let call = call(&server, 0).rings();
    server.post(&summary(&call.session, "COMPLETED", 0));
    assert_eq!(server.calls().live(), 0);
    server.ms_pass(10 * 60_000 - 1);
    assert!(server.knows(&call.session));
    server.ms_pass(1);
    assert!(!server.knows(&call.session));
}

#[test]
fn what_comes_after_the_end_does_not_keep_a_call_any_longer() {
    let server = Setup::shipped().start();
    let call = call(&server, 0).rings();
    server.post(&summary(&call.session, "COMPLETED", 0));
    server.minutes_pass(9);
    assert!(is_hung_up_on(&server, &call));
    server.post(&summary(&call.session, "COMPLETED", 0));
    server.minutes_pass(1);
    assert!(!server.knows(&call.session));
}

#[test]
fn a_session_that_ended_unknown_is_not_brought_back_by_its_token() {
    let before = Setup::shipped().start();
    let call = call(&before, 0).rings();
    let late = call.webhook(Some("1"), 200);
    // Another process with the same key, which has heard of the end alone.
    let after = Setup::shipped().start();
    after.post(&summary(&call.session, "COMPLETED", 0));
    let (actions, _) = accepted_by_platform(&after.post(&late));
    assert_eq!(actions[0]["action"], "hangup");
    assert_eq!(after.calls().live(), 0);
    after.minutes_pass(10);
    assert!(!after.knows(&call.session));
}

#[test]
fn the_late_webhook_of_an_ended_call_gets_a_hangup_and_no_new_call() {
    let server = Setup::shipped().start();
    let ringing = call(&server, 0);
    let first = ringing.webhook(None, 200);
    let call = ringing.rings().press("1");
    server.post(&summary(&call.session, "CANCELED", 1));
    assert!(is_hung_up_on(&server, &call));
    let (actions, _) = accepted_by_platform(&server.post(&first));
    assert_eq!(actions[0]["action"], "hangup");
    assert_eq!((server.calls().len(), server.calls().live()), (1, 0));
}

#[test]
fn ended_calls_make_room_first_and_then_those_that_are_idle_longest() {
    let server = Setup {
        max_calls: 3,
        ..Setup::shipped()
    };
    let server = server.start();
    let ring = |index| {
        let call = call(&server, index).rings();
        server.ms_pass(1000);
        call
    };
    let [oldest, second, ended] = [0, 1, 2].map(ring);
    server.post(&summary(&ended.session, "COMPLETED", 0));
    let oldest = oldest.press("1");
    server.ms_pass(1000);
    let third = ring(3);
    assert!(!server.knows(&ended.session), "the ended one went");
    let fourth = ring(4);
    assert!(
        !server.knows(&second.session),
        "its last event was the longest ago"
    );
    for call in [&oldest, &third, &fourth] {
        assert!(server.knows(&call.session));
    }
    assert_eq!(server.calls().len(), 3);
    // A call that had to go is found again by its token.
    second
        .press("2")
        .hears("To be connected")
        .press("1")
        .dialled("+6561110001")
        .ends();
    assert!(server.calls().len() <= 3);
}

#[test]
fn a_number_that_no_flow_has_hears_the_last_resort() {
    for answers in [Answers::Single, Answers::List] {
        let server = Setup {
            answers,
            ..Setup::shipped()
        };
        let server = server.start();
        for way in [Way::Inbound, Way::Outbound] {
            let variant = Variant { way, ..PLAIN };
            let call = server.call("+6561119999", variant);
            let response = server.post(&call.webhook(None, 200));
            let (actions, token) = accepted_by_platform(&response);
            assert_eq!(actions.len(), 2);
            assert_eq!(actions[0]["params"]["text"], LAST_RESORT);
            assert_eq!(actions[1]["action"], "hangup");
            assert_eq!(token, None);
        }
        assert!(server.calls().is_empty());
    }
}

#[test]
fn a_flow_for_every_other_number_takes_what_no_flow_has() {
    let text = "\
flow: any
numbers: [\"*\"]
voice: en-US-BenjaminRUS
states:
  hello:
    say: Hello. You have called ${dialled.number}.
    then: hangup
";
    let server = Setup::flow(text).start();
    let call = server.call("+6561119999", PLAIN).rings();
    call.hears_only("Hello. You have called +6561119999.")
        .hung_up()
        .ends();
}
