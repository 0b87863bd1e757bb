//! The course of a call as the contract tells it.

use super::*;
use crate::wire::{LastAction, LegName, SessionStatus};

#[test]
fn an_inbound_call_arrives_as_one_that_waits() {
    let mut line = Line::call_in(start(), Rules::default());
    assert_eq!(line.doing(), Doing::WaitsForAnswer);
    let webhook = line.next_webhook().unwrap();
    assert_eq!(webhook.kind, WebhookKind::Action);
    let body = String::from_utf8(webhook.bytes.to_vec()).unwrap();
    let call = super::unique::id(SESSION, "leg", 0);
    let event = super::unique::id(SESSION, "event", 0);
    assert_eq!(
        body,
        format!(
            r#"{{"namespace":"VOICE","eventType":"CALL_ACTION","description":"Voice call action","payload":{{"eventId":"{event}","callId":"{call}","sessionId":"{SESSION}","subAccountId":"ringflow","callStatus":"CALL_RECEIVED","callDirection":"INBOUND","callType":"PSTN","source":"+6591234567","destination":"+6561115777","sourceFormat":"MSISDN","destinationFormat":"MSISDN","sourceCountryCode":"SG","destinationCountryCode":null,"callDuration":0,"sipCode":200,"timestamp":"2026-03-02T02:00:00.000Z"}}}}"#
        )
    );
    assert_eq!(line.next_webhook(), None);
    assert_eq!(line.until(), None);
}

#[test]
fn an_account_may_have_its_calls_announced_by_a_status() {
    let rules = Rules {
        arrives_as_status: true,
        ..quiet()
    };
    let mut line = Line::call_in(start(), rules);
    let webhook = line.next_webhook().unwrap();
    assert_eq!(webhook.kind, WebhookKind::Action);
    let Ok(wire::Webhook::Status(status)) = wire::parse(&webhook.bytes) else {
        panic!("no status");
    };
    assert!(status.as_action().is_some());
    answer(&mut line, json!([say("Hello."), hangup()]));
    assert_eq!(texts(&mut line), ["Hello."]);
}

#[test]
fn a_list_runs_in_order_and_then_it_is_asked_again() {
    let mut line = arrived(quiet());
    answer(&mut line, json!([say("One."), say("Two.")]));
    assert_eq!(line.doing(), Doing::Speaking);
    assert_eq!(texts(&mut line), ["One."]);
    pass(&mut line);
    assert_eq!(texts(&mut line), ["Two."]);
    pass(&mut line);
    assert_eq!(line.doing(), Doing::WaitsForAnswer);
    let event = action(&mut line);
    assert!(is_done(&event));
    assert_eq!(event.digits, None);
    assert_eq!(event.sip_code, Some(200));
}

#[test]
fn after_each_action_a_new_answer_replaces_the_rest() {
    let mut line = arrived(Rules {
        asks_again: AsksAgain::AfterEachAction,
        ..quiet()
    });
    answer(&mut line, json!([say("One."), say("Two."), hangup()]));
    pass(&mut line);
    assert!(is_done(&action(&mut line)));
    answer(&mut line, json!([say("Three."), hangup()]));
    pass(&mut line);
    assert_eq!(texts(&mut line), ["One.", "Three.", "hung up"]);
    // After a text and a hangup no one is asked, in either reading.
    assert_eq!(line.doing(), Doing::Over(Ending::HungUp));
    assert_eq!(summary(&mut line).status, Some(SessionStatus::Completed));
}

#[test]
fn the_summary_tells_the_leg() {
    let mut line = arrived(Rules::default());
    line.pass_until(time("2026-03-02T02:00:01Z"));
    answer(&mut line, json!([say(&"a".repeat(150)), hangup()]));
    pass(&mut line);
    let summary = summary(&mut line);
    assert_eq!(summary.session.as_str(), SESSION);
    assert_eq!(summary.start, Some(time("2026-03-02T02:00:00Z")));
    assert_eq!(summary.end, Some(time("2026-03-02T02:00:11Z")));
    assert_eq!(summary.last_action, Some(LastAction::Hangup));
    assert_eq!(summary.call_count, Some(1));
    assert_eq!(summary.error, None);
    assert!(summary.leg(LegName::B).is_none());
    let a = summary.leg(LegName::A).unwrap();
    assert_eq!(a.initiated, Some(time("2026-03-02T02:00:00Z")));
    assert_eq!(a.connected, Some(time("2026-03-02T02:00:01Z")));
    assert_eq!(a.seconds, Some(10));
    assert_eq!(a.source.to_string(), CALLER);
    assert_eq!(a.status, Some(SessionStatus::Completed));
}

#[test]
fn a_token_comes_back_once() {
    let mut line = arrived(quiet());
    let body = json!({"clientActionId": "abc-1", "callflow": [say("One.")]});
    take(&mut line, body).unwrap();
    pass(&mut line);
    assert_eq!(action(&mut line).token.as_deref(), Some("abc-1"));
    answer(&mut line, json!([say("Two.")]));
    pass(&mut line);
    assert_eq!(action(&mut line).token, None);
}

#[test]
fn every_webhook_has_an_id_of_its_own() {
    let mut line = Line::call_in(start(), Rules::default());
    let mut ids = std::collections::HashSet::new();
    let mut count = 0;
    for _ in 0..4 {
        while let Some(webhook) = line.next_webhook() {
            let body: Value = serde_json::from_slice(&webhook.bytes).unwrap();
            ids.insert(body["payload"]["eventId"].to_string());
            count += 1;
        }
        answer(&mut line, json!([say("One.")]));
        pass(&mut line);
    }
    assert_eq!((ids.len(), count), (5, 5));
}

#[test]
fn a_withheld_caller_is_shown_as_it_is() {
    let mut line = Line::call_in(
        Start {
            from: "anonymous".to_owned(),
            session: String::new(),
            ..start()
        },
        Rules::default(),
    );
    let event = action(&mut line);
    assert_eq!(event.source.to_string(), "anonymous");
    assert_eq!(event.session.as_str().len(), 36);
}

#[test]
fn a_recording_and_a_repeated_text_take_their_time() {
    let mut line = arrived(quiet());
    let file = json!({"action": "playFile", "params": {"fileUrl": "https://a.example/x.mp3", "repetition": 2}});
    let slow = json!({"action": "say", "params": {"text": "a".repeat(15), "voiceProfile": "en-US-One", "speed": 0.5, "repetition": 3}});
    answer(&mut line, json!([file, slow]));
    pass(&mut line);
    assert_eq!(line.now(), time("2026-03-02T02:00:10Z"));
    pass(&mut line);
    assert_eq!(line.now(), time("2026-03-02T02:00:16Z"));
}

#[test]
fn time_passes_no_further_than_what_happens_next() {
    let mut line = arrived(quiet());
    answer(&mut line, json!([say("One."), say("Two.")]));
    line.pass_until(time("2026-03-02T02:00:00.1Z"));
    assert_eq!(line.now(), time("2026-03-02T02:00:00.1Z"));
    line.pass_until(time("2026-03-03T00:00:00Z"));
    assert_eq!(line.now(), time("2026-03-02T02:00:00.3Z"));
    assert_eq!(line.doing(), Doing::Speaking);
    line.pass_until(time("2026-03-01T00:00:00Z"));
    assert_eq!(line.now(), time("2026-03-02T02:00:00.3Z"));
}

#[test]
fn a_caller_may_leave_at_any_time() {
    // Before the answer, which then means nothing.
    let mut line = arrived(quiet());
    line.hang_up();
    assert_eq!(line.doing(), Doing::Over(Ending::CallerHungUp));
    assert_eq!(take(&mut line, json!({"callflow": 7})), Ok(()));
    assert_eq!(summary(&mut line).status, Some(SessionStatus::Completed));
    // In a prompt.
    let mut line = arrived(quiet());
    answer(&mut line, json!([capture(json!({}))]));
    line.hang_up();
    line.hang_up();
    line.press('1');
    assert_eq!(summary(&mut line).status, Some(SessionStatus::Completed));
}

#[test]
fn what_is_no_answer_ends_the_session_with_an_error() {
    let cases: [(u16, &[u8], i32, i64); 4] = [
        (500, b"", -2002, -2002),
        (204, b"{}", -2002, -2002),
        (200, b"<html>", -1001, -2003),
        (200, b"{\"callflow\":[]}", -1009, -2003),
    ];
    for (status, body, code, session_code) in cases {
        let mut line = arrived(Rules::default());
        assert_eq!(line.answered(status, body).unwrap_err().code, code);
        assert_eq!(line.doing(), Doing::Over(Ending::Refused));
        let summary = summary(&mut line);
        assert_eq!(summary.status, Some(SessionStatus::Error));
        assert_eq!(summary.error.as_ref().unwrap().code, Some(session_code));
        let a = summary.leg(LegName::A).unwrap();
        assert_eq!(
            (a.status.clone(), a.connected),
            (Some(SessionStatus::Error), None)
        );
    }
    let mut line = arrived(Rules::default());
    assert_eq!(line.unanswered("nobody is there").code, -2002);
    let error = summary(&mut line).error.unwrap();
    assert_eq!(error.message.as_deref(), Some("nobody is there"));
}
