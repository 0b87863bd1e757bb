//! `ringflow doctor --probe`, against a platform that plays two calls.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::platform::Platform;
use super::program::{PATIENCE, project};

/// What a webhook is sent to: the address and the header, as they were registered.
type Registered = Arc<Mutex<Option<(String, String)>>>;

/// A platform that cuts a `clientActionId` at 100 characters, and waits for an answer for a
/// moment only, to ask once more.
fn platform(registered: &Registered) -> Platform {
    let registered = Arc::clone(registered);
    let count = Mutex::new(0);
    Platform::odd(move |asked, what| {
        if what == "POST webhooks" && asked.body.contains("\"VCA\"") {
            let webhook: Value = serde_json::from_str(&asked.body).unwrap();
            let text = |name: &str| webhook[name].as_str().unwrap_or_default().to_owned();
            *registered.lock().unwrap() = Some((text("url"), text("httpAuthHeader")));
        }
        if what != "POST callflows" {
            return None;
        }
        let (url, header) = registered.lock().unwrap().clone().unwrap();
        let mut count = count.lock().unwrap();
        *count += 1;
        let session = format!("session-{count}");
        let line = Line {
            url,
            header,
            session: session.clone(),
        };
        let is_first = *count == 1;
        std::thread::spawn(move || {
            if is_first {
                line.echoes()
            } else {
                line.waits()
            }
        });
        Some((
            200,
            json!({"sessionId": session, "statusCode": 1, "sessionStatus": "CREATED"}),
        ))
    })
}

struct Line {
    url: String,
    header: String,
    session: String,
}

impl Line {
    /// The first call: what is answered is done, until it is bridged to a busy phone.
    fn echoes(&self) {
        let mut token: Option<String> = None;
        for turn in 0.. {
            let mut event = self.action(&format!("echo-{turn}"), "leg-a", 200);
            event["payload"]["eventData"] = json!({"dtmf": "7"});
            if let Some(token) = &token {
                event["payload"]["clientActionId"] = json!(token[..token.len().min(100)]);
            }
            let answer = self.answer(&event);
            token = answer["clientActionId"].as_str().map(str::to_owned);
            match answer["callflow"][0]["action"].as_str().unwrap() {
                "say" => {}
                "makeCall" => break,
                other => panic!("{other}"),
            }
        }
        let mut busy = self.action("busy", "leg-b", 486);
        busy["eventType"] = json!("CALL_STATUS");
        busy["payload"]["callStatus"] = json!("CALL_DISCONNECTED");
        self.send(&busy);
        let answer = self.answer(&self.action("after-busy", "leg-a", 486));
        assert_eq!(answer["callflow"][0]["action"], "hangup");
        self.send(&self.summary("BUSY", None));
    }

    /// The second call: the answer that does not come is waited for, and asked for again.
    fn waits(&self) {
        let event = self.action("held", "leg-a", 200);
        let mut stream = self.connect(&event);
        stream
            .set_read_timeout(Some(Duration::from_millis(50)))
            .unwrap();
        assert!(stream.read(&mut [0; 16]).is_err(), "nothing was to come");
        drop(stream);
        let answer = self.answer(&event);
        assert_eq!(answer["callflow"][0]["action"], "hangup");
        self.send(&self.summary("ERROR", Some(-2003)));
    }

    fn action(&self, event: &str, leg: &str, sip_code: u16) -> Value {
        json!({"eventType": "CALL_ACTION", "payload": {
            "eventId": event, "callId": leg, "sessionId": self.session,
            "callStatus": "ACTION_COMPLETED", "callDirection": "OUTBOUND", "callType": "PSTN",
            "source": "+6561115001", "destination": "+6591234567", "sipCode": sip_code,
        }})
    }

    fn summary(&self, status: &str, code: Option<i32>) -> Value {
        json!({"eventType": "SESSION_SUMMARY", "payload": {
            "sessionId": self.session, "sessionStatus": status,
            "errorDetails": {"errorCode": code},
        }})
    }

    fn connect(&self, event: &Value) -> TcpStream {
        let address = self.url.strip_prefix("http://").unwrap();
        let (address, path) = address.split_once('/').unwrap();
        let body = event.to_string();
        let request = format!(
            "POST /{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: {}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            self.header,
            body.len()
        );
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    fn send(&self, event: &Value) -> String {
        let mut answer = String::new();
        self.connect(event).read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }

    fn answer(&self, event: &Value) -> Value {
        let answer = self.send(event);
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }
}

const PROBE: [&str; 9] = [
    "doctor",
    "--probe",
    "--from",
    "+6561115001",
    "--to",
    "+6591234567",
    "--listen",
    "127.0.0.1:0",
    "--out",
];

#[test]
fn a_probe_records_what_is_open_and_puts_the_webhooks_back() {
    let platform = platform(&Registered::default());
    platform.had(
        "VCA",
        "https://ivr.example.com/webhooks",
        Some("Bearer before"),
        true,
    );
    let dir = project(&[]);
    let out = dir.path().join("probe.json");
    let mut args = PROBE.to_vec();
    args.push(out.to_str().unwrap());

    // The header that is there could not be put back.
    let told = platform.run(dir.path(), &args);
    assert_eq!(told.code, Some(2));
    assert!(
        told.err
            .contains("VCA would lose the `Authorization` header"),
        "{}",
        told.err
    );
    assert_eq!(platform.header("VCA").unwrap(), "Bearer before");

    args.extend(["--auth-header", "Bearer before"]);
    let told = platform.run(dir.path(), &args);
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
    for part in [
        "the registered header arrives in `authorization`\n",
        "a `clientActionId` of 64 characters comes back whole\n",
        "of a `clientActionId` of 128 characters 100 come back\n",
        "of a `clientActionId` of 255 characters 100 come back\n",
        "digits stand in `eventData.dtmf`\n",
        "after a leg B that was busy: CALL_STATUS CALL_DISCONNECTED of leg B (SIP 486), then \
         CALL_ACTION ACTION_COMPLETED of leg A (SIP 486), then SESSION_SUMMARY BUSY\n",
        "a CALL_ACTION that is not answered is given up after ",
        "it came again, with the same `eventId`\n",
        "that session ended as ERROR (-2003)\n",
        "nobody called meanwhile",
    ] {
        assert!(told.out.contains(part), "{part}:\n{}", told.out);
    }
    let record = std::fs::read_to_string(&out).unwrap();
    assert!(!record.contains("\"7\"") && !record.contains("planted") && !record.contains("Bearer"));
    let record: Value = serde_json::from_str(&record).unwrap();
    let given_up = record["facts"]["held"]["given_up_after_ms"]
        .as_u64()
        .unwrap();
    assert!((50..30_000).contains(&given_up), "{given_up}");

    let left = [(
        "VCA".to_owned(),
        "https://ivr.example.com/webhooks".to_owned(),
    )];
    assert_eq!(platform.webhooks(), left);
    assert_eq!(platform.header("VCA").unwrap(), "Bearer before");
    assert!(!dir.path().join(".ringflow/webhooks.json").exists());
}

#[test]
fn a_probe_whose_calls_are_refused_puts_the_webhooks_back_too() {
    let platform = Platform::odd(|_, what| {
        let body = json!({"sessionStatus": "NOT_CREATED", "statusCode": -1014});
        (what == "POST callflows").then_some((422, body))
    });
    platform.had("VSS", "https://ivr.example.com/webhooks", None, false);
    let dir = project(&[]);
    let out = dir.path().join("probe.json");
    let mut args = PROBE.to_vec();
    args.push(out.to_str().unwrap());
    let told = platform.run(dir.path(), &args);
    assert_eq!(told.code, Some(1));
    assert!(
        told.err.contains("echo: the platform answers -1014"),
        "{}",
        told.err
    );
    let left = [(
        "VSS".to_owned(),
        "https://ivr.example.com/webhooks".to_owned(),
    )];
    assert_eq!(platform.webhooks(), left);
}
