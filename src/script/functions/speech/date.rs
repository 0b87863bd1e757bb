//! Dates as they are spoken: the weekday, the day, the month and the year.

use icu_calendar::{Date as Day, Iso};
use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::{E, YMDE};
use icu_locale_core::Locale;
use jiff::civil::Date;

use super::{Speech, Trouble, plain, untold};

/// A date in the calendar that callers of the language live by, as with the year 2569
/// in Thai. In a language that the library does not know it is in digits.
pub(super) fn spoken(speech: &Speech, date: Date) -> Result<String, Trouble> {
    let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    let iso = Day::try_new_iso(date.year().into(), month, day).map_err(|_| untold())?;
    if speech.locale.id.language.as_str() == "vi" {
        // CLDR's pattern leaves out the words that are said before the day and the year.
        let formatter = DateTimeFormatter::try_new((&speech.locale).into(), E::long());
        let weekday = plain(&formatter.map_err(|_| untold())?.format(&iso));
        let year = date.year();
        return Ok(format!("{weekday}, ngày {day} tháng {month} năm {year}"));
    }
    let text = written(&speech.locale, &iso)?;
    let is_known = speech.language.is_some() || text != written(&Locale::UNKNOWN, &iso)?;
    Ok(if is_known { text } else { date.to_string() })
}

fn written(locale: &Locale, day: &Day<Iso>) -> Result<String, Trouble> {
    let formatter = DateTimeFormatter::try_new(locale.into(), YMDE::long());
    Ok(plain(&formatter.map_err(|_| untold())?.format(day)))
}
