//! The model, asked the same.

use jiff::Timestamp;
use ringflow::phone::{Account, Heard, Line, OtherSide, Rules, Start, WebhookKind};
use serde_json::{Value, json};

use super::reading::{AT, Case, Open};

/// What the model says to a callflow: what is heard first, or the code.
pub type Verdict = Result<Value, i32>;

pub const SESSION: &str = "3f6c1a52-8d0e-4b67-9a43-5b1de0c7a911";

pub fn at() -> Timestamp {
    AT.parse().unwrap()
}

pub fn start() -> Start {
    Start {
        from: "+6598765432".to_owned(),
        to: "+6531000001".to_owned(),
        session: SESSION.to_owned(),
        at: at(),
        country: Some("SG".to_owned()),
    }
}

pub fn verdict(case: &Case) -> Verdict {
    let rules = rules(case.open);
    let bytes = case.body.bytes();
    if case.starts {
        let line = Line::call_out(&bytes, SESSION, at(), rules, account(case));
        let mut line = line.map_err(|refused| refused.code)?;
        line.take_heard();
        line.other_side(OtherSide::Answers { seconds: 60 });
        return Ok(first(&mut line));
    }
    let mut line = Line::call_in(start(), rules).with_account(account(case));
    for _ in 0..case.earlier {
        wait(&mut line);
        line.answered(200, EARLIER).unwrap();
        line.other_side(OtherSide::Busy);
    }
    wait(&mut line);
    line.take_heard();
    line.answered(200, &bytes).map_err(|refused| refused.code)?;
    Ok(first(&mut line))
}

/// What an answer before the one of a case makes.
pub const EARLIER: &[u8] = br#"{"callflow":[{"action":"makeCall","params":{"source":"6531000001","destination":"6591234567"}}]}"#;

pub fn rules(open: Open) -> Rules {
    Rules {
        equal_timeouts: open.equal_timeouts,
        counts_calls_of_session: open.counts_calls_of_session,
        takes_markup: open.takes_markup,
        tells_status: false,
        ..Rules::default()
    }
}

pub fn account(case: &Case) -> Account {
    let holder = &case.holder;
    let numbers = holder.numbers.as_ref();
    Account {
        numbers: numbers.map(|all| all.iter().map(|one| one.parse().unwrap()).collect()),
        voices: holder.voices.clone(),
        records: holder.records,
        has_webhook: holder.has_webhook,
        ..Account::default()
    }
}

/// Takes the webhook that waits.
pub fn wait(line: &mut Line) -> Value {
    loop {
        let webhook = line.next_webhook().expect("the call does not wait");
        if webhook.kind == WebhookKind::Action {
            return serde_json::from_slice(&webhook.bytes).unwrap();
        }
    }
}

fn first(line: &mut Line) -> Value {
    written(line.take_heard().first())
}

/// What is heard, as the second reading writes it.
pub fn written(heard: Option<&Heard>) -> Value {
    match heard {
        None => Value::Null,
        Some(Heard::Said {
            text,
            voice,
            speed,
            repetition,
        }) => {
            json!({"say": text, "voice": voice, "speed": speed, "repetition": f64::from(*repetition)})
        }
        Some(Heard::Played { url, repetition }) => {
            json!({"play": url, "repetition": f64::from(*repetition)})
        }
        Some(Heard::Asked {
            text,
            voice,
            speed,
            max_digits,
        }) => {
            json!({"ask": text, "voice": voice, "speed": speed, "digits": *max_digits as f64})
        }
        Some(Heard::Dialled { from, to }) => json!({"from": from, "to": to}),
        Some(Heard::HungUp) => json!("hangup"),
    }
}
