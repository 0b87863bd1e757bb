//! The day or time that a value names: a text as ISO 8601 has it, or `now`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use rhai::{Dynamic, Map};

use super::{Speech, Trouble, found, text_of};

/// The longest text that is read.
const MAX_TEXT: usize = 64;

/// The day. A moment that says its distance from UTC is told as the flow's zone has it.
pub(super) fn date(value: &Dynamic, speech: &Speech) -> Result<Date, Trouble> {
    let wrong = |value: &Dynamic| {
        let wanted = "a date, as in \"2026-03-02\", or `now`";
        Trouble::needs("date", wanted, found(value))
    };
    let date = match text(value, "date") {
        Some(text) => day_and_time(&text, speech).map(DateTime::date),
        None => None,
    };
    date.filter(|date| date.year() >= 1)
        .ok_or_else(|| wrong(value))
}

/// The time of day, told likewise.
pub(super) fn time(value: &Dynamic, speech: &Speech) -> Result<Time, Trouble> {
    let read = |text: &str| {
        let in_zone = text.parse::<Timestamp>().ok();
        match in_zone {
            Some(moment) => Some(speech.zone.to_datetime(moment).time()),
            // A date alone is refused here, and not taken for midnight.
            None => text.parse::<Time>().ok(),
        }
    };
    text(value, "time")
        .and_then(|text| read(&text))
        .ok_or_else(|| {
            let wanted = "a time, as in \"15:05\" or \"2026-03-02T15:05:00Z\", or `now`";
            Trouble::needs("time", wanted, found(value))
        })
}

fn day_and_time(text: &str, speech: &Speech) -> Option<DateTime> {
    match text.parse::<Timestamp>() {
        Ok(moment) => Some(speech.zone.to_datetime(moment)),
        Err(_) => text.parse().ok(),
    }
}

/// The text of a value, or of its field where it is a map as `now` is.
fn text(value: &Dynamic, field: &str) -> Option<String> {
    let text = match value.read_lock::<Map>() {
        Some(fields) => fields.get(field).and_then(text_of),
        None => text_of(value),
    };
    let text = text?.trim().to_owned();
    (text.len() <= MAX_TEXT).then_some(text)
}
