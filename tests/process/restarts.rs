//! The program killed between two webhooks, at every place of a conversation.

use super::program::{Heard, Phone, Served, shipped};
use crate::support::webhook::summary;

const RESTAURANT: &str = "+6561115777";
const ACCOUNT: &str = "+6561115780";

/// What is keyed in, webhook by webhook: to the reservations and back, to the opening
/// hours and back, and over a reservation that is changed to the representative.
const WAY: [Option<&str>; 11] = [
    None,
    Some("1"),
    Some("3"),
    Some("3"),
    Some("2"),
    Some("1"),
    Some("2"),
    Some("2"),
    Some("1"),
    None,
    None,
];

fn restaurant(killed_before: impl Fn(usize) -> bool) -> Vec<Vec<u8>> {
    let dir = shipped();
    // All runs sign with the same key, so that their answers are the same bytes.
    let key = "5".repeat(64);
    let env = [("RINGFLOW_TOKEN_KEY", key.as_str())];
    let mut served = Served::start_with(dir.path(), &[], &env);
    let mut phone = Phone::to(RESTAURANT, "restaurant-call");
    let mut answers = Vec::new();
    for (position, keys) in WAY.into_iter().enumerate() {
        if killed_before(position) {
            served.kill();
            served = Served::start_with(dir.path(), &[], &env);
        }
        let (heard, body) = phone.post(&served, keys, 200);
        answers.push(body);
        if heard.hangs_up {
            served.post(&summary(&phone.session, "COMPLETED", 0));
            return answers;
        }
    }
    panic!("the conversation does not end");
}

#[test]
fn the_restaurant_answers_the_same_wherever_it_is_killed() {
    let whole = restaurant(|_| false);
    assert_eq!(whole.len(), WAY.len());
    let text = |at: usize| String::from_utf8_lossy(&whole[at]).into_owned();
    assert!(text(8).contains("Please hold") && text(9).contains("makeCall"));
    assert!(text(10).contains("Thank you for calling"));
    for position in 1..whole.len() {
        let other = restaurant(|at| at == position);
        assert_eq!(other, whole, "killed before webhook {position}");
    }
    assert_eq!(restaurant(|at| at > 0), whole, "killed before each webhook");
}

#[test]
fn a_webhook_that_comes_again_after_a_kill_is_answered_the_same() {
    let dir = shipped();
    let mut served = Served::start(dir.path());
    let mut phone = Phone::to(RESTAURANT, "repeated-call");
    for keys in [None, Some("1"), Some("1"), Some("2")] {
        let webhook = phone.webhook(keys, 200);
        let (_, body) = phone.post(&served, keys, 200);
        served.kill();
        served = Served::start(dir.path());
        assert_eq!(served.post(&webhook), body, "{keys:?}");
        assert_eq!(served.post(&webhook), body, "{keys:?}");
    }
}

/// Answers what it is asked, as a caller does, up to the end of the call.
fn account(killed_before: usize) -> Vec<Heard> {
    let dir = shipped();
    let mut served = Served::start(dir.path());
    let mut phone = Phone::to(ACCOUNT, "account-call");
    let mut story: Vec<Heard> = Vec::new();
    loop {
        if phone.sent == killed_before {
            served.kill();
            served = Served::start(dir.path());
        }
        let keys = story.last().map(|heard| {
            let asked = |words: &str| heard.text.contains(words);
            if asked("account number") {
                "12345674"
            } else if asked("If that is right") {
                "1"
            } else if asked("your PIN") {
                "8642"
            } else {
                panic!("what is asked? {story:#?}")
            }
        });
        let heard = phone.post(&served, keys, 200).0;
        let is_last = heard.hangs_up;
        assert!(heard.asks || is_last, "{heard:?}");
        story.push(heard);
        if is_last {
            return story;
        }
        assert!(story.len() < 12, "the call does not end: {story:#?}");
    }
}

#[test]
fn the_account_goes_on_where_what_was_lost_is_collected() {
    let whole = account(usize::MAX);
    let ready = "Thank you. Your account 1 2 3 4 5 6 7 4 is ready. Goodbye.";
    assert_eq!(whole.len(), 4);
    assert_eq!(whole[3].text, ready);
    // Nothing was learned yet: the same.
    assert_eq!(account(1), whole);
    // The entry that was to be confirmed is gone: it is asked for again.
    let confirming = account(2);
    assert!(
        confirming[2].text.contains("account number"),
        "{confirming:#?}"
    );
    assert_eq!(confirming.last().unwrap().text, ready);
    // The account is gone when it is read, which is behind the PIN.
    let behind = account(3);
    assert!(behind[3].text.contains("account number"), "{behind:#?}");
    assert_eq!(behind.last().unwrap().text, ready);
    assert_eq!(behind.len(), 7, "{behind:#?}");
}

#[test]
fn a_transfer_goes_on_with_the_second_number_after_a_kill() {
    let dir = shipped();
    let mut served = Served::start(dir.path());
    let mut phone = Phone::to(ACCOUNT, "agent-call");
    phone.next(&served);
    assert!(phone.press(&served, "*").text.contains("connect you"));
    assert_eq!(phone.next(&served).dials.as_deref(), Some("+6561115900"));
    served.kill();
    served = Served::start(dir.path());
    let (heard, _) = phone.post(&served, None, 486);
    assert_eq!(heard.dials.as_deref(), Some("+6561115901"));
    served.kill();
    served = Served::start(dir.path());
    let (heard, _) = phone.post(&served, None, 486);
    assert!(heard.text.contains("All our agents are busy") && heard.hangs_up);
}

#[test]
fn an_edit_while_it_was_down_goes_on_at_the_state_of_the_same_name() {
    let dir = shipped();
    let served = Served::start(dir.path());
    let mut phone = Phone::to(RESTAURANT, "edited-call");
    phone.next(&served);
    phone.press(&served, "1");
    served.kill();
    let path = dir.path().join("flows/restaurant.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let edited = text
        .replace("For a table today", "For a table this very day")
        .replace(
            "\n  hours:",
            "\n  news:\n    say: News.\n    then: connect\n\n  hours:",
        )
        .replace("3: hours", "3: hours\n      4: news");
    assert_ne!(edited, text);
    std::fs::write(&path, edited).unwrap();
    let served = Served::start(dir.path());
    assert!(
        phone
            .press(&served, "1")
            .text
            .contains("For a table this very day")
    );
}

#[test]
fn a_second_key_is_accepted_while_keys_are_rotated() {
    let dir = shipped();
    let [old, new] = ["a", "b"].map(|digit| digit.repeat(64));
    let both = format!("{new},{old}");
    let start = |keys: &str| Served::start_with(dir.path(), &[], &[("RINGFLOW_TOKEN_KEY", keys)]);
    let served = start(&old);
    let mut phone = Phone::to(RESTAURANT, "rotated-call");
    phone.next(&served);
    phone.press(&served, "1");
    served.kill();
    let served = start(&both);
    assert!(phone.press(&served, "2").text.contains("this evening"));
    served.kill();
    // The new key has signed since.
    let served = start(&new);
    assert!(phone.press(&served, "2").text.contains("To be connected"));
    served.kill();
    // With the old one alone, the call is not known and begins anew.
    let served = start(&old);
    assert!(
        phone
            .press(&served, "1")
            .text
            .contains("Welcome to ABC Restaurant")
    );
}
