//! What stands behind a key, as a schema.

use serde_json::{Map, Value, json};

use crate::call::Key;
use crate::flow::document::tables::{self, Shape};
use crate::flow::document::{HANGUP, REPEAT, RETURN, VarType};

use super::hours;
use super::parts::{self, closed, described, digits, one_or_more, reference, text, word};

/// Whether a state stands under its name or in place of a target: the targets of one
/// in place are names alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Top,
    InPlace,
}

impl Place {
    /// The definition of a target in a state that stands here.
    pub fn target(self) -> &'static str {
        match self {
            Place::Top => "target",
            Place::InPlace => "target_by_name",
        }
    }

    pub fn keys(self) -> &'static str {
        match self {
            Place::Top => "keys",
            Place::InPlace => "keys_by_name",
        }
    }

    pub fn entry_keys(self) -> &'static str {
        match self {
            Place::Top => "entry_keys",
            Place::InPlace => "entry_keys_by_name",
        }
    }

    /// The definition of a state that stands here.
    pub fn state(self) -> &'static str {
        match self {
            Place::Top => "state",
            Place::InPlace => "state_in_place",
        }
    }
}

/// The schema of a shape.
pub fn of(shape: Shape, place: Place) -> Value {
    match shape {
        Shape::FlowName => parts::flow_name(),
        Shape::StateName => parts::known_state(),
        Shape::Word | Shape::Text | Shape::Expression => text(),
        Shape::Voice => word(r"^\s*[A-Za-z0-9._-]{2,64}\s*$"),
        Shape::Languages => json!({
            "type": "object",
            "minProperties": 1,
            "propertyNames": { "pattern": parts::LANGUAGE },
            "additionalProperties": parts::object(tables::LANGUAGE, place, &["voice"]),
        }),
        Shape::Langs => one_or_more(word(parts::LANGUAGE)),
        Shape::Texts => one_or_more(text()),
        Shape::Whole(least, most) => json!({
            "type": ["integer", "string"],
            "minimum": least,
            "maximum": most,
            "pattern": r"^\s*\+?[0-9]+\s*$",
        }),
        Shape::Flag => json!({ "enum": [true, false, "true", "false"] }),
        Shape::Tenths(least, most) => json!({
            "type": ["number", "string"],
            "minimum": f64::from(least) / 10.0,
            "maximum": f64::from(most) / 10.0,
            "pattern": r"^\s*\+?[0-9.]+\s*$",
        }),
        Shape::Duration => json!({ "type": "string", "pattern": parts::DURATION }),
        Shape::Digits(most) => json!({
            "type": ["integer", "string"],
            "minimum": 1,
            "maximum": most,
            "pattern": r"^\s*[0-9]+(\s*-\s*[0-9]+)?\s*$",
        }),
        Shape::Numbers => one_or_more(parts::number(r"^\s*\*\s*$|")),
        Shape::Prefixes => one_or_more(digits(parts::PREFIX)),
        Shape::Dial => dial(),
        Shape::Dials(most) => parts::one_or_some(dial(), Some(most)),
        Shape::Target => reference(place.target()),
        Shape::Keys => reference(place.keys()),
        Shape::EntryKeys => reference(place.entry_keys()),
        Shape::Outcomes(outcomes) => {
            let each = outcomes.iter().map(|outcome| {
                let doc = format!("Where the call goes after `{outcome}`.");
                let target = described(reference(place.target()), &doc);
                ((*outcome).to_owned(), target)
            });
            closed(Value::Object(each.collect()), &[])
        }
        Shape::Labels => json!({
            "type": "object",
            "additionalProperties": reference(place.target()),
        }),
        Shape::Choice => json!({
            "anyOf": [
                {
                    "type": "array",
                    "items": parts::object(tables::ARM, place, &["if", "then"]),
                },
                text(),
            ],
        }),
        Shape::Weights => json!({
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": ["integer", "string"],
                "minimum": 0,
                "maximum": 1_000_000,
                "pattern": r"^\s*\+?[0-9]+\s*$",
            },
        }),
        Shape::Request => json!({
            "type": "string",
            "pattern": r"^\s*((GET|HEAD|POST|PUT|PATCH|DELETE)\s+)?https?://[^/?#$@\s]+([/?#]|\s*$)",
        }),
        Shape::Headers => json!({
            "type": "object",
            "propertyNames": { "pattern": r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" },
            "additionalProperties": text(),
        }),
        Shape::Statuses => json!({
            "type": "object",
            "propertyNames": { "pattern": r"^(2[0-9][0-9]|[45]([0-9][0-9]|[xX][xX]))$" },
            "additionalProperties": reference(place.target()),
        }),
        Shape::Values => json!({
            "type": "object",
            "propertyNames": { "pattern": parts::VARIABLE },
        }),
        // An empty value is one that has still to be written; `~` is a text.
        Shape::Value => json!({}),
        Shape::Type => json!({ "enum": types() }),
        Shape::Variables => json!({
            "type": "object",
            "propertyNames": { "pattern": parts::VARIABLE },
            "additionalProperties": {
                "anyOf": [
                    { "enum": types() },
                    parts::object(tables::VARIABLE, place, &["type"]),
                ],
            },
        }),
        Shape::HoursName => text(),
        Shape::Hours => json!({
            "type": "object",
            "propertyNames": parts::name(),
            "additionalProperties": parts::object(tables::HOURS, place, &["open"]),
        }),
        Shape::Week => one_or_more(word(&hours::week())),
        Shape::Spans => one_or_more(word(&hours::spans())),
        Shape::Dates => one_or_more(word(hours::DATE)),
        Shape::Exceptions => json!({
            "type": "object",
            "propertyNames": parts::name(),
            "additionalProperties": {
                "anyOf": [
                    one_or_more(word(hours::DATE)),
                    parts::object(tables::EXCEPTION, place, &["on_dates"]),
                ],
            },
        }),
        Shape::OnEnd => json!({
            "anyOf": [parts::object(tables::ON_END, place, &["http"]), text()],
        }),
        Shape::Defaults => reference("defaults"),
        Shape::States => json!({
            "type": "object",
            "propertyNames": parts::state_name(),
            "additionalProperties": reference(Place::Top.state()),
        }),
    }
}

/// Where a call goes: a word, or a state written in its place.
pub fn target(place: Place) -> Value {
    let mut ways = vec![
        json!({ "enum": [HANGUP, REPEAT, RETURN] }),
        parts::known_state(),
        parts::with_label(),
    ];
    if place == Place::Top {
        let state = format!("#/definitions/{}", Place::InPlace.state());
        ways.push(json!({ "$ref": state }));
    }
    json!({ "anyOf": ways })
}

/// A target for each key. At an `ask`, `#` ends the entry and is none.
pub fn keys(place: Place, with_hash: bool) -> Value {
    let keys: Map<String, Value> = "1234567890*#"
        .chars()
        .filter_map(|face| Some((face, Key::pressed(face)?)))
        .filter(|(_, key)| with_hash || *key != Key::HASH)
        .map(|(face, key)| {
            let doc = format!("Where the key `{face}` leads.");
            let target = described(reference(place.target()), &doc);
            (key.name().to_owned(), target)
        })
        .collect();
    closed(Value::Object(keys), &[])
}

/// A number to dial, or a text with a value in it that is one.
fn dial() -> Value {
    parts::number(r"\$\{|")
}

/// Every type of a variable, in the open and secret.
fn types() -> Vec<String> {
    let open = VarType::WORDS.map(str::to_owned);
    let secret = VarType::WORDS.map(|word| format!("secret {word}"));
    let bare = std::iter::once("secret".to_owned());
    open.into_iter().chain(bare).chain(secret).collect()
}
