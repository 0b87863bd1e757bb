//! Webhooks that come twice, too late, all at once, or without what tells them apart.

use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use axum::http::StatusCode;
use tokio::sync::Barrier;

use crate::support::caller::{Call, PLAIN, Variant, accepted_by_platform};
use crate::support::server::{Response, Server, Setup};
use crate::support::webhook::{Leg, Style, Webhook, summary};

const COUNTER: &str = "+6561115700";

/// Counts the turns that were run, so that one that ran twice is heard.
const COUNTS: &str = "\
flow: counter
numbers: [+6561115700]
voice: en-US-BenjaminRUS
vars: {n: number, long: number}
defaults: {give_up: hangup}
states:
  ask:
    set: {n: '${n + 1}'}
    menu: This is number ${n}.
    keys: {1: ask, 2: think}
  think:
    set: {long: '${slow::count()}'}
    say: It was thought about.
    then: ask
";

/// More than a turn may compute in place, and less than it may compute at all.
const SLOW: &str = "fn count() { let n = 0; for i in 0..1500 { n += 1; } n }";

fn counting() -> Setup {
    let mut setup = Setup::flow(COUNTS);
    let slow = ringflow::flow::SourceFile::new("scripts/slow.rhai", SLOW);
    setup.files.push(slow);
    setup
}

fn call(server: &Server, index: usize) -> Call<'_> {
    server.call(COUNTER, Variant { index, ..PLAIN })
}

fn prompt(response: &Response) -> String {
    let (actions, _) = accepted_by_platform(response);
    let params = &actions[0]["params"];
    params["promptMessage"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn the_same_event_sixty_four_times_at_once_is_one_turn() {
    let setup = Setup {
        threads: 4,
        ..counting()
    };
    let server = setup.start();
    for index in 0..4 {
        let mut call = call(&server, index);
        for (keys, text) in [
            (None, "This is number 1."),
            (Some("1"), "This is number 2."),
            (Some("2"), "It was thought about. This is number 3."),
            (Some("1"), "This is number 4."),
        ] {
            let webhook = call.webhook(keys, 200);
            let answers = at_once(&server, &webhook, 64);
            assert_eq!(answers.len(), 64);
            assert!(answers.iter().all(|answer| *answer == answers[0]));
            assert_eq!(prompt(&answers[0]), text);
            call = match keys {
                None => call.rings(),
                Some(keys) => call.press(keys),
            };
            call = call.hears_only(text);
        }
        call.ends();
    }
    assert_eq!(server.calls().len(), 4);
}

fn at_once(server: &Server, webhook: &Webhook, times: usize) -> Vec<Response> {
    let barrier = Arc::new(Barrier::new(times));
    server.runtime.block_on(async {
        let mut tasks = Vec::new();
        for _ in 0..times {
            let (barrier, post) = (Arc::clone(&barrier), server.posting(webhook));
            tasks.push(tokio::spawn(async move {
                barrier.wait().await;
                post.await
            }));
        }
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        answers
    })
}

#[test]
fn an_older_event_gets_the_present_answer_and_changes_nothing() {
    let server = counting().start();
    let call = call(&server, 0);
    let zeroth = call.webhook(None, 200);
    let call = call.rings();
    let first = call.webhook(Some("1"), 200);
    let call = call.press("1");
    let second = call.webhook(Some("1"), 200);
    let call = call.press("1");
    let third = call.webhook(Some("1"), 200);
    let call = call.press("1").hears_only("This is number 4.");
    for old in [&zeroth, &first] {
        assert_eq!(prompt(&server.post(old)), "This is number 4.");
    }
    // The last two turns are answered as they were.
    assert_eq!(prompt(&server.post(&second)), "This is number 3.");
    assert_eq!(prompt(&server.post(&third)), "This is number 4.");
    call.press("1").hears_only("This is number 5.").ends();
}

#[test]
fn an_arrival_with_another_id_is_still_the_first_turn() {
    let server = counting().start();
    let call = call(&server, 0);
    let webhook = call.webhook(None, 200);
    let again = Webhook {
        body: webhook.body.replace("event-", "other-"),
        ..webhook.clone()
    };
    assert_ne!(again.body, webhook.body);
    let first = server.post(&webhook);
    assert_eq!(server.post(&again), first);
    call.rings()
        .press("1")
        .hears_only("This is number 2.")
        .ends();
}

#[test]
fn an_event_that_was_answered_under_another_id_first_keeps_its_answer() {
    let server = counting().start();
    let call = call(&server, 0).rings();
    let webhook = call.webhook(Some("1"), 200);
    let other = Webhook {
        body: webhook.body.replace("event-", "other-"),
        ..webhook.clone()
    };
    let second = server.post(&other);
    assert_eq!(prompt(&second), "This is number 2.");
    let call = call.press("1").hears_only("This is number 2.");
    let call = call.press("1").hears_only("This is number 3.");
    assert_eq!(server.post(&webhook), second);
    assert_eq!(server.post(&other), second);
    call.press("1").hears_only("This is number 4.").ends();
}

#[test]
fn an_event_without_an_id_is_told_by_its_turn() {
    let server = counting().start();
    let without = |webhook: Webhook| Webhook {
        body: webhook.body.replace("\"eventId\"", "\"formerId\""),
        ..webhook
    };
    let later = |webhook: &Webhook| Webhook {
        body: webhook.body.replace("02:00:00Z", "02:00:07Z"),
        ..webhook.clone()
    };
    let mut call = call(&server, 0);
    let arrival = without(call.webhook(None, 200));
    let first = server.post(&arrival);
    assert_eq!(prompt(&first), "This is number 1.");
    assert_eq!(server.post(&arrival), first);
    assert_eq!(server.post(&later(&arrival)), first);
    call = call.rings();
    let key = without(call.webhook(Some("1"), 200));
    let second = server.post(&key);
    assert_eq!(prompt(&second), "This is number 2.");
    assert_eq!(server.post(&key), second);
    // Not the same bytes, and still what was answered before.
    assert_eq!(server.post(&later(&key)), second);
}

#[test]
fn a_completed_action_without_our_token_answers_the_present_turn() {
    let server = counting().start();
    let mut call = call(&server, 0).rings();
    call.token = None;
    let mut call = call.press("1").hears_only("This is number 2.");
    call.token = Some("made-up".to_owned());
    call.press("1").hears_only("This is number 3.").ends();
}

#[test]
fn a_foreign_token_in_an_unknown_session_counts_as_none() {
    let server = counting().start();
    let other = call(&server, 0).rings().press("1");
    let mut foreign = call(&server, 1).rings();
    foreign.token = other.token.clone();
    let webhook = foreign.webhook(Some("1"), 200);
    let new = Webhook {
        body: webhook.body.replace(&foreign.session, "never-heard-of"),
        ..webhook
    };
    assert_eq!(prompt(&server.post(&new)), "This is number 1.");
}

/// A turn that waits for a thread has the call meanwhile; what is told of the call
/// then does not wait, and another call does not either.
#[test]
fn notifications_never_wait_for_a_turn() {
    let server = counting().start();
    let slow = call(&server, 0).rings();
    let other = call(&server, 1).rings();
    let blocker = block_the_script_thread(&server);
    let turn = slow.webhook(Some("2"), 200);
    let leg = Leg {
        event: "status".to_owned(),
        session: &slow.session,
        call: "leg-a",
        status: "CALL_UPDATED",
        way: PLAIN.way,
        source: "+6591234567",
        destination: COUNTER,
        digits: None,
        sip_code: 200,
        seconds: 3,
        token: None,
    };
    let style = Style {
        shape: PLAIN.shape,
        turn: 0,
    };
    let told = [
        leg.progress(style),
        leg.progress(style),
        summary(&slow.session, "COMPLETED", 0),
    ];
    let answer = server.runtime.block_on(async {
        let turn = tokio::spawn(server.posting(&turn));
        wait_until_it_waits().await;
        assert!(!turn.is_finished());
        for webhook in &told {
            let response = server.posting(webhook).await;
            assert_eq!((response.status, response.body.len()), (StatusCode::OK, 0));
        }
        let answer = server.posting(&other.webhook(Some("1"), 200)).await;
        assert_eq!(prompt(&answer), "This is number 2.");
        assert!(!turn.is_finished());
        drop(blocker);
        turn.await.unwrap()
    });
    // The turn is answered as if nothing had been told, and then the call is over.
    assert_eq!(prompt(&answer), "It was thought about. This is number 2.");
    let late = server.post(&slow.webhook(Some("1"), 200));
    assert_eq!(accepted_by_platform(&late).0[0]["action"], "hangup");
    assert_eq!(server.calls().live(), 1, "the other one");
}

#[test]
fn a_turn_goes_on_when_the_platform_hangs_up_on_us() {
    let server = counting().start();
    let call = call(&server, 0).rings();
    let blocker = block_the_script_thread(&server);
    let turn = call.webhook(Some("2"), 200);
    server.runtime.block_on(async {
        {
            let mut leaving = pin!(server.posting(&turn));
            let first = polled_once(leaving.as_mut()).await;
            assert!(first.is_none(), "the turn has to wait");
        }
        wait_until_it_waits().await;
        drop(blocker);
    });
    // The same event again gets the answer of the turn that went on.
    let answer = server.post(&turn);
    assert_eq!(prompt(&answer), "It was thought about. This is number 2.");
    call.press("2")
        .press("1")
        .hears_only("This is number 3.")
        .ends();
}

/// Takes the only thread for scripts until what this gives is dropped.
fn block_the_script_thread(server: &Server) -> std::sync::mpsc::Sender<()> {
    let (release, released) = std::sync::mpsc::channel();
    server.runtime.spawn_blocking(move || released.recv());
    release
}

/// Lets every task go on until it has to wait for something.
async fn wait_until_it_waits() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Polls once.
async fn polled_once<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        Poll::Ready(match future.as_mut().poll(context) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}
