//! A PIN in bodies that are broken in every way: it is nowhere.

use super::program::{Phone, Served, shipped};
use crate::support::webhook::{Webhook, summary};

/// Four digits would be found in a port or a time as well.
const PIN: &str = "8642975310864297";

/// Fields in which the platform says what is no secret, and which the log repeats:
/// which session, and who calls whom.
const SAID: [&str; 3] = ["sessionId", "source", "destination"];
/// And in a notification how long, and for which account.
const SAID_IN_NOTICES: [&str; 2] = ["callDuration", "subAccountId"];

#[test]
fn a_pin_is_nowhere_whatever_field_it_is_in() {
    let dir = shipped();
    let env = [("RINGFLOW_LOG", "trace"), ("RINGFLOW_LOG_FORMAT", "json")];
    let served = Served::start_with(dir.path(), &["--log-digits"], &env);
    let mut phone = Phone::to("+6561115780", "planted");
    phone.next(&served);
    phone.press(&served, "12345674");
    phone.press(&served, "1");
    let whole = phone.webhook(Some(PIN), 200);
    let fields = fields_of(&whole.body);
    assert!(fields.len() > 20, "{fields:?}");
    let mut tried = 0;
    let wrong = [
        "@",
        "\"@\"",
        "[\"@\"]",
        "{\"dtmf\":\"@\"}",
        "@x",
        "\"@",
        "-@",
        "1e@",
    ];
    for (name, written) in &fields {
        for value in wrong {
            let value = value.replace('@', PIN);
            let field = format!("\"{name}\": ");
            let body =
                whole
                    .body
                    .replacen(&format!("{field}{written}"), &format!("{field}{value}"), 1);
            for kind in [
                "CALL_ACTION",
                "CALL_STATUS",
                "SESSION_SUMMARY",
                "CALL_RECORDING_STATUS",
                "VIRTUAL_NUMBER_UPDATE",
                "NEW",
            ] {
                let body = body.replacen("CALL_ACTION", kind, 1);
                let is_said = SAID.contains(&name.as_str())
                    || (kind != "CALL_ACTION" && SAID_IN_NOTICES.contains(&name.as_str()));
                if is_said {
                    continue;
                }
                let cut = body.find(PIN).unwrap() + PIN.len();
                for end in [body.len(), body.len() - 1, cut, cut + 1] {
                    let webhook = Webhook {
                        body: body[..end].to_owned(),
                        ..whole.clone()
                    };
                    let (status, answer) =
                        served.exchange("POST", "/webhooks", None, &webhook.body);
                    assert!([200, 400].contains(&status), "{status} {}", webhook.body);
                    let answer = String::from_utf8(answer).unwrap();
                    assert!(!answer.contains(PIN), "{answer}");
                    tried += 1;
                }
            }
        }
    }
    for body in [
        PIN.to_owned(),
        format!("{{{PIN}"),
        format!("[{PIN}"),
        format!("\"{PIN}"),
        format!("{{\"{PIN}\":1}}"),
    ] {
        let (status, answer) = served.exchange("POST", "/webhooks", None, &body);
        assert_eq!(status, 400, "{body}");
        assert!(!String::from_utf8(answer).unwrap().contains(PIN));
    }
    served.post(&summary("planted", "COMPLETED", 0));
    assert!(tried > 3000, "{tried} bodies");
    let ended = served.kill();
    let told = [ended.stdout, ended.stderr].concat();
    assert!(told.len() > tried / 2, "{} lines", told.len());
    for line in told {
        assert!(!line.contains(PIN), "{line}");
    }
    for file in walkdir::WalkDir::new(dir.path()) {
        let file = file.unwrap();
        if file.file_type().is_file() {
            let text = std::fs::read(file.path()).unwrap();
            assert!(!String::from_utf8_lossy(&text).contains(PIN), "{file:?}");
        }
    }
}

/// The name of every field that holds a text or a number, and what is written there.
fn fields_of(body: &str) -> Vec<(String, String)> {
    let parts = body.split('"').skip(1).step_by(2);
    let mut fields = Vec::new();
    for name in parts {
        let Some(at) = body.find(&format!("\"{name}\": ")) else {
            continue;
        };
        let value = &body[at + name.len() + 4..];
        let end = match value.strip_prefix('"') {
            Some(text) => text.find('"').unwrap() + 2,
            None => value.find([',', '}']).unwrap(),
        };
        let value = &value[..end];
        if !value.starts_with(['{', '[']) {
            fields.push((name.to_owned(), value.to_owned()));
        }
    }
    fields.sort();
    fields.dedup();
    fields
}
