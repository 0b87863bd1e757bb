//! A callflow held against the tables: every rule that it breaks, where, and with which
//! codes it may be refused.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::tables::{Broken, Equal, Form, Row, Tables};

/// One callflow, and all that decides on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// In a request that starts a call; else in the answer to a webhook.
    pub starts: bool,
    /// How many calls the answers before this one have made.
    pub earlier: usize,
    pub body: Body,
    pub open: Open,
    pub holder: Holder,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Json(Value),
    /// What is no JSON.
    Bytes(Vec<u8>),
}

/// How the points are read that the platform's documents leave open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    pub equal_timeouts: bool,
    pub counts_calls_of_session: bool,
    pub takes_markup: bool,
}

/// Whose callflow it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Holder {
    pub numbers: Option<Vec<String>>,
    pub voices: Option<Vec<String>>,
    pub records: bool,
    pub has_webhook: bool,
}

/// When every callflow arrives.
pub const AT: &str = "2026-03-02T02:00:00Z";

/// A broken rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Break {
    /// The action; `None` for what is said about the body.
    pub at: Option<usize>,
    pub codes: Vec<i32>,
}

impl Body {
    pub fn json(&self) -> Option<&Value> {
        match self {
            Body::Json(value) => Some(value),
            Body::Bytes(_) => None,
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Body::Json(value) => value.to_string().into_bytes(),
            Body::Bytes(bytes) => bytes.clone(),
        }
    }
}

/// Every rule that the callflow breaks. None: it is taken.
pub fn breaks(case: &Case, tables: &Tables) -> Vec<Break> {
    let mut reading = Reading {
        case,
        tables,
        found: Vec::new(),
    };
    reading.body();
    reading.found
}

/// The codes that come first: by position, then by the order of the list. `None` where
/// the body itself breaks a rule, which has no place among the actions.
pub fn first(breaks: &[Break]) -> Option<Vec<i32>> {
    let first = breaks.iter().map(|one| one.at).min()??;
    let here = breaks.iter().filter(|one| one.at == Some(first));
    // Each break has one code of several; the first of the list may be any break's.
    let last_plain = here.clone().map(|one| one.codes[0]).max()?;
    let codes = here.flat_map(|one| one.codes.iter().copied());
    Some(codes.filter(|code| *code >= last_plain).collect())
}

struct Reading<'a> {
    case: &'a Case,
    tables: &'a Tables,
    found: Vec<Break>,
}

/// What a value is by its row.
enum Fit {
    Right,
    Absent,
    Missing,
    Type,
    Range,
}

impl Reading<'_> {
    fn add(&mut self, at: Option<usize>, broken: impl Fn(&Broken) -> bool) {
        let rules = self.tables.rules.iter();
        for rule in rules.filter(|rule| broken(&rule.broken)) {
            self.found.push(Break {
                at,
                codes: rule.codes.clone(),
            });
        }
    }

    fn body(&mut self) {
        let case = self.case;
        let Body::Json(value) = &case.body else {
            return self.add(None, |rule| *rule == Broken::NotJson);
        };
        let bad_form = |rule: &Broken| *rule == Broken::BodyForm;
        let Some(list) = value.get("callflow").and_then(Value::as_array) else {
            return self.add(None, bad_form);
        };
        let ids: &[&str] = match case.starts {
            true => &["clientActionId", "clientRequestId"],
            false => &["clientActionId"],
        };
        for id in ids.iter().filter_map(|id| value.get(id)) {
            if !id.is_string() {
                self.add(None, bad_form);
            }
        }
        if case.starts {
            match value.get("validUntil").map(|until| until.as_str()) {
                None => {}
                Some(until) => match until.and_then(|until| until.parse::<Timestamp>().ok()) {
                    None => self.add(None, bad_form),
                    Some(until) if until < AT.parse().unwrap() => {
                        self.add(None, |rule| *rule == Broken::Passed);
                    }
                    Some(_) => {}
                },
            }
        }
        // Nothing is said about a list without actions. Both readings refuse it.
        if list.is_empty() {
            self.add(None, bad_form);
        }
        self.list(list);
    }

    fn list(&mut self, list: &[Value]) {
        let name = |at: usize| list.get(at)?.get("action")?.as_str();
        let case = self.case;
        let tables = self.tables;
        for rule in tables.rules.iter().map(|rule| &rule.broken) {
            let is_it = |broken: &Broken| broken == rule;
            match rule {
                Broken::NotFirst { action } if case.starts && name(0) != Some(action) => {
                    self.add(Some(0), is_it);
                }
                Broken::NotLast { action } => {
                    for at in
                        (0..list.len().saturating_sub(1)).filter(|at| name(*at) == Some(action))
                    {
                        self.add(Some(at), is_it);
                    }
                }
                Broken::TooOften { action, most } => {
                    let earlier = match case.open.counts_calls_of_session {
                        true => case.earlier,
                        false => 0,
                    };
                    let those = (0..list.len()).filter(|at| name(*at) == Some(action));
                    if let Some(at) = those.clone().nth(most.saturating_sub(earlier)) {
                        self.add(Some(at), is_it);
                    }
                }
                _ => {}
            }
        }
        for (at, entry) in list.iter().enumerate() {
            self.entry(at, entry);
        }
    }

    fn entry(&mut self, at: usize, entry: &Value) {
        let bad_form = |rule: &Broken| *rule == Broken::ActionForm;
        let Some(action) = entry.get("action").and_then(Value::as_str) else {
            return self.add(Some(at), bad_form);
        };
        if !self.tables.actions.contains(&action) {
            return self.add(Some(at), |rule| *rule == Broken::NoSuchAction);
        }
        let tables = self.tables;
        let none = Map::new();
        // Nothing is said about the parameters of an action that has none.
        let has_params = tables.rows.iter().any(|row| row.action == action);
        let params = match entry.get("params") {
            Some(Value::Object(params)) => params,
            Some(_) if has_params => {
                self.together(at, action, &none);
                return self.add(Some(at), bad_form);
            }
            _ => &none,
        };
        for row in tables.rows.iter().filter(|row| row.action == action) {
            let value = params.get(row.param);
            let several = |rule: &Broken| matches!(rule, Broken::Several { action, param } if *action == row.action && *param == row.param);
            if value.is_some_and(Value::is_array)
                && tables.rules.iter().any(|rule| several(&rule.broken))
            {
                self.add(Some(at), several);
                continue;
            }
            match self.fit(row, value) {
                Fit::Right | Fit::Absent => {}
                Fit::Missing => self.add(Some(at), |rule| *rule == Broken::Missing),
                Fit::Type => self.add(Some(at), |rule| *rule == Broken::Type),
                Fit::Range => self.found.push(Break {
                    at: Some(at),
                    codes: vec![row.code],
                }),
            }
            let text = value.and_then(Value::as_str);
            if let (Form::Text { .. }, Some(text)) = (&row.form, text) {
                let open = self.case.open.takes_markup;
                self.add(Some(at), |rule| {
                    matches!(rule, Broken::Characters { refused }
                        if text.chars().any(|c| c.is_control() || !open && refused.contains(c)))
                });
            }
        }
        self.together(at, action, params);
    }

    /// The rules about several parameters of one action.
    fn together(&mut self, at: usize, name: &str, params: &Map<String, Value>) {
        let case = self.case;
        let given = |param: &str| params.get(param).filter(|value| !value.is_null());
        let row = |param: &str| {
            let mut rows = self.tables.rows.iter();
            rows.find(|row| row.action == name && row.param == param)
        };
        let is_valid = |param: &str| {
            row(param).is_some_and(|row| matches!(self.fit(row, params.get(param)), Fit::Right))
        };
        let number = |param: &str| given(param).filter(|_| is_valid(param))?.as_i64();
        let mut found = Vec::new();
        for rule in &self.tables.rules {
            let is_broken = match &rule.broken {
                Broken::Without {
                    action,
                    param,
                    needs,
                } => *action == name && is_valid(param) && !is_valid(needs),
                Broken::Alone {
                    action,
                    param,
                    needs,
                } => *action == name && is_valid(param) && given(needs).is_none(),
                Broken::FalseWithout {
                    action,
                    param,
                    needs,
                } => {
                    *action == name && given(param) == Some(&Value::Bool(false)) && !is_valid(needs)
                }
                Broken::NotBelow {
                    action,
                    param,
                    limit,
                    equal,
                } => {
                    *action == name
                        && match (number(param), number(limit)) {
                            (Some(value), Some(limit)) if value == limit => match equal {
                                Equal::Fine => false,
                                Equal::Refused => true,
                                Equal::Open => !case.open.equal_timeouts,
                            },
                            (Some(value), Some(limit)) => value > limit,
                            _ => false,
                        }
                }
                Broken::NoWebhook { action } => *action == name && !case.holder.has_webhook,
                Broken::NoRecording { action, param } => {
                    *action == name
                        && !case.holder.records
                        && given(param) == Some(&Value::Bool(true))
                }
                _ => false,
            };
            if is_broken {
                found.push(Break {
                    at: Some(at),
                    codes: rule.codes.clone(),
                });
            }
        }
        self.found.extend(found);
    }

    fn fit(&self, row: &Row, value: Option<&Value>) -> Fit {
        let value = match value {
            Some(Value::Null) if !row.nullable && !row.needed => return Fit::Type,
            None | Some(Value::Null) => {
                return match row.needed {
                    true => Fit::Missing,
                    false => Fit::Absent,
                };
            }
            Some(value) => value,
        };
        let holder = &self.case.holder;
        let fits = match &row.form {
            Form::Text { most } => value.as_str().map(|text| text.chars().count() <= *most),
            Form::Voice => value.as_str().map(|voice| {
                let voices = holder.voices.as_ref();
                !voice.contains(' ')
                    && voices.is_none_or(|voices| voices.iter().any(|one| one == voice))
            }),
            Form::Whole { least, most } => value
                .as_i64()
                .map(|number| (*least..=*most).contains(&number)),
            Form::Number { least, most } => value
                .as_f64()
                .map(|number| (*least..=*most).contains(&number)),
            Form::Flag => value.as_bool().map(|_| true),
            Form::File {
                beginnings,
                endings,
            } => value.as_str().map(|url| {
                beginnings.iter().any(|start| url.starts_with(start))
                    && endings.iter().any(|end| url.ends_with(end))
            }),
            Form::Source => value.as_str().map(|number| {
                let numbers = holder.numbers.as_ref();
                msisdn(number, 15)
                    .is_some_and(|number| numbers.is_none_or(|numbers| numbers.contains(&number)))
            }),
            Form::Destination { most } => {
                value.as_str().map(|number| msisdn(number, *most).is_some())
            }
        };
        match fits {
            Some(true) => Fit::Right,
            Some(false) => Fit::Range,
            None => Fit::Type,
        }
    }
}

/// The number with its `+`, where it is one.
fn msisdn(text: &str, most: usize) -> Option<String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_one = (1..=most).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    is_one.then(|| format!("+{digits}"))
}

/// What is heard first of a callflow that is taken; of a request, first behind the call
/// that it starts. `null` where there is nothing.
pub fn heard(case: &Case, tables: &Tables) -> Value {
    let Body::Json(body) = &case.body else {
        return Value::Null;
    };
    let Some(entry) = body["callflow"].get(usize::from(case.starts)) else {
        return Value::Null;
    };
    let action = entry["action"].as_str().unwrap();
    let params = &entry["params"];
    let number = |param: &str| {
        let default = tables.defaults.iter();
        let mut default = default.filter(|row| row.action == action && row.param == param);
        params[param]
            .as_f64()
            .or_else(|| Some(default.next()?.value))
    };
    let e164 = |param: &str| msisdn(params[param].as_str().unwrap(), usize::MAX);
    match action {
        "say" => json!({
            "say": params["text"], "voice": params["voiceProfile"],
            "repetition": number("repetition"), "speed": number("speed"),
        }),
        "playFile" => json!({"play": params["fileUrl"], "repetition": number("repetition")}),
        "sayAndCapture" => json!({
            "ask": params["promptMessage"], "voice": params["voiceProfile"],
            "speed": number("speed"), "digits": number("maxDigits"),
        }),
        "makeCall" => json!({"from": e164("source"), "to": e164("destination")}),
        _ => json!("hangup"),
    }
}
