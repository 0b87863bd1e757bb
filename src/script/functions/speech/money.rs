//! Sums of money: "12 Singapore dollars and 50 cents".

use fixed_decimal::{Decimal, Sign};
use icu_plurals::{PluralCategory, PluralRules};

use super::currencies::{Currency, Forms};
use super::language::Language;
use super::{Speech, Trouble, numbers, untold};

/// A hundredth of some currencies, by language.
struct Hundredth {
    currencies: &'static [&'static str],
    names: &'static [(&'static str, &'static str)],
}

/// The hundredths that callers speak of. CLDR has no names for them. Where one is not
/// here the sum is told with decimals, as Chinese does: 十二点五新加坡元.
const HUNDREDTHS: &[Hundredth] = &[
    Hundredth {
        currencies: &["AUD", "BND", "CAD", "EUR", "HKD", "NZD", "SGD", "USD"],
        names: &[
            ("en", "cent|cents"),
            ("ms", "sen"),
            ("id", "sen"),
            ("th", "เซนต์"),
            ("vi", "xu"),
            ("fil", "sentimo"),
            ("ja", "セント"),
        ],
    },
    Hundredth {
        currencies: &["MYR"],
        names: &[
            ("en", "sen"),
            ("ms", "sen"),
            ("id", "sen"),
            ("th", "เซน"),
            ("vi", "sen"),
            ("fil", "sen"),
            ("ja", "セン"),
        ],
    },
    Hundredth {
        currencies: &["PHP"],
        names: &[("en", "centavo|centavos"), ("fil", "sentimo")],
    },
    Hundredth {
        currencies: &["THB"],
        names: &[
            ("en", "satang"),
            ("ms", "satang"),
            ("id", "satang"),
            ("th", "สตางค์"),
            ("vi", "satang"),
            ("fil", "satang"),
        ],
    },
    Hundredth {
        currencies: &["GBP"],
        names: &[("en", "penny|pence")],
    },
    Hundredth {
        currencies: &["INR"],
        names: &[("en", "paisa|paise")],
    },
];

fn hundredth(currency: &Currency, language: &Language) -> Option<Forms> {
    let units = HUNDREDTHS
        .iter()
        .find(|unit| unit.currencies.contains(&currency.code))?;
    let (_, names) = units
        .names
        .iter()
        .find(|(code, _)| *code == language.code)?;
    Some(Forms::read(names))
}

/// A sum, rounded to what the currency has. In a language of which we have no words it
/// is the number and the currency's code.
pub(super) fn spoken(
    speech: &Speech,
    mut sum: Decimal,
    currency: &Currency,
) -> Result<String, Trouble> {
    numbers::round(&mut sum, currency.places);
    let named = speech
        .language
        .and_then(|language| Some((language, currency.name(language.code)?)));
    let Some((language, name)) = named else {
        let number = numbers::spoken(speech, sum, Some(currency.places))?;
        return Ok(format!("{number} {}", currency.code));
    };
    let minus = match sum.sign() {
        Sign::Negative => language.minus,
        Sign::None | Sign::Positive => "",
    };
    sum.set_sign(Sign::None);
    let one = |number: Decimal, forms: Forms| counted(speech, language, number, forms);
    let (whole, rest) = parts(&sum);
    let text = match hundredth(currency, language) {
        Some(forms) if !rest.absolute.is_zero() => {
            let rest = one(rest, forms)?;
            if whole.absolute.is_zero() {
                rest
            } else {
                format!("{}{}{rest}", one(whole, name)?, language.and)
            }
        }
        _ => one(sum, name)?,
    };
    Ok(format!("{minus}{text}"))
}

/// The whole units of a sum, and its hundredths.
fn parts(sum: &Decimal) -> (Decimal, Decimal) {
    let mut whole = sum.clone();
    whole.absolute.trunc(0);
    let digit = |at: i16| i64::from(sum.absolute.digit_at(at));
    (whole, Decimal::from(digit(-1) * 10 + digit(-2)))
}

/// A number with a noun in the form that goes with it.
fn counted(
    speech: &Speech,
    language: &Language,
    mut number: Decimal,
    forms: Forms,
) -> Result<String, Trouble> {
    number.absolute.trim_end();
    let rules = PluralRules::try_new_cardinal((&speech.locale).into()).map_err(|_| untold())?;
    let is_one = rules.category_for(&number) == PluralCategory::One;
    let digits = numbers::spoken(speech, number, None)?;
    Ok(format!("{digits}{}{}", language.gap, forms.of(is_one)))
}
