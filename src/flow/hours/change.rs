//! When opening hours change from open to closed or back.

use jiff::civil::{Date, Time};
use jiff::tz::AmbiguousOffset;
use jiff::{Timestamp, ToSpan};

use super::{DAY, Hours};

/// How many days are looked at in a row.
const DAYS: usize = 24;
/// Where no exception is behind so many of them, what is left is two whole weeks: more
/// than one, as the clock may skip the only hours of a week.
const LED_UP: i64 = 8;

impl Hours {
    /// The first moment behind this one at which it is open and was closed, or closed
    /// and was open. `None` where there is none.
    pub(super) fn next_change(&self, at: Timestamp) -> Option<Timestamp> {
        let open = self.judge(at).open;
        let today = self.zone.to_datetime(at).date();
        let mut from = today.yesterday().unwrap_or(today);
        loop {
            if let Some(change) = self.change_near(at, from, open) {
                return Some(change);
            }
            // From there on nothing changes but by an exception.
            let settled = from.checked_add(LED_UP.days()).ok()?;
            let (exception, _) = self.dates.range(settled..).next()?;
            from = exception.yesterday().ok()?;
        }
    }

    /// The first change behind `at` in the days from this one on.
    fn change_near(&self, at: Timestamp, from: Date, open: bool) -> Option<Timestamp> {
        let mut edges: Vec<Timestamp> = Vec::new();
        let mut day = from;
        for _ in 0..DAYS {
            for span in self.spans(day) {
                for minute in [span.from, span.to] {
                    edges.extend(self.moments(day, minute).into_iter().flatten());
                }
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        // What the clock skips or repeats begins where its zone changes.
        let midnight = |day: Date| self.zone.to_timestamp(day.to_datetime(Time::midnight()));
        if let (Ok(first), Ok(last)) = (midnight(from), midnight(day)) {
            let changes = self.zone.following(first.max(at));
            let changes = changes.map(|change| change.timestamp());
            edges.extend(changes.take_while(|change| *change <= last));
        }
        edges.retain(|edge| *edge > at);
        edges.sort_unstable();
        edges
            .into_iter()
            .find(|edge| self.judge(*edge).open != open)
    }

    /// The moments at which the wall shows this minute of a day, counted from its
    /// midnight: one, none where the clock skips it, or two where it is put back.
    fn moments(&self, day: Date, minute: u16) -> [Option<Timestamp>; 2] {
        let day = match minute < DAY {
            true => Ok(day),
            false => day.tomorrow(),
        };
        let Ok(day) = day else { return [None, None] };
        let minute = minute % DAY;
        let wall = day.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
        match self.zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => [offset.to_timestamp(wall).ok(), None],
            AmbiguousOffset::Gap { .. } => [None, None],
            AmbiguousOffset::Fold { before, after } => [
                before.to_timestamp(wall).ok(),
                after.to_timestamp(wall).ok(),
            ],
        }
    }
}
