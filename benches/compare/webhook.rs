//! The webhooks of a call, as the platform sends them.

use std::fmt::Write;

/// Writes the `turn`-th question of a call what to do next, with what was keyed in.
pub fn action(out: &mut String, session: usize, turn: usize, digits: &str, token: &str) {
    let status = if turn == 0 {
        "CALL_RECEIVED"
    } else {
        "ACTION_COMPLETED"
    };
    out.clear();
    let written = write!(
        out,
        r#"{{"namespace":"VOICE","eventType":"CALL_ACTION","description":"Call action","payload":{{"eventId":"0b9c6c5e-{turn:08}-4b0e-9a54-{session:012}","timestamp":"2026-03-02T02:00:00Z","callId":"2b2f6e1c-97a0-4a21-8f5c-{session:012}","sessionId":"7d7e1f9a-3a43-4c42-a1a4-{session:012}","subAccountId":"ABC_Restaurant","callStatus":"{status}","callDirection":"INBOUND","callType":"PSTN","source":"+6591234567","sourceFormat":"MSISDN","sourceCountryCode":"SG","destination":"+6561115777","destinationFormat":"MSISDN","destinationCountryCode":"SG","callDuration":12,"eventData":{{"dtmf":"{digits}"}},"sipCode":200,"clientActionId":"{token}"}}}}"#
    );
    written.expect("memory takes every text");
}

/// Writes the summary that ends a session.
#[allow(dead_code, reason = "one of the benches does not need it")]
pub fn summary(out: &mut String, session: usize) {
    out.clear();
    let written = write!(
        out,
        r#"{{"namespace":"VOICE","eventType":"SESSION_SUMMARY","description":"Voice session summary","version":5,"payload":{{"eventId":"0b9c6c5e-99999999-4b0e-9a54-{session:012}","timestamp":"2026-03-02T02:01:00Z","sessionId":"7d7e1f9a-3a43-4c42-a1a4-{session:012}","subAccountId":"ABC_Restaurant","sessionStatus":"COMPLETED","startTime":"2026-03-02T02:00:00Z","endTime":"2026-03-02T02:00:59Z","lastAction":"HANGUP","callCount":1,"details":{{"callA":{{"callId":"2b2f6e1c-97a0-4a21-8f5c-{session:012}","callDirection":"INBOUND","callType":"PSTN","source":"+6591234567","sourceFormat":"MSISDN","sourceCountryCode":"SG","destination":"+6561115777","destinationFormat":"MSISDN","destinationCountryCode":"SG","callStatus":"COMPLETED","callDuration":59}}}}}}}}"#
    );
    written.expect("memory takes every text");
}
