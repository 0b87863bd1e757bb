//! The API as it answers: what it is asked for, and what it refuses.

use serde_json::{Value, json};

use super::desk::{BASE, Desk, OURS, asks_for_keys, make_call};
use secrecy::SecretString;

fn at(path: &str) -> String {
    format!("{BASE}{path}")
}

#[tokio::test]
async fn webhooks_are_set_listed_and_removed() {
    let desk = Desk::new();
    let (_, answer) = desk.asks("GET", &at("/webhooks"), "").await;
    assert_eq!(
        (&answer["count"], &answer["webhooks"]),
        (&json!(0), &json!([]))
    );
    for kind in ["VSS", "VCA", "VCS", "VRU", "VNU"] {
        desk.registers(kind, "http://127.0.0.1:9/hooks").await;
    }
    // Another one of a type takes the place of the first; one guide writes `active`.
    let other = r#"{"type": "VSS", "url": "https://ivr.example.com/", "active": false}"#;
    let (status, answer) = desk.asks("POST", &at("/webhooks"), other).await;
    assert_eq!((status, &answer["count"]), (200, &json!(5)));
    let (_, answer) = desk.asks("GET", &at("/webhooks"), "").await;
    let kinds: Vec<&str> = answer["webhooks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["VCA", "VCS", "VSS", "VRU", "VNU"]);
    assert_eq!(
        answer["webhooks"][2],
        json!({"type": "VSS", "url": "https://ivr.example.com/", "enabled": false, "httpAuthHeaderAvailable": false})
    );
    assert_eq!(answer["webhooks"][0]["httpAuthHeaderAvailable"], true);
    assert!(!answer.to_string().contains("Basic mine"));

    let (status, answer) = desk.asks("DELETE", &at("/webhooks/VNU"), "").await;
    assert_eq!(status, 200);
    assert_eq!(
        (&answer["type"], &answer["statusMessage"]),
        (&json!("VNU"), &json!("deleted"))
    );
    for gone in ["VNU", "vca", "ABC"] {
        let (status, _) = desk
            .asks("DELETE", &at(&format!("/webhooks/{gone}")), "")
            .await;
        assert_eq!(status, 404, "{gone}");
    }
    // Each subaccount has its own.
    let (_, answer) = desk
        .asks("GET", "/api/v1/subaccounts/other/webhooks", "")
        .await;
    assert_eq!(answer["count"], 0);
}

#[tokio::test]
async fn a_webhook_that_is_none_is_refused() {
    let desk = Desk::new();
    for (body, part) in [
        ("{", "JSON"),
        ("[]", "required"),
        ("{}", "required"),
        (r#"{"type": "VCA"}"#, "required"),
        (r#"{"url": "https://a.example"}"#, "required"),
        (r#"{"type": "VCA", "url": 5}"#, "required"),
        (
            r#"{"type": "VXX", "url": "https://a.example"}"#,
            "VCS,VCA,VSS,VRU,VNU",
        ),
        (r#"{"type": "VCA", "url": "a.example"}"#, "url"),
        (r#"{"type": "VCA", "url": "ftp://a.example"}"#, "url"),
        (
            r#"{"type": "VCA", "url": "https://a.example", "httpAuthHeader": "planted\n"}"#,
            "httpAuthHeader",
        ),
    ] {
        let (status, answer) = desk.asks("POST", &at("/webhooks"), body).await;
        assert_eq!(
            (status, &answer["statusCode"]),
            (422, &json!("1001")),
            "{body}"
        );
        let message = answer["statusMessage"].as_str().unwrap();
        assert!(
            message.contains(part) && !message.contains("planted"),
            "{body}: {message}"
        );
    }
    let (_, answer) = desk.asks("GET", &at("/webhooks"), "").await;
    assert_eq!(answer["count"], 0);
}

#[tokio::test]
async fn numbers_and_voices_are_listed() {
    let desk = Desk::new();
    let (status, answer) = desk.asks("GET", &at("/numbers"), "").await;
    assert_eq!((status, &answer["totalNumbers"]), (200, &json!(1)));
    assert_eq!(answer["numbers"][0]["msisdn"], "6561115777");
    assert_eq!(answer["numbers"][0]["operationalStatus"], "Active");
    for number in ["6561115777", "+6561115777", "%2B6561115777"] {
        let (status, answer) = desk
            .asks("GET", &at(&format!("/numbers/{number}")), "")
            .await;
        assert_eq!(
            (status, &answer["payload"]["msisdn"]),
            (200, &json!("6561115777")),
            "{number}"
        );
    }
    for number in ["6561115778", "abc", "1"] {
        let (status, _) = desk
            .asks("GET", &at(&format!("/numbers/{number}")), "")
            .await;
        assert_eq!(status, 404, "{number}");
    }
    let (status, answer) = desk.asks("GET", &at("/speech-profiles"), "").await;
    assert_eq!(status, 200);
    let voices = answer["speechProfiles"].as_array().unwrap();
    assert!(
        voices
            .iter()
            .any(|voice| voice["speechProfileCode"] == "en-US-BenjaminRUS")
    );
}

const PATHS: [(&str, &str); 8] = [
    ("POST", "/callflows"),
    ("GET", "/webhooks"),
    ("POST", "/webhooks"),
    ("DELETE", "/webhooks/VCA"),
    ("GET", "/numbers"),
    ("GET", "/numbers/6561115777"),
    ("GET", "/speech-profiles"),
    ("GET", "/recordings/00000000-0000-4000-8000-000000000000"),
];

#[tokio::test]
async fn whoever_shows_no_key_gets_nothing() {
    let desk = Desk::new();
    let named = Desk::with(|config| config.key = Some(SecretString::from("the-key")));
    for (method, path) in PATHS {
        for header in [None, Some("Bearer "), Some("Basic any"), Some("any")] {
            let (status, _) = desk.asks_as(header, method, &at(path), "").await;
            assert_eq!(status, 401, "{method} {path} {header:?}");
        }
        let (status, _) = named
            .asks_as(Some("Bearer the-keys"), method, &at(path), "")
            .await;
        assert_eq!(status, 401, "{method} {path}");
        let (status, _) = named
            .asks_as(Some("Bearer the-key"), method, &at(path), "")
            .await;
        assert_ne!(status, 401, "{method} {path}");
    }
    let brings = r#"{"to": "+6591234567", "caller": "call: []"}"#;
    let (status, _) = named
        .sends(Some("Bearer any"), "POST", "/emulator/callers", brings)
        .await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn a_subaccount_that_there_is_not_is_not_found() {
    let desk = Desk::new();
    let named = Desk::with(|config| config.subaccount = Some("mine".to_owned()));
    for (method, path) in PATHS {
        for bad in ["ab", "a%20b", "caf%C3%A9"] {
            let path = format!("/api/v1/subaccounts/{bad}{path}");
            let (status, answer) = desk.asks(method, &path, "").await;
            assert_eq!(
                (status, &answer["statusCode"]),
                (404, &json!(404)),
                "{method} {path}"
            );
        }
        let path = format!("/api/v1/subaccounts/other{path}");
        assert_eq!(
            named.asks(method, &path, "").await.0,
            404,
            "{method} {path}"
        );
        // Whoever shows no key is not told which there are.
        assert_eq!(
            named.asks_as(None, method, &path, "").await.0,
            401,
            "{method} {path}"
        );
    }
    assert_eq!(named.asks("GET", &at("/webhooks"), "").await.0, 200);
}

#[tokio::test]
async fn what_there_is_not_is_said() {
    let desk = Desk::new();
    for (method, path) in [
        ("GET", "/callflows"),
        ("PUT", "/webhooks"),
        ("GET", "/webhooks/VCA"),
        ("POST", "/numbers"),
        ("DELETE", "/speech-profiles"),
    ] {
        assert_eq!(
            desk.asks(method, &at(path), "").await.0,
            405,
            "{method} {path}"
        );
    }
    for path in [
        "/",
        "/api/v1/subaccounts/mine",
        "/api/v1/subaccounts/mine/calls",
        "/api/v2/x",
    ] {
        assert_eq!(desk.asks("GET", path, "").await.0, 404, "{path}");
    }
    for session in ["00000000-0000-4000-8000-000000000000", "none"] {
        assert_eq!(
            desk.asks("GET", &at(&format!("/recordings/{session}")), "")
                .await
                .0,
            404
        );
    }
}

fn say(text: &str, voice: &str) -> Value {
    json!({"action": "say", "params": {"text": text, "voiceProfile": voice}})
}

fn changed(mut action: Value, param: &str, value: Value) -> Value {
    action["params"][param] = value;
    action
}

#[tokio::test]
async fn a_callflow_that_breaks_a_rule_is_refused_with_its_code() {
    let desk = Desk::new();
    desk.registers("VCA", "http://127.0.0.1:9/hooks").await;
    let hangup = json!({"action": "hangup"});
    let keys =
        |param: &str, value: Value| json!([make_call(), changed(asks_for_keys(), param, value)]);
    let cases = [
        (json!([make_call(), say("Hello.", "no voice")]), 422, -1002),
        (keys("maxDigits", Value::Null), 422, -1003),
        (keys("overallTimeout", Value::Null), 422, -1005),
        (keys("digitTimeout", json!(20_000)), 422, -1006),
        (json!([make_call(), {"action": "sing"}]), 400, -1007),
        (
            json!([make_call(), {"action": "sayAndCapture", "params": {"promptMessage": "a", "voiceProfile": "b", "completeOnHash": false}}]),
            422,
            -1008,
        ),
        (
            json!([make_call(), {"action": "say", "params": {"voiceProfile": "b"}}]),
            400,
            -1009,
        ),
        (json!([make_call(), make_call(), make_call()]), 422, -1010),
        (
            json!([changed(
                make_call(),
                "destination",
                json!(["+6591234567", "+6591234568"])
            )]),
            422,
            -1011,
        ),
        (json!([make_call(), hangup, say("Hello.", "b")]), 422, -1012),
        (json!([say("Hello.", "b")]), 422, -1013),
        (
            json!([changed(make_call(), "source", json!("+6561110000"))]),
            422,
            -1014,
        ),
        (json!([make_call(), say("a < b", "b")]), 422, -1016),
        (
            json!([changed(make_call(), "destination", json!("home"))]),
            422,
            -1017,
        ),
        (json!([]), 400, -1009),
    ];
    for (callflow, http, code) in cases {
        let (status, answer) = desk.calls(callflow.clone()).await;
        assert_eq!(
            (status, &answer["statusCode"]),
            (http, &json!(code)),
            "{callflow}: {answer}"
        );
        assert_eq!(answer["sessionStatus"], "NOT_CREATED");
    }
    // What was to be said is not said again.
    let planted = say("planted < words", "b");
    let (_, answer) = desk.calls(json!([make_call(), planted])).await;
    assert!(!answer.to_string().contains("planted"), "{answer}");

    let post = async |body: &str| desk.asks("POST", &at("/callflows"), body).await;
    for bad in ["", "{", "callflow"] {
        let (status, answer) = post(bad).await;
        assert_eq!(
            (status, &answer["statusCode"]),
            (400, &json!(-1001)),
            "{bad}"
        );
    }
    let (status, answer) = post(&" ".repeat(2_000_000)).await;
    assert_eq!((status, &answer["statusCode"]), (400, &json!(-1001)));
    let late = json!({"validUntil": "2026-03-02T01:59:59Z", "callflow": [make_call()]});
    let (status, answer) = post(&late.to_string()).await;
    assert_eq!((status, &answer["statusCode"]), (422, &json!(-1015)));
}

#[tokio::test]
async fn keys_are_asked_for_only_where_a_webhook_takes_them() {
    let desk = Desk::new();
    let callflow = json!([make_call(), asks_for_keys()]);
    let (status, answer) = desk.calls(callflow.clone()).await;
    assert_eq!((status, &answer["statusCode"]), (422, &json!(-1004)));
    desk.registers("VCA", "http://127.0.0.1:9/hooks").await;
    assert_eq!(desk.calls(callflow.clone()).await.0, 200);
    // One that is switched off takes nothing.
    let off = r#"{"type": "VCA", "url": "http://127.0.0.1:9/", "enabled": false}"#;
    desk.asks("POST", &at("/webhooks"), off).await;
    assert_eq!(desk.calls(callflow).await.1["statusCode"], -1004);
}

#[tokio::test]
async fn a_call_that_is_taken_is_created() {
    let desk = Desk::with(|config| config.subaccount = Some("mine".to_owned()));
    let body = json!({"validUntil": "2026-03-02T03:00:00Z", "callflow": [
        changed(make_call(), "source", json!(OURS.trim_start_matches('+'))), {"action": "hangup"}]});
    let (status, answer) = desk
        .asks("POST", &at("/callflows"), &body.to_string())
        .await;
    assert_eq!(
        (status, &answer["sessionStatus"], &answer["statusCode"]),
        (200, &json!("CREATED"), &json!(1))
    );
    assert_eq!(answer["validUntil"], "2026-03-02T03:00:00.000Z");
    let (_, other) = desk
        .asks("POST", &at("/callflows"), &body.to_string())
        .await;
    assert_ne!(answer["sessionId"], other["sessionId"]);
    assert_ne!(answer["callFlowRequestId"], other["callFlowRequestId"]);
}
