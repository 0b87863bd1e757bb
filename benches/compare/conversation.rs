//! The conversations: what is keyed in, and what must be heard then.

use super::connection::{Connection, token_of};
use super::webhook;

const MAIN: &str =
    "Welcome to ABC Restaurant. For a table, press 1. To hear our opening hours, press 2.";
const TABLE: &str = "To change a booking, press 1. To cancel one, press 2.";
const NUMBER: &str = "Please key in the 6 digits of your booking.";

type Turns = &'static [(&'static str, &'static str)];

/// What is keyed in, nothing at first, and what is heard behind it. All of it is held by
/// every caller in turn: two that go through, one short one, one with mistakes.
const CONVERSATIONS: [Turns; 4] = [
    &[
        ("", MAIN),
        ("1", TABLE),
        ("1", NUMBER),
        (
            "471100",
            "Thank you. We will change your booking 471100. Goodbye.",
        ),
    ],
    &[
        ("", MAIN),
        ("1", TABLE),
        ("2", NUMBER),
        (
            "654321",
            "Thank you. We will cancel your booking 654321. Goodbye.",
        ),
    ],
    &[
        ("", MAIN),
        ("2", "We are open from 9 AM to 9 PM, every day. Goodbye."),
    ],
    &[
        ("", MAIN),
        ("9", MAIN),
        ("1", TABLE),
        ("", TABLE),
        ("2", NUMBER),
        ("12", NUMBER),
        (
            "123456",
            "Thank you. We will cancel your booking 123456. Goodbye.",
        ),
    ],
];

/// The conversation with the most mistakes: three times the wrong key.
const GIVES_UP: Turns = &[
    ("", MAIN),
    ("9", MAIN),
    ("9", MAIN),
    ("9", "Sorry, we did not get that. Goodbye."),
];

/// A caller who calls again and again, each time in another session.
pub struct Caller {
    /// The session of the present call; those of other callers are others.
    session: usize,
    calls: usize,
    turn: usize,
    turns: Turns,
    token: String,
    webhook: String,
    /// The bare handler always says the same.
    checks: bool,
}

impl Caller {
    /// The `nth` caller.
    pub fn new(nth: usize, checks: bool) -> Self {
        Caller {
            session: nth * 1_000_000,
            calls: nth,
            turn: 0,
            turns: CONVERSATIONS[nth % CONVERSATIONS.len()],
            token: String::new(),
            webhook: String::new(),
            checks,
        }
    }

    /// Sends the next webhook of the call, and holds that the answer is right.
    pub fn go_on(&mut self, connection: &mut Connection) {
        let Some((digits, hears)) = self.turns.get(self.turn) else {
            webhook::summary(&mut self.webhook, self.session);
            connection.exchange(&self.webhook);
            return self.call_again();
        };
        webhook::action(
            &mut self.webhook,
            self.session,
            self.turn,
            digits,
            &self.token,
        );
        let answer = connection.exchange(&self.webhook);
        if self.checks {
            assert!(answer.contains(hears), "`{hears}` is not heard: {answer}");
            let is_last = self.turn + 1 == self.turns.len();
            assert_eq!(answer.contains("hangup"), is_last, "{answer}");
        }
        self.token.clear();
        self.token.push_str(token_of(answer));
        self.turn += 1;
    }

    fn call_again(&mut self) {
        self.session += 1;
        self.calls += 1;
        self.turn = 0;
        self.turns = CONVERSATIONS[self.calls % CONVERSATIONS.len()];
        self.token.clear();
    }
}

/// Holds every conversation once, each answer read as JSON and held against all that it
/// has to say.
pub fn hold_all(connection: &mut Connection, first: usize) {
    let every = CONVERSATIONS.iter().chain([&GIVES_UP]);
    for (session, turns) in (first..).zip(every) {
        let mut token = String::new();
        let mut webhook = String::new();
        for (turn, (digits, hears)) in turns.iter().enumerate() {
            webhook::action(&mut webhook, session, turn, digits, &token);
            let answer = connection.exchange(&webhook);
            let read: serde_json::Value = serde_json::from_str(answer).expect("it is JSON");
            let is_last = turn + 1 == turns.len();
            assert_eq!(read["callflow"], expected(hears, is_last), "{answer}");
            token = token_of(answer).to_owned();
        }
        webhook::summary(&mut webhook, session);
        connection.exchange(&webhook);
    }
}

fn expected(hears: &str, is_last: bool) -> serde_json::Value {
    use serde_json::json;
    if is_last {
        return json!([
            {"action": "say", "params": {
                "text": hears, "voiceProfile": "en-US-BenjaminRUS", "repetition": 1, "speed": 1
            }},
            {"action": "hangup"}
        ]);
    }
    let digits = if hears == NUMBER { 6 } else { 1 };
    json!([{"action": "sayAndCapture", "params": {
        "promptMessage": hears, "voiceProfile": "en-US-BenjaminRUS", "speed": 1,
        "minDigits": 1, "maxDigits": digits, "digitTimeout": 5000,
        "overallTimeout": 5000 * (digits + 1), "completeOnHash": digits > 1, "noOfTries": 1
    }}])
}
