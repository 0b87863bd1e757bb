//! A call through a flow, from its arrival to its end, as the server would answer it.

use jiff::Timestamp;
use ringflow::call::{
    Action, ActionEvent, Digits, Direction, EventKey, LegId, Medium, Occasion, Party, Repetition,
    SessionId, Speed, SpokenText, Voice,
};
use ringflow::flow::Catalog;
use ringflow::machine::{Allowance, Answers, Call, Desk, Fault, Policy, Reply, Sides, TokenKeys};
use ringflow::wire::render;

use crate::script_file::Given;

/// What came of a call.
#[derive(Default)]
pub struct Heard {
    /// Everything that was said, a line an action.
    pub text: String,
    pub faults: Vec<Fault>,
    pub ended: bool,
}

/// No flow here needs more.
const MOST_TURNS: usize = 60;

/// Calls and keys in the same until the call is over.
pub fn call(catalog: &Catalog, given: &Given) -> Heard {
    let desk = desk();
    let now = given.now.unwrap_or(Timestamp::UNIX_EPOCH);
    let mut heard = Heard::default();
    let mut call = None;
    for turn in 0..MOST_TURNS {
        let event = event(turn, given);
        let call = call.get_or_insert_with(|| {
            Call::open(&event, catalog, &desk.keys, now).expect("the flow answers the number")
        });
        let mut reply = call.answer(&event, now, Allowance::FIRST, &desk);
        if matches!(reply, Reply::OverBudget) {
            reply = call.answer(&event, now, Allowance::FULL, &desk);
        }
        let Reply::Fresh {
            answer,
            faults,
            ended,
            ..
        } = reply
        else {
            panic!("turn {turn} is answered with {reply:?}");
        };
        heard.text += &said(&render(&answer));
        heard.faults.extend(faults);
        heard.ended = ended;
        // What a journal would keep has to be of a bearable size as well.
        call.to_bytes();
        if ended {
            break;
        }
    }
    heard
}

fn said(answer: &[u8]) -> String {
    let answer: serde_json::Value = serde_json::from_slice(answer).expect("an answer is JSON");
    let actions = answer["callflow"].as_array().expect("it has a callflow");
    let mut text = String::new();
    for action in actions {
        let params = &action["params"];
        for field in ["text", "promptMessage"] {
            text += params[field].as_str().unwrap_or_default();
        }
        text.push('\n');
    }
    text
}

fn event(turn: usize, given: &Given) -> ActionEvent {
    let input = given.input.as_deref().unwrap_or("42");
    ActionEvent {
        key: EventKey::of_id(&turn.to_string()),
        session: SessionId::new("script-session").unwrap(),
        leg: LegId::of("leg-a"),
        occasion: match turn {
            0 => Occasion::Received,
            _ => Occasion::Completed,
        },
        direction: Direction::Inbound,
        medium: Medium::Pstn,
        source: Party::read(given.caller.as_deref().unwrap_or("+6591234567")),
        destination: Party::read("+6561115777"),
        source_country: None,
        destination_country: None,
        source_ref: None,
        destination_ref: None,
        seconds: Some(7),
        digits: Digits::read(if turn == 0 { "" } else { input }),
        sip_code: Some(200),
        token: None,
    }
}

fn desk() -> Desk {
    Desk {
        policy: Policy {
            answers: Answers::Single,
            sides: Sides::default(),
            last_resort: Action::Say {
                text: SpokenText::new("Last resort.").unwrap(),
                voice: Voice::new("en-US-BenjaminRUS").unwrap(),
                speed: Speed::NORMAL,
                repetition: Repetition::ONCE,
            },
        },
        keys: TokenKeys::read(&"a".repeat(64)).unwrap(),
    }
}
