//! The zone of whoever sits here.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The zone that this machine is set to; UTC where it does not say.
pub fn of_this_machine() -> TimeZone {
    let named = std::env::var("TZ").ok();
    let named = named.and_then(|name| TimeZone::get(name.trim_start_matches(':')).ok());
    let set = || {
        let bytes = std::fs::read("/etc/localtime").ok()?;
        TimeZone::tzif("Local", &bytes).ok()
    };
    named.or_else(set).unwrap_or(TimeZone::UTC)
}

/// A time of day as in `12:04:31`.
pub fn time_of_day(time: Timestamp, zone: &TimeZone) -> String {
    let time = time.to_zoned_datetime(zone.clone());
    time.strftime("%H:%M:%S").to_string()
}
