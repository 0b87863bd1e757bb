//! Every kind of damage, and what each is read as.

use proptest::prelude::*;
use serde_json::json;

use super::super::{Unreadable, Webhook, parse};
use super::{SESSION, action, body, waiting, with_text};
use crate::call::{Occasion, Party};

/// The call that a body can be known to belong to, whichever way it was read.
fn session(body: &[u8]) -> Option<String> {
    let session = match parse(body) {
        Ok(Webhook::Action(event)) => Some(event.session),
        Ok(_) => None,
        Err(fault) => fault.session,
    };
    session.map(|session| session.to_string())
}

fn unreadable(body: &[u8]) -> Unreadable {
    parse(body).unwrap_err()
}

#[test]
fn a_call_is_found_however_short_its_body_is_cut() {
    let whole_bodies = ["vca-digits-in-object", "vca-compact", "vca-keys-backwards"];
    for name in whole_bodies {
        let body = body(name);
        let text = String::from_utf8(body.clone()).unwrap();
        let known_from = text.find(SESSION).unwrap() + SESSION.len() + 1;
        for end in 0..=body.len() {
            let found = session(&body[..end]);
            let expected = (end >= known_from).then_some(SESSION);
            assert_eq!(found.as_deref(), expected, "{name} cut at {end}");
        }
    }
}

#[test]
fn a_cut_body_still_tells_its_type_and_token() {
    let body = body("vca-compact");
    let fault = unreadable(&body[..body.len() - 1]);
    assert_eq!(fault.event_type.as_deref(), Some("CALL_ACTION"));
    assert_eq!(fault.token.as_deref(), Some("AQx7f3-k_2"));
    assert!(fault.reason.contains("line 1 column"), "{}", fault.reason);
}

#[test]
fn a_field_of_a_wrong_type_costs_no_call() {
    let body = waiting();
    let wrong = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("\u{0}"),
        json!([]),
        json!([[{"a": "1"}]]),
        json!({}),
        json!({"dtmf": {"dtmf": []}}),
    ];
    let names: Vec<String> = body["payload"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert!(names.len() > 15);
    for name in names.iter().filter(|name| *name != "sessionId") {
        for value in &wrong {
            let mut body = body.clone();
            body["payload"][name] = value.clone();
            let event = action(body.to_string().as_bytes());
            assert_eq!(event.session.as_str(), SESSION, "{name}: {value}");
        }
        let mut body = body.clone();
        body["payload"].as_object_mut().unwrap().remove(name);
        assert_eq!(
            action(body.to_string().as_bytes()).session.as_str(),
            SESSION
        );
    }
    for name in ["namespace", "eventType", "description", "version"] {
        for value in &wrong {
            let mut body = body.clone();
            body[name] = value.clone();
            assert_eq!(
                action(body.to_string().as_bytes()).session.as_str(),
                SESSION
            );
        }
    }
}

#[test]
fn a_wrong_field_reads_as_absent() {
    for value in ["true", "[1]", "{\"a\": 1}", "null"] {
        assert_eq!(action(&with_text("source", value)).source, Party::unknown());
        assert_eq!(action(&with_text("callDuration", value)).seconds, None);
        assert_eq!(action(&with_text("clientActionId", value)).token, None);
        let event = action(&with_text("callStatus", value));
        assert_eq!(event.occasion, Occasion::Completed);
    }
}

/// What is in bounds of the grammar is read, whatever it says.
#[test]
fn odd_json_is_read_all_the_same() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_maps = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    let huge = "9".repeat(400);
    let odd = [
        deep.as_str(),
        &deep_maps,
        &huge,
        "1e999999999",
        "-0.0",
        r#""\ud800""#,
        r#""\udc00 \ud800x""#,
        r#""\u0000""#,
        r#""\ud83d\ude00""#,
    ];
    for value in odd {
        for field in ["source", "eventData", "callDuration", "sipCode", "unknown"] {
            let event = action(&with_text(field, value));
            assert_eq!(event.session.as_str(), SESSION);
        }
    }
    let event = action(&with_text("callDuration", &huge));
    assert_eq!(event.seconds, None);
}

#[test]
fn an_odd_session_is_a_session() {
    let long = "x".repeat(64);
    let cases = [
        (r#""a b""#, Some("a b")),
        (r#""\u0041\n""#, Some("A\n")),
        (r#""\ud800""#, Some("\u{fffd}\u{fffd}\u{fffd}")),
        ("77", Some("77")),
        (&format!("\"{long}\""), Some(&long)),
        (&format!("\"{long}x\""), None),
        (r#""""#, None),
        ("null", None),
        ("[]", None),
    ];
    for (written, expected) in cases {
        let found = session(&with_text("sessionId", written));
        assert_eq!(found.as_deref(), expected, "{written}");
    }
}

#[test]
fn of_a_key_twice_the_last_counts() {
    let body = with_text(
        "source",
        r#""+6591234567", "source": "+6598765432", "x": 1, "x": 2"#,
    );
    assert_eq!(action(&body).source, Party::read("+6598765432"));
    let body = waiting().to_string();
    let body = body.replacen('{', r#"{"eventType": "CALL_STATUS", "payload": 7, "#, 1);
    assert_eq!(action(body.as_bytes()).session.as_str(), SESSION);
}

/// Broken bodies, what is said about each, and whether the call is known.
#[test]
fn what_cannot_be_read_says_where_and_saves_the_call() {
    let vca = String::from_utf8(body("vca-compact")).unwrap();
    let cases: [(&str, Vec<u8>, &str, bool); 14] = [
        (
            "nothing",
            vec![],
            "EOF while parsing a value at line 1 column 0",
            false,
        ),
        (
            "blank",
            b" \n ".to_vec(),
            "EOF while parsing a value at line 2 column 1",
            false,
        ),
        (
            "NUL alone",
            vec![0],
            "expected value at line 1 column 1",
            false,
        ),
        (
            "NUL behind",
            format!("{vca}\0").into(),
            "trailing characters at line 1",
            true,
        ),
        (
            "twice",
            format!("{vca}{vca}").into(),
            "trailing characters at line 1",
            true,
        ),
        (
            "a list",
            format!("[{vca}]").into(),
            "the JSON is no object",
            true,
        ),
        (
            "a text",
            b"\"hello\"".to_vec(),
            "the JSON is no object",
            false,
        ),
        (
            "open lists",
            "[".repeat(10_000).into(),
            "the JSON is no object",
            false,
        ),
        (
            "open maps",
            "{\"payload\":".repeat(10_000).into(),
            "EOF while parsing",
            false,
        ),
        (
            "NaN",
            with_text("sipCode", "NaN"),
            "expected value at line 1",
            true,
        ),
        (
            "bare newline",
            with_text("source", "\"a\nb\""),
            "control character",
            true,
        ),
        (
            "no UTF-8",
            [vca.as_bytes(), b"\n \xff"].concat(),
            "not UTF-8 at line 2 column 2",
            true,
        ),
        (
            "no payload",
            br#"{"eventType":"CALL_ACTION","sessionId":"abc"}"#.to_vec(),
            "`payload` is no object",
            true,
        ),
        (
            "no type",
            br#"{"payload":{"sessionId":"abc"}}"#.to_vec(),
            "`eventType` is missing",
            true,
        ),
    ];
    for (what, body, reason, is_known) in cases {
        let fault = unreadable(&body);
        assert!(fault.reason.contains(reason), "{what}: {}", fault.reason);
        assert_eq!(fault.session.is_some(), is_known, "{what}");
    }
    let nameless = unreadable(&with_text("sessionId", "null"));
    assert!(nameless.reason.contains("`payload.sessionId`"));
    assert_eq!(nameless.event_type.as_deref(), Some("CALL_ACTION"));
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_body() {
    let body = body("vca-compact");
    let marked = [b"\xef\xbb\xbf".as_slice(), &body].concat();
    assert_eq!(action(&marked).session.as_str(), SESSION);
    assert_eq!(session(b"\xef\xbb\xbf"), None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn no_json_like_text_makes_it_panic(
        text in r#"([\[\]{}:,"\\ ]|"(eventType|payload|sessionId|eventData|dtmf)"|CALL_ACTION|null|1e9|\\ud800){0,60}"#
    ) {
        let _ = parse(text.as_bytes());
    }

    /// A body damaged anywhere but in its session is still known to be that call's,
    /// or is valid and of another kind.
    #[test]
    fn a_damaged_call_is_still_known(
        at in 0usize..1000,
        bytes in proptest::collection::vec(any::<u8>(), 0..4),
        removed in 0usize..4,
    ) {
        let mut body = body("vca-compact");
        let text = String::from_utf8(body.clone()).unwrap();
        let key = text.find("\"sessionId\"").unwrap();
        let value_end = text.find(SESSION).unwrap() + SESSION.len() + 1;
        let at = at % body.len();
        let end = (at + removed).min(body.len());
        prop_assume!(end <= key || at >= value_end);
        body.splice(at..end, bytes);
        let webhook = parse(&body);
        let is_known = match &webhook {
            Ok(Webhook::Action(event)) => event.session.as_str() == SESSION,
            Ok(_) => true,
            Err(fault) => fault.session.is_some(),
        };
        prop_assert!(is_known, "{webhook:?}");
    }
}
