//! A PIN that a caller keys in is nowhere to be read: not where a session, a call, an
//! event, an answer or a fault is printed, and not in a token.

use base64::Engine;
use ringflow::wire;

use crate::conversation::webhook::Webhook;
use crate::conversation::{Conversation, fresh_server_with};

const PIN: &str = "8642";

const FLOW: &str = "
vars: {pin: secret digits, copy: secret text, kept: secret map}
allow_dial: [+65]
defaults: {give_up: bye, on_error: after, tries: 9}
states:
  main:
    ask: PIN?
    digits: 4
    save: pin
    valid: pin != \"0000\"
    confirm: It ends in ${mask(pin)}.
    then: copies
  copies: {set: {copy: '${pin}', kept: {pin: '${pin}', list: ['${pin}']}}, then: fails}
  fails: {choose: 'FAILING', otherwise: after, on_error: after}
  after: {menu: Press 1., keys: {1: bye}}
  bye: {say: Goodbye., then: hangup}
";

/// Expressions over a PIN that fail while they run.
const FAILING: [&str; 8] = [
    "pin.len() % 0",
    "number(pin) / (pin.len() - pin.len())",
    "tools::throws(pin)",
    "tools::deep(pin)",
    "tools::spins(pin)",
    "kept.list * 2",
    "pin.sub_string(\"a\")",
    "pin.pad_left(pin, pin)",
];

const TOOLS: &str = "
fn throws(pin) { throw `it is ${pin}`; }
fn deep(pin) { deep(pin + pin) }
fn spins(pin) { let n = 0; while true { n += 1; } pin }
";

#[test]
fn a_pin_is_printed_nowhere_and_in_no_token() {
    for failing in FAILING {
        let flow = FLOW.replace("FAILING", failing);
        let mut server = fresh_server_with(&flow, TOOLS);
        let mut token: Option<String> = None;
        let mut faults = 0;
        // A wrong entry, a good one, the wrong key behind it, and what comes then.
        for (event, digits) in ["", "86429", PIN, "7", "1", "9", "1"].iter().enumerate() {
            let webhook = match event {
                0 => Webhook::arrived(),
                _ => Webhook::completed(event, token.as_deref()).with_digits(digits),
            };
            let body = webhook.bytes();
            let read = wire::parse(&body).unwrap();
            let answered = server.post(&body);
            faults += answered.faults.len();
            let text = String::from_utf8(answered.bytes.clone()).unwrap();
            let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
            token = answer["clientActionId"].as_str().map(str::to_owned);
            let plain = token.as_deref().map(|token| {
                let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
                format!("{:?}", engine.decode(token).unwrap())
            });
            let call = server.call.as_ref().unwrap();
            for printed in [
                text,
                format!("{read:?}"),
                format!("{call:?}"),
                format!("{call:#?}"),
                format!("{:?}", call.session()),
                format!("{:?}", answered.faults),
                token.clone().unwrap_or_default(),
                plain.unwrap_or_default(),
            ] {
                let at = printed.find(PIN);
                let around =
                    at.map(|at| &printed[at.saturating_sub(80)..printed.len().min(at + 80)]);
                assert_eq!(around, None, "{failing}, event {event}");
            }
        }
        assert!(faults > 0, "{failing} did not fail");
    }
}

#[test]
fn the_last_entry_is_not_printed_either() {
    let flow = "
defaults: {give_up: hangup}
states:
  main: {ask: Number?, digits: 4, save: n, then: next}
  next: {menu: Press 1., keys: {1: hangup}}
";
    let call = Conversation::with(flow).press(PIN).is_asked("Press 1.");
    let printed = format!("{:?}", call.server().call);
    assert!(!printed.contains(PIN), "{printed}");
}
