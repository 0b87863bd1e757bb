//! What goes wrong in a callflow.

use serde_json::{Map, Value, json};

use super::callflows::Made;
use super::dice::Dice;
use super::reading::{Body, Case};
use super::tables::Form;

impl Made<'_> {
    /// Breaks something, or changes what decides on it.
    pub fn damage(&mut self, case: &mut Case) {
        let Body::Json(body) = &mut case.body else {
            return;
        };
        let which = self.dice.below(100);
        if which < 12 {
            return self.damage_body(case);
        }
        let Some(list) = body.get_mut("callflow").and_then(Value::as_array_mut) else {
            return;
        };
        match which {
            12..30 => self.damage_list(list),
            30..33 => case.holder.has_webhook = false,
            33..36 => {
                case.holder.records = false;
                self.with(list, "makeCall", |_, params| {
                    params.insert("callRecording".to_owned(), json!(true));
                });
            }
            36..50 => self.with(list, "sayAndCapture", together),
            _ => self.damage_param(list),
        }
    }

    /// Does something to the parameters of one of the actions of this name, where there is one.
    fn with(
        &mut self,
        list: &mut [Value],
        action: &str,
        does: impl Fn(&mut Dice, &mut Map<String, Value>),
    ) {
        let those = list.iter_mut().filter(|entry| entry["action"] == action);
        let mut those: Vec<_> = those
            .filter_map(|entry| entry["params"].as_object_mut())
            .collect();
        if !those.is_empty() {
            let at = self.dice.below(those.len());
            does(&mut self.dice, those[at]);
        }
    }

    fn damage_body(&mut self, case: &mut Case) {
        let Body::Json(body) = &mut case.body else {
            return;
        };
        if !body.is_object() {
            return;
        }
        match self.dice.below(7) {
            0 => {
                let mut bytes = body.to_string().into_bytes();
                match self.dice.below(4) {
                    0 => bytes.truncate(bytes.len() - 1),
                    1 => bytes.clear(),
                    2 => bytes[0] = b'[',
                    _ => bytes.insert(3, 0xff),
                }
                case.body = Body::Bytes(bytes);
            }
            1 => {
                *body = self.dice.pick(&[
                    json!([]),
                    json!("callflow"),
                    json!({}),
                    json!(null),
                    json!(1),
                ]);
            }
            2 => {
                body["callflow"] = self
                    .dice
                    .pick(&[json!({}), json!(null), json!("say"), json!(3)])
            }
            3 => body["clientRequestId"] = self.dice.pick(&[json!(1), json!({}), json!(["a"])]),
            4 => body["clientActionId"] = self.dice.pick(&[json!(1), json!({}), json!(["a"])]),
            5 if case.starts => {
                body["validUntil"] = self.dice.pick(&[json!("tomorrow"), json!(1), json!({})])
            }
            _ if case.starts => {
                let past = [
                    "2026-03-02T01:59:59Z",
                    "2024-07-03T05:59:32.226Z",
                    "2026-03-02T02:30:00+01:00",
                ];
                body["validUntil"] = json!(self.dice.pick(&past));
            }
            _ => {}
        }
    }

    fn damage_list(&mut self, list: &mut Vec<Value>) {
        let at = self.dice.below(list.len().max(1)).min(list.len());
        match self.dice.below(9) {
            0 => {
                let names = ["conference", "Say", "", "PLAY_FILE", "scenario", "record"];
                let name = self.dice.pick(&names);
                list.insert(at, json!({"action": name, "params": {}}));
            }
            1 => {
                let entries = [
                    json!({}),
                    json!({"params": {}}),
                    json!({"action": 1}),
                    json!({"action": null}),
                ];
                list.insert(at, self.dice.pick(&entries));
            }
            2 => list.insert(
                at,
                self.dice.pick(&[json!("hangup"), json!(null), json!([])]),
            ),
            3 => {
                let params = self.dice.pick(&[json!([]), json!("text"), json!(1)]);
                if let Some(entry) = list.get_mut(at).filter(|entry| entry.is_object()) {
                    entry["params"] = params;
                }
            }
            4 | 5 => list.insert(at, json!({"action": "hangup"})),
            6 => {
                for _ in 0..self.dice.pick(&[1, 1, 2]) {
                    let call = self.action("makeCall");
                    let at = self.dice.below(list.len() + 1);
                    list.insert(at, call);
                }
            }
            7 => drop((!list.is_empty()).then(|| list.remove(0))),
            _ => {
                let say = self.action("say");
                list.insert(0, say);
            }
        }
    }

    fn damage_param(&mut self, list: &mut [Value]) {
        let at = self.dice.below(list.len().max(1));
        let Some(entry) = list.get_mut(at) else {
            return;
        };
        let tables = self.tables;
        let rows: Vec<_> = tables
            .rows
            .iter()
            .filter(|row| entry["action"] == row.action)
            .collect();
        if rows.is_empty() || !entry["params"].is_object() {
            return;
        }
        let row = self.dice.pick(&rows);
        let params = entry["params"].as_object_mut().unwrap();
        match self.dice.below(12) {
            0 | 1 => drop(params.remove(row.param)),
            2 => drop(params.insert(row.param.to_owned(), Value::Null)),
            3 if matches!(row.form, Form::Destination { .. }) => {
                let several = self.dice.pick(&[
                    json!(["+6591234567", "+6591234568"]),
                    json!(["+6591234567"]),
                ]);
                params.insert(row.param.to_owned(), several);
            }
            3 | 4 if matches!(row.form, Form::Text { .. }) => {
                let text = self.dice.pick(&[
                    "a < b",
                    "this > that",
                    "fish & chips",
                    "bell \u{7}",
                    "\u{0}",
                ]);
                params.insert(row.param.to_owned(), json!(text));
            }
            5 | 6 => {
                let right = self.right(row);
                params.insert(row.param.to_owned(), right);
            }
            _ => {
                let wrong = self.wrong(row);
                params.insert(row.param.to_owned(), wrong);
            }
        }
    }
}

/// Breaks what belongs together in a capture.
fn together(dice: &mut Dice, params: &mut Map<String, Value>) {
    let mut put = |name: &str, value: Value| params.insert(name.to_owned(), value);
    match dice.below(7) {
        0 => {
            put("minDigits", json!(2));
            put("maxDigits", Value::Null);
        }
        1 => {
            let most = dice.between(1, 24);
            put("maxDigits", json!(most));
            put("minDigits", json!(most + 1));
        }
        2 => {
            put("digitTimeout", json!(3000));
            params.remove("overallTimeout");
        }
        3 | 4 => {
            put("digitTimeout", json!(5000));
            put("overallTimeout", json!(5000));
        }
        5 => {
            put("digitTimeout", json!(5001));
            put("overallTimeout", json!(5000));
        }
        _ => {
            put("completeOnHash", json!(false));
            params.remove("maxDigits");
        }
    }
}
