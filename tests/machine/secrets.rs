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

#[test]
fn what_is_pressed_where_a_secret_is_asked_for_is_not_in_input() {
    let flow = "
vars: {pin: secret digits}
defaults: {give_up: hangup, keys: {9: told}}
states:
  main: {menu: Press 1., keys: {1: asks}}
  asks: {ask: PIN?, digits: 4, save: pin, keys: {0: told}, then: told}
  told: {menu: 'It was (${input}).', keys: {2: asks}}
";
    let at_pin = || Conversation::with(flow).press("1").is_asked("PIN?");
    for keys in ["0", "9", PIN] {
        let call = at_pin().press(keys).is_asked("It was ().");
        // Out of the menu it is what was pressed last, and not before.
        call.press("2").is_asked("PIN?");
    }
}

#[test]
fn a_variable_that_is_set_from_a_secret_is_one() {
    let flow = "
vars: {pin: secret digits}
defaults: {give_up: hangup}
states:
  main: {ask: PIN?, digits: 4, save: pin, then: sets}
  sets: {set: {whole: {pin: '${pin}'}, part: '${whole.pin}', same: '${part == pin}'}, then: asks}
  asks: {ask: Again?, digits: 4, save: part, then: end}
  end: {menu: Press 1., keys: {1: hangup}}
";
    let call = Conversation::with(flow).press(PIN).is_asked("Again?");
    let server = call.server();
    let session = server
        .call
        .as_ref()
        .and_then(|call| call.session())
        .unwrap();
    assert!(session.asks_for_secret(), "what `part` takes is secret too");
    let shown = |name: &str| session.shown(session.flow().variable_named(name).unwrap());
    assert_eq!([shown("whole"), shown("part"), shown("pin")], ["•••"; 3]);
    assert_eq!(shown("same"), "true");
}
