//! What the log says of a call, and what it never says.

use super::program::{Phone, Served, shipped};
use crate::support::webhook::{Webhook, quoted, summary};
use serde_json::Value;

const ACCOUNT: &str = "+6561115780";
/// In no number, port or time that could be printed for another reason.
const PIN: &str = "864297";

fn call(served: &Served, session: &str) -> Phone {
    let mut phone = Phone::to(ACCOUNT, session);
    phone.next(served);
    assert!(
        phone
            .press(served, "12345674")
            .text
            .contains("If that is right")
    );
    assert!(phone.press(served, "1").text.contains("your PIN"));
    phone
}

#[test]
fn a_pin_is_nowhere_even_where_everything_is_logged() {
    let dir = shipped();
    let env = [("RINGFLOW_LOG", "trace"), ("RINGFLOW_LOG_FORMAT", "json")];
    let served = Served::start_with(dir.path(), &["--log-digits"], &env);
    // As it is asked for, refused first, twice, and when the call is over.
    let mut phone = call(&served, "pin-call");
    phone.press(&served, &format!("{PIN}{PIN}"));
    let webhook = phone.webhook(Some(PIN), 200);
    assert!(phone.press(&served, PIN).hangs_up);
    served.post(&webhook);
    served.post(&summary(&phone.session, "COMPLETED", 0));
    served.post(&webhook);
    phone.press(&served, PIN);
    // In a status, in a body that is cut short, with a number that nobody answers.
    let mut other = call(&served, "other-call");
    let webhook = other.webhook(Some(PIN), 200);
    let with = |body: String| Webhook {
        body,
        ..webhook.clone()
    };
    let status = webhook.body.replace("CALL_ACTION", "CALL_STATUS");
    served.post(&with(status.replace("ACTION_COMPLETED", "DTMF_RECEIVED")));
    let end = webhook.body.len() - 1;
    served.post(&with(webhook.body[..end].to_owned()));
    served.post(&with(
        webhook
            .body
            .replace("6561115780", "6561119999")
            .replace("other", "third"),
    ));
    served.post(&with(
        webhook
            .body
            .replace("CALL_ACTION", "SOMETHING_NEW")
            .replace("ACTION_COMPLETED", "ODD"),
    ));
    let (status, body) = served.exchange("POST", "/webhooks", None, &quoted(PIN));
    assert!(status == 400 && !String::from_utf8_lossy(&body).contains(PIN));
    other.press(&served, PIN);
    // A restart in between: the state is known by its token.
    let first = served.kill();
    let served = Served::start_with(dir.path(), &["--log-digits"], &env);
    let mut third = call(&served, "fourth-call");
    let before = served.kill();
    let served = Served::start_with(dir.path(), &["--log-digits"], &env);
    third.press(&served, PIN);
    let last = served.kill();

    let printed: Vec<String> = [first, before, last]
        .into_iter()
        .flat_map(|ended| [ended.stdout, ended.stderr].concat())
        .map(|line| without_time(&line))
        .collect();
    let answered = printed.iter().filter(|line| line.contains("vca answered"));
    assert!(answered.count() > 12, "each turn is logged: {printed:#?}");
    assert!(
        printed.iter().any(|line| line.contains("12345674")),
        "digits are shown"
    );
    for line in &printed {
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

#[test]
fn no_digits_are_logged_unless_they_are_asked_for() {
    let dir = shipped();
    let env = [("RINGFLOW_LOG", "trace"), ("RINGFLOW_LOG_FORMAT", "json")];
    let served = Served::start_with(dir.path(), &[], &env);
    let mut phone = call(&served, "masked-call");
    phone.press(&served, PIN);
    let ended = served.kill();
    assert!(ended.stderr.iter().any(|line| line.contains("********")));
    for line in ended.stderr.iter().map(|line| without_time(line)) {
        assert!(!line.contains("12345674") && !line.contains(PIN), "{line}");
    }
}

#[test]
fn a_call_is_two_lines() {
    for (format, args) in [("json", &[][..]), ("text", &["--log-digits"][..])] {
        let dir = shipped();
        let env = [("RINGFLOW_LOG_FORMAT", format)];
        let served = Served::start_with(dir.path(), args, &env);
        let mut phone = call(&served, "quiet-call");
        phone.press(&served, "1");
        let webhook = phone.webhook(Some(PIN), 200);
        assert!(phone.press(&served, PIN).hangs_up);
        served.post(&webhook);
        served.post(&summary(&phone.session, "COMPLETED", 0));
        served.post(&summary(&phone.session, "COMPLETED", 0));
        served.post(&webhook);
        let told = served.stop().stderr;
        let lines: Vec<&String> = told
            .iter()
            .filter(|line| line.contains("quiet-call"))
            .collect();
        assert_eq!(lines.len(), 2, "{told:#?}");
        assert!(lines[0].contains("call begins") && lines[1].contains("call ends"));
        // The others tell of the stop.
        assert_eq!(told.len(), 4, "{told:#?}");
        assert!(told[2].contains("stopping;") && told[3].contains("stopped"));
    }
}

/// The line without its time, whose fractions may be any digits.
fn without_time(line: &str) -> String {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(line) else {
        return line.to_owned();
    };
    fields.remove("timestamp");
    serde_json::to_string(&fields).unwrap()
}
