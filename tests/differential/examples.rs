//! The examples that the platform's documents give, by hand, as both have to read them.

use ringflow::phone::{Account, Line, Rules};
use serde_json::{Value, json};

use super::compare::differ;
use super::model::{SESSION, at, verdict};
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

pub fn call() -> Value {
    json!({"action": "makeCall", "params": {"source": "+6588000000", "destination": "+6590000000"}})
}

pub fn said() -> Value {
    json!({"action": "say", "params": {
        "text": "Hello, this is a reminder about your appointment tomorrow at 2 PM.",
        "voiceProfile": "en-GB-Emma", "repetition": 1, "speed": 1}})
}

pub fn menu() -> Value {
    json!({"action": "sayAndCapture", "params": {
        "promptMessage": "Press 1 for Sales, Press 2 for Support",
        "voiceProfile": "en-US-Neural2-C", "speed": 1, "minDigits": 1, "maxDigits": 1,
        "digitTimeout": 4999, "overallTimeout": 5000, "completeOnHash": false, "noOfTries": 1}})
}

pub fn hangup() -> Value {
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
