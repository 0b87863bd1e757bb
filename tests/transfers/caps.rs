//! Which transfers begin.

use std::sync::Arc;

use ringflow::live::Answered;
use tokio::task::JoinSet;

use super::bench::{A, B, Bench, catalog, dialling, dials, event, says, turn};

const FAILED: &str = "It failed, failed.";

#[tokio::test]
async fn one_more_in_a_minute_fails_and_a_minute_later_it_is_dialled_again() {
    for caps in [
        "per_number: 3",
        "per_minute: 3",
        "per_minute: 3, per_number: 3",
    ] {
        let bench = Bench::of(&dialling(A), caps);
        for at in 0..3 {
            assert_eq!(
                bench.rings(&format!("early-{at}")).await,
                dials(A),
                "{caps}"
            );
            bench.clock.advance_ms(10_000);
        }
        // The first of them began 59.999 s ago.
        bench.clock.advance_ms(29_999);
        assert_eq!(bench.rings("fourth").await, says(FAILED), "{caps}");
        bench.clock.advance_ms(1);
        assert_eq!(bench.rings("fifth").await, dials(A), "{caps}");
        // One place was free, and the refused one has not taken any.
        assert_eq!(bench.rings("sixth").await, says(FAILED), "{caps}");
        bench.clock.advance_ms(60_000);
        for at in 0..3 {
            assert_eq!(bench.rings(&format!("late-{at}")).await, dials(A), "{caps}");
        }
        assert_eq!(bench.rings("last").await, says(FAILED), "{caps}");
    }
}

#[tokio::test]
async fn the_next_number_of_a_list_is_tried_under_the_same_caps() {
    let list = dialling(&format!("[{A}, {B}]"));
    let bench = Bench::of(&list, "per_number: 2, per_minute: 100");
    for (session, number) in [("1", A), ("2", A), ("3", B), ("4", B)] {
        assert_eq!(bench.rings(session).await, dials(number), "{session}");
    }
    assert_eq!(bench.rings("5").await, says(FAILED));
    // What was dialled and is busy goes on to the next, which is not dialled either.
    assert_eq!(bench.ended("1", 1, 486).await, says(FAILED));

    // In all, a second number is one more.
    let bench = Bench::of(&list, "per_minute: 3");
    assert_eq!(bench.rings("1").await, dials(A));
    assert_eq!(bench.ended("1", 1, 486).await, dials(B));
    assert_eq!(bench.rings("2").await, dials(A));
    assert_eq!(bench.rings("3").await, says(FAILED));
    assert_eq!(bench.ended("2", 1, 486).await, says(FAILED));
    // What was begun goes on to its end.
    assert_eq!(bench.ended("1", 2, 200).await, says("You talked."));
}

#[tokio::test]
async fn without_a_case_of_its_own_it_goes_where_nobody_comes() {
    let flow = dialling(A).replace("      failed:", "      busy:");
    let bench = Bench::of(&flow, "per_number: 1");
    assert_eq!(bench.rings("1").await, dials(A));
    assert_eq!(bench.rings("2").await, says("Nobody came, failed."));
}

#[tokio::test]
async fn an_event_that_comes_again_counts_once() {
    let bench = Bench::of(&dialling(A), "per_number: 2");
    for _ in 0..10 {
        assert_eq!(bench.rings("again").await, dials(A));
    }
    // The script keeps the first of these waiting, and the others behind it.
    let slow = dialling(A).replace(
        "    transfer",
        "    set: {n: '${slow::count()}'}\n    transfer",
    );
    let bench = Bench::of(&slow, "per_number: 2");
    let mut at_once = JoinSet::new();
    for _ in 0..20 {
        let calls = Arc::clone(&bench.calls);
        at_once.spawn(async move { calls.answer(event("again", 0, 200, None)).await });
    }
    for answer in at_once.join_all().await {
        let Answered::With(answer) = answer else {
            panic!("the flow answers");
        };
        assert_eq!(turn(&answer), dials(A));
    }
    assert_eq!(bench.rings("other").await, dials(A));
    assert_eq!(bench.rings("third").await, says(FAILED));
    // One that was refused stays so, though there would be room.
    bench.clock.advance_ms(60_000);
    assert_eq!(bench.rings("third").await, says(FAILED));
}

#[tokio::test]
async fn a_turn_that_does_not_dial_pays_nothing() {
    let flow = dialling(A).replace(
        "    transfer",
        "    say: https://example.com/please-hold.mp3\n    transfer",
    );
    let bench = Bench::of(&flow, "per_minute: 1");
    let plays = says("https://example.com/please-hold.mp3");
    for session in ["1", "2", "3"] {
        assert_eq!(bench.rings(session).await, plays);
    }
    assert_eq!(bench.ended("2", 1, 200).await, dials(A));
    assert_eq!(bench.ended("1", 1, 200).await, says(FAILED));
}

#[tokio::test]
async fn a_turn_that_is_run_again_for_its_scripts_counts_once() {
    let flow = dialling(A).replace(
        "    transfer",
        "    set: {n: '${slow::count()}'}\n    transfer",
    );
    let bench = Bench::of(&flow, "per_minute: 2");
    assert_eq!(bench.rings("1").await, dials(A));
    assert_eq!(bench.rings("2").await, dials(A));
    assert_eq!(bench.rings("3").await, says(FAILED));
}

#[tokio::test]
async fn a_call_that_rings_when_the_process_is_started_anew_counts_nothing() {
    let bench = Bench::of(&dialling(&format!("[{A}, {B}]")), "per_minute: 1");
    let answer = bench.answer(event("rings", 0, 200, None)).await;
    assert_eq!(turn(&answer), dials(A));
    let bench = bench.restarted();
    let ended = event("rings", 1, 200, answer.token());
    assert_eq!(turn(&bench.answer(ended).await), says("You talked."));
    // So there is room for one, which is the second number of another such call.
    let busy = |answer: &ringflow::call::Answer| event("other", 1, 486, answer.token());
    let answer = bench.restarted().answer(event("other", 0, 200, None)).await;
    assert_eq!(turn(&bench.answer(busy(&answer)).await), dials(B));
    assert_eq!(bench.rings("new").await, says(FAILED));
}

#[tokio::test]
async fn the_caps_of_what_is_live_now_count() {
    let flow = dialling(A);
    let bench = Bench::of(&flow, "per_number: 1");
    assert_eq!(bench.rings("1").await, dials(A));
    assert_eq!(bench.rings("2").await, says(FAILED));
    bench.calls.go_live(catalog(&flow, "per_minute: 2"));
    assert_eq!(bench.rings("3").await, dials(A));
    assert_eq!(bench.rings("4").await, says(FAILED));
    // Calls in progress are under the new ones too, whatever they began with.
    bench.calls.go_live(catalog(&flow, ""));
    for at in 0..100 {
        assert_eq!(bench.rings(&format!("any-{at}")).await, dials(A));
    }
    bench.calls.go_live(catalog(&flow, "per_minute: 1"));
    assert_eq!(bench.rings("5").await, dials(A));
    assert_eq!(bench.rings("6").await, says(FAILED));
}
