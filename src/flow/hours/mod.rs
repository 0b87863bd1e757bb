//! Opening hours: when a desk is open by its week, its exceptions and the clock on the
//! wall of its zone.
//!
//! A moment belongs to a day. That is the day on the wall, unless only a span of the day
//! before still holds, which runs over midnight: then it is the day before. An exception
//! takes the place of the week for the spans that begin on its dates. When a clock is
//! put forward or back, the wall is what counts: an hour that is skipped is not there,
//! and one that comes twice is open or closed twice.

mod change;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The minutes of a day.
pub const DAY: u16 = 24 * 60;

/// Opening hours, by their place in the flow's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HoursId(pub u16);

/// Named opening hours of a flow.
#[derive(Debug)]
pub struct Hours {
    pub(super) name: Box<str>,
    pub(super) zone: TimeZone,
    /// The lines of the week as they are written.
    pub(super) lines: Vec<Box<str>>,
    /// For each day, Monday first, the spans that begin on it, with their lines.
    pub(super) week: [Vec<(Interval, u16)>; 7],
    pub(super) exceptions: Vec<Exception>,
    /// The exception of each date that has one, by its place in the list.
    pub(super) dates: BTreeMap<Date, u16>,
}

/// Dates on which the week does not hold.
#[derive(Debug)]
pub struct Exception {
    pub name: Box<str>,
    /// When it is open on its dates: never where there is none.
    pub(super) open: Vec<Interval>,
}

/// From one minute of a day to another, which it does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Interval {
    /// In minutes since midnight, less than a day.
    pub from: u16,
    /// Behind `from`, by a day at most: beyond a day where it runs over midnight.
    pub to: u16,
}

/// Whether it is open at some moment, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub open: bool,
    /// The exception that the moment belongs to, by its place in the list.
    pub exception: Option<u16>,
    /// The line of the week by which it is open.
    line: Option<u16>,
}

/// Whether it is open at some moment, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    pub verdict: Verdict,
    /// When it closes, or opens again; `None` where it never does.
    pub until: Option<Timestamp>,
}

impl Interval {
    /// True where this minute of the day on which it begins is in it; those of the next
    /// day are beyond [`DAY`].
    fn holds(self, minute: u16) -> bool {
        (self.from..self.to).contains(&minute)
    }
}

impl Hours {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    /// The last date of an exception; `None` for one without dates.
    pub fn last_date(&self, exception: u16) -> Option<Date> {
        let mut dates = self.dates.iter().rev();
        dates
            .find(|(_, of)| **of == exception)
            .map(|(date, _)| *date)
    }

    /// The line of the week by which it is open, as it is written.
    pub fn line(&self, verdict: Verdict) -> Option<&str> {
        verdict.line.map(|line| &*self.lines[usize::from(line)])
    }

    /// Whether it is open at this moment. It allocates nothing.
    pub fn judge(&self, at: Timestamp) -> Verdict {
        let wall = self.zone.to_datetime(at);
        let minute = wall.hour() as u16 * 60 + wall.minute() as u16;
        let today = wall.date();
        let present = self.on(today, minute);
        if present.open {
            return present;
        }
        let before = today.yesterday().map(|day| self.on(day, minute + DAY));
        before.ok().filter(|day| day.open).unwrap_or(present)
    }

    /// Whether it is open at this moment, and when that changes.
    pub fn at(&self, at: Timestamp) -> Opening {
        Opening {
            verdict: self.judge(at),
            until: self.next_change(at),
        }
    }

    /// Whether a span that begins on this day holds at this minute, counted from the
    /// day's midnight.
    fn on(&self, day: Date, minute: u16) -> Verdict {
        if let Some(exception) = self.dates.get(&day) {
            let spans = &self.exceptions[usize::from(*exception)].open;
            return Verdict {
                open: spans.iter().any(|span| span.holds(minute)),
                exception: Some(*exception),
                line: None,
            };
        }
        let mut spans = self.week[weekday(day)].iter();
        let found = spans.find(|(span, _)| span.holds(minute));
        Verdict {
            open: found.is_some(),
            exception: None,
            line: found.map(|(_, line)| *line),
        }
    }

    /// The spans that begin on this day.
    fn spans(&self, day: Date) -> impl Iterator<Item = Interval> + '_ {
        let exception = self.dates.get(&day);
        let own = exception.map(|of| &self.exceptions[usize::from(*of)].open);
        let week = match own {
            Some(_) => &[],
            None => self.week[weekday(day)].as_slice(),
        };
        let own = own.into_iter().flatten().copied();
        own.chain(week.iter().map(|(span, _)| *span))
    }
}

/// The day's place in the week, Monday being 0.
fn weekday(day: Date) -> usize {
    day.weekday().to_monday_zero_offset() as usize
}
