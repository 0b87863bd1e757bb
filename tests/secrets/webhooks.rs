//! The PIN in webhooks, whole and broken, and in everything else that a request has.

use std::io::{Read, Write};

use crate::collected::Collected;
use crate::planted::{NUMBER, PIN, Vault};
use crate::program::{PATIENCE, Phone, Served, ask, bearer, left};
use crate::support::answer::accepted;
use crate::support::webhook::{Leg, SHAPES, Shape, Style, Way, Webhook, quoted, summary};

/// What came out of a server that was asked in every way, once for each form of the log.
pub fn collect(vault: &Vault) -> Collected {
    let mut collected = Collected::default();
    for (format, channel) in [("json", "log as json"), ("text", "log as text")] {
        let env = [("RINGFLOW_LOG", "trace"), ("RINGFLOW_LOG_FORMAT", format)];
        let start = || Served::start_with(vault.dir.path(), &["--log-digits"], &env);
        let served = start();
        for (at, shape) in SHAPES.into_iter().enumerate() {
            whole_call(&served, &mut collected, &format!("{format}-{at}"), shape);
        }
        broken(&served, &mut collected, &format!("{format}-broken"));
        around(&served, &mut collected, vault);
        // What is left of a call is its token.
        let mut phone = to_the_pin(&served, &mut collected, &format!("{format}-restarted"));
        let before = served.kill();
        let served = start();
        press(&served, &mut collected, &mut phone, Shape::Object, PIN);
        press(&served, &mut collected, &mut phone, Shape::Object, "1");
        let after = served.kill();
        for ended in [before, after] {
            collected.add_lines(channel, &ended.stdout);
            collected.add_lines(channel, &without_times(&ended.stderr));
        }
    }
    collected.add_files(vault.dir.path(), &Vault::OWN);
    assert!(
        collected.bytes_of("file .ringflow/key") > 0,
        "files are looked into"
    );
    collected
}

/// A refused entry, one that a script throws, a confirmation that is none, repeats.
fn whole_call(served: &Served, collected: &mut Collected, session: &str, shape: Shape) {
    let mut phone = to_the_pin(served, collected, session);
    press(served, collected, &mut phone, shape, &format!("{PIN}9"));
    let webhook = written(&phone, shape, PIN);
    press(served, collected, &mut phone, shape, PIN);
    send(served, collected, &webhook);
    press(served, collected, &mut phone, shape, PIN);
    press(served, collected, &mut phone, shape, "2");
    press(served, collected, &mut phone, shape, &format!("{PIN}#"));
    press(served, collected, &mut phone, shape, "1");
    let late = written(&phone, shape, PIN);
    press(served, collected, &mut phone, shape, "1");
    send(served, collected, &summary(session, "COMPLETED", 0));
    send(served, collected, &late);
    send(served, collected, &webhook);
}

/// A call that is asked for its PIN, and has been refused one twice.
fn to_the_pin(served: &Served, collected: &mut Collected, session: &str) -> Phone {
    let mut phone = Phone::to(NUMBER, session);
    phone.next(served);
    phone.press(served, "1");
    for _ in 0..2 {
        press(served, collected, &mut phone, Shape::Object, PIN);
    }
    phone
}

fn press(served: &Served, all: &mut Collected, phone: &mut Phone, shape: Shape, keys: &str) {
    let body = send(served, all, &written(phone, shape, keys));
    phone.sent += 1;
    phone.token = accepted(&body).1;
}

fn send(served: &Served, collected: &mut Collected, webhook: &Webhook) -> Vec<u8> {
    let body = served.post(webhook);
    collected.add("answer", &body);
    body
}

fn written(phone: &Phone, shape: Shape, keys: &str) -> Webhook {
    let leg = Leg {
        event: format!("event-{}-{}", phone.session, phone.sent),
        session: &phone.session,
        call: "leg-a",
        status: "ACTION_COMPLETED",
        way: Way::Inbound,
        source: "+6591234567",
        destination: NUMBER,
        digits: Some(keys),
        sip_code: 200,
        seconds: 3,
        token: phone.token.as_deref(),
    };
    let turn = phone.sent;
    leg.action(Style { shape, turn })
}

/// Bodies that are cut, mixed up, of a wrong type or of another kind.
fn broken(served: &Served, collected: &mut Collected, session: &str) {
    let mut phone = to_the_pin(served, collected, session);
    phone.sent += 1;
    let whole = written(&phone, Shape::Object, PIN).body;
    let keys = quoted(PIN);
    let at = whole.find(PIN).unwrap();
    let mut bodies = vec![
        whole[..whole.len() - 1].to_owned(),
        whole[..at + PIN.len()].to_owned(),
        whole[at..].to_owned(),
        whole.replace(&keys, &format!("\"{PIN}")),
        whole.replace(&keys, PIN),
        whole.replace(&keys, &format!("-{PIN}")),
        whole.replace(&keys, &format!("[{keys}]")),
        whole.replace(&keys, &format!("{{\"dtmf\": {keys}}}")),
        whole.replace(&keys, &format!("{keys}, {keys}: {keys}")),
        whole.replace("CALL_ACTION", "CALL_STATUS"),
        whole.replace("CALL_ACTION", "SESSION_SUMMARY"),
        whole.replace("CALL_ACTION", PIN),
        whole.replace("ACTION_COMPLETED", PIN),
        whole.replace("\"INBOUND\"", &keys),
        whole.replace("\"PSTN\"", &keys),
        whole.replace("\"SG\"", &keys),
        whole.replace("\"MSISDN\"", &keys),
        keys.clone(),
        PIN.to_owned(),
        format!("dtmf={PIN}"),
        format!("{{{PIN}"),
        format!("{{{keys}: {keys}}}"),
    ];
    bodies.push(bodies[0].replace("\"INBOUND\"", &keys));
    for body in &bodies {
        for path in ["/webhooks", "/webhooks/vss"] {
            let (_, answer) = served.exchange("POST", path, Some("application/json"), body);
            collected.add("answer", &answer);
        }
    }
    // Bytes that are no text behind it.
    let body = format!("{PIN}\u{fffd}");
    let (_, answer) = served.exchange("POST", "/webhooks", None, &body);
    collected.add("answer", &answer);
}

/// Where nobody should write a PIN: addresses, headers, methods, the operators' listener.
fn around(served: &Served, collected: &mut Collected, vault: &Vault) {
    let header = format!("application/json\r\nX-Keyed: {PIN}\r\nCookie: pin={PIN}");
    for (method, path, header) in [
        ("POST", format!("/webhooks?pin={PIN}"), None),
        ("POST", format!("/webhooks/{PIN}"), None),
        ("GET", format!("/{PIN}"), None),
        (PIN, "/webhooks".to_owned(), None),
        ("POST", "/webhooks".to_owned(), Some(header.as_str())),
        ("POST", "/webhooks".to_owned(), Some(PIN)),
    ] {
        let (_, answer) = served.exchange(method, &path, header, &quoted(PIN));
        collected.add("answer", &answer);
    }
    // A request that is none.
    let mut stream = served.connect();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
        .write_all(format!("{PIN}\r\n\r\n").as_bytes())
        .unwrap();
    let mut answer = Vec::new();
    // The server may have gone without a word.
    let _ = stream.read_to_end(&mut answer);
    collected.add("answer", &answer);

    let (address, token) = left(vault.dir.path());
    for (first, header) in [
        (format!("GET /{PIN}"), bearer(&token)),
        (format!("POST /reload?pin={PIN}"), bearer(&token)),
        (format!("POST /reload/{PIN}"), bearer(PIN)),
    ] {
        let (_, answer) = ask(&address, &first, &header);
        collected.add("admin", &answer);
    }
}

/// The lines without the time, whose fractions may be any digits.
fn without_times(lines: &[String]) -> Vec<String> {
    let without = |line: &String| {
        if let Ok(serde_json::Value::Object(mut fields)) = serde_json::from_str(line) {
            fields.remove("timestamp");
            return serde_json::to_string(&fields).unwrap();
        }
        match line.split_once("Z ") {
            Some((_, rest)) => rest.to_owned(),
            None => line.clone(),
        }
    };
    lines.iter().map(without).collect()
}
