//! Texts: looking into them, cutting, filling up, and what is made for callers.
//! Nothing counts as the empty text. Positions count characters from 0, and what is
//! beyond the end is left out instead of failing. Whatever can make a text longer
//! looks at the size first.

use rhai::{Array, Dynamic, ImmutableString, Map, NativeCallContext};

use super::{
    Function, MAX_ITEMS, MAX_TEXT, Trouble, function, kind_of, letter, list, shown, text_of,
    text_or_number, text_result,
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("len", &[1], |_, v| Ok((len(v[0])? as i64).into())),
    function("is_empty", &[1], |_, v| Ok((len(v[0])? == 0).into())),
    function("contains", &[2], |_, v| Ok(contains(v[0], v[1])?.into())),
    function("index_of", &[2], |_, v| Ok(index_of(v[0], v[1])?.into())),
    function("starts_with", &[2], |_, v| {
        let (text, start) = (text("starts_with", v[0])?, text("starts_with", v[1])?);
        Ok(text.starts_with(&*start).into())
    }),
    function("ends_with", &[2], |_, v| {
        let (text, end) = (text("ends_with", v[0])?, text("ends_with", v[1])?);
        Ok(text.ends_with(&*end).into())
    }),
    function("sub_string", &[2, 3], sub_string),
    function("to_upper", &[1], |_, v| {
        text_result(text("to_upper", v[0])?.to_uppercase())
    }),
    function("to_lower", &[1], |_, v| {
        text_result(text("to_lower", v[0])?.to_lowercase())
    }),
    function("trim", &[1], |_, v| {
        text_result(text("trim", v[0])?.trim().to_string())
    }),
    function("to_string", &[1], |_, v| text_result(shown(v[0])?)),
    function("replace", &[3], |_, v| {
        let (text, from, to) = (
            text("replace", v[0])?,
            text("replace", v[1])?,
            text("replace", v[2])?,
        );
        replace(&text, &from, &to)
    }),
    function("pad_left", &[3], |_, v| {
        let (text, fill) = padding("pad_left", v)?;
        text_result(fill + &text)
    }),
    function("pad_right", &[3], |_, v| {
        let (text, fill) = padding("pad_right", v)?;
        text_result(text.to_string() + &fill)
    }),
    function("repeat", &[2], |_, v| {
        let text = text("repeat", v[0])?;
        let times = usize::try_from(int("repeat", v[1])?).unwrap_or(0);
        match text.len().checked_mul(times) {
            Some(0..=MAX_TEXT) => text_result(text.repeat(times)),
            _ => Err(Trouble::too_long()),
        }
    }),
    function("split", &[2], |_, v| {
        let (text, at) = (text("split", v[0])?, text("split", v[1])?);
        split(&text, &at)
    }),
    function("digits", &[1], |_, v| {
        let text = shown(v[0])?;
        text_result(text.chars().filter(char::is_ascii_digit).collect())
    }),
    function("luhn", &[1], |_, v| {
        Ok(luhn(&text_or_number("luhn", v[0])?).into())
    }),
    function("mask", &[1], |_, v| {
        text_result(mask(&text_or_number("mask", v[0])?))
    }),
];

fn text(name: &str, value: &Dynamic) -> Result<ImmutableString, Trouble> {
    text_of(value).ok_or_else(|| Trouble::needs(name, "a text", kind_of(value)))
}

fn int(name: &str, value: &Dynamic) -> Result<i64, Trouble> {
    value
        .as_int()
        .map_err(|_| Trouble::needs(name, "a whole number", kind_of(value)))
}

fn len(value: &Dynamic) -> Result<usize, Trouble> {
    if let Some(list) = value.read_lock::<Array>() {
        return Ok(list.len());
    }
    if let Some(map) = value.read_lock::<Map>() {
        return Ok(map.len());
    }
    match text_of(value) {
        Some(text) => Ok(text.chars().count()),
        None => Err(Trouble::needs("len", "a text, list or map", kind_of(value))),
    }
}

/// Whether a text has a part, a list an item, a map a field. `x in y` asks here too.
fn contains(value: &Dynamic, wanted: &Dynamic) -> Result<bool, Trouble> {
    if let Some(list) = value.read_lock::<Array>() {
        return Ok(list::position(&list, wanted)?.is_some());
    }
    if let Some(map) = value.read_lock::<Map>() {
        return Ok(text_of(wanted).is_some_and(|name| map.contains_key(&*name)));
    }
    if value.is_unit() {
        return Ok(false);
    }
    if value.is_string() && (wanted.is_int() || wanted.is_float()) {
        return Err(Trouble::failed(
            "a number is looked for in a text; write it in quotes",
        ));
    }
    Ok(text("contains", value)?.contains(&*text("contains", wanted)?))
}

/// Where a part of a text or an item of a list begins, or -1.
fn index_of(value: &Dynamic, wanted: &Dynamic) -> Result<i64, Trouble> {
    if let Some(list) = value.read_lock::<Array>() {
        return Ok(list::position(&list, wanted)?.map_or(-1, |i| i as i64));
    }
    let (text, wanted) = (text("index_of", value)?, text("index_of", wanted)?);
    let found = text.find(&*wanted);
    Ok(found.map_or(-1, |byte| text[..byte].chars().count() as i64))
}

/// The part from a position on, of a length where one is given. A negative start
/// counts from the end, so `sub_string(x, -4)` is the last four.
fn sub_string(_: &NativeCallContext, values: &mut [&mut Dynamic]) -> Result<Dynamic, Trouble> {
    let text = text("sub_string", values[0])?;
    let start = int("sub_string", values[1])?;
    let count = match values.get(2) {
        Some(value) => usize::try_from(int("sub_string", value)?).unwrap_or(0),
        None => usize::MAX,
    };
    let skip = if start < 0 {
        let back = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
        text.chars().count().saturating_sub(back)
    } else {
        usize::try_from(start).unwrap_or(usize::MAX)
    };
    text_result(text.chars().skip(skip).take(count).collect())
}

fn replace(text: &str, from: &str, to: &str) -> Result<Dynamic, Trouble> {
    if from.is_empty() {
        return text_result(text.to_string());
    }
    let places = text.matches(from).count();
    // Neither can overflow: the texts are of at most 4 KiB.
    let size = text.len() - places * from.len() + places * to.len();
    if size > MAX_TEXT {
        return Err(Trouble::too_long());
    }
    text_result(text.replace(from, to))
}

/// The text, and what is missing from it to the width that is asked for.
fn padding(name: &str, values: &[&mut Dynamic]) -> Result<(String, String), Trouble> {
    let text = match text_of(values[0]) {
        Some(text) => text.to_string(),
        None => shown(values[0])?,
    };
    let width = usize::try_from(int(name, values[1])?).unwrap_or(0);
    let fill = text_of(values[2])
        .filter(|fill| fill.chars().count() == 1)
        .ok_or_else(|| Trouble::failed(format!("`{name}` fills with one character")))?;
    if width > MAX_TEXT {
        return Err(Trouble::too_long());
    }
    let missing = width.saturating_sub(text.chars().count());
    Ok((text, fill.repeat(missing)))
}

/// The parts between a separator; the single characters where it is empty.
fn split(text: &str, at: &str) -> Result<Dynamic, Trouble> {
    let parts: Vec<Dynamic> = if at.is_empty() {
        text.chars().take(MAX_ITEMS + 1).map(letter).collect()
    } else {
        let parts = text.split(at).take(MAX_ITEMS + 1);
        parts
            .map(|part| Dynamic::from(ImmutableString::from(part)))
            .collect()
    };
    if parts.len() > MAX_ITEMS {
        return Err(Trouble::too_many());
    }
    Ok(Dynamic::from_array(parts))
}

/// The check sum of card and account numbers. Spaces and dashes are passed over;
/// an empty text and one with other characters do not hold.
fn luhn(text: &str) -> bool {
    let mut sum = 0;
    let mut count = 0;
    for c in text.chars().rev() {
        let digit = match c {
            ' ' | '-' => continue,
            c => match c.to_digit(10) {
                Some(digit) => digit,
                None => return false,
            },
        };
        sum += match (count % 2, digit * 2) {
            (0, _) => digit,
            (_, doubled @ 0..=9) => doubled,
            (_, doubled) => doubled - 9,
        };
        count += 1;
    }
    count > 0 && sum % 10 == 0
}

/// The end of a value, to be spoken: its last characters apart from each other, at
/// most four and never more than half of it. Below four characters nothing is left.
fn mask(text: &str) -> String {
    let letters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    if letters.len() < 4 {
        return String::new();
    }
    let kept = (letters.len() / 2).min(4);
    let spaced: Vec<String> = letters[letters.len() - kept..]
        .iter()
        .map(char::to_string)
        .collect();
    spaced.join(" ")
}
