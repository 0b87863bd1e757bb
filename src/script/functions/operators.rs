//! The operators, each for values of any kind, so that none of Rhai's own is asked.

use std::cmp::Ordering;

use rhai::{Array, Dynamic, NativeCallContext};

use super::compare::{equal, float_of, order};
use super::{Function, MAX_ITEMS, MAX_TEXT, Trouble, changing, function, kind_of, shown};

pub(super) const OPERATORS: &[Function] = &[
    function("==", &[2], |_, v| Ok(equal(v[0], v[1])?.into())),
    function("!=", &[2], |_, v| Ok((!equal(v[0], v[1])?).into())),
    function("<", &[2], |_, v| ordered(v, &[Ordering::Less])),
    function("<=", &[2], |_, v| {
        ordered(v, &[Ordering::Less, Ordering::Equal])
    }),
    function(">", &[2], |_, v| ordered(v, &[Ordering::Greater])),
    function(">=", &[2], |_, v| {
        ordered(v, &[Ordering::Greater, Ordering::Equal])
    }),
    function("!", &[1], not),
    function("+", &[1, 2], |_, v| match v {
        [value] => calculate("+", &Dynamic::from_int(0), value),
        _ => add(v[0], v[1]),
    }),
    function("-", &[1, 2], |_, v| match v {
        [value] => calculate("-", &Dynamic::from_int(0), value),
        _ => calculate("-", v[0], v[1]),
    }),
    function("*", &[2], |_, v| calculate("*", v[0], v[1])),
    function("/", &[2], |_, v| calculate("/", v[0], v[1])),
    function("%", &[2], |_, v| calculate("%", v[0], v[1])),
    function("**", &[2], |_, v| calculate("**", v[0], v[1])),
    changing("+=", &[2], |_, v| assign(v, add)),
    changing("-=", &[2], |_, v| assign(v, |a, b| calculate("-", a, b))),
    changing("*=", &[2], |_, v| assign(v, |a, b| calculate("*", a, b))),
    changing("/=", &[2], |_, v| assign(v, |a, b| calculate("/", a, b))),
    changing("%=", &[2], |_, v| assign(v, |a, b| calculate("%", a, b))),
    changing("**=", &[2], |_, v| assign(v, |a, b| calculate("**", a, b))),
];

fn ordered(values: &mut [&mut Dynamic], holds: &[Ordering]) -> Result<Dynamic, Trouble> {
    let order = order(values[0], values[1])?;
    Ok(order.is_some_and(|order| holds.contains(&order)).into())
}

/// Unset is false, so `!` of nothing holds.
fn not(_: &NativeCallContext, values: &mut [&mut Dynamic]) -> Result<Dynamic, Trouble> {
    match values[0].as_bool() {
        Ok(flag) => Ok((!flag).into()),
        Err(_) if values[0].is_unit() => Ok(true.into()),
        Err(_) => Err(Trouble::needs("!", "true or false", kind_of(values[0]))),
    }
}

fn assign(
    values: &mut [&mut Dynamic],
    operator: fn(&Dynamic, &Dynamic) -> Result<Dynamic, Trouble>,
) -> Result<Dynamic, Trouble> {
    let result = operator(values[0], values[1])?;
    *values[0] = result;
    Ok(Dynamic::UNIT)
}

/// `+` joins where a text is on one side, and lists; otherwise it calculates.
fn add(a: &Dynamic, b: &Dynamic) -> Result<Dynamic, Trouble> {
    let is_text = |value: &Dynamic| value.is_string() || value.is_char();
    if is_text(a) || is_text(b) {
        let (mut text, more) = (shown(a)?, shown(b)?);
        if text.len() + more.len() > MAX_TEXT {
            return Err(Trouble::too_long());
        }
        text.push_str(&more);
        return Ok(text.into());
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Array>(), b.read_lock::<Array>()) {
        if a.len() + b.len() > MAX_ITEMS {
            return Err(Trouble::too_many());
        }
        return Ok(Dynamic::from_array(
            a.iter().chain(b.iter()).cloned().collect(),
        ));
    }
    if a.is_unit() && b.is_unit() {
        return Ok(Dynamic::UNIT);
    }
    calculate("+", a, b)
}

/// Arithmetic. Nothing counts as 0; whole numbers stay whole as long as they can.
fn calculate(operator: &str, a: &Dynamic, b: &Dynamic) -> Result<Dynamic, Trouble> {
    let zero = Dynamic::from_int(0);
    let a = if a.is_unit() { &zero } else { a };
    let b = if b.is_unit() { &zero } else { b };
    if let (Ok(a), Ok(b)) = (a.as_int(), b.as_int()) {
        return whole(operator, a, b);
    }
    match (float_of(a), float_of(b)) {
        (Some(a), Some(b)) => float(operator, a, b),
        (Some(_), None) => Err(no_number(operator, b)),
        _ => Err(no_number(operator, a)),
    }
}

fn no_number(operator: &str, value: &Dynamic) -> Trouble {
    if value.is_string() {
        return Trouble::failed(format!(
            "`{operator}` needs numbers; write `number(…)` around the text"
        ));
    }
    Trouble::needs(operator, "numbers", kind_of(value))
}

/// Whole numbers. `10 / 4` is 2.5, since designers do not expect 2.
fn whole(operator: &str, a: i64, b: i64) -> Result<Dynamic, Trouble> {
    let result = match operator {
        "+" => a.checked_add(b),
        "-" => a.checked_sub(b),
        "*" => a.checked_mul(b),
        "/" | "%" if b == 0 => return Err(Trouble::failed("a number is divided by zero")),
        "/" if a.checked_rem(b).is_some_and(|rest| rest != 0) => {
            return float(operator, a as f64, b as f64);
        }
        "/" => a.checked_div(b),
        "%" => a.checked_rem(b),
        _ => match u32::try_from(b) {
            Ok(b) => a.checked_pow(b),
            Err(_) => return float(operator, a as f64, b as f64),
        },
    };
    result.map(Dynamic::from_int).ok_or_else(out_of_range)
}

fn float(operator: &str, a: f64, b: f64) -> Result<Dynamic, Trouble> {
    let result = match operator {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" | "%" if b == 0.0 => return Err(Trouble::failed("a number is divided by zero")),
        "/" => a / b,
        "%" => a % b,
        _ => a.powf(b),
    };
    if !result.is_finite() {
        return Err(out_of_range());
    }
    Ok(Dynamic::from_float(result))
}

fn out_of_range() -> Trouble {
    Trouble::failed("the result of a calculation is too large a number")
}
