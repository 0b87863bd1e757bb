//! Random callflows: right ones at first, then some that are damaged.

use serde_json::{Map, Value, json};

use super::dice::Dice;
use super::reading::{Body, Case, Holder, Open};
use super::tables::{Form, Row, Tables};

pub const OURS: [&str; 2] = ["+6531000001", "+6531000002"];
const VOICES: [&str; 2] = ["en-GB-Emma", "en-US-Neural2-C"];

/// The case of this number, always the same.
pub fn case(number: u64, tables: &Tables) -> Case {
    let mut made = Made {
        dice: Dice::new(number),
        tables,
    };
    made.case()
}

pub struct Made<'a> {
    pub dice: Dice,
    pub tables: &'a Tables,
}

impl Made<'_> {
    fn case(&mut self) -> Case {
        let dice = &mut self.dice;
        let starts = dice.one_in(2);
        let open = Open {
            equal_timeouts: dice.one_in(2),
            counts_calls_of_session: dice.one_in(2),
            takes_markup: dice.one_in(2),
        };
        let strings = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        let holder = Holder {
            numbers: (!dice.one_in(4)).then(|| strings(&OURS)),
            voices: (!dice.one_in(4)).then(|| strings(&VOICES)),
            records: !dice.one_in(12),
            has_webhook: !dice.one_in(12),
        };
        let mut body = json!({"callflow": self.list(starts)});
        let id = match starts {
            true => "clientRequestId",
            false => "clientActionId",
        };
        if self.dice.one_in(3) {
            body[id] = json!("kept-1_Z");
        }
        if starts && self.dice.one_in(3) {
            let later = [
                "2026-03-02T02:00:30Z",
                "2026-03-02T02:10:00.500Z",
                "2026-03-02T11:00:00+08:00",
            ];
            body["validUntil"] = json!(self.dice.pick(&later));
        }
        let mut case = Case {
            starts,
            earlier: match starts {
                true => 0,
                false => self.dice.below(6).saturating_sub(3),
            },
            body: Body::Json(body),
            open,
            holder,
        };
        if self.dice.below(20) < 11 {
            for _ in 0..self.dice.pick(&[1, 1, 1, 2, 3]) {
                self.damage(&mut case);
            }
        }
        case
    }

    fn list(&mut self, starts: bool) -> Vec<Value> {
        let mut list = Vec::new();
        if starts {
            list.push(self.action("makeCall"));
        }
        for _ in 0..self.dice.pick(&[0, 1, 1, 1, 2, 2, 3]) {
            let action =
                self.dice
                    .pick(&["say", "say", "playFile", "sayAndCapture", "sayAndCapture"]);
            list.push(self.action(action));
        }
        if list.is_empty() || self.dice.one_in(5) {
            list.push(self.action("makeCall"));
        }
        if self.dice.one_in(4) {
            list.push(self.action("hangup"));
        }
        list
    }

    pub fn action(&mut self, action: &str) -> Value {
        let mut params = Map::new();
        let tables = self.tables;
        for row in tables.rows.iter().filter(|row| row.action == action) {
            if row.needed || self.dice.one_in(2) {
                params.insert(row.param.to_owned(), self.right(row));
            } else if row.nullable && self.dice.one_in(6) {
                params.insert(row.param.to_owned(), Value::Null);
            }
        }
        if action == "sayAndCapture" {
            self.agree(&mut params);
        }
        let has_none = params.is_empty();
        match has_none && self.dice.one_in(2) {
            true => json!({"action": action}),
            false => json!({"action": action, "params": params}),
        }
    }

    /// Makes what belongs together in a capture fit.
    fn agree(&mut self, params: &mut Map<String, Value>) {
        let number = |params: &Map<String, Value>, name: &str| params.get(name)?.as_i64();
        let most = number(params, "maxDigits");
        match (number(params, "minDigits"), most) {
            (Some(least), Some(most)) if least > most => {
                let least = self.dice.between(1, most);
                params.insert("minDigits".to_owned(), json!(least));
            }
            (Some(_), None) => {
                params.remove("minDigits");
            }
            _ => {}
        }
        match (
            number(params, "digitTimeout"),
            number(params, "overallTimeout"),
        ) {
            (Some(_), None) => {
                params.remove("digitTimeout");
            }
            (Some(pause), Some(whole)) if pause >= whole => {
                let whole = pause + self.dice.pick(&[1, 1, 0, 2000]);
                params.insert("overallTimeout".to_owned(), json!(whole));
            }
            _ => {}
        }
        if params.get("completeOnHash") == Some(&Value::Bool(false)) && most.is_none() {
            params.insert("completeOnHash".to_owned(), Value::Bool(true));
        }
    }

    pub fn right(&mut self, row: &Row) -> Value {
        let dice = &mut self.dice;
        match &row.form {
            Form::Text { most } => match dice.below(40) {
                0 => json!("é".repeat(*most)),
                1 => json!("a".repeat(most - 1)),
                _ => json!(dice.pick(&["Press 1 for sales.", "Grüße!", "您好", "a"])),
            },
            Form::Voice => json!(dice.pick(&VOICES)),
            Form::Whole { least, most } => match dice.below(3) {
                0 => json!(least),
                1 if *most < 100 => json!(most),
                _ => json!(dice.between(*least, (*most).min(9000))),
            },
            Form::Number { least, most } => match dice.below(4) {
                0 => json!(least),
                1 => json!(most),
                2 => json!(1),
                _ => json!(dice.pick(&[0.75, 1.0, 1.5, 1.25])),
            },
            Form::Flag => json!(dice.one_in(2)),
            Form::File {
                beginnings,
                endings,
            } => {
                let (start, end) = (dice.pick(beginnings), dice.pick(endings));
                json!(format!("{start}files.example.com/hello{end}"))
            }
            Form::Source => json!(dice.pick(&[OURS[0], OURS[1], "6531000001"])),
            Form::Destination { .. } => {
                json!(dice.pick(&[
                    "+6591234567",
                    "6591234567",
                    "+494012345678901",
                    "+12025550123"
                ]))
            }
        }
    }

    pub fn wrong(&mut self, row: &Row) -> Value {
        let dice = &mut self.dice;
        if dice.one_in(4) {
            return match &row.form {
                Form::Text { .. } | Form::File { .. } | Form::Voice => {
                    dice.pick(&[json!(7), json!(true), json!({}), json!(["a"])])
                }
                Form::Whole { .. } => {
                    dice.pick(&[json!("1"), json!(1.5), json!(true), json!([1]), json!({})])
                }
                Form::Number { .. } => dice.pick(&[json!("1.0"), json!(false), json!([])]),
                Form::Flag => dice.pick(&[json!("true"), json!(1), json!(0), json!({})]),
                Form::Source | Form::Destination { .. } => {
                    dice.pick(&[json!(6591234567_i64), json!(true), json!({})])
                }
            };
        }
        match &row.form {
            Form::Text { most } => json!("é".repeat(most + 1)),
            Form::Voice => json!(dice.pick(&["nobody", "en-gb-emma", "en-GB-Emma "])),
            Form::Whole { least, most } => match dice.one_in(2) || *most > 100 {
                true => json!(least - dice.pick(&[1, 1, 9])),
                false => json!(most + dice.pick(&[1, 1, 9])),
            },
            Form::Number { least, most } => {
                json!(dice.pick(&[
                    least - 0.125,
                    most + 0.125,
                    -1.0,
                    least - 0.001,
                    most + 0.001
                ]))
            }
            Form::Flag => json!("yes"),
            Form::File { .. } => json!(dice.pick(&[
                "ftp://files.example.com/hello.mp3",
                "https://files.example.com/hello.ogg",
                "http://files.example.com/hello",
                "hello.wav",
            ])),
            Form::Source => {
                json!(dice.pick(&["+6531000003", "6599999999", "office", "+0123456789"]))
            }
            Form::Destination { most } => {
                let long = format!("+{}", "6".repeat(most + 1));
                json!(dice.pick(&[long.as_str(), "office", "+0123456789", "+659123456a", "+"]))
            }
        }
    }
}
