//! The examples that the platform's documents give, by hand, as both have to read them.

use jiff::SignedDuration;
use ringflow::phone::{Account, DigitShape, Doing, Ending, Line, OtherSide, Rules, WebhookKind};
use serde_json::{Value, json};

use super::capture_model::digits;
use super::captures::{Ask, Case as Capture, Open as CaptureOpen, Report, Table, reports};
use super::compare::differ;
use super::model::{SESSION, at, start, verdict, wait};
use super::reading::{Body, Case, Holder, Open};
use super::tables::tables;

fn request(body: Value) -> Case {
    Case {
        starts: true,
        earlier: 0,
        body: Body::Json(body),
        open: Open {
            equal_timeouts: false,
            counts_calls_of_session: false,
            takes_markup: false,
        },
        holder: Holder {
            numbers: None,
            voices: None,
            records: true,
            has_webhook: true,
        },
    }
}

fn answer(body: Value) -> Case {
    Case {
        starts: false,
        ..request(body)
    }
}

fn call() -> Value {
    json!({"action": "makeCall", "params": {"source": "+6588000000", "destination": "+6590000000"}})
}

fn said() -> Value {
    json!({"action": "say", "params": {
        "text": "Hello, this is a reminder about your appointment tomorrow at 2 PM.",
        "voiceProfile": "en-GB-Emma", "repetition": 1, "speed": 1}})
}

fn menu() -> Value {
    json!({"action": "sayAndCapture", "params": {
        "promptMessage": "Press 1 for Sales, Press 2 for Support",
        "voiceProfile": "en-US-Neural2-C", "speed": 1, "minDigits": 1, "maxDigits": 1,
        "digitTimeout": 4999, "overallTimeout": 5000, "completeOnHash": false, "noOfTries": 1}})
}

fn hangup() -> Value {
    json!({"action": "hangup"})
}

/// The action with one parameter of another value, or without it.
fn with(mut action: Value, param: &str, value: Option<Value>) -> Value {
    let params = action["params"].as_object_mut().unwrap();
    match value {
        Some(value) => drop(params.insert(param.to_owned(), value)),
        None => drop(params.remove(param)),
    }
    action
}

/// Both agree, and on this.
fn is(case: &Case, code: Option<i32>) {
    let said = verdict(case);
    assert_eq!(differ(case, &said, &tables()), None, "{:?}", case.body);
    assert_eq!(said.err(), code, "{:?}", case.body);
}

#[test]
fn the_requests_of_the_documents() {
    let file = json!({"action": "playFile", "params": {
        "fileUrl": "https://example.com/audio/notification.mp3", "repetition": 1}});
    let bin = json!({"action": "playFile", "params": {
        "fileUrl": "https://filebin.redpill-linpro.com/iy5u4qhut4urszlm/sample4.mp3", "repetition": 2}});
    let plain = json!({"action": "makeCall", "params": {"source": "6512345678", "destination": "6590000000"}});
    let table = [
        (json!([call(), said(), hangup()]), None),
        (json!([call(), file, hangup()]), None),
        (json!([call(), bin, hangup()]), None),
        (json!([plain, said(), hangup()]), None),
        (json!([call(), menu()]), None),
        (json!([call(), call()]), None),
        (json!([call(), call(), call()]), Some(-1010)),
        (json!([said(), call()]), Some(-1013)),
        (json!([call(), hangup(), said()]), Some(-1012)),
        // The document's own example of a menu has a `digitTimeout` alone, which the
        // list of codes refuses. The list is followed.
        (
            json!([call(), with(menu(), "overallTimeout", None)]),
            Some(-1005),
        ),
    ];
    for (callflow, code) in table {
        is(&request(json!({"callflow": callflow})), code);
    }
    let dated = |until: &str| request(json!({"validUntil": until, "callflow": [call(), said()]}));
    is(&dated("2024-07-03T05:59:32.226Z"), Some(-1015));
    is(&dated("2026-07-03T05:59:32.226Z"), None);
    is(
        &request(json!({"clientRequestId": "order-7", "callflow": [call()]})),
        None,
    );
    let mut broken = request(json!(null));
    broken.body = Body::Bytes(b"{\"callflow\": [".to_vec());
    is(&broken, Some(-1001));
}

#[test]
fn every_limit_of_every_action() {
    let file = || json!({"action": "playFile", "params": {"fileUrl": "http://example.com/a.wav"}});
    let text = |count: usize| json!("a".repeat(count));
    let table = [
        (said(), "text", text(3000), None),
        (said(), "text", text(3001), Some(-1009)),
        (said(), "repetition", json!(1), None),
        (said(), "repetition", json!(3), None),
        (said(), "repetition", json!(0), Some(-1009)),
        (said(), "repetition", json!(4), Some(-1009)),
        (said(), "speed", json!(0.5), None),
        (said(), "speed", json!(2.0), None),
        (said(), "speed", json!(0.49), Some(-1009)),
        (said(), "speed", json!(2.01), Some(-1009)),
        (said(), "text", json!("a < b"), Some(-1016)),
        (said(), "text", json!("salt & pepper"), Some(-1016)),
        (file(), "fileUrl", json!("https://example.com/a.mp3"), None),
        (
            file(),
            "fileUrl",
            json!("ftp://example.com/a.mp3"),
            Some(-1009),
        ),
        (
            file(),
            "fileUrl",
            json!("https://example.com/a.ogg"),
            Some(-1009),
        ),
        (file(), "repetition", json!(3), None),
        (file(), "repetition", json!(4), Some(-1009)),
        (menu(), "promptMessage", text(3000), None),
        (menu(), "promptMessage", text(3001), Some(-1009)),
        (menu(), "minDigits", json!(0), Some(-1009)),
        (menu(), "minDigits", json!(2), Some(-1003)),
        (menu(), "maxDigits", json!(25), None),
        (menu(), "digitTimeout", json!(5000), Some(-1006)),
        (menu(), "digitTimeout", json!(5001), Some(-1006)),
        (menu(), "noOfTries", json!(0), Some(-1009)),
        (menu(), "speed", json!(0.5), None),
        (menu(), "successMessage", text(3001), Some(-1009)),
        (menu(), "failureMessage", text(3000), None),
        (call(), "destination", json!("+65"), Some(-1017)),
        (call(), "destination", json!("reception"), Some(-1017)),
        (
            call(),
            "destination",
            json!(["+6590000000", "+6590000001"]),
            Some(-1011),
        ),
        (call(), "callRecording", json!(true), None),
    ];
    for (action, param, value, code) in table {
        let case = answer(json!({"callflow": [with(action, param, Some(value))]}));
        let said = verdict(&case);
        assert_eq!(said.err(), code, "{:?}", case.body);
        // How short a number is no number any more is written nowhere.
        if code != Some(-1017) {
            is(&case, code);
        }
    }
    // A `maxDigits` that is not valid breaks two rules, and -1003 comes first.
    is(
        &answer(json!({"callflow": [with(menu(), "maxDigits", Some(json!(26)))]})),
        Some(-1003),
    );
    is(
        &answer(json!({"callflow": [with(menu(), "maxDigits", None)]})),
        Some(-1003),
    );
    let entry = with(menu(), "minDigits", None);
    is(
        &answer(json!({"callflow": [with(entry, "maxDigits", None)]})),
        Some(-1008),
    );
    let equal = with(menu(), "digitTimeout", Some(json!(5000)));
    let mut equal = answer(json!({"callflow": [equal]}));
    equal.open.equal_timeouts = true;
    is(&equal, None);
    let mut silent = answer(json!({"callflow": [menu()]}));
    silent.holder.has_webhook = false;
    is(&silent, Some(-1004));
    let mut other = answer(json!({"callflow": [call()]}));
    other.holder.numbers = Some(vec!["+6531000001".to_owned()]);
    is(&other, Some(-1014));
    let mut voices = answer(json!({"callflow": [said()]}));
    voices.holder.voices = Some(vec!["en-US-Neural2-C".to_owned()]);
    is(&voices, Some(-1002));
}

#[test]
fn the_messages_have_the_forms_that_are_shown() {
    let refused = |callflow: Value| {
        let body = json!({"callflow": callflow}).to_string();
        let line = Line::call_out(
            body.as_bytes(),
            SESSION,
            at(),
            Rules::default(),
            Account::default(),
        );
        let refused = line.err().unwrap();
        (refused.code, refused.rule)
    };
    let (code, rule) = refused(json!([{"action": "sing"}]));
    assert_eq!(code, -1007);
    assert!(
        rule.starts_with("$.callflow[0].action should be one of: "),
        "{rule}"
    );
    let (code, rule) =
        refused(json!([call(), {"action": "say", "params": {"voiceProfile": "en-GB-Emma"}}]));
    assert_eq!(code, -1009);
    assert_eq!(
        rule,
        "$.callflow[1].params.text: is missing but it is required"
    );
    let (code, rule) = refused(json!([said()]));
    assert_eq!(code, -1013);
    assert_eq!(
        rule,
        "Invalid Callflow : First action should be a MakeCall action"
    );
    // The answer to a webhook as its form is printed has no text.
    is(
        &answer(
            json!({"clientActionId": "optional string", "callflow": [{"action": "say", "params": {}}]}),
        ),
        Some(-1009),
    );
}

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

fn summary(webhooks: &[ringflow::phone::Webhook]) -> Value {
    let mut those = webhooks
        .iter()
        .filter(|webhook| webhook.kind == WebhookKind::Summary);
    let body: Value = serde_json::from_slice(&those.next().unwrap().bytes).unwrap();
    assert_eq!(body["eventType"], "SESSION_SUMMARY");
    body["payload"].clone()
}
