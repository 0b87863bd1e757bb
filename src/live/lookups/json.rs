//! A body as a value that scripts can hold.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::call::Value;

/// How deep lists and maps may stand in each other.
const MAX_DEPTH: usize = 16;
/// The most values in one body, those inside of others included.
const MAX_VALUES: usize = 4096;

/// Reads JSON. `None` where it is none, or deeper or longer than anybody needs.
pub(super) fn read(body: &[u8]) -> Option<Value> {
    let json = serde_json::from_slice(body).ok()?;
    let mut left = MAX_VALUES;
    value(json, 0, &mut left)
}

fn value(json: Json, depth: usize, left: &mut usize) -> Option<Value> {
    *left = left.checked_sub(1)?;
    let is_deep = depth >= MAX_DEPTH;
    Some(match json {
        Json::Null => Value::Nothing,
        Json::Bool(flag) => Value::Flag(flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Int(whole),
            None => Value::Float(number.as_f64()?),
        },
        Json::String(text) => Value::Text(text.into()),
        Json::Array(_) | Json::Object(_) if is_deep => return None,
        Json::Array(items) => {
            let items = items.into_iter().map(|item| value(item, depth + 1, left));
            Value::List(items.collect::<Option<Vec<_>>>()?.into())
        }
        Json::Object(fields) => {
            let fields = fields
                .into_iter()
                .map(|(name, item)| Some((name.into(), value(item, depth + 1, left)?)));
            Value::Map(fields.collect::<Option<BTreeMap<_, _>>>()?.into())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_is_read() {
        let body = br#"{"a": [1, -2.5, null, true, "x"], "big": 18446744073709551615}"#;
        let Some(Value::Map(fields)) = read(body) else {
            panic!("it is a map");
        };
        let Some(Value::List(items)) = fields.get("a") else {
            panic!("it is a list");
        };
        let expected = [
            Value::Int(1),
            Value::Float(-2.5),
            Value::Nothing,
            Value::Flag(true),
            Value::text("x"),
        ];
        assert_eq!(**items, expected);
        assert!(matches!(fields.get("big"), Some(Value::Float(_))));
        assert_eq!(read(b"\"x\""), Some(Value::text("x")));
    }

    #[test]
    fn what_is_deep_or_long_or_no_json_is_none() {
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(deep(MAX_DEPTH).as_bytes()).is_some());
        assert_eq!(read(deep(MAX_DEPTH + 1).as_bytes()), None);
        assert_eq!(read(deep(30_000).as_bytes()), None);
        let long = |values: usize| format!("[{}0]", "0,".repeat(values - 2));
        assert!(read(long(MAX_VALUES).as_bytes()).is_some());
        assert_eq!(read(long(MAX_VALUES + 1).as_bytes()), None);
        for body in [
            &b"<html>"[..],
            b"",
            b"{\"a\": \"\xff\"}",
            b"{} {}",
            b"{\"a\"",
        ] {
            assert_eq!(read(body), None);
        }
    }
}
