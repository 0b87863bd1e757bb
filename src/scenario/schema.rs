//! The schema of test files for editors, made of the tables from which they are read.

use serde_json::{Map, Value, json};

use crate::call::LookUpFailure;
use crate::flow::schema_parts::{self as parts, closed, described, text, word};

use super::document::Survives;
use super::document::tables::{self, DIRECTIONS, Key, Shape};

/// The schema of test files, `flows/**/*.test.yaml`, in draft 7.
pub fn tests_schema() -> Value {
    let mut schema = object(tables::FILE, &["scenarios"]);
    parts::merge(
        &mut schema,
        json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "Conversations that must hold",
            "description": "What callers do and what they hear, tried with `ringflow test`.",
        }),
    );
    schema
}

/// Objects with these keys and no others.
fn object(keys: &[Key], required: &[&str]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect();
    closed(Value::Object(properties), required)
}

fn property(key: &Key) -> Value {
    described(of(key.shape), key.doc)
}

fn of(shape: Shape) -> Value {
    match shape {
        Shape::Flow => parts::flow_name(),
        Shape::Caller => caller(),
        Shape::Time => word(r"^\s*[+-]?[0-9]{4,6}-?[0-9]{2}-?[0-9]{2}[Tt ][0-9]"),
        Shape::Scenarios => list(object(tables::SCENARIO, &["name", "call"])),
        Shape::Text | Shape::Heard => text(),
        Shape::Steps => {
            let mut steps = list(step());
            parts::merge(&mut steps, json!({ "minItems": 1 }));
            steps
        }
        Shape::Never => one_or_none(object(tables::NEVER, &[])),
        // A flag in quotes is one too.
        Shape::Direction => json!({ "enum": DIRECTIONS }),
        Shape::Flag => json!({ "enum": [true, false, "true", "false"] }),
        Shape::True => json!({ "enum": [true, "true"] }),
        Shape::States => list(parts::state_path()),
        Shape::Variables => {
            json!({ "type": "object", "propertyNames": { "pattern": parts::VARIABLE } })
        }
        Shape::Sides => json!({ "type": "object", "additionalProperties": text() }),
        Shape::Survives => one_or_none(json!({ "enum": Survives::WORDS })),
        Shape::Keys => parts::digits(r"^\s*([0-9*#]+|star|hash)\s*$"),
        Shape::Number => parts::number(""),
        Shape::Leg => leg(),
        Shape::Stubs => list(object(tables::STUB, &[])),
        Shape::Request => word(r"^\s*[A-Z]+\s+\S+\s*$"),
        Shape::Address => text(),
        Shape::Value => json!({}),
        Shape::Status => json!({
            "type": ["integer", "string"],
            "minimum": 200,
            "maximum": 599,
            "pattern": r"^\s*[2-5][0-9][0-9]\s*$",
        }),
        Shape::Failure => json!({ "enum": LookUpFailure::ALL.map(LookUpFailure::word) }),
        Shape::Duration => {
            json!({ "type": "string", "pattern": r"^\s*[0-9.]+\s*(ms|s|m|h)\s*$" })
        }
    }
}

fn list(item: Value) -> Value {
    json!({ "type": "array", "items": item })
}

/// One of these, or a list of them, which may be empty.
fn one_or_none(item: Value) -> Value {
    json!({ "anyOf": [item, list(item.clone())] })
}

/// One word with its value.
fn step() -> Value {
    let mut schema = object(tables::STEP, &[]);
    parts::merge(
        &mut schema,
        json!({ "minProperties": 1, "maxProperties": 1 }),
    );
    schema
}

fn leg() -> Value {
    let answered = tables::ANSWERED;
    json!({
        "anyOf": [
            { "enum": tables::LEGS.map(|(word, _)| word) },
            object(&[answered], &[answered.name]),
        ],
    })
}

/// A number, or one word, for which YAML may have another use.
fn caller() -> Value {
    let mut schema = parts::number(r"^\s*[A-Za-z]+\s*$|");
    parts::merge(
        &mut schema,
        json!({ "type": ["string", "integer", "boolean"] }),
    );
    schema
}
