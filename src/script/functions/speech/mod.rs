//! What a voice is given to read so that a caller hears it right: letters apart, sums
//! of money, numbers, dates and times, in the language of the call. The library knows
//! how languages write dates and numbers; what it does not know is in [`language`] and
//! in the table of currencies. No result holds what a text for a voice may not.

mod currencies;
mod date;
mod language;
mod listener;
mod moment;
mod money;
mod numbers;
mod spell;
mod time;

use rhai::{Dynamic, NativeCallContext};

pub(in crate::script) use currencies::{codes, is_code};
pub(in crate::script) use listener::Listener;

use super::{Function, Trouble, charge, function, kind_of, text_of, text_or_number, text_result};
use listener::Speech;

/// The name of the function whose second value is a currency.
pub(in crate::script) const MONEY: &str = "money";

/// What one look into the library's tables is worth, whatever is looked up. It is far
/// more than the time it takes where all is optimised, so that also where nothing is,
/// the count stops a script before the clock does.
const OPERATIONS: u64 = 60;

pub(super) const FUNCTIONS: &[Function] = &[
    function("spell", &[1], |context, v| {
        let text = text_or_number("spell", v[0])?;
        text_result(spell::spoken(&speech(context), &text)?)
    }),
    function(MONEY, &[2], |context, v| {
        let amount = numbers::read(MONEY, v[0])?;
        let currency = text_of(v[1]).and_then(|code| currencies::find(&code));
        let Some(currency) = currency else {
            return Err(Trouble::failed(
                "`money` needs the three letters of a currency, as in `money(x, \"SGD\")`",
            ));
        };
        charge(context, OPERATIONS);
        text_result(money::spoken(&speech(context), amount, currency)?)
    }),
    function("amount", &[1, 2], |context, v| {
        let number = numbers::read("amount", v[0])?;
        let places = match v.get(1).map(|places| places.as_int()) {
            None => None,
            Some(Ok(places @ 0..=9)) => Some(places as i16),
            Some(_) => return Err(Trouble::failed("`amount` needs 0 to 9 places")),
        };
        charge(context, OPERATIONS);
        text_result(numbers::spoken(&speech(context), number, places)?)
    }),
    function("date", &[1], |context, v| {
        let speech = speech(context);
        let date = moment::date(v[0], &speech)?;
        charge(context, OPERATIONS);
        text_result(date::spoken(&speech, date)?)
    }),
    function("time", &[1], |context, v| {
        let speech = speech(context);
        let time = moment::time(v[0], &speech)?;
        charge(context, OPERATIONS);
        text_result(time::spoken(&speech, time)?)
    }),
];

/// True for a function for speech. Their names are words that flows call variables by,
/// so they name both.
pub(in crate::script) fn is_speech(name: &str) -> bool {
    FUNCTIONS.iter().any(|function| function.name == name)
}

fn speech(context: &NativeCallContext) -> Speech {
    let run = context
        .tag()
        .and_then(|tag| tag.read_lock::<super::super::engine::Run>());
    Speech::of(&run.map(|run| run.listener.clone()).unwrap_or_default())
}

/// Why something cannot be spoken of which the library has no data at all.
fn untold() -> Trouble {
    Trouble::failed("this cannot be told in the language of the call")
}

/// The words for what a value is where another was needed; an empty text is one that
/// nobody has set.
fn found(value: &Dynamic) -> &'static str {
    match text_of(value) {
        Some(text) if !value.is_unit() && text.trim().is_empty() => "an empty text",
        Some(_) if !value.is_unit() => "another text",
        _ => kind_of(value),
    }
}

/// What the library wrote, with spaces of every width as spaces, and without the marks
/// that tell a screen which way a number runs.
fn plain(written: &dyn std::fmt::Display) -> String {
    let written = written.to_string();
    let shown = written
        .chars()
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}'));
    shown
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect()
}
