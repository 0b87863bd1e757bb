//! The client of the platform's API: what it sends again and what it does not, how it
//! reads odd answers, and where the key goes.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used)]

mod support;

use std::net::TcpListener;

use ringflow::call::SessionId;
use ringflow::outbound::{Platform, Started};
use ringflow::platform::{Access, Api, ApiError};
use secrecy::SecretString;
use support::backend::Backend;

const KEY: &str = "planted-key-0123456789";
const CALL: &[u8] = br#"{"callflow": [{"action": "makeCall"}]}"#;

fn api(base: &str) -> Api {
    Api::new(Access::new(base, "acme-1", SecretString::from(KEY)).unwrap()).unwrap()
}

fn to(backend: &Backend) -> Api {
    api(&format!("http://{}", backend.address))
}

fn answering(status: u16, body: &str) -> Backend {
    let body = body.to_owned();
    Backend::answering(move |_| (status, body.clone()))
}

/// An address where nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn a_call_is_started_with_the_key() {
    let backend = answering(200, r#"{"sessionId": "s-1", "statusCode": 1}"#);
    let started = to(&backend).start(CALL.to_vec()).await;
    let session = SessionId::new("s-1").unwrap();
    assert_eq!(started, Started::Created { session });
    let asked = &backend.asked()[0];
    assert_eq!(asked.what, "POST /api/v1/subaccounts/acme-1/callflows");
    assert_eq!(
        asked.header("authorization"),
        Some(&*format!("Bearer {KEY}"))
    );
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.body.as_bytes(), CALL);
}

#[tokio::test]
async fn a_call_is_refused_unknown_or_not_sent() {
    let started = |status, body: &'static str| async move {
        let backend = answering(status, body);
        let started = to(&backend).start(CALL.to_vec()).await;
        assert_eq!(backend.asked().len(), 1, "a call is asked for once");
        started
    };
    for (status, body, code) in [
        (
            422,
            r#"{"sessionStatus": "NOT_CREATED", "statusCode": -1014, "statusMessage": "not yours"}"#,
            Some(-1014),
        ),
        (
            500,
            r#"{"sessionStatus": "NOT_CREATED", "statusCode": "-9999"}"#,
            Some(-9999),
        ),
        (
            200,
            r#"{"statusCode": -1002, "statusMessage": ""}"#,
            Some(-1002),
        ),
        (401, "<html>", None),
        (307, "", None),
    ] {
        match started(status, body).await {
            Started::Refused { code: found, why } => {
                assert_eq!(found, code, "{why}");
                assert!(
                    !why.contains("not yours"),
                    "what may quote a text is not shown: {why}"
                );
            }
            other => panic!("{status} {body}: {other:?}"),
        }
    }
    for (status, body) in [
        (502, "<html>"),
        (504, "{}"),
        (200, "<html>"),
        (200, "{}"),
        (200, r#"{"sessionId": ""}"#),
    ] {
        let found = started(status, body).await;
        assert!(
            matches!(found, Started::Unknown { .. }),
            "{status} {body}: {found:?}"
        );
    }
    let found = api(&nobody()).start_call(CALL).await;
    assert!(matches!(found, Err(ApiError::NotSent { .. })), "{found:?}");
}

#[tokio::test]
async fn a_question_is_asked_again_and_a_change_is_not() {
    let backend = answering(503, "{}");
    let api = to(&backend);
    let found = api.voices().await;
    assert!(
        matches!(found, Err(ApiError::Refused { http: 503, .. })),
        "{found:?}"
    );
    assert_eq!(backend.asked().len(), 3);
    assert!(api.remove_webhook("VCA").await.is_err());
    assert_eq!(backend.asked().len(), 4);
}

#[tokio::test]
async fn the_key_is_not_led_elsewhere() {
    let other = answering(200, r#"{"webhooks": []}"#);
    let leads = format!("http://{}/", other.address);
    let backend =
        Backend::telling(move |_| (302, vec![("location", leads.clone())], String::new()));
    let error = to(&backend).webhooks().await.unwrap_err().to_string();
    assert!(error.contains("the key is not sent"), "{error}");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn an_answer_without_end_is_cut() {
    let backend = Backend::answering(|_| (200, " ".repeat(5 * 1024 * 1024)));
    let error = to(&backend).numbers().await.unwrap_err();
    assert!(error.to_string().contains("longer than 4 MB"), "{error}");
}

#[tokio::test]
async fn only_an_emulator_has_callers() {
    let number = "+6591234567".parse().unwrap();
    let error = to(&answering(404, ""))
        .bring_caller(number, "steps: []")
        .await
        .unwrap_err();
    assert!(error.contains("is no emulator"), "{error}");
    let backend = answering(200, "{}");
    to(&backend)
        .bring_caller(number, "steps: []")
        .await
        .unwrap();
    let asked = &backend.asked()[0];
    assert_eq!(asked.what, "POST /emulator/callers");
    assert_eq!(asked.body, r#"{"to":"+6591234567","caller":"steps: []"}"#);
    let error = to(&answering(422, "line 1: no steps"))
        .bring_caller(number, "")
        .await
        .unwrap_err();
    assert_eq!(error, "line 1: no steps");
}
