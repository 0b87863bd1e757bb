//! Comparing. A text is never compared with a number: `"12" <= 120` would be
//! silently false, and a caller would go the wrong way. Nothing compares with
//! anything, equal only to itself and in no order.

use std::cmp::Ordering;

use rhai::{Array, Dynamic, Map};

use super::{Trouble, kind_of, text_of};

/// Whether two values are equal.
pub(super) fn equal(a: &Dynamic, b: &Dynamic) -> Result<bool, Trouble> {
    if a.is_unit() || b.is_unit() {
        return Ok(a.is_unit() && b.is_unit());
    }
    if let (Some(a), Some(b)) = (text_of(a), text_of(b)) {
        return Ok(a == b);
    }
    refuse_mixed(a, b)?;
    Ok(same(a, b))
}

/// How two values are ordered; `None` where one of them is nothing, or no number.
pub(super) fn order(a: &Dynamic, b: &Dynamic) -> Result<Option<Ordering>, Trouble> {
    if a.is_unit() || b.is_unit() {
        return Ok(None);
    }
    if let (Some(a), Some(b)) = (text_of(a), text_of(b)) {
        return Ok(Some(a.cmp(&b)));
    }
    if let (Ok(a), Ok(b)) = (a.as_int(), b.as_int()) {
        return Ok(Some(a.cmp(&b)));
    }
    if let (Some(a), Some(b)) = (float_of(a), float_of(b)) {
        return Ok(a.partial_cmp(&b));
    }
    refuse_mixed(a, b)?;
    let (a, b) = (kind_of(a), kind_of(b));
    Err(Trouble::failed(format!(
        "only numbers and texts have an order, this is {a} and {b}"
    )))
}

/// A whole or other number as one with a point.
pub(super) fn float_of(value: &Dynamic) -> Option<f64> {
    match value.as_int() {
        Ok(number) => Some(number as f64),
        Err(_) => value.as_float().ok(),
    }
}

fn refuse_mixed(a: &Dynamic, b: &Dynamic) -> Result<(), Trouble> {
    let is_text = |value: &Dynamic| value.is_string() || value.is_char();
    let is_number = |value: &Dynamic| value.is_int() || value.is_float();
    if is_text(a) && is_number(b) || is_number(a) && is_text(b) {
        return Err(Trouble::failed(
            "a text is compared with a number; write `number(…)` around the text",
        ));
    }
    Ok(())
}

/// Equality inside lists and maps, where different kinds are simply not equal.
fn same(a: &Dynamic, b: &Dynamic) -> bool {
    if let (Some(a), Some(b)) = (text_of(a), text_of(b)) {
        return a == b;
    }
    if let (Ok(a), Ok(b)) = (a.as_int(), b.as_int()) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (float_of(a), float_of(b)) {
        return a == b;
    }
    if let (Ok(a), Ok(b)) = (a.as_bool(), b.as_bool()) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Array>(), b.read_lock::<Array>()) {
        return a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b));
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Map>(), b.read_lock::<Map>()) {
        let mut pairs = a.iter().zip(b.iter());
        return a.len() == b.len() && pairs.all(|((n, a), (m, b))| n == m && same(a, b));
    }
    false
}
