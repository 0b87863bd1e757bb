//! Calls that a request starts.

use super::*;
use crate::call::Direction;
use crate::wire::SessionStatus;

fn request(changes: Value) -> Value {
    let mut request = json!({"callflow": [
        {"action": "makeCall", "params": {"source": "6561115777", "destination": CALLER}},
        capture(json!({"maxDigits": 1})),
    ]});
    for (key, value) in changes.as_object().unwrap() {
        request[key] = value.clone();
    }
    request
}

fn started(request: &Value, rules: Rules) -> Result<Line, Refused> {
    let body = serde_json::to_vec(request).unwrap();
    Line::call_out(&body, SESSION, start().at, rules, Account::default())
}

#[test]
fn the_first_question_brings_the_digits_and_no_token() {
    let request = request(json!({"clientActionId": "mine", "clientRequestId": "order-77"}));
    let mut line = started(&request, quiet()).unwrap();
    assert_eq!(line.doing(), Doing::Ringing(CALLER.to_owned()));
    line.other_side(OtherSide::Answers { seconds: 0 });
    assert_eq!(texts(&mut line), ["Your number, please."]);
    line.press('1');
    let event = action(&mut line);
    assert!(is_done(&event));
    assert_eq!(event.direction, Direction::Outbound);
    assert_eq!(event.source.to_string(), OURS);
    assert_eq!(event.destination.to_string(), CALLER);
    assert_eq!((digits(&event), event.token.as_deref()), (Some("1"), None));
    answer(&mut line, json!([hangup()]));
    let summary = summary(&mut line);
    assert_eq!(summary.client_request_id.as_deref(), Some("order-77"));
    assert_eq!(summary.status, Some(SessionStatus::Completed));
}

#[test]
fn a_call_that_is_not_taken_is_not_asked_about() {
    let cases = [
        (OtherSide::Busy, SessionStatus::Busy),
        (OtherSide::NoAnswer, SessionStatus::NoAnswer),
        (OtherSide::Fails, SessionStatus::Failed),
    ];
    for (how, status) in cases {
        let mut line = started(&request(json!({})), Rules::default()).unwrap();
        line.other_side(how);
        while line.until().is_some() {
            pass(&mut line);
        }
        assert_eq!(line.doing(), Doing::Over(Ending::NotAnswered));
        assert_eq!(summary(&mut line).status, Some(status));
    }
}

#[test]
fn a_call_has_its_time() {
    let soon = request(json!({"validUntil": "2026-03-02T02:00:07.000Z"}));
    let mut line = started(&soon, quiet()).unwrap();
    pass(&mut line);
    assert_eq!(line.now(), time("2026-03-02T02:00:07Z"));
    assert_eq!(line.doing(), Doing::Over(Ending::Expired));
    let summary = summary(&mut line);
    assert_eq!(summary.status, Some(SessionStatus::Error));
    assert_eq!(summary.error.unwrap().code, Some(-2007));
}

#[test]
fn what_may_not_start_a_call_is_refused_at_once() {
    let cases = [
        (json!({"callflow": [say("Hello.")]}), -1013),
        (json!({"callflow": [hangup()]}), -1013),
        (json!({"validUntil": "2026-03-02T02:00:00Z"}), -1015),
        (json!({"validUntil": "tomorrow"}), -1009),
        (json!({"validUntil": 7}), -1009),
        (
            json!({"callflow": [call(CALLER), call(CALLER), call(CALLER)]}),
            -1010,
        ),
    ];
    for (changes, code) in cases {
        let refused = started(&request(changes.clone()), Rules::default()).err();
        assert_eq!(refused.map(|refused| refused.code), Some(code), "{changes}");
    }
}

#[test]
fn a_second_number_is_bridged() {
    let other = "+6562223344";
    let two = json!({"callflow": [call(CALLER), call(other)]});
    let mut line = started(&two, quiet()).unwrap();
    line.other_side(OtherSide::Answers { seconds: 0 });
    assert_eq!(line.doing(), Doing::Ringing(other.to_owned()));
    line.other_side(OtherSide::Answers { seconds: 5 });
    pass(&mut line);
    assert_eq!(action(&mut line).destination.to_string(), other);
}
