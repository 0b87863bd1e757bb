//! Bodies as a recipe says.

use std::sync::atomic::{AtomicUsize, Ordering};

/// What a field is not: a value of each kind that JSON has, and odd ones of them.
/// None is a text or number that could be taken for the field's own.
const WRONG: [&str; 15] = [
    "null",
    "true",
    "false",
    "-1",
    "0",
    "1e300",
    "1.5",
    "99999999999999999999999999999999999999",
    "\"\"",
    "\" \"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "[]",
    "[[{\"a\":\"1\"}]]",
    "{\"dtmf\":{\"dtmf\":[]}}",
];

#[derive(Debug, Clone)]
enum Value {
    Written(Vec<u8>),
    /// Where the payload stands in the envelope.
    Payload,
}

type Fields = Vec<(String, Value)>;

/// A VCA that is taken apart, step by step.
#[derive(Debug, Clone)]
pub struct Draft {
    top: Fields,
    payload: Fields,
    /// Set where the fields are no longer what is sent.
    bytes: Option<Vec<u8>>,
}

impl Draft {
    /// The whole VCA: with a token, `1` was pressed; without, the call arrives.
    pub fn whole(session: &str, event: &str, token: Option<&str>) -> Self {
        let written = |text: &str| Value::Written(text.as_bytes().to_owned());
        let field = |name: &str, text: &str| (name.to_owned(), written(text));
        let quoted = |name: &str, text: &str| field(name, &format!("\"{text}\""));
        let status = token.map_or("CALL_RECEIVED", |_| "ACTION_COMPLETED");
        let digits = token.map_or("{\"dtmf\":null}", |_| "{\"dtmf\":\"1\"}");
        let mut payload = vec![
            quoted("eventId", event),
            quoted("callId", "leg-a"),
            quoted("sessionId", session),
            quoted("subAccountId", "harbour_restaurant"),
            quoted("callStatus", status),
            quoted("callDirection", "INBOUND"),
            quoted("callType", "PSTN"),
            quoted("source", "+6591234567"),
            quoted("destination", "+6561115001"),
            quoted("sourceFormat", "MSISDN"),
            quoted("destinationFormat", "MSISDN"),
            quoted("sourceCountryCode", "SG"),
            quoted("destinationCountryCode", "SG"),
            field("callDuration", "14"),
            field("eventData", digits),
            field("sipCode", "200"),
            quoted("timestamp", "2026-03-14T11:30:05.120Z"),
        ];
        payload.extend(token.map(|token| quoted("clientActionId", token)));
        let top = vec![
            quoted("namespace", "VOICE"),
            quoted("eventType", "CALL_ACTION"),
            quoted("description", "Voice call action"),
            ("payload".to_owned(), Value::Payload),
        ];
        Draft {
            top,
            payload,
            bytes: None,
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.clone().unwrap_or_else(|| self.object(&self.top))
    }

    fn object(&self, fields: &Fields) -> Vec<u8> {
        let mut out = vec![b'{'];
        for (name, value) in fields {
            if out.len() > 1 {
                out.push(b',');
            }
            out.extend(format!("\"{name}\":").bytes());
            match value {
                Value::Written(bytes) => out.extend(bytes),
                Value::Payload => out.extend(self.object(&self.payload)),
            }
        }
        out.push(b'}');
        out
    }

    fn fields(&mut self, path: &str) -> (&mut Fields, String) {
        match path.strip_prefix("top.") {
            Some(name) => (&mut self.top, name.to_owned()),
            None => (&mut self.payload, path.to_owned()),
        }
    }

    fn set(&mut self, path: &str, value: Vec<u8>) {
        let (fields, name) = self.fields(path);
        let value = Value::Written(value);
        match fields.iter_mut().find(|(other, _)| *other == name) {
            Some(field) => field.1 = value,
            None => fields.insert(0, (name, value)),
        }
    }

    /// Applies a recipe: the bodies that come of it. A cut behind the token of a VCA
    /// that has none makes no body.
    pub fn cook(self, recipe: &str) -> Vec<Vec<u8>> {
        let mut drafts = vec![self];
        for step in recipe.split(" ; ") {
            let step = step.trim_start();
            let (verb, rest) = step.split_once(' ').unwrap_or((step, ""));
            drafts = drafts
                .into_iter()
                .flat_map(|draft| draft.step(verb, rest))
                .collect();
        }
        drafts.iter().map(Draft::bytes).collect()
    }

    fn step(mut self, verb: &str, rest: &str) -> Vec<Draft> {
        let (path, value) = rest.split_once(' ').unwrap_or((rest, ""));
        match verb {
            "set" => self.set(path, bytes(value)),
            "wrong" => {
                let each = WRONG.iter().map(|value| {
                    let mut draft = self.clone();
                    draft.set(path, value.as_bytes().to_owned());
                    draft
                });
                return each.collect();
            }
            "drop" => {
                let (fields, name) = self.fields(path);
                fields.retain(|(other, _)| *other != name);
            }
            "before" | "again" => {
                let (fields, name) = self.fields(path);
                let at = fields.iter().position(|(other, _)| *other == name);
                let at = at.unwrap() + usize::from(verb == "again");
                fields.insert(at, (name, Value::Written(bytes(value))));
            }
            "backwards" => {
                self.top.reverse();
                self.payload.reverse();
            }
            "nest" => {
                let words: Vec<&str> = value.split(' ').collect();
                let count: usize = words[0].parse().unwrap();
                let nested = [words[1].repeat(count), words[2].repeat(count)];
                let inner = if words[1].ends_with(':') { "1" } else { "" };
                self.set(path, nested.join(inner).into_bytes());
            }
            "body" => self.bytes = Some(bytes(rest)),
            "times" => {
                let count = path.parse().unwrap();
                self.bytes = Some(bytes(value).repeat(count));
            }
            "front" => self.bytes = Some([bytes(rest), self.bytes()].concat()),
            "behind" => self.bytes = Some([self.bytes(), bytes(rest)].concat()),
            "size" => {
                let mut all = self.bytes();
                all.resize(path.parse().unwrap(), b' ');
                self.bytes = Some(all);
            }
            "cut" => {
                let all = self.bytes();
                let (from, to) = (self.place(path, &all), self.place(value, &all));
                let each = (from..to).map(|end| Draft {
                    bytes: Some(all[..end].to_owned()),
                    ..self.clone()
                });
                return each.collect();
            }
            _ => panic!("there is no step `{verb}`"),
        }
        vec![self]
    }

    /// How many bytes are needed until a field can be read.
    fn place(&self, name: &str, all: &[u8]) -> usize {
        let key = format!("\"{name}\":\"");
        let found = all
            .windows(key.len())
            .position(|window| window == key.as_bytes());
        match (name, found) {
            ("start", _) => 0,
            ("end", _) => all.len(),
            (_, Some(at)) => {
                let value = at + key.len();
                let quote = all[value..].iter().position(|byte| *byte == b'"');
                value + quote.unwrap() + 1
            }
            // A first VCA has no token: nothing is lost with it.
            (_, None) => all.len(),
        }
    }
}

/// The text with %XX as bytes, and @ as a number that is not used again.
fn bytes(text: &str) -> Vec<u8> {
    static NUMBER: AtomicUsize = AtomicUsize::new(1_000_000);
    let mut out = Vec::new();
    let mut rest = text.as_bytes().iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let hex = [*rest.next().unwrap(), *rest.next().unwrap()];
                let hex = std::str::from_utf8(&hex).unwrap();
                out.push(u8::from_str_radix(hex, 16).unwrap());
            }
            b'@' => {
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                out.extend(number.to_string().bytes());
            }
            _ => out.push(*byte),
        }
    }
    out
}
