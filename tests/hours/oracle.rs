//! Random hours at random times, near to changes of the clock: whether it is open and
//! until when is what somebody finds out who looks at the wall every minute.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

use super::flow;

const ZONES: [&str; 8] = [
    "Europe/London",
    "America/New_York",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",
    "Asia/Singapore",
    "Asia/Kathmandu",
];

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// How far the oracle looks, in minutes: longer than a week.
const FAR: i64 = 9 * 24 * 60;

#[derive(Debug, Clone)]
struct Case {
    zone: &'static str,
    /// First and last day of the week, and a span in minutes of a day.
    week: Vec<(usize, usize, i64, i64)>,
    /// Days from the middle, and the spans of that date.
    exceptions: Vec<(i64, Vec<(i64, i64)>)>,
    /// The middle of it, and from where it is asked, in seconds from there.
    middle: Timestamp,
    seconds: i64,
}

fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

impl Case {
    fn day(&self) -> Date {
        let zone = TimeZone::get(self.zone).unwrap();
        self.middle.to_zoned_datetime(zone).date()
    }

    fn written(&self) -> String {
        let lines = self.week.iter().map(|(first, last, from, to)| {
            let days = match first == last {
                true => NAMES[*first].to_owned(),
                false => format!("{}-{}", NAMES[*first], NAMES[*last]),
            };
            format!("{days} {}-{}", clock(*from), clock(*to))
        });
        let lines: Vec<String> = lines.collect();
        let mut text = format!("zone: {}\nopen: [{}]", self.zone, lines.join(", "));
        for (at, (days, spans)) in self.exceptions.iter().enumerate() {
            if at == 0 {
                text.push_str("\nexcept:");
            }
            let date = self.day().checked_add(days.days()).unwrap();
            let spans: Vec<String> = spans
                .iter()
                .map(|(from, to)| format!("{}-{}", clock(*from), clock(*to)))
                .collect();
            match spans.is_empty() {
                true => text.push_str(&format!("\n  e{at}: [{date}]")),
                false => text.push_str(&format!(
                    "\n  e{at}: {{on_dates: [{date}], open: [{}]}}",
                    spans.join(", ")
                )),
            }
        }
        text
    }

    /// Whether a span that begins on this day holds at this time on the wall, and which
    /// exception the day is.
    fn began(&self, day: Date, wall: DateTime) -> (bool, Option<u16>) {
        let holds = |from: i64, to: i64| {
            let length = (to - from - 1).rem_euclid(24 * 60) + 1;
            let begin = day.at(0, 0, 0, 0) + SignedDuration::from_mins(from);
            let end = begin + SignedDuration::from_mins(length);
            begin <= wall && wall < end
        };
        for (at, (days, spans)) in self.exceptions.iter().enumerate() {
            if self.day().checked_add(days.days()).unwrap() == day {
                let open = spans.iter().any(|(from, to)| holds(*from, *to));
                return (open, Some(at as u16));
            }
        }
        let weekday = day.weekday().to_monday_zero_offset() as usize;
        let named = |first: usize, last: usize| match first <= last {
            true => (first..=last).contains(&weekday),
            false => weekday >= first || weekday <= last,
        };
        let mut week = self.week.iter();
        let open = week.any(|(first, last, from, to)| named(*first, *last) && holds(*from, *to));
        (open, None)
    }

    fn naive(&self, zone: &TimeZone, at: Timestamp) -> (bool, Option<u16>) {
        let wall = at.to_zoned_datetime(zone.clone()).datetime();
        let today = self.began(wall.date(), wall);
        let before = self.began(wall.date().yesterday().unwrap(), wall);
        match (today.0, before.0) {
            (false, true) => before,
            _ => today,
        }
    }
}

fn span() -> impl Strategy<Value = (i64, i64)> {
    // Half of them near to the hours at which clocks are changed.
    let minute = prop_oneof![0..24 * 60i64, 0..4 * 60i64, 22 * 60..24 * 60i64];
    (minute, 1..24 * 60i64).prop_map(|(from, length)| (from, (from + length) % (24 * 60)))
}

fn case() -> impl Strategy<Value = Case> {
    let line = (0..7usize, 0..7usize, span()).prop_map(|(a, b, (from, to))| (a, b, from, to));
    let exceptions =
        prop::collection::btree_map(-4..5i64, prop::collection::vec(span(), 0..2), 0..3);
    (
        prop::sample::select(ZONES.to_vec()),
        prop::collection::vec(line, 1..3),
        exceptions,
        0..10_000u32,
        -2 * 86_400..2 * 86_400i64,
    )
        .prop_map(|(zone, week, exceptions, day, seconds)| {
            let begin: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
            let begin = begin + SignedDuration::from_hours(i64::from(day) * 8);
            // Where the zone has changes, the middle is one of them.
            let tz = TimeZone::get(zone).unwrap();
            let middle = tz
                .following(begin)
                .next()
                .map_or(begin, |change| change.timestamp());
            Case {
                zone,
                week,
                exceptions: exceptions.into_iter().collect(),
                middle,
                seconds,
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn until_is_the_next_change(case in case()) {
        let flow = flow(&case.written());
        let hours = flow.hours_named("office").unwrap();
        let zone = TimeZone::get(case.zone).unwrap();
        let at = case.middle + SignedDuration::from_secs(case.seconds);
        let opening = hours.at(at);
        let (open, exception) = case.naive(&zone, at);
        prop_assert_eq!((opening.verdict.open, opening.verdict.exception), (open, exception));
        let whole = Timestamp::from_second(at.as_second().div_euclid(60) * 60).unwrap();
        let minutes = (1..FAR).map(|minute| whole + SignedDuration::from_mins(minute));
        let found = minutes.into_iter().find(|minute| case.naive(&zone, *minute).0 != open);
        match (opening.until, found) {
            (Some(until), Some(found)) => prop_assert_eq!(until, found),
            (until, None) => prop_assert!(
                until.is_none_or(|until| until >= whole + SignedDuration::from_mins(FAR))
            ),
            (None, Some(found)) => prop_assert!(false, "there is a change at {}", found),
        }
    }
}
