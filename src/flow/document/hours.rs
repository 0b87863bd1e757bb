//! `hours:` of a flow file: named opening hours, each with its week and its exceptions.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::hours::Interval;
use crate::flow::source::{Located, Span};
use crate::flow::yaml::{Body, Entry, Map, Node};

use super::keys::{self, good_name_help, is_good_name};
use super::read::{entry, refuse_unknown, respelled};
use super::spans::{self, DAYS};
use super::values;

/// The most hours of a flow, lines of a week, and exceptions.
const MOST: usize = 1000;

/// Named opening hours.
#[derive(Debug)]
pub struct HoursDoc {
    pub name: Located<String>,
    pub zone: Option<Located<String>>,
    pub open: Vec<LineDoc>,
    pub exceptions: Vec<ExceptionDoc>,
    /// Names of exceptions may be missing, as what holds them could not be read.
    pub unread: bool,
}

/// A line such as `mon-fri 09:00-18:00`.
#[derive(Debug, Clone)]
pub struct LineDoc {
    pub at: Span,
    pub text: String,
    /// Which days of the week it names, Monday first; none in an exception.
    pub days: [bool; 7],
    pub spans: Vec<Interval>,
}

/// Dates on which the week does not hold.
#[derive(Debug)]
pub struct ExceptionDoc {
    pub name: Located<String>,
    pub dates: Vec<Located<Date>>,
    /// When it is open on them; never where there is nothing.
    pub open: Vec<LineDoc>,
}

/// Everything under `hours:`. What cannot be read keeps its name, so that what points at
/// it is no further fault.
pub fn read(findings: &mut Findings, node: &Node) -> Vec<HoursDoc> {
    let example = "office: {open: [mon-fri 09:00-18:00]}";
    let Some(map) = values::map(findings, node, "hours", example) else {
        return Vec::new();
    };
    let places: Vec<Span> = map.entries.iter().map(|entry| entry.key.at).collect();
    map.entries[..at_most(findings, &places)]
        .iter()
        .map(|entry| {
            good_name(findings, &entry.key, "opening hours");
            hours(findings, entry)
        })
        .collect()
}

fn good_name(findings: &mut Findings, name: &Located<String>, what: &str) {
    if !is_good_name(&name.value) {
        let message = format!("`{}` cannot name {what}", name.value);
        findings
            .add(Code::BadName, name.at, message)
            .help(good_name_help(&name.value, true));
    }
}

fn hours(findings: &mut Findings, written: &Entry) -> HoursDoc {
    let name = written.key.clone();
    let mut hours = HoursDoc {
        name: name.clone(),
        zone: None,
        open: Vec::new(),
        exceptions: Vec::new(),
        unread: true,
    };
    // The week alone, without its key.
    if let Body::Scalar(_) | Body::List(_) = &written.value.body {
        findings
            .add(
                Code::WrongShape,
                written.value.at,
                format!(
                    "`{}` holds keys with values, and this is {}",
                    name.value,
                    written.value.shape()
                ),
            )
            .help("write the week under `open`, as in `open: [mon-fri 09:00-18:00]`");
        return hours;
    }
    let Some(map) = values::map(
        findings,
        &written.value,
        &name.value,
        "open: [mon-fri 09:00-18:00]",
    ) else {
        return hours;
    };
    let map = &*respelled(findings, map, keys::HOURS);
    let all_known = refuse_unknown(findings, map, keys::HOURS, "opening hours have");
    hours.zone = entry(map, "zone").and_then(|e| values::word(findings, &e.value, "zone"));
    match entry(map, "open") {
        Some(e) => hours.open = week(findings, &e.value),
        None if all_known => {
            findings
                .add(
                    Code::MissingKey,
                    name.at,
                    format!("nothing says when `{}` is open", name.value),
                )
                .help("add the week, as in `open: [mon-fri 09:00-18:00, sat 09:00-13:00]`");
        }
        None => {}
    }
    hours.unread = !all_known;
    if let Some(e) = entry(map, "except") {
        match except(findings, &e.value) {
            Some(exceptions) => hours.exceptions = exceptions,
            None => hours.unread = true,
        }
    }
    hours
}

/// The lines of a week, each with its days.
fn week(findings: &mut Findings, node: &Node) -> Vec<LineDoc> {
    let items = items(findings, node, "open", "mon-fri 09:00-18:00");
    let mut lines: Vec<LineDoc> = Vec::new();
    // Days in front of a comma that belong to the next line.
    let mut torn: Option<Located<String>> = None;
    for (at, item) in items.iter().enumerate() {
        let Some((written, line)) = line(findings, item, "open") else {
            continue;
        };
        let text = &written.value;
        let names_days = line.names_days();
        if names_days && line.spans.is_empty() {
            let next = items.get(at + 1).and_then(scalar);
            let next = next.filter(|next| spans::read(next).is_ok_and(|line| line.names_days()));
            let (message, help) = match next {
                Some(next) => (
                    format!("a comma ends this line behind `{text}`"),
                    format!("write `{text} {next}`"),
                ),
                None => (
                    format!("`{text}` has no times"),
                    format!("write from when to when, as in `{text} 09:00-18:00`"),
                ),
            };
            // Of several in a row the first tells all.
            if torn.is_none() {
                findings.add(Code::BadValue, written.at, message).help(help);
            }
            torn = Some(written);
            continue;
        }
        torn = None;
        if !names_days {
            let days = lines.last().map(|line| days_of(&line.days));
            let help = match days {
                Some(days) if days != "daily" => {
                    format!("write the days again, as in `{days} {text}`, or `daily {text}`")
                }
                _ => format!("write `daily {text}`, or the days, as in `mon-fri {text}`"),
            };
            findings
                .add(
                    Code::BadValue,
                    written.at,
                    format!("`{text}` names no days"),
                )
                .help(help);
            continue;
        }
        lines.push(LineDoc {
            at: written.at,
            text: written.value,
            days: line.days,
            spans: line.spans,
        });
    }
    lines
}

/// Days as a line has them in front.
fn days_of(days: &[bool; 7]) -> String {
    if days.iter().all(|day| *day) {
        return "daily".to_owned();
    }
    let mut named: Vec<String> = Vec::new();
    let mut day = 0;
    while day < 7 {
        let run = days[day..].iter().take_while(|named| **named).count();
        match run {
            0 => {}
            1 => named.push(DAYS[day].to_owned()),
            _ => named.push(format!("{}-{}", DAYS[day], DAYS[day + run - 1])),
        }
        day += run + 1;
    }
    named.join(" ")
}

fn except(findings: &mut Findings, node: &Node) -> Option<Vec<ExceptionDoc>> {
    if let Body::Scalar(_) | Body::List(_) = &node.body {
        let message = format!("`except` holds dates by name, and this is {}", node.shape());
        findings
            .add(Code::WrongShape, node.at, message)
            .help("give the dates a name, as in `except: {holiday: [2026-12-25]}`");
        return None;
    }
    let map = values::map(findings, node, "except", "holiday: [2026-12-25]")?;
    Some(exceptions(findings, map))
}

fn exceptions(findings: &mut Findings, map: &Map) -> Vec<ExceptionDoc> {
    let mut read: Vec<ExceptionDoc> = Vec::new();
    // For each date the exception that has it, and where.
    let mut taken: BTreeMap<Date, (String, Span)> = BTreeMap::new();
    let places: Vec<Span> = map.entries.iter().map(|entry| entry.key.at).collect();
    for written in &map.entries[..at_most(findings, &places)] {
        good_name(findings, &written.key, "an exception");
        let mut exception = exception(findings, written);
        exception.dates.retain(|date| {
            let owner = (exception.name.value.clone(), date.at);
            let Some((other, first)) = taken.get(&date.value) else {
                taken.insert(date.value, owner);
                return true;
            };
            let message = format!("`{}` is a date of `{other}` already", date.value);
            findings
                .add(Code::BadValue, date.at, message)
                .help("a date belongs to one exception: take one out")
                .related(*first, "the first is here");
            false
        });
        read.push(exception);
    }
    read
}

/// How many of these things can be read; that there are more is told.
fn at_most(findings: &mut Findings, places: &[Span]) -> usize {
    if let Some(extra) = places.get(MOST) {
        let message = format!("there are more than {MOST} in this list");
        findings
            .add(Code::TooMany, *extra, message)
            .help("take some out, or give other hours a name of their own");
    }
    places.len().min(MOST)
}

fn exception(findings: &mut Findings, written: &Entry) -> ExceptionDoc {
    let name = written.key.clone();
    let (dates, open) = match &written.value.body {
        Body::Map(map) => {
            let map = &*respelled(findings, map, keys::EXCEPTION);
            let all_known = refuse_unknown(findings, map, keys::EXCEPTION, "an exception has");
            let dates_entry = entry(map, "on_dates");
            if dates_entry.is_none() && all_known {
                findings
                    .add(
                        Code::MissingKey,
                        name.at,
                        format!("`{}` has no `on_dates`", name.value),
                    )
                    .help("write its dates, as in `on_dates: [2026-12-25]`");
            }
            let dates = dates_entry.map(|e| dates(findings, &e.value, "on_dates"));
            let open = entry(map, "open").map(|e| own_hours(findings, &e.value));
            (dates.unwrap_or_default(), open.unwrap_or_default())
        }
        _ => (dates(findings, &written.value, &name.value), Vec::new()),
    };
    ExceptionDoc { name, dates, open }
}

/// The hours of an exception, which has dates and names no days.
fn own_hours(findings: &mut Findings, node: &Node) -> Vec<LineDoc> {
    let mut lines = Vec::new();
    for item in items(findings, node, "open", "13:00-18:00") {
        let Some((written, line)) = line(findings, &item, "open") else {
            continue;
        };
        let text = written.value;
        if line.names_days() {
            let times = text.find(|c: char| c.is_ascii_digit());
            let times = times.map_or("13:00-18:00", |from| &text[from..]);
            findings
                .add(
                    Code::BadValue,
                    written.at,
                    format!("`{text}` names days, and an exception has its dates"),
                )
                .help(format!("write `{times}`"));
            continue;
        }
        lines.push(LineDoc {
            at: written.at,
            text,
            days: line.days,
            spans: line.spans,
        });
    }
    lines
}

/// The lines of a list, or the only one; a remark behind one is harmless.
fn items(findings: &mut Findings, node: &Node, key: &str, example: &str) -> Vec<Node> {
    match &node.body {
        Body::List(items) if items.is_empty() => {
            values::empty(findings, node.at, key);
            Vec::new()
        }
        Body::List(items) => {
            let places: Vec<Span> = items.iter().map(|item| item.at).collect();
            items[..at_most(findings, &places)].to_vec()
        }
        Body::Map(map) => {
            let first = map.entries.first();
            let meant = first.and_then(|first| {
                let times = scalar(&first.value)?;
                Some(format!("{} {times}", first.key.value))
            });
            let meant = meant.filter(|line| spans::read(line).is_ok());
            findings
                .add(
                    Code::WrongShape,
                    node.at,
                    format!("`{key}` is a list of lines, and this is {}", node.shape()),
                )
                .help(format!(
                    "write each with `- ` in front and no `:` behind the days, as in `- {}`",
                    meant.as_deref().unwrap_or(example)
                ));
            Vec::new()
        }
        _ => vec![node.clone()],
    }
}

fn scalar(node: &Node) -> Option<&str> {
    match &node.body {
        Body::Scalar(scalar) => Some(scalar.text.trim()),
        _ => None,
    }
}

fn line(findings: &mut Findings, node: &Node, key: &str) -> Option<(Located<String>, spans::Line)> {
    let written = values::word(findings, node, key)?;
    match spans::read(&written.value) {
        Ok(line) => Some((written, line)),
        Err(unread) => {
            let at = part_of(findings, written.at, &written.value, unread.at);
            findings
                .add(Code::BadValue, at, unread.message)
                .help(unread.help);
            None
        }
    }
}

/// The place of a part of a text, where the text stands in the file as it is.
fn part_of(findings: &Findings, at: Span, text: &str, part: std::ops::Range<usize>) -> Span {
    let written = findings.file().text().get(at.range()).unwrap_or_default();
    match written.find(text) {
        Some(begin) => Span::new(at.start + begin + part.start, at.start + begin + part.end),
        None => at,
    }
}

fn dates(findings: &mut Findings, node: &Node, key: &str) -> Vec<Located<Date>> {
    let nodes = match &node.body {
        Body::List(items) if items.is_empty() => {
            values::empty(findings, node.at, key);
            return Vec::new();
        }
        Body::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut dates: Vec<Located<Date>> = Vec::new();
    let mut seen = BTreeSet::new();
    for node in nodes {
        let Some(word) = values::word(findings, node, key) else {
            continue;
        };
        match date(&word.value) {
            Ok(date) if !seen.insert(date) => {
                findings
                    .add(
                        Code::BadValue,
                        word.at,
                        format!("`{}` stands in this list twice", word.value),
                    )
                    .help("take one out");
            }
            Ok(date) => dates.push(Located::new(date, word.at)),
            Err((message, help)) => {
                findings.add(Code::BadValue, word.at, message).help(help);
            }
        }
    }
    dates
}

/// Reads `2026-12-25`; else what is wrong, and what to write.
fn date(text: &str) -> Result<Date, (String, String)> {
    let numbers: Vec<&str> = text.split('-').collect();
    let is_plain = matches!(numbers.as_slice(), [year, month, day]
        if year.len() == 4 && month.len() == 2 && day.len() == 2)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !is_plain {
        let help = match other_date(text) {
            Some(date) => format!("write `{date}`"),
            None => {
                "write year, month and day, each date for itself, as in `[2026-12-25, 2026-12-26]`"
                    .to_owned()
            }
        };
        return Err((format!("`{text}` is no date"), help));
    }
    let part = |at: usize| numbers[at].parse::<i16>().unwrap_or_default();
    let (year, month, day) = (part(0), part(1) as i8, part(2) as i8);
    Date::new(year, month, day).map_err(|_| {
        let help = match Date::new(year, month, 1) {
            Ok(first) => format!("the month ends with `{}`", first.last_of_month()),
            Err(_) => "write year, month and day, as in `2026-12-25`".to_owned(),
        };
        (format!("there is no date `{text}`"), help)
    })
}

/// A date in another order or with other signs, where it can be but one.
fn other_date(text: &str) -> Option<Date> {
    let numbers: Vec<i16> = text
        .split(['-', '/', '.'])
        .map(|part| part.trim().parse().ok())
        .collect::<Option<_>>()?;
    let [first, second, third] = numbers.as_slice() else {
        return None;
    };
    let (year, month, day) = match (*first, *second, *third) {
        (year, month, day) if year > 999 => (year, month, day),
        (day, month, year) if year > 999 && (text.contains('.') || day > 12) => (year, month, day),
        (month, day, year) if year > 999 && day > 12 => (year, month, day),
        _ => return None,
    };
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}
