//! Numbers: reading them out of texts, rounding, choosing.

use rhai::Dynamic;

use super::compare::{float_of, order};
use super::{Function, Trouble, function, kind_of, text_of};

pub(super) const FUNCTIONS: &[Function] = &[
    function("number", &[1], |_, v| number(v[0])),
    function("abs", &[1], |_, v| match v[0].as_int() {
        Ok(number) => match number.checked_abs() {
            Some(number) => Ok(number.into()),
            None => Err(Trouble::failed("the number is out of range")),
        },
        Err(_) => Ok(needed("abs", v[0])?.abs().into()),
    }),
    function("min", &[2], |_, v| {
        either("min", v, std::cmp::Ordering::Less)
    }),
    function("max", &[2], |_, v| {
        either("max", v, std::cmp::Ordering::Greater)
    }),
    function("round", &[1, 2], round),
    function("floor", &[1], |_, v| whole("floor", v[0], f64::floor)),
    function("ceiling", &[1], |_, v| whole("ceiling", v[0], f64::ceil)),
    function("to_int", &[1], |_, v| whole("to_int", v[0], f64::trunc)),
    function(
        "to_float",
        &[1],
        |_, v| Ok(needed("to_float", v[0])?.into()),
    ),
];

/// The number that a text holds, or nothing where it holds none: what a caller
/// keyed in may well be empty, and that is no fault of the flow.
fn number(value: &Dynamic) -> Result<Dynamic, Trouble> {
    if value.is_int() || value.is_float() {
        return Ok(value.clone());
    }
    let Some(text) = text_of(value) else {
        return Err(Trouble::needs("number", "a text", kind_of(value)));
    };
    let text = text.trim();
    let plain = text
        .chars()
        .all(|c| c.is_ascii_digit() || "+-.".contains(c));
    if !plain {
        return Ok(Dynamic::UNIT);
    }
    if let Ok(number) = text.parse::<i64>() {
        return Ok(number.into());
    }
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    Ok(number.map_or(Dynamic::UNIT, Dynamic::from_float))
}

fn needed(name: &str, value: &Dynamic) -> Result<f64, Trouble> {
    if value.is_unit() {
        return Ok(0.0);
    }
    float_of(value).ok_or_else(|| Trouble::needs(name, "a number", kind_of(value)))
}

fn either(
    name: &str,
    values: &mut [&mut Dynamic],
    wins: std::cmp::Ordering,
) -> Result<Dynamic, Trouble> {
    needed(name, values[0])?;
    needed(name, values[1])?;
    let second_wins = order(values[1], values[0])? == Some(wins);
    let unset = values[0].is_unit();
    Ok(values[usize::from(second_wins || unset)].clone())
}

fn whole(name: &str, value: &Dynamic, how: fn(f64) -> f64) -> Result<Dynamic, Trouble> {
    if value.is_int() {
        return Ok(value.clone());
    }
    let number = how(needed(name, value)?);
    // Beyond this a float no longer names one whole number.
    if number.abs() > 9e15 {
        return Err(Trouble::failed("the number is out of range"));
    }
    Ok((number as i64).into())
}

fn round(_: &rhai::NativeCallContext, values: &mut [&mut Dynamic]) -> Result<Dynamic, Trouble> {
    let [value, places] = values else {
        return whole("round", values[0], f64::round);
    };
    let places = match places.as_int() {
        Ok(places @ 0..=9) => places as i32,
        _ => return Err(Trouble::failed("`round` needs 0 to 9 places")),
    };
    let number = needed("round", value)?;
    let scale = 10_f64.powi(places);
    let rounded = (number * scale).round() / scale;
    Ok(if rounded.is_finite() { rounded } else { number }.into())
}
