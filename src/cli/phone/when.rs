//! Times as they are typed and shown, in the zone of a flow.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;

/// Monday 2 March 2026 at 10:00, when calls begin unless they say so.
pub fn usual(zone: &TimeZone) -> Timestamp {
    let local = jiff::civil::date(2026, 3, 2).at(10, 0, 0, 0);
    zone.to_timestamp(local).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Reads `18:30`, which is on the day of `near`, `2026-12-25T10:00`, or a time with its
/// offset.
pub fn read_time(text: &str, near: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let local = text.parse::<DateTime>().ok().filter(|_| text.contains(':'));
    let local = local.or_else(|| {
        let time = text.parse::<Time>().ok()?;
        Some(
            near.to_zoned_datetime(zone.clone())
                .date()
                .to_datetime(time),
        )
    });
    local
        .and_then(|local| zone.to_timestamp(local).ok())
        .ok_or_else(|| {
            format!("`{text}` is no time; write one such as `18:30` or `2026-12-25T10:00`")
        })
}

/// A time as in `Mon 2 Mar 2026 10:00 Asia/Singapore`.
pub fn day(time: Timestamp, zone: &TimeZone) -> String {
    let time = time.to_zoned_datetime(zone.clone());
    let name = zone.iana_name().unwrap_or("UTC");
    format!("{} {name}", time.strftime("%a %-d %b %Y %H:%M"))
}

/// A time with its offset, as a test file has it.
pub fn written(time: Timestamp, zone: &TimeZone) -> String {
    time.display_with_offset(zone.to_offset(time)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_zone_of_the_flow() {
        let zone = TimeZone::get("Asia/Singapore").unwrap();
        let usual = usual(&zone);
        assert_eq!(day(usual, &zone), "Mon 2 Mar 2026 10:00 Asia/Singapore");
        for (text, expected) in [
            ("18:30", "2026-03-02T18:30:00+08:00"),
            ("2026-12-25T10:00", "2026-12-25T10:00:00+08:00"),
            ("2026-12-25 10:00:30", "2026-12-25T10:00:30+08:00"),
            ("2026-12-25T00:00:00Z", "2026-12-25T08:00:00+08:00"),
        ] {
            let time = read_time(text, usual, &zone).unwrap();
            assert_eq!(written(time, &zone), expected, "{text}");
        }
        for bad in ["soon", "2026-12-25", "25:00", ""] {
            assert!(read_time(bad, usual, &zone).is_err(), "{bad}");
        }
    }
}
