//! Webhooks as the platform writes them.

/// In which shape captured digits arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `"eventData": {"dtmf": "1"}`, with a null where nothing was captured.
    Object,
    /// `"eventData": "1"`, with a blank where nothing was captured.
    Text,
    /// `"dtmf": "1"` in the payload.
    Payload,
    /// Beside what was spoken; no `eventData` at all where nothing was captured.
    Absent,
}

pub const SHAPES: [Shape; 4] = [Shape::Object, Shape::Text, Shape::Payload, Shape::Absent];

/// How a webhook is written, in all that must not matter.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub shape: Shape,
    /// Picks one of the ways of writing everything else.
    pub turn: usize,
}

/// The legs of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Inbound,
    Outbound,
}

impl Way {
    fn word(self) -> &'static str {
        match self {
            Way::Inbound => "INBOUND",
            Way::Outbound => "OUTBOUND",
        }
    }
}

/// A request that the platform makes.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub path: &'static str,
    pub content_type: Option<&'static str>,
    pub body: String,
}

/// What a webhook about a leg says.
#[derive(Debug, Clone)]
pub struct Leg<'a> {
    pub event: String,
    pub session: &'a str,
    pub call: &'a str,
    pub status: &'a str,
    pub way: Way,
    pub source: &'a str,
    pub destination: &'a str,
    pub digits: Option<&'a str>,
    pub sip_code: u16,
    pub seconds: u32,
    pub token: Option<&'a str>,
}

impl Leg<'_> {
    /// The call waits.
    pub fn action(&self, style: Style) -> Webhook {
        self.webhook("CALL_ACTION", style)
    }

    /// The leg has come so far.
    pub fn progress(&self, style: Style) -> Webhook {
        self.webhook("CALL_STATUS", style)
    }

    fn webhook(&self, kind: &str, style: Style) -> Webhook {
        let turn = style.turn;
        let seconds = match turn % 2 {
            0 => self.seconds.to_string(),
            _ => quoted(&self.seconds.to_string()),
        };
        let mut payload = vec![
            ("eventId", quoted(&self.event)),
            ("callId", quoted(self.call)),
            ("sessionId", quoted(self.session)),
            ("subAccountId", quoted("harbour_restaurant")),
            ("callStatus", quoted(self.status)),
            ("callDirection", quoted(self.way.word())),
            ("callType", quoted("PSTN")),
            ("source", quoted(&written(self.source, turn))),
            ("destination", quoted(&written(self.destination, turn / 2))),
            ("sourceFormat", quoted("MSISDN")),
            ("destinationFormat", quoted("MSISDN")),
            ("sourceCountryCode", quoted("SG")),
            ("destinationCountryCode", "null".to_owned()),
            ("callDuration", seconds),
            ("sipCode", self.sip_code.to_string()),
            ("timestamp", quoted("2026-03-02T02:00:00Z")),
            (
                "newlyInvented",
                r#"{"dtmf": "7", "list": [1, 2]}"#.to_owned(),
            ),
        ];
        payload.extend(self.captured(style));
        if let Some(token) = self.token {
            payload.push(("clientActionId", quoted(token)));
        }
        envelope(kind, payload, turn)
    }

    fn captured(&self, style: Style) -> Vec<(&'static str, String)> {
        let object = |dtmf: &str| format!(r#"{{"dtmf": {dtmf}}}"#);
        match (style.shape, self.digits) {
            (Shape::Object, Some(digits)) => vec![("eventData", object(&quoted(digits)))],
            (Shape::Object, None) => vec![("eventData", object("null"))],
            (Shape::Text, Some(digits)) => vec![("eventData", quoted(digits))],
            (Shape::Text, None) => vec![("eventData", quoted([" ", ""][style.turn % 2]))],
            (Shape::Payload, Some(digits)) => vec![("dtmf", quoted(digits))],
            (Shape::Payload, None) => vec![("dtmf", "null".to_owned())],
            (Shape::Absent, Some(digits)) => {
                let beside = format!(r#"{{"asrCaptured": null, "dtmf": {}}}"#, quoted(digits));
                vec![("eventData", beside)]
            }
            (Shape::Absent, None) => Vec::new(),
        }
    }
}

/// The session has ended.
pub fn summary(session: &str, status: &str, turn: usize) -> Webhook {
    let leg = r#"{"callId": "a", "callStatus": "COMPLETED", "callDuration": 30}"#;
    let details = match turn % 2 {
        0 => format!(r#"{{"callA": {leg}}}"#),
        _ => format!(r#"{{"CallA": {leg}, "CallB": {leg}}}"#),
    };
    let payload = vec![
        ("sessionId", quoted(session)),
        ("subAccountId", quoted("harbour_restaurant")),
        ("sessionStatus", quoted(status)),
        ("startTime", quoted("2026-03-02T02:00:00.000Z")),
        ("endTime", quoted("2026-03-02T02:00:30.000Z")),
        ("lastAction", quoted("HANGUP")),
        ("callCount", "1".to_owned()),
        ("details", details),
    ];
    envelope("SESSION_SUMMARY", payload, turn)
}

/// A webhook of this kind, its keys in one of three orders, on one of the paths.
pub fn envelope(kind: &str, mut payload: Vec<(&str, String)>, turn: usize) -> Webhook {
    if turn % 3 == 1 {
        payload.reverse();
    }
    let mut fields = vec![
        ("namespace", quoted("VOICE")),
        ("eventType", quoted(kind)),
        ("description", quoted("as the platform says it")),
        ("payload", object(&payload)),
    ];
    match turn % 3 {
        1 => fields.reverse(),
        2 => fields.rotate_right(1),
        _ => {}
    }
    // The path for all types, those for single ones, and wrong ones of them.
    let paths = [
        "/webhooks",
        "/webhooks/vca",
        "/webhooks/vss",
        "/webhooks/vcs",
        "/webhooks/vru",
        "/webhooks/vnu",
    ];
    let content_types = [
        Some("application/json"),
        Some("application/json;charset=utf-8"),
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
    ];
    Webhook {
        path: paths[turn % paths.len()],
        content_type: content_types[turn % content_types.len()],
        body: object(&fields),
    }
}

pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// serde_json would sort the keys.
fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}: {value}", quoted(name)))
        .collect();
    format!("{{{}}}", fields.join(", "))
}

fn written(number: &str, turn: usize) -> String {
    match turn % 2 {
        0 => number.to_owned(),
        _ => number.trim_start_matches('+').to_owned(),
    }
}
