//! The folder of webhooks, one body of each kind that a platform sends.

use serde_json::json;

use super::super::{
    LastAction, LegName, LegStatus, NumberChange, OperationalStatus, RecordingStatus,
    SessionStatus, Status, Summary, UpdateKind, Webhook, parse, renamed_event, write_numbers,
    write_recording,
};
use super::{SESSION, action, body, waiting, with};
use crate::call::{Direction, EventKey, LegId, Medium, Occasion, Party, Progress};

const LEG_A: &str = "a17f0c3e-52b4-4c0d-8f1e-0d6b2f9e4c10";
const LEG_B: &str = "b28e1d4f-63c5-4d1e-9a2f-1e7c30af5d21";

fn status(name: &str) -> Status {
    match parse(&body(name)) {
        Ok(Webhook::Status(status)) => status,
        other => panic!("{name}: {other:?}"),
    }
}

fn summary(name: &str) -> Summary {
    match parse(&body(name)) {
        Ok(Webhook::Summary(summary)) => summary,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn each_body_is_what_its_name_says() {
    let folder = format!("{}/tests/webhooks", env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let kind = match parse(&std::fs::read(&path).unwrap()) {
            Ok(Webhook::Action(_)) => "vca",
            Ok(Webhook::Status(_)) => "vcs",
            Ok(Webhook::Summary(_)) => "vss",
            Ok(Webhook::Recording(_)) => "vru",
            Ok(Webhook::Numbers(_)) => "vnu",
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(name.split('-').next(), Some(kind), "{name}");
        count += 1;
    }
    assert!(count > 20, "{count} bodies in the folder");
}

#[test]
fn a_call_that_arrives_is_read_whole() {
    let event = action(&body("vca-received"));
    assert_eq!(
        event.key,
        EventKey::of_id("00000000-0000-4000-8000-000000000001")
    );
    assert_eq!(event.session.as_str(), SESSION);
    assert_eq!(event.leg, LegId::of(LEG_A));
    assert_eq!(event.occasion, Occasion::Received);
    assert_eq!(event.direction, Direction::Inbound);
    assert_eq!(event.medium, Medium::Pstn);
    assert_eq!(event.source, Party::read("+6591234567"));
    assert_eq!(event.destination, Party::read("+6561115777"));
    assert_eq!(event.source_country.unwrap().as_str(), "SG");
    assert_eq!(event.destination_ref, None);
    assert_eq!(event.seconds, Some(0));
    assert_eq!(event.sip_code, Some(200));
    assert!(event.digits.is_none() && event.token.is_none());
}

#[test]
fn numbers_durations_and_ids_are_read_in_either_form() {
    let v2 = action(&body("vca-digits-v2-text"));
    assert_eq!(v2.source, Party::read("+6591234567"));
    assert_eq!(v2.destination, Party::read("+6561115777"));
    assert_eq!(v2.seconds, Some(14));
    assert_eq!(v2.token.as_deref(), Some("AQx7f3-k_2"));
    let other = action(&body("vca-received-eventdata-null"));
    assert_eq!(other.destination_ref.as_deref(), Some("vn-sg-0042"));
    assert_eq!(other.source_ref, None);
    let cases = [
        (json!(486), Some(486)),
        (json!("486"), Some(486)),
        (json!(" 486 "), Some(486)),
        (json!(486.0), Some(486)),
        (json!(0), None),
        (json!(-486), None),
        (json!(70_000), None),
        (json!("busy"), None),
        (json!(null), None),
    ];
    for (written, code) in cases {
        let event = action(&with("sipCode", written.clone()));
        assert_eq!(event.sip_code, code, "{written}");
    }
    let event = action(&with("destination", json!(6561115777_u64)));
    assert_eq!(event.destination, Party::read("+6561115777"));
    assert_eq!(
        action(&with("sessionId", json!(123))).session.as_str(),
        "123"
    );
}

#[test]
fn a_leg_is_told_as_it_is() {
    let outbound = action(&body("vca-outbound-first"));
    assert_eq!(outbound.direction, Direction::Outbound);
    assert_eq!(outbound.occasion, Occasion::Completed);
    assert_eq!(outbound.source.to_string(), "+6561115777");
    assert!(outbound.token.is_none() && outbound.digits.is_some());
    let busy = action(&body("vca-after-busy-bridge"));
    assert_eq!((busy.sip_code, busy.leg), (Some(486), LegId::of(LEG_B)));
    let withheld = action(&body("vca-withheld-caller"));
    assert_eq!(withheld.source, Party::Text("anonymous".into()));
    assert_eq!(withheld.source_country, None);
    assert_eq!(action(&body("vca-voip")).medium, Medium::Voip);
}

#[test]
fn an_event_without_an_id_is_known_by_its_body() {
    for id in [json!(null), json!(""), json!([])] {
        let body = with("eventId", id);
        assert_eq!(action(&body).key, EventKey::of_body(&body));
    }
}

#[test]
fn the_type_is_read_in_any_case_and_guessed_where_it_must_be() {
    let typed = |event_type: serde_json::Value, status: &str| {
        let mut body = waiting();
        body["eventType"] = event_type;
        body["payload"]["callStatus"] = json!(status);
        parse(body.to_string().as_bytes())
    };
    for event_type in [
        json!(" call_action "),
        json!(null),
        json!("NEW"),
        json!(7),
        json!({}),
    ] {
        let webhook = typed(event_type.clone(), "ACTION_COMPLETED");
        assert!(matches!(webhook, Ok(Webhook::Action(_))), "{event_type}");
    }
    let webhook = typed(json!("CALL_STATUS"), "ACTION_COMPLETED");
    assert!(matches!(webhook, Ok(Webhook::Status(_))));
    let webhook = typed(json!("NEW"), "CALL_CONNECTED");
    assert!(matches!(webhook, Ok(Webhook::Unknown { event_type }) if event_type == "NEW"));
    let webhook = typed(json!(null), "CALL_CONNECTED");
    assert!(matches!(webhook, Ok(Webhook::Status(_))));
    for name in ["vss-error", "vru-uploaded", "vnu-updates"] {
        let mut body: serde_json::Value = serde_json::from_slice(&body(name)).unwrap();
        let whole = parse(body.to_string().as_bytes()).unwrap();
        body.as_object_mut().unwrap().remove("eventType");
        let guessed = parse(body.to_string().as_bytes()).unwrap();
        assert_eq!(format!("{guessed:?}"), format!("{whole:?}"));
    }
    let unknown = parse(br#"{"eventType": "NEW", "payload": [1]}"#);
    assert!(matches!(unknown, Ok(Webhook::Unknown { .. })));
}

#[test]
fn a_status_is_read_whole() {
    let busy = status("vcs-leg-b-busy");
    assert_eq!(busy.status, Some(LegStatus::Disconnected));
    assert_eq!(busy.event.progress, Progress::Disconnected);
    assert_eq!(busy.event.leg, LegId::of(LEG_B));
    assert_eq!(busy.event.direction, Direction::Outbound);
    assert_eq!(busy.event.destination.to_string(), "+6562223344");
    assert_eq!(
        (busy.event.sip_code, busy.event.seconds),
        (Some(486), Some(0))
    );
    assert_eq!(busy.sub_account.as_deref(), Some("harbour_restaurant"));
    assert_eq!(busy.source_format.as_deref(), Some("MSISDN"));
    assert_eq!(
        busy.timestamp.unwrap().to_string(),
        "2026-03-14T11:30:05.12Z"
    );
    let keyed = status("vcs-dtmf-received");
    assert_eq!(keyed.event.progress, Progress::Other);
    assert_eq!(keyed.digits.unwrap().as_str(), "4711");
    assert_eq!(status("vcs-initiated").event.progress, Progress::Initiated);
}

#[test]
fn a_summary_is_read_with_both_legs() {
    let summary = summary("vss-two-legs");
    assert_eq!(summary.session.as_str(), SESSION);
    assert_eq!(summary.status, Some(SessionStatus::Completed));
    assert_eq!(summary.start.unwrap().to_string(), "2026-03-14T11:29:51Z");
    assert_eq!(summary.end.unwrap().to_string(), "2026-03-14T11:31:40.5Z");
    assert_eq!(summary.last_action, Some(LastAction::MakeCall));
    assert_eq!(summary.call_count, Some(2));
    assert_eq!(summary.client_request_id.as_deref(), Some("order-77"));
    assert!(summary.error.is_none());
    let a = summary.leg(LegName::A).unwrap();
    assert_eq!(a.call_id.as_deref(), Some(LEG_A));
    assert_eq!(a.direction, Some(Direction::Inbound));
    assert_eq!(a.seconds, Some(108));
    assert_eq!(a.destination_ref.as_deref(), Some("vn-sg-0042"));
    let quality = a.quality.unwrap();
    assert_eq!((quality.mos, quality.jitter_ms), (Some(4.3), Some(12.0)));
    let b = summary.leg(LegName::B).unwrap();
    assert_eq!(b.status, Some(SessionStatus::NoAnswer));
    assert_eq!((b.connected, b.seconds), (None, Some(0)));
    assert_eq!(b.source_ref.as_deref(), Some("vn-sg-0042"));
}

#[test]
fn a_summary_tells_errors_and_either_spelling_of_cancelled() {
    let failed = summary("vss-error");
    assert_eq!(failed.status, Some(SessionStatus::Error));
    let error = failed.error.unwrap();
    assert_eq!(error.code, Some(-2003));
    assert_eq!(error.message.as_deref(), Some("The callflow is invalid"));
    assert_eq!(error.action.as_deref(), Some("sayAndCapture"));
    assert!(error.callflow_request.is_some());
    let cancelled = summary("vss-cancelled");
    assert_eq!(cancelled.status, Some(SessionStatus::Canceled));
    assert_eq!(cancelled.legs[0].status, Some(SessionStatus::Canceled));
    assert_eq!(cancelled.error.unwrap().code, Some(-9999));
    assert_eq!(cancelled.call_count, Some(2));
}

#[test]
fn recordings_and_numbers_are_read_whole() {
    let Ok(Webhook::Recording(recording)) = parse(&body("vru-uploaded")) else {
        panic!("no recording");
    };
    assert_eq!(recording.session.as_str(), SESSION);
    assert_eq!(recording.recording_id.as_deref(), Some("rec-20260314-1"));
    assert_eq!(recording.seconds, Some(94));
    assert!(recording.file_path.unwrap().ends_with(".mp3"));
    assert_eq!(recording.status, Some(RecordingStatus::UploadCompleted));

    let Ok(Webhook::Numbers(update)) = parse(&body("vnu-updates")) else {
        panic!("no numbers");
    };
    assert_eq!(update.total, Some(2));
    assert_eq!(update.kind, Some(UpdateKind::Updates));
    let [active, ill] = update.numbers.as_slice() else {
        panic!("{} numbers", update.numbers.len());
    };
    assert_eq!(active.number, Party::read("+6561115777"));
    assert_eq!(active.status, Some(OperationalStatus::Active));
    assert_eq!(active.change, Some(NumberChange::Updated));
    assert_eq!(active.is_health_checked, Some(true));
    assert_eq!(ill.status, Some(OperationalStatus::Unhealthy));
    assert_eq!((ill.rental_price, ill.billing_unit), (Some(6.5), Some(60)));
    assert_eq!(active.rental_price, ill.rental_price);
}

#[test]
fn what_is_written_of_recordings_and_numbers_reads_as_it_was() {
    let Ok(Webhook::Recording(recording)) = parse(&body("vru-uploaded")) else {
        panic!("a recording");
    };
    let Ok(Webhook::Recording(again)) = parse(&write_recording(&recording)) else {
        panic!("a recording");
    };
    assert_eq!(format!("{again:?}"), format!("{recording:?}"));
    let Ok(Webhook::Numbers(update)) = parse(&body("vnu-updates")) else {
        panic!("numbers");
    };
    let Ok(Webhook::Numbers(again)) = parse(&write_numbers(&update)) else {
        panic!("numbers");
    };
    assert_eq!(format!("{again:?}"), format!("{update:?}"));
}

#[test]
fn an_event_has_another_name_where_it_can_be_told_to_be_old_all_the_same() {
    let renamed = |name: &str| renamed_event(&body(name), "another");
    let event = action(&renamed("vca-received").unwrap());
    assert_eq!(event.key, EventKey::of_id("another"));
    let mut with_token = waiting();
    with_token["payload"]["clientActionId"] = json!("token");
    let with_token = renamed_event(with_token.to_string().as_bytes(), "another").unwrap();
    assert_eq!(action(&with_token).token.as_deref(), Some("token"));
    assert_eq!(renamed("vca-outbound-first"), None);
    assert_eq!(renamed_event(b"{", "another"), None);
}
