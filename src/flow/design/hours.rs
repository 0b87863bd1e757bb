//! Opening hours that nobody asks for, that overlap, or whose zone nothing names.

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::document::{HoursDoc, KindDoc, LineDoc};
use crate::flow::hours::{DAY, Interval};

use super::Design;

/// The minutes of a week.
const WEEK: u32 = 7 * DAY as u32;

impl Design<'_> {
    pub(super) fn hours(&self, findings: &mut Findings) {
        for hours in &self.document.hours {
            let name = &hours.name.value;
            let asks =
                |kind: &KindDoc| matches!(kind, KindDoc::Hours(asked) if asked.value == *name);
            if !self.document.states.iter().any(|state| asks(&state.kind)) {
                findings
                    .add(
                        Code::UnusedHours,
                        hours.name.at,
                        format!("no state asks for the hours `{name}`"),
                    )
                    .help(format!(
                        "ask for them in a state with `hours: {name}`, or take them out"
                    ));
                continue;
            }
            week_overlaps(hours, findings);
            for exception in &hours.exceptions {
                exception_overlaps(&exception.open, findings);
            }
        }
        self.zone_of_hours(findings);
    }

    /// Hours in UTC of which nothing says that they are meant so: the first of them.
    fn zone_of_hours(&self, findings: &mut Findings) {
        if self.document.zone.is_some() {
            return;
        }
        let Some(hours) = self.document.hours.iter().find(|h| h.zone.is_none()) else {
            return;
        };
        let message = format!(
            "nothing says in which time zone `{}` are, so they are taken as UTC",
            hours.name.value
        );
        findings
            .add(Code::MissingZone, hours.name.at, message)
            .help("write `zone: Asia/Singapore`, or another zone, at the top of the file or with these hours");
    }
}

/// Tells the first two lines of a week that overlap.
fn week_overlaps(hours: &HoursDoc, findings: &mut Findings) {
    let mut spans: Vec<(u32, u32, &LineDoc)> = Vec::new();
    for line in &hours.open {
        for day in (0..7).filter(|day| line.days[*day as usize]) {
            for span in &line.spans {
                let midnight = day * u32::from(DAY);
                let from = midnight + u32::from(span.from);
                let to = midnight + u32::from(span.to);
                spans.push((from, to, line));
                // Over the end of the week, in front of its beginning.
                if to > WEEK {
                    spans.push((0, to - WEEK, line));
                }
            }
        }
    }
    spans.sort_by_key(|(from, ..)| *from);
    let overlap = spans.windows(2).find(|pair| pair[1].0 < pair[0].1);
    let Some([(.., first), (.., second)]) = overlap else {
        return;
    };
    let (first, second) = match first.at <= second.at {
        true => (first, second),
        false => (second, first),
    };
    tell(findings, first, second);
}

/// The same for the hours of an exception.
fn exception_overlaps(lines: &[LineDoc], findings: &mut Findings) {
    let spans = lines
        .iter()
        .flat_map(|line| line.spans.iter().map(move |span| (*span, line)));
    let mut spans: Vec<(Interval, &LineDoc)> = spans.collect();
    spans.sort_by_key(|(span, _)| span.from);
    let overlap = spans.windows(2).find(|pair| pair[1].0.from < pair[0].0.to);
    if let Some([(_, first), (_, second)]) = overlap {
        tell(findings, first, second);
    }
}

fn tell(findings: &mut Findings, first: &LineDoc, second: &LineDoc) {
    let is_one = first.at == second.at;
    let message = match is_one {
        true => format!("the times of `{}` overlap", second.text),
        false => format!("`{}` overlaps with `{}`", second.text, first.text),
    };
    let found = findings
        .add(Code::OverlappingHours, second.at, message)
        .help("it is open as soon as one of them holds: make one of the two, or let each end where the other begins");
    if !is_one {
        found.related(first.at, "the other is here");
    }
}
