//! Everything that is posted, asked or got wrong beside a call's turns.

use axum::http::{Method, StatusCode};

use crate::support::caller::{PLAIN, accepted_by_platform};
use crate::support::server::{LAST_RESORT, Response, Server, Setup};
use crate::support::webhook::{Leg, Style, Way, Webhook, envelope, quoted, summary};

const PATHS: [&str; 6] = [
    "/webhooks",
    "/webhooks/vca",
    "/webhooks/vss",
    "/webhooks/vcs",
    "/webhooks/vru",
    "/webhooks/vnu",
];

fn server() -> Server {
    Setup::shipped().start()
}

fn is_noted(response: &Response) -> bool {
    response.status == StatusCode::OK && response.body.is_empty()
}

fn status<'a>(session: &'a str, event: &str, status: &'a str, way: Way) -> Leg<'a> {
    Leg {
        event: event.to_owned(),
        session,
        call: "leg-a",
        status,
        way,
        source: "+6591234567",
        destination: "+6561115777",
        digits: None,
        sip_code: 200,
        seconds: 0,
        token: None,
    }
}

#[test]
fn notifications_are_noted_on_every_path() {
    let server = server();
    let numbers = r#"[{"msisdn": "6561115777", "operationalStatus": "Unhealthy"}]"#;
    let recording = vec![
        ("sessionId", quoted("s1")),
        ("recordingId", quoted("r1")),
        ("durationSeconds", "94".to_owned()),
        ("filePath", quoted("recordings/r1.mp3")),
        ("status", quoted("UPLOAD_COMPLETED")),
    ];
    let update = vec![
        ("subAccountId", quoted("harbour_restaurant")),
        ("totalNumbers", "1".to_owned()),
        ("updateEventType", quoted("UPDATES")),
        ("virtualNumbers", numbers.to_owned()),
    ];
    let shape = PLAIN.shape;
    for (turn, path) in PATHS.into_iter().enumerate() {
        let style = Style { shape, turn };
        let connected = status("s1", "e1", "CALL_CONNECTED", Way::Inbound);
        let odd = envelope("A_NEW_TYPE", vec![("x", "1".to_owned())], turn);
        let told = [
            summary("unknown", "NO_ANSWER", turn),
            connected.progress(style),
            status("s1", "e2", "DTMF_RECEIVED", Way::Inbound).progress(style),
            envelope("CALL_RECORDING_STATUS", recording.clone(), turn),
            envelope("VIRTUAL_NUMBER_UPDATE", update.clone(), turn),
            odd,
        ];
        for webhook in told {
            let webhook = Webhook { path, ..webhook };
            assert!(is_noted(&server.post(&webhook)), "{webhook:?}");
        }
    }
    assert_eq!(server.calls().live(), 0, "none of them begins a call");
}

#[test]
fn a_turn_is_taken_on_every_path_and_whatever_the_content_type() {
    let server = server();
    for (index, path) in PATHS.into_iter().enumerate() {
        for content_type in [Some("application/json"), Some("image/png"), Some(""), None] {
            let call = server.call(
                "+6561115777",
                crate::support::caller::Variant { index, ..PLAIN },
            );
            let webhook = Webhook {
                path,
                content_type,
                ..call.webhook(None, 200)
            };
            let (actions, token) = accepted_by_platform(&server.post(&webhook));
            assert_eq!(actions[0]["action"], "sayAndCapture", "{webhook:?}");
            assert!(token.is_some());
        }
    }
}

#[test]
fn a_webhook_is_posted_and_nothing_else() {
    let server = server();
    for path in PATHS {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
            let response = server.ask(method, path);
            assert_eq!(response.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
    }
    for path in ["/healthz", "/readyz"] {
        let response = server.ask(Method::POST, path);
        assert_eq!(response.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    for path in [
        "/",
        "/webhook",
        "/webhooks/",
        "/webhooks/vxx",
        "/healthz/",
        "/../etc",
    ] {
        assert_eq!(
            server.ask(Method::POST, path).status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
        assert_eq!(
            server.ask(Method::GET, path).status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[test]
fn health_and_readiness_are_yes_or_no() {
    let server = server();
    let healthy = server.ask(Method::GET, "/healthz");
    assert_eq!(
        (healthy.status, &healthy.body[..]),
        (StatusCode::OK, &b"yes\n"[..])
    );
    let ready = server.ask(Method::GET, "/readyz");
    assert_eq!(
        (ready.status, &ready.body[..]),
        (StatusCode::OK, &b"yes\n"[..])
    );
    server.web.stop_being_ready();
    let ready = server.ask(Method::GET, "/readyz");
    let no = (StatusCode::SERVICE_UNAVAILABLE, &b"no\n"[..]);
    assert_eq!((ready.status, &ready.body[..]), no);
    assert_eq!(server.ask(Method::GET, "/healthz").status, StatusCode::OK);
    server
        .call("+6561115777", PLAIN)
        .rings()
        .press("1")
        .hears("reservation")
        .ends();
}

#[test]
fn a_body_that_is_no_webhook_is_refused_in_a_sentence() {
    let server = server();
    for body in [
        "",
        "hello",
        "[]",
        "{}",
        "{\"eventType\": \"CALL_ACTION\"}",
        "\u{0}",
    ] {
        let response = server.post(&Webhook {
            path: "/webhooks",
            content_type: None,
            body: body.to_owned(),
        });
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(
            response.body.ends_with(b"\n") && response.body.len() > 10,
            "{response:?}"
        );
    }
}

#[test]
fn a_call_behind_a_broken_body_hears_the_last_resort() {
    let server = server();
    let whole = server.call("+6561115777", PLAIN).webhook(None, 200);
    let cut = whole.body.find("\"callDirection\"").unwrap();
    let webhook = Webhook {
        body: whole.body[..cut].to_owned(),
        ..whole
    };
    let (actions, _) = accepted_by_platform(&server.post(&webhook));
    assert_eq!(actions[0]["params"]["text"], LAST_RESORT);
}

#[test]
fn a_status_begins_no_call_unless_that_is_switched_on() {
    let shape = PLAIN.shape;
    let arrives = |turn| {
        status("s1", "arrived", "CALL_RECEIVED", Way::Inbound).progress(Style { shape, turn })
    };
    let off = server();
    assert!(is_noted(&off.post(&arrives(0))));
    assert!(off.calls().is_empty());

    let on = Setup {
        status_starts_calls: true,
        ..Setup::shipped()
    };
    let on = on.start();
    let style = Style { shape, turn: 0 };
    for (progress, way) in [
        ("CALL_RECEIVED", Way::Outbound),
        ("CALL_INITIATED", Way::Inbound),
        ("CALL_CONNECTED", Way::Inbound),
    ] {
        let other = status("s1", "other", progress, way).progress(style);
        assert!(is_noted(&on.post(&other)), "{progress}");
    }
    assert!(on.calls().is_empty());
    let first = on.post(&arrives(0));
    let (actions, _) = accepted_by_platform(&first);
    assert_eq!(actions[0]["action"], "sayAndCapture");
    // The action that follows has another id, and is the same turn.
    let action = status("s1", "action", "CALL_RECEIVED", Way::Inbound).action(style);
    assert_eq!(on.post(&action), first);
    assert_eq!(on.post(&action), first);
    assert_eq!(on.calls().len(), 1);
}

/// The platform may send the status once more, in another order of its keys, and it
/// waits for a callflow then as it did before.
#[test]
fn a_status_that_began_a_call_gets_the_same_answer_again() {
    let server = Setup {
        status_starts_calls: true,
        ..Setup::shipped()
    };
    let server = server.start();
    let style = Style {
        shape: PLAIN.shape,
        turn: 0,
    };
    let arrived = status("s1", "arrived", "CALL_RECEIVED", Way::Inbound).progress(style);
    let first = server.post(&arrived);
    assert_eq!(server.post(&arrived), first);
}
