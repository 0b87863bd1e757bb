//! The schema of `ringflow.yaml` for editors, made of the table from which it is read.

use serde_json::{Map, Value, json};

use super::tables::{self, Key, MAX_COUNT, Shape};
use crate::flow::schema::parts::{self, closed, described, one_or_more, word};

/// The schema of `ringflow.yaml`, in draft 7.
pub fn project_schema() -> Value {
    let mut schema = object(tables::FILE);
    let head = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "What a project allows",
        "description": "Which hosts its look-ups may ask, and how many transfers may begin.",
        // A file of remarks alone is nothing at all.
        "type": ["object", "null"],
    });
    parts::merge(&mut schema, head);
    schema
}

fn object(keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| (key.name.to_owned(), described(of(key.shape), key.doc)))
        .collect();
    closed(Value::Object(properties), &[])
}

fn of(shape: Shape) -> Value {
    match shape {
        Shape::Keys(keys) => object(keys),
        Shape::Hosts => one_or_more(word(
            r"^\s*([A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\])(:[1-9][0-9]{0,4})?\s*$",
        )),
        Shape::Flag => json!({ "enum": [true, false, "true", "false"] }),
        Shape::Names => one_or_more(word(
            r"^\s*(?![Rr][Ii][Nn][Gg][Ff][Ll][Oo][Ww]_)[A-Za-z_][A-Za-z0-9_]{0,127}\s*$",
        )),
        Shape::Count => json!({
            "type": ["integer", "string"],
            "minimum": 1,
            "maximum": MAX_COUNT,
            "pattern": r"^\s*\+?[0-9]+\s*$",
        }),
    }
}
