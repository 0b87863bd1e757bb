//! Numbers: read exactly, rounded as people round, and written as the language's voices
//! read them.

use fixed_decimal::{Decimal, FloatPrecision, Sign, SignedRoundingMode, UnsignedRoundingMode};
use icu_decimal::DecimalFormatter;
use rhai::Dynamic;

use super::{Speech, Trouble, found, plain, text_of, untold};

/// The longest text that is read as a number.
const MAX_TEXT: usize = 40;
/// Beyond this a float no longer names one whole number.
const MAX_FLOAT: f64 = 9e15;

/// The number that a value is or, digit for digit, that its text holds. What is missing
/// is no number: a caller must not hear of a balance of zero that nobody knows.
pub(super) fn read(name: &str, value: &Dynamic) -> Result<Decimal, Trouble> {
    if let Ok(number) = value.as_int() {
        return Ok(Decimal::from(number));
    }
    if let Ok(number) = value.as_float() {
        // The shortest decimal that is this float, so that 1.005 is just that.
        let exact = (number.abs() <= MAX_FLOAT)
            .then(|| Decimal::try_from_f64(number, FloatPrecision::RoundTrip).ok());
        return exact
            .flatten()
            .ok_or_else(|| Trouble::failed("the number is out of range"));
    }
    let written = match text_of(value) {
        Some(text) if !value.is_unit() => written(&text),
        _ => None,
    };
    written.ok_or_else(|| Trouble::needs(name, "a number", found(value)))
}

fn written(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_digit() || "+-.".contains(c);
    if text.len() > MAX_TEXT || !text.chars().all(plain) {
        return None;
    }
    Decimal::try_from_str(text).ok()
}

/// Rounds to decimal places, a half away from zero.
pub(super) fn round(number: &mut Decimal, places: i16) {
    let half_up = SignedRoundingMode::Unsigned(UnsignedRoundingMode::HalfExpand);
    number.round_with_mode(-places, half_up);
    if number.absolute.is_zero() {
        number.set_sign(Sign::None);
    }
}

/// A number in words and digits that a voice reads right: grouped, with the language's
/// decimal mark, and with the word for minus.
pub(super) fn spoken(
    speech: &Speech,
    mut number: Decimal,
    places: Option<i16>,
) -> Result<String, Trouble> {
    match places {
        Some(places) => {
            round(&mut number, places);
            number.absolute.pad_end(-places);
        }
        None => {
            number.absolute.trim_end();
        }
    }
    number.absolute.trim_start();
    if number.absolute.is_zero() || number.sign() == Sign::Positive {
        number.set_sign(Sign::None);
    }
    let Some(language) = speech.language else {
        return written_in(speech, &number);
    };
    let minus = match number.sign() {
        Sign::Negative => language.minus,
        Sign::None | Sign::Positive => "",
    };
    number.set_sign(Sign::None);
    Ok(format!("{minus}{}", written_in(speech, &number)?))
}

/// The digits as they are written where the language is spoken.
pub(super) fn written_in(speech: &Speech, number: &Decimal) -> Result<String, Trouble> {
    let formatter = DecimalFormatter::try_new((&speech.locale).into(), Default::default());
    Ok(plain(&formatter.map_err(|_| untold())?.format(number)))
}
