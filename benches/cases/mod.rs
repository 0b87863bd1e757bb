//! A webhook in the middle of a call, for whatever measures what it costs.

use std::sync::Arc;

use jiff::Timestamp;
use ringflow::call::{Action, ActionEvent, Repetition, Speed, SpokenText, Voice};
use ringflow::flow::{Catalog, SourceFile, build};
use ringflow::machine::{Allowance, Answers, Call, Desk, Policy, Reply, Sides, TokenKeys};
use ringflow::wire::{Webhook, parse};

pub const FLOW: &str = r#"
flow: bench
numbers: [+6561115777]
voice: en-US-BenjaminRUS
start: menu
vars: {vip: flag}
defaults: {give_up: hangup}
states:
  menu:
    menu: Press 1 for your account, 2 for the same menu, 3 for a choice.
    keys: {1: ask, 2: other, 3: choice, 7: looked_up, 8: looked_up_in_many}
  other:
    menu: Press 2 for the menu before.
    keys: {2: menu}
  ask:
    ask: Please enter your 8 digit account number.
    digits: 8
    save: account
    valid: luhn(input)
    then: menu
  looked_up:
    menu: 'Your branch is ${table("ten", input).name}. Press 1.'
    keys: {1: menu}
  looked_up_in_many:
    menu: 'Your branch is ${table("many", input).name}. Press 1.'
    keys: {1: menu}
  choice:
    choose:
      - {if: vip && number(input) > 3, then: menu}
    otherwise: other
"#;

pub fn body(number: usize, status: &str, digits: &str, token: &str) -> Vec<u8> {
    format!(
        r#"{{"namespace":"VOICE","eventType":"CALL_ACTION","description":"Call action","payload":{{"eventId":"0b9c6c5e-8f2b-4b0e-9a54-{number:012}","timestamp":"2026-03-02T02:00:00Z","callId":"2b2f6e1c-97a0-4a21-8f5c-7c7d2f0d4e11","sessionId":"7d7e1f9a-3a43-4c42-a1a4-0c2a9f6a5b10","subAccountId":"ABC_Restaurant","callStatus":"{status}","callDirection":"INBOUND","callType":"PSTN","source":"+6591234567","sourceFormat":"MSISDN","sourceCountryCode":"SG","destination":"+6561115777","destinationFormat":"MSISDN","destinationCountryCode":"SG","callDuration":12,"eventData":{{"dtmf":"{digits}"}},"sipCode":200,"clientActionId":"{token}"}}}}"#
    )
    .into_bytes()
}

pub fn event(bytes: &[u8]) -> ActionEvent {
    match parse(bytes) {
        Ok(Webhook::Action(event)) => event,
        other => panic!("{other:?}"),
    }
}

pub fn catalog() -> Arc<Catalog> {
    let build = build(&[
        SourceFile::new("flows/bench.yaml", FLOW),
        table("ten", 10),
        table("many", 100_000),
    ]);
    assert!(!build.has_errors());
    Arc::new(build.catalog)
}

/// A table of so many rows.
pub fn table(name: &str, rows: usize) -> Arc<SourceFile> {
    let mut text = "code,name,phone,open: flag,seats: number\n".to_owned();
    for row in 0..rows {
        text.push_str(&format!(
            "{row},Branch {row} at the station,+656{row:07},yes,{}\n",
            row % 90
        ));
    }
    SourceFile::new(&format!("flows/tables/{name}.csv"), &text)
}

pub fn desk() -> Desk {
    let text = SpokenText::new("Sorry.").expect("the text can be spoken");
    let voice = Voice::new("en-US-BenjaminRUS").expect("the voice is one");
    Desk {
        policy: Policy {
            answers: Answers::Single,
            sides: Sides::default(),
            last_resort: Action::Say {
                text,
                voice,
                speed: Speed::NORMAL,
                repetition: Repetition::ONCE,
            },
        },
        keys: TokenKeys::read(&"a".repeat(64)).expect("the key is one"),
    }
}

/// A call that stands behind these key presses, and the token it waits with.
pub fn call_behind(catalog: &Catalog, desk: &Desk, pressed: &[&str]) -> (Call, String) {
    let now = Timestamp::UNIX_EPOCH;
    let first = event(&body(0, "CALL_RECEIVED", "", ""));
    let mut call = Call::open(&first, catalog, &desk.keys, now).expect("the flow answers");
    let mut token = String::new();
    let mut take = |call: &mut Call, event: &ActionEvent| {
        let Reply::Fresh { answer, .. } = call.answer(event, now, Allowance::FIRST, desk) else {
            panic!("each event is a turn");
        };
        token = answer.token().unwrap_or_default().to_owned();
    };
    take(&mut call, &first);
    for (number, digits) in pressed.iter().enumerate() {
        let event = event(&body(number + 1, "ACTION_COMPLETED", digits, ""));
        take(&mut call, &event);
    }
    (call, token)
}

/// The turns that are measured: a name, what was pressed before, what is pressed now.
pub const TURNS: [(&str, &[&str], &str); 5] = [
    ("turn/menu", &[], "2"),
    ("turn/ask with a check", &["1"], "79927398"),
    ("turn/choice with a script", &[], "3"),
    ("turn/look-up in 10 rows", &[], "7"),
    ("turn/look-up in 100,000 rows", &[], "8"),
];

/// A flow of 50 states that each speak, ask and read a value.
pub fn long_flow() -> Arc<SourceFile> {
    let mut flow = "flow: long\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\nstart: s0\ndefaults: {give_up: hangup}\nstates:\n".to_owned();
    for state in 0..50 {
        let next = (state + 1) % 50;
        flow.push_str(&format!(
            "  s{state}:\n    say: You have come to station {state}.\n    menu: Press 1 to go on, or 2 to end, ${{caller.number}}.\n    keys: {{1: s{next}, 2: hangup}}\n"
        ));
    }
    SourceFile::new("flows/long.yaml", &flow)
}
