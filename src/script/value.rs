//! Values on their way into the engine and out of it.

use std::sync::Arc;

use rhai::{Array, Dynamic, ImmutableString, Map};

use super::fault::{Fault, FaultKind};
use crate::call::Value;

/// The largest result that is kept, in bytes of all its texts and 8 for any other value.
const MAX_BYTES: usize = 4 * 1024;
/// The deepest result that is kept.
const MAX_DEPTH: usize = 8;

/// A value as the engine wants it.
pub(super) fn into_rhai(value: &Value) -> Dynamic {
    match value {
        Value::Nothing => Dynamic::UNIT,
        Value::Flag(flag) => Dynamic::from_bool(*flag),
        Value::Int(number) => Dynamic::from_int(*number),
        Value::Float(number) => Dynamic::from_float(*number),
        Value::Text(text) => Dynamic::from(ImmutableString::from(&**text)),
        Value::List(items) => Dynamic::from_array(items.iter().map(into_rhai).collect()),
        Value::Map(fields) => {
            let fields = fields.iter();
            let map: Map = fields
                .map(|(name, item)| ((&**name).into(), into_rhai(item)))
                .collect();
            Dynamic::from_map(map)
        }
    }
}

/// A result that can be kept, or why it cannot.
pub(super) fn from_rhai(result: &Dynamic) -> Result<Value, Fault> {
    keep(result, 0, &mut 0)
}

/// True for a value that is no larger and no deeper than a result may be.
pub fn is_keepable(value: &Value) -> bool {
    fits(value, 0, &mut 0)
}

fn fits(value: &Value, depth: usize, bytes: &mut usize) -> bool {
    *bytes += 8;
    if let Value::Text(text) = value {
        *bytes += text.len();
    }
    if depth >= MAX_DEPTH || *bytes > MAX_BYTES {
        return false;
    }
    match value {
        Value::List(items) => items.iter().all(|item| fits(item, depth + 1, bytes)),
        Value::Map(fields) => fields.iter().all(|(name, item)| {
            *bytes += name.len();
            fits(item, depth + 1, bytes)
        }),
        _ => true,
    }
}

/// One value of a result, with what all before it took.
fn keep(value: &Dynamic, depth: usize, bytes: &mut usize) -> Result<Value, Fault> {
    let nonsense = |message| Err(Fault::new(FaultKind::Nonsense, message));
    if depth >= MAX_DEPTH {
        return nonsense("the result has more than 8 lists or maps inside each other");
    }
    let kept = if value.is_unit() {
        Value::Nothing
    } else if let Ok(flag) = value.as_bool() {
        Value::Flag(flag)
    } else if let Ok(number) = value.as_int() {
        Value::Int(number)
    } else if let Ok(number) = value.as_float() {
        Value::Float(number)
    } else if let Ok(letter) = value.as_char() {
        Value::text(letter.encode_utf8(&mut [0; 4]))
    } else if let Some(text) = value.read_lock::<ImmutableString>() {
        *bytes += text.len();
        Value::text(&text)
    } else if let Some(items) = value.read_lock::<Array>() {
        let items: Result<Vec<Value>, Fault> = items
            .iter()
            .map(|item| keep(item, depth + 1, bytes))
            .collect();
        Value::List(items?.into())
    } else if let Some(fields) = value.read_lock::<Map>() {
        let mut kept = std::collections::BTreeMap::new();
        for (name, item) in fields.iter() {
            *bytes += name.len();
            kept.insert(Box::from(name.as_str()), keep(item, depth + 1, bytes)?);
        }
        Value::Map(Arc::new(kept))
    } else {
        return nonsense("the result is neither text, number, true or false, list nor map");
    };
    *bytes += 8;
    if *bytes > MAX_BYTES {
        return nonsense("the result is larger than 4 KiB");
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_in_and_come_out_the_same() {
        let list = Value::List(vec![Value::Int(1), Value::Float(2.5), Value::Nothing].into());
        let fields = [("tier".into(), Value::text("gold")), ("list".into(), list)];
        let value = Value::Map(Arc::new(fields.into_iter().collect()));
        assert!(from_rhai(&into_rhai(&value)).unwrap() == value);
    }

    #[test]
    fn deep_large_and_strange_results_are_nonsense() {
        let mut deep = Dynamic::UNIT;
        for _ in 0..8 {
            deep = Dynamic::from_array(vec![deep]);
        }
        let large = Dynamic::from("x".repeat(4096));
        let strange = Dynamic::from(0_i64..3);
        for value in [deep, large, strange] {
            assert_eq!(from_rhai(&value).unwrap_err().kind, FaultKind::Nonsense);
        }
    }
}
