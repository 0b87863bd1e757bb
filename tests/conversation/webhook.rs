//! The webhooks of one call, as the platform writes them.

use serde_json::{Map, Value, json};

pub const SESSION: &str = "3f6c1a52-8d0e-4b67-9a43-5b1de0c7a911";
pub const CALLER: &str = "+6591234567";
pub const OURS: &str = "+6561115777";

/// What can be told of a leg; what is `None` is left out of the body.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub event_type: &'static str,
    pub event_id: Option<String>,
    pub call_id: &'static str,
    pub status: &'static str,
    pub direction: &'static str,
    pub source: String,
    pub destination: String,
    pub digits: Option<String>,
    pub sip_code: Option<u16>,
    pub seconds: u32,
    pub token: Option<String>,
}

impl Webhook {
    /// The caller's call waits.
    pub fn action(event: usize, status: &'static str) -> Self {
        Webhook {
            event_type: "CALL_ACTION",
            event_id: Some(format!("event-{event}")),
            call_id: "leg-a",
            status,
            direction: "INBOUND",
            source: CALLER.to_owned(),
            destination: OURS.to_owned(),
            digits: None,
            sip_code: Some(200),
            seconds: 7,
            token: None,
        }
    }

    pub fn arrived() -> Self {
        Self::action(0, "CALL_RECEIVED")
    }

    pub fn completed(event: usize, token: Option<&str>) -> Self {
        Webhook {
            token: token.map(str::to_owned),
            ..Self::action(event, "ACTION_COMPLETED")
        }
    }

    pub fn with_digits(self, digits: &str) -> Self {
        Webhook {
            digits: Some(digits.to_owned()),
            ..self
        }
    }

    /// The same, of a call that was started for us.
    pub fn outbound(self) -> Self {
        Webhook {
            direction: "OUTBOUND",
            source: self.destination,
            destination: self.source,
            ..self
        }
    }

    /// The same event as it looks when it shows the bridged leg.
    pub fn of_leg_b(self, number: &str) -> Self {
        Webhook {
            call_id: "leg-b",
            direction: "OUTBOUND",
            source: OURS.to_owned(),
            destination: number.to_owned(),
            ..self
        }
    }

    /// The leg with this number has ended.
    pub fn leg_b_ended(event: usize, number: &str, sip_code: u16) -> Self {
        Webhook {
            event_type: "CALL_STATUS",
            sip_code: Some(sip_code),
            ..Self::action(event, "CALL_DISCONNECTED").of_leg_b(number)
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut payload = Map::new();
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                payload.insert(key.to_owned(), value);
            }
        };
        put("eventId", json!(self.event_id));
        put("callId", json!(self.call_id));
        put("sessionId", json!(SESSION));
        put("subAccountId", json!("harbour_restaurant"));
        put("callStatus", json!(self.status));
        put("callDirection", json!(self.direction));
        put("callType", json!("PSTN"));
        put("source", json!(self.source));
        put("destination", json!(self.destination));
        put("sourceCountryCode", json!("SG"));
        put("callDuration", json!(self.seconds));
        put("sipCode", json!(self.sip_code));
        put("eventData", json!({ "dtmf": self.digits }));
        put("clientActionId", json!(self.token));
        let body = json!({
            "namespace": "VOICE",
            "eventType": self.event_type,
            "payload": payload,
        });
        body.to_string().into_bytes()
    }
}
