//! Times of day as they are spoken. What the library has is how they are written, and
//! voices read some of that wrong: `PTG` for the afternoon in Malay, `15.05` in
//! Indonesian. So the languages we have words in tell the time by their own patterns.

use icu_datetime::NoCalendarFormatter;
use icu_datetime::fieldsets::T;
use jiff::civil::Time;

use super::language::Clock;
use super::{Speech, Trouble, plain, untold};

/// A time of day, to the minute.
pub(super) fn spoken(speech: &Speech, time: Time) -> Result<String, Trouble> {
    if let Some(language) = speech.language {
        return Ok(told(&language.clock, time));
    }
    let formatter = NoCalendarFormatter::try_new((&speech.locale).into(), T::hm());
    let (hour, minute) = (time.hour().unsigned_abs(), time.minute().unsigned_abs());
    let time = icu_time::Time::try_new(hour, minute, 0, 0).map_err(|_| untold())?;
    Ok(plain(&formatter.map_err(|_| untold())?.format(&time)))
}

fn told(clock: &Clock, time: Time) -> String {
    let (hour, minute) = (time.hour(), time.minute());
    match (hour, minute, clock.noon, clock.midnight) {
        (12, 0, Some(noon), _) => return noon.to_owned(),
        (0, 0, _, Some(midnight)) => return midnight.to_owned(),
        _ => (),
    }
    let pattern = if minute == 0 {
        clock.full_hour
    } else {
        clock.with_minutes
    };
    let part = clock.parts.iter().rev().find(|(from, _)| *from <= hour);
    let of_twelve = match hour % 12 {
        0 => 12,
        hour => hour,
    };
    pattern
        .replace("{H}", &hour.to_string())
        .replace("{h}", &of_twelve.to_string())
        .replace("{mm}", &format!("{minute:02}"))
        .replace("{m}", &minute.to_string())
        .replace("{part}", part.map_or("", |(_, name)| name))
}
