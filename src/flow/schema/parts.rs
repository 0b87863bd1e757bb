//! The small parts that schemas are put together from.

use serde_json::{Map, Value, json};

use crate::flow::document::tables::Key;

use super::shapes::{self, Place};

/// A name of a state: as `is_good_name` has it, and a little wider, since signs that
/// belong to a letter are letters in some languages.
const NAME: &str = r"[\p{L}\p{M}\p{Nl}_][\p{L}\p{M}\p{N}_-]*";

/// The beginning of a phone number, which has a country code in front.
pub const PREFIX: &str = r"^\s*\+?[ ]*[1-9][0-9 ]*$";

/// A phone number: 7 to 15 digits.
pub const NUMBER: &str = r"^\s*\+?[ ]*[1-9]([ ]*[0-9]){6,14}[ ]*$";

/// A time with its unit.
pub const DURATION: &str = r"^\s*[0-9.]+\s*(ms|s|m)\s*$";

/// The name of a language.
pub const LANGUAGE: &str = r"^\s*[A-Za-z][A-Za-z0-9_-]{0,15}\s*$";

/// The name of a variable.
pub const VARIABLE: &str = r"^[A-Za-z_][A-Za-z0-9_]{0,63}$";

/// Objects with these keys and no others.
pub fn object(keys: &[Key], place: Place, required: &[&str]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key, place)))
        .collect();
    closed(Value::Object(properties), required)
}

/// Objects with these properties and no others.
pub fn closed(properties: Value, required: &[&str]) -> Value {
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        merge(&mut schema, json!({ "required": required }));
    }
    schema
}

/// What stands behind a key, with what the key means.
pub fn property(key: &Key, place: Place) -> Value {
    described(shapes::of(key.shape, place), key.doc)
}

/// A schema with words for people: once as Markdown, and once for editors that do
/// not read it.
pub fn described(mut schema: Value, doc: &str) -> Value {
    let plain = doc.replace("**", "");
    let words = json!({ "description": plain, "markdownDescription": doc });
    merge(&mut schema, words);
    schema
}

/// Adds the fields of `more`.
pub fn merge(schema: &mut Value, more: Value) {
    if let (Value::Object(schema), Value::Object(more)) = (schema, more) {
        schema.extend(more);
    }
}

/// A definition of the same schema. Not a bare reference, beside which editors do not
/// look at anything else.
pub fn reference(name: &str) -> Value {
    json!({ "allOf": [{ "$ref": format!("#/definitions/{name}") }] })
}

/// Any text. YAML takes some texts for numbers and flags, and they are texts here.
pub fn text() -> Value {
    json!({ "type": ["string", "number", "boolean"], "pattern": r"\S" })
}

/// A text that looks like this.
pub fn word(pattern: &str) -> Value {
    json!({ "type": ["string", "number", "boolean"], "pattern": pattern })
}

/// A phone number, or another text that looks like this.
pub fn number(or: &str) -> Value {
    json!({
        "type": ["string", "integer"],
        "pattern": format!("{or}{NUMBER}"),
        "minimum": 1_000_000,
        "maximum": 999_999_999_999_999_u64,
    })
}

/// A text of digits that looks like this, and that YAML takes for a number.
pub fn digits(pattern: &str) -> Value {
    json!({ "type": ["string", "integer"], "pattern": pattern })
}

/// One of these, or a list of them.
pub fn one_or_more(item: Value) -> Value {
    one_or_some(item, None)
}

/// One of these, or a list of them that is not longer.
pub fn one_or_some(item: Value, most: Option<u8>) -> Value {
    let mut list = json!({ "type": "array", "items": item, "minItems": 1 });
    if let Some(most) = most {
        merge(&mut list, json!({ "maxItems": most }));
    }
    json!({ "anyOf": [item, list] })
}

/// A word for names of flows.
pub fn flow_name() -> Value {
    word(&format!(r"^\s*{NAME}(/{NAME})*\s*$"))
}

/// What hours and exceptions can be called.
pub fn name() -> Value {
    json!({ "pattern": format!("^{NAME}$"), "maxLength": 64 })
}

/// What a state can be called: no word that is a target of its own.
pub fn state_name() -> Value {
    let pattern = format!(r"^(?!(hangup|repeat|return)$){NAME}$");
    json!({ "pattern": pattern, "maxLength": 64 })
}

/// The id of a prompt.
pub fn prompt_id() -> Value {
    json!({ "pattern": format!("^{NAME}$"), "maxLength": 64 })
}

/// The whole name of a state, also of one that stands in another's place, with the name
/// of its flow in front or without it.
pub fn state_path() -> Value {
    word(&format!(
        r"^\s*({NAME}/)*{NAME}(\.[\p{{L}}\p{{M}}\p{{N}}_-]+)*\s*$"
    ))
}

/// The name of a state where one is meant.
pub fn known_state() -> Value {
    word(&format!(r"^\s*(?!return\s*$){NAME}\s*$"))
}

/// `return`, with the label that goes back or without one.
pub fn with_label() -> Value {
    word(&format!(r"^\s*return(\s+{NAME})?\s*$"))
}
