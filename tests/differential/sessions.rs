//! The examples of whole calls in the platform's documents: keys in every shape, bridges,
//! and how a session ends.

use jiff::SignedDuration;
use ringflow::phone::{
    Account, DigitShape, Doing, Ending, Line, OtherSide, Rules, Webhook, WebhookKind,
};
use serde_json::{Value, json};

use super::capture_model::digits;
use super::captures::{Ask, Case as Capture, Open as CaptureOpen, Report, Table, reports};
use super::examples::{call, hangup, menu, said};
use super::model::{SESSION, at, start, wait};

#[test]
fn a_key_arrives_in_each_of_the_four_shapes() {
    let shown = [
        (json!({"dtmf": "1"}), json!({"dtmf": null})),
        (json!("1"), json!(" ")),
        (Value::Null, Value::Null),
        (json!({"dtmf": "1"}), Value::Null),
    ];
    for (shape, (some, none)) in shown.into_iter().enumerate() {
        let told = |presses: bool| {
            let rules = Rules {
                digits: DigitShape::ALL[shape],
                ..Rules::default()
            };
            let mut line = Line::call_in(start(), rules);
            wait(&mut line);
            let body = json!({"clientActionId": "t-1", "callflow": [menu()]}).to_string();
            line.answered(200, body.as_bytes()).unwrap();
            if presses {
                line.press('1');
            }
            while let Some(until) = line.until() {
                line.pass_until(until);
            }
            let event = wait(&mut line);
            assert_eq!(event["eventType"], "CALL_ACTION");
            assert_eq!(event["payload"]["callStatus"], "ACTION_COMPLETED");
            assert_eq!(event["payload"]["clientActionId"], "t-1");
            event["payload"].clone()
        };
        let (pressed, silent) = (told(true), told(false));
        assert_eq!(pressed["eventData"], some, "{shape}");
        assert_eq!(silent["eventData"], none, "{shape}");
        assert_eq!(pressed.get("dtmf"), (shape == 2).then(|| &pressed["dtmf"]));
        assert_eq!(digits(&pressed, shape).as_deref(), Some("1"));
        assert_eq!(digits(&silent, shape), None);
        // And in no other shape: one that is read as another is found.
        let other = [2, 2, 0, 1][shape];
        assert_ne!(digits(&pressed, other).as_deref(), Some("1"), "{shape}");
    }
}

#[test]
fn a_lone_hash_is_an_empty_capture_and_fewer_digits_are_none() {
    let open = CaptureOpen {
        from_start: false,
        reports_enough: true,
        barge_in: true,
        keeps_keys: false,
        keeps_hash: false,
        shape: 0,
    };
    let ask = Ask {
        prompt: 15,
        min_digits: Some(2),
        max_digits: Some(4),
        tries: Some(1),
        ..Ask::default()
    };
    let reported = |keys: &[(i64, char)], ask: &Ask| {
        let case = Capture {
            open,
            asks: vec![(0, ask.clone())],
            keys: keys.to_vec(),
        };
        let told = reports(&case, &Table::default());
        assert_eq!(super::capture_model::reports(&case), told, "{case:?}");
        told.into_iter().next().unwrap()
    };
    let report = |digits: Option<&str>, at| Report {
        digits: digits.map(str::to_owned),
        tries: 1,
        at,
    };
    assert_eq!(reported(&[(2000, '#')], &ask), report(None, 2000));
    assert_eq!(reported(&[], &ask), report(None, 31_000));
    assert_eq!(
        reported(&[(2000, '1'), (2100, '#')], &ask),
        report(None, 2100)
    );
    assert_eq!(
        reported(&[(2000, '1'), (2100, '2'), (2200, '#')], &ask),
        report(Some("12"), 2200)
    );
    let pin = [(1500, '1'), (1600, '2'), (1700, '3'), (1800, '4')];
    assert_eq!(reported(&pin, &ask), report(Some("1234"), 1800));
    // A menu takes the `#` for a key like any other.
    let menu = Ask {
        min_digits: Some(1),
        max_digits: Some(1),
        complete_on_hash: Some(false),
        ..ask
    };
    assert_eq!(reported(&[(2000, '#')], &menu), report(Some("#"), 2000));
}

#[test]
fn a_started_call_asks_first_behind_its_capture() {
    let body = json!({"clientActionId": "lost", "callflow": [call(), menu()]}).to_string();
    let mut line = Line::call_out(
        body.as_bytes(),
        SESSION,
        at(),
        Rules::default(),
        Account::default(),
    )
    .unwrap();
    line.other_side(OtherSide::Answers { seconds: 60 });
    line.press('2');
    let payload = wait(&mut line)["payload"].clone();
    assert_eq!(payload["callStatus"], "ACTION_COMPLETED");
    assert_eq!(payload["callDirection"], "OUTBOUND");
    assert_eq!(payload["source"], "+6588000000");
    assert_eq!(payload["eventData"]["dtmf"], "2");
    assert_eq!(payload.get("clientActionId"), None);
}

#[test]
fn a_text_and_a_hangup_ask_no_more() {
    let mut line = Line::call_in(start(), Rules::default());
    wait(&mut line);
    let body = json!({"callflow": [said(), hangup()]}).to_string();
    line.answered(200, body.as_bytes()).unwrap();
    while let Some(until) = line.until() {
        line.pass_until(until);
    }
    let rest: Vec<_> = std::iter::from_fn(|| line.next_webhook()).collect();
    assert!(
        rest.iter()
            .all(|webhook| webhook.kind != WebhookKind::Action)
    );
    assert_eq!(summary(&rest)["sessionStatus"], "COMPLETED");
}

#[test]
fn a_busy_leg_asks_or_ends_the_call_in_the_same_second() {
    for busy_ends in [false, true] {
        let rules = Rules {
            busy_ends,
            ..Rules::default()
        };
        let mut line = Line::call_in(start(), rules);
        wait(&mut line);
        let body = json!({"callflow": [call()]}).to_string();
        line.answered(200, body.as_bytes()).unwrap();
        line.pass_until(at() + SignedDuration::from_secs(3));
        line.other_side(OtherSide::Busy);
        assert_eq!(line.now(), at() + SignedDuration::from_secs(3));
        if busy_ends {
            assert_eq!(line.doing(), Doing::Over(Ending::NobodyThere));
            let rest: Vec<_> = std::iter::from_fn(|| line.next_webhook()).collect();
            assert_eq!(summary(&rest)["sessionStatus"], "BUSY");
        } else {
            let payload = wait(&mut line)["payload"].clone();
            assert_eq!(payload["callStatus"], "ACTION_COMPLETED");
            assert_eq!(payload["sipCode"], 486);
        }
    }
}

#[test]
fn an_answer_that_is_refused_ends_the_session_with_an_error() {
    let mut line = Line::call_in(start(), Rules::default());
    wait(&mut line);
    let refused = line.answered(200, br#"{"callflow":[{"action":"say","params":{}}]}"#);
    assert_eq!(refused.unwrap_err().code, -1009);
    let rest: Vec<_> = std::iter::from_fn(|| line.next_webhook()).collect();
    let summary = summary(&rest);
    assert_eq!(summary["sessionStatus"], "ERROR");
    let code = &summary["errorDetails"]["errorCode"];
    assert!(
        *code == json!(-2003) || *code == json!("-2003"),
        "{summary}"
    );
}

fn summary(webhooks: &[Webhook]) -> Value {
    let mut those = webhooks
        .iter()
        .filter(|webhook| webhook.kind == WebhookKind::Summary);
    let body: Value = serde_json::from_slice(&those.next().unwrap().bytes).unwrap();
    assert_eq!(body["eventType"], "SESSION_SUMMARY");
    body["payload"].clone()
}
