//! Opening hours, and the states that ask for them.

use jiff::tz::TimeZone;

use crate::flow::code::Code;
use crate::flow::document::{HoursDoc, StateDoc};
use crate::flow::hours::{Exception, Hours, HoursId};
use crate::flow::source::Located;
use crate::flow::state::{ExceptionCase, Kind, OpenOrClosed};
use crate::flow::suggest::{did_you_mean, nearest};

use super::Compiler;

impl Compiler<'_> {
    /// All opening hours of the flow; those without a zone have the flow's.
    pub(super) fn hours(&mut self, zone: &TimeZone) -> Vec<Hours> {
        let document = self.document;
        let mut hours = Vec::new();
        for doc in &document.hours {
            let own = doc.zone.as_ref().map(|zone| self.zone_named(zone));
            hours.push(resolved(doc, own.unwrap_or_else(|| zone.clone())));
        }
        hours
    }

    pub(super) fn by_hours(
        &mut self,
        index: usize,
        doc: &StateDoc,
        name: &Located<String>,
    ) -> Kind {
        let document = self.document;
        let open = match &doc.then {
            Some(then) => self.target(then, index),
            None => self.missing(
                doc,
                "then",
                "say where callers go while it is open: add `then:` with a state's name",
            ),
        };
        let closed = match self.otherwise(index, doc) {
            Some(target) => target,
            None => self.missing(
                doc,
                "otherwise",
                "say where callers go while it is closed: add `otherwise:` with a state's name, or `{say: …, then: hangup}`",
            ),
        };
        let found = document
            .hours
            .iter()
            .position(|hours| hours.name.value == name.value);
        let Some(at) = found else {
            self.holes = true;
            self.unknown_hours(name);
            // Their targets are there all the same.
            for (_, target) in &doc.cases {
                self.target(target, index);
            }
            return Kind::Plain { then: open };
        };
        let hours = &document.hours[at];
        let mut cases = Vec::new();
        for (name, target) in &doc.cases {
            let target = self.target(target, index);
            let exceptions = &hours.exceptions;
            let found = exceptions
                .iter()
                .position(|exception| exception.name.value == name.value);
            match found {
                Some(exception) => cases.push(ExceptionCase {
                    name: name.value.as_str().into(),
                    exception: exception as u16,
                    target,
                }),
                None if hours.unread => self.holes = true,
                None => self.unknown_exception(hours, name),
            }
        }
        Kind::Hours(OpenOrClosed {
            hours: HoursId(at as u16),
            open,
            closed,
            cases,
        })
    }

    fn unknown_hours(&mut self, name: &Located<String>) {
        let document = self.document;
        // What holds them could not be read, and was reported.
        if document.unread_hours {
            return;
        }
        let names: Vec<&str> = document
            .hours
            .iter()
            .map(|h| h.name.value.as_str())
            .collect();
        let help = match names.as_slice() {
            [] => format!(
                "write them at the top of the file, as in `hours: {{{}: {{open: [mon-fri 09:00-18:00]}}}}`",
                name.value
            ),
            names => did_you_mean(&name.value, names.iter().copied(), "the hours are"),
        };
        self.findings
            .add(
                Code::UnknownHours,
                name.at,
                format!("there are no hours `{}`", name.value),
            )
            .help(help);
    }

    fn unknown_exception(&mut self, hours: &HoursDoc, name: &Located<String>) {
        self.holes = true;
        let word = name.value.as_str();
        let exceptions = hours.exceptions.iter().map(|e| e.name.value.as_str());
        let known: Vec<&str> = exceptions.collect();
        let help = match (word, known.as_slice()) {
            _ if nearest(word, known.iter().copied()).is_some() => {
                did_you_mean(word, known.iter().copied(), "")
            }
            ("open", _) => "while it is open the call goes to `then`".to_owned(),
            ("closed", _) => "while it is closed the call goes to `otherwise`".to_owned(),
            (_, []) => format!(
                "give `{}` an exception of that name, as in `except: {{{word}: [2026-12-25]}}`",
                hours.name.value
            ),
            (_, known) => did_you_mean(word, known.iter().copied(), "the exceptions are"),
        };
        self.findings
            .add(
                Code::UnknownCase,
                name.at,
                format!("`{}` has no exception `{word}`", hours.name.value),
            )
            .help(help);
    }
}

fn resolved(doc: &HoursDoc, zone: TimeZone) -> Hours {
    let mut hours = Hours {
        name: doc.name.value.as_str().into(),
        zone,
        lines: Vec::new(),
        week: Default::default(),
        exceptions: Vec::new(),
        dates: Default::default(),
    };
    for (line, at) in doc.open.iter().zip(0..) {
        hours.lines.push(line.text.as_str().into());
        let named = line.days.iter().zip(&mut hours.week);
        for (_, day) in named.filter(|(is_named, _)| **is_named) {
            day.extend(line.spans.iter().map(|span| (*span, at)));
        }
    }
    for (exception, at) in doc.exceptions.iter().zip(0..) {
        let dates = exception.dates.iter();
        hours.dates.extend(dates.map(|date| (date.value, at)));
        let open = exception.open.iter().flat_map(|line| &line.spans);
        hours.exceptions.push(Exception {
            name: exception.name.value.as_str().into(),
            open: open.copied().collect(),
        });
    }
    hours
}
