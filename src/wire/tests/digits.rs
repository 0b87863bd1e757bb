//! Where digits are found, and that they are never printed.

use serde_json::json;

use super::super::{Webhook, parse};
use super::{action, body, waiting};

#[test]
fn digits_are_read_in_every_shape() {
    let cases = [
        (json!({"eventData": {"dtmf": "1"}}), Some("1")),
        (
            json!({"eventData": {"dtmf": "1", "asrCaptured": "one"}}),
            Some("1"),
        ),
        (
            json!({"eventData": {"dtmf": null, "asrCaptured": "one"}}),
            None,
        ),
        (json!({"eventData": {"dtmf": null}}), None),
        (json!({"eventData": {"dtmf": ""}}), None),
        (json!({"eventData": {"dtmf": " "}}), None),
        (json!({"eventData": {"dtmf": "12*0#"}}), Some("12*0#")),
        (json!({"eventData": {"dtmf": 42}}), Some("42")),
        (json!({"eventData": {"dtmf": ["1"]}}), None),
        (json!({"eventData": {}}), None),
        (json!({"eventData": "1"}), Some("1")),
        (json!({"eventData": " 12 "}), Some("12")),
        (json!({"eventData": " "}), None),
        (json!({"eventData": ""}), None),
        (json!({"eventData": null}), None),
        (json!({"eventData": 7}), Some("7")),
        (json!({"eventData": ["1"]}), None),
        (json!({"eventData": true}), None),
        (json!({}), None),
        (json!({"dtmf": "1"}), Some("1")),
        (json!({"dtmf": " "}), None),
        (json!({"dtmf": null}), None),
        (json!({"dtmf": "1", "eventData": null}), Some("1")),
        (json!({"dtmf": "1", "eventData": " "}), Some("1")),
        (json!({"dtmf": "1", "eventData": {"dtmf": null}}), Some("1")),
        (json!({"dtmf": "1", "eventData": {"dtmf": "2"}}), Some("2")),
    ];
    for (fields, digits) in cases {
        let mut body = waiting();
        let payload = body["payload"].as_object_mut().unwrap();
        payload.remove("eventData");
        payload.extend(fields.as_object().unwrap().clone());
        let event = action(body.to_string().as_bytes());
        let found = event.digits.as_ref().map(|digits| digits.as_str());
        assert_eq!(found, digits, "{fields}");
    }
}

#[test]
fn no_digits_are_printed() {
    let pin = "8642097531";
    let shapes = [
        json!({"eventData": {"dtmf": pin}}),
        json!({"eventData": pin}),
        json!({"dtmf": pin}),
    ];
    for event_type in ["CALL_ACTION", "CALL_STATUS"] {
        for shape in &shapes {
            let mut body = waiting();
            body["eventType"] = json!(event_type);
            let payload = body["payload"].as_object_mut().unwrap();
            payload.remove("eventData");
            payload.extend(shape.as_object().unwrap().clone());
            let webhook = parse(body.to_string().as_bytes()).unwrap();
            let digits = match &webhook {
                Webhook::Action(event) => event.digits.clone(),
                Webhook::Status(status) => status.digits.clone(),
                other => panic!("{other:?}"),
            };
            assert_eq!(digits.unwrap().as_str(), pin);
            assert!(!format!("{webhook:?}").contains(pin));
        }
    }
}

#[test]
fn no_fault_repeats_what_the_body_holds() {
    let pin = "8642097531";
    let bodies = [
        format!(r#""{pin}""#),
        pin.to_owned(),
        format!(r#"["{pin}"]"#),
        format!(r#"{{"eventType": "{pin}"}}"#),
        format!(r#"{{"eventType": "CALL_ACTION", "payload": "{pin}"}}"#),
        format!(r#"{{"eventType": "CALL_ACTION", "payload": {{"dtmf": "{pin}"}}}}"#),
        format!(r#"{{"clientActionId": "{pin}", "eventData": {pin}"#),
        format!(r#"{{"eventData": "{pin}" "{pin}"}}"#),
        format!(r#"{{"eventData": {pin}{pin}x}}"#),
        format!("{{\"eventData\": \"{pin}\u{1}\"}}"),
    ];
    for body in bodies {
        let fault = parse(body.as_bytes()).unwrap_err();
        let printed = format!("{fault:?} {fault} {:?}", fault.event_type);
        assert!(!printed.contains(pin), "{printed}");
    }
}

#[test]
fn a_status_that_announces_a_call_stands_for_its_first_event() {
    let Ok(Webhook::Status(status)) = parse(&body("vcs-received")) else {
        panic!("no status");
    };
    let event = status.as_action().unwrap();
    assert_eq!(event.destination.to_string(), "+6561115777");
    assert!(event.digits.is_none());
    for other in ["vcs-initiated", "vcs-leg-b-busy", "vcs-updated"] {
        let Ok(Webhook::Status(status)) = parse(&body(other)) else {
            panic!("{other}");
        };
        assert!(status.as_action().is_none(), "{other}");
    }
}
