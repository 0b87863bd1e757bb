//! One line of opening hours, as in `mon-fri 09:00-18:00`, and what is most likely meant
//! by one that cannot be read.

use crate::flow::hours::{DAY, Interval};

/// The days of the week as they are written, Monday first.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// For each day of the week, Monday first, whether it is named; none where the line
    /// names no days.
    pub days: [bool; 7],
    pub spans: Vec<Interval>,
}

/// Why a line cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Where in the line, in bytes.
    pub at: std::ops::Range<usize>,
    pub message: String,
    pub help: String,
}

impl Line {
    pub fn names_days(&self) -> bool {
        self.days.contains(&true)
    }
}

/// Reads a line: days, if there are any, and behind them spans of time. Days and spans
/// have spaces or commas between them.
pub fn read(text: &str) -> Result<Line, Unread> {
    strictly(text).map_err(|unread| match repaired(text) {
        Some(fixed) => Unread {
            help: format!("write `{fixed}`"),
            ..unread
        },
        None => unread,
    })
}

fn strictly(text: &str) -> Result<Line, Unread> {
    let mut line = Line {
        days: [false; 7],
        spans: Vec::new(),
    };
    for (at, part) in parts(text) {
        let wrong = |message: String, help: String| Unread {
            at: at..at + part.len(),
            message,
            help,
        };
        if part.starts_with(|c: char| c.is_ascii_digit()) {
            let span = span(part).map_err(|(message, help)| wrong(message, help))?;
            line.spans.push(span);
        } else if !line.spans.is_empty() {
            let message = format!("`{part}` stands behind a time, and days stand in front");
            let help = "give other days a line of their own, as in `sat 09:00-13:00`";
            return Err(wrong(message, help.to_owned()));
        } else if part == "daily" {
            line.days = [true; 7];
        } else {
            let days = days(part).ok_or_else(|| {
                let help = "the days are `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun` and `daily`, as in `mon-fri 09:00-18:00`";
                wrong(format!("`{part}` is no day"), help.to_owned())
            })?;
            for day in days {
                line.days[day] = true;
            }
        }
    }
    Ok(line)
}

/// The parts of a line with the places where they begin; a dash may have spaces around it.
fn parts(text: &str) -> Vec<(usize, &str)> {
    let is_gap = |c: char| c.is_whitespace() || c == ',';
    let mut found: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for piece in text.split(is_gap) {
        let (from, to) = (at, at + piece.len());
        at = to + text[to..].chars().next().map_or(0, char::len_utf8);
        if piece.is_empty() {
            continue;
        }
        match found.last_mut() {
            // Only spaces lie between a dash and its other side.
            Some((start, last))
                if (last.ends_with('-') || piece.starts_with('-'))
                    && text[*start + last.len()..from].trim().is_empty() =>
            {
                *last = &text[*start..to];
            }
            _ => found.push((from, piece)),
        }
    }
    found
}

/// `fri-mon` goes on over the end of the week.
fn days(part: &str) -> Option<Vec<usize>> {
    let day = |name: &str| DAYS.iter().position(|day| *day == name.trim());
    let Some((first, last)) = part.split_once('-') else {
        return Some(vec![day(part)?]);
    };
    let (first, last) = (day(first)?, day(last)?);
    if first == last {
        return None;
    }
    let count = (last + 7 - first) % 7 + 1;
    Some((0..count).map(|n| (first + n) % 7).collect())
}

fn span(part: &str) -> Result<Interval, (String, String)> {
    let no_span = || {
        (
            format!("`{part}` is no span of time"),
            "write from when to when, with hours from 00 to 24 and minutes, as in `09:00-18:00`"
                .to_owned(),
        )
    };
    let (from, to) = part.split_once('-').ok_or_else(no_span)?;
    let (from, to) = (from.trim(), to.trim());
    let first = minute(from).ok_or_else(no_span)?;
    let last = minute(to).ok_or_else(no_span)?;
    if first == DAY {
        let message = format!("`{part}` begins at the end of a day");
        return Err((message, format!("write `00:00-{to}`, on the day behind it")));
    }
    if first == last {
        let message = format!("`{part}` ends when it begins");
        let help = "write `00:00-24:00` for a whole day; a day that is not written is closed";
        return Err((message, help.to_owned()));
    }
    Ok(Interval {
        from: first,
        to: if last > first { last } else { last + DAY },
    })
}

/// `09:00`, `9:00` or `24:00`, in minutes.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let shaped = (1..=2).contains(&hour.len()) && minute.len() == 2;
    if !shaped || !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let whole = hour * 60 + minute;
    (minute < 60 && whole <= DAY).then_some(whole)
}

/// The line in the words of this language, where what was written is a line in other
/// words: `Monday to Friday, 9am - 5.30pm` is `mon-fri 09:00-17:30`.
fn repaired(text: &str) -> Option<String> {
    let mut text = text.to_lowercase();
    for (other, ours) in [
        ("24/7", "daily 00:00-24:00"),
        ("every day", "daily"),
        ("everyday", "daily"),
        ("all days", "daily"),
        ("weekdays", "mon-fri"),
        ("weekends", "sat-sun"),
        (" until ", "-"),
        (" till ", "-"),
        (" to ", "-"),
        ("–", "-"),
        ("—", "-"),
        (" am", "am"),
        (" pm", "pm"),
        (" and ", " "),
        (" & ", " "),
    ] {
        text = text.replace(other, ours);
    }
    let mut fixed: Vec<String> = Vec::new();
    for (_, part) in parts(&text) {
        let sides: Vec<&str> = part.split('-').map(str::trim).collect();
        let sides: Option<Vec<String>> = sides.iter().map(|side| side_of(side)).collect();
        fixed.push(sides?.join("-"));
    }
    let fixed = fixed.join(" ");
    strictly(&fixed).is_ok().then_some(fixed)
}

/// One side of a dash in our words.
fn side_of(side: &str) -> Option<String> {
    if side == "daily" {
        return Some(side.to_owned());
    }
    if side.starts_with(|c: char| c.is_ascii_digit()) {
        return time_of(side);
    }
    let word = side.trim_matches([':', '.']);
    let day = DAYS.iter().find(|day| {
        let whole = whole_name(day);
        word.len() >= 3 && (whole.starts_with(word) || word == format!("{whole}s"))
    })?;
    Some((*day).to_owned())
}

fn whole_name(day: &str) -> &'static str {
    match day {
        "mon" => "monday",
        "tue" => "tuesday",
        "wed" => "wednesday",
        "thu" => "thursday",
        "fri" => "friday",
        "sat" => "saturday",
        _ => "sunday",
    }
}

/// `9am`, `5.30pm`, `0900`, `9` or `9h30` as `09:00`.
fn time_of(text: &str) -> Option<String> {
    let (text, afternoon) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(text), _) => (text, Some(false)),
        (_, Some(text)) => (text, Some(true)),
        _ => (text, None),
    };
    let text = text.trim_end_matches('h');
    let (hour, minute) = match text.split_once([':', '.', 'h']) {
        Some(both) => both,
        None if text.len() == 4 => text.split_at_checked(2)?,
        None => (text, "00"),
    };
    let (mut hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    match afternoon {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(false) => hour %= 12,
        Some(true) => hour = hour % 12 + 12,
        None => {}
    }
    // A clock of 24 hours has no 26th: it is meant on the day behind.
    let hour = if hour > 24 {
        hour.checked_sub(24)?
    } else {
        hour
    };
    (hour <= 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match read(text) {
            Ok(line) => {
                let days: Vec<&str> = (0..7)
                    .filter(|day| line.days[*day])
                    .map(|day| DAYS[day])
                    .collect();
                let spans: Vec<String> = line
                    .spans
                    .iter()
                    .map(|span| format!("{}-{}", span.from, span.to))
                    .collect();
                format!("{} {}", days.join(","), spans.join(","))
            }
            Err(unread) => format!("{}: {}", unread.message, unread.help),
        }
    }

    #[test]
    fn a_line_is_read_in_every_way_in_which_it_may_be_written() {
        for (text, expected) in [
            ("mon-wed 09:00-18:00", "mon,tue,wed 540-1080"),
            ("fri-mon 9:00-9:30", "mon,fri,sat,sun 540-570"),
            ("mon,wed 22:00-06:00", "mon,wed 1320-1800"),
            ("mon, wed, 00:00-24:00", "mon,wed 0-1440"),
            ("sat 22:00-00:00", "sat 1320-1440"),
            (
                "daily 09:00-12:00, 13:00-18:00",
                "mon,tue,wed,thu,fri,sat,sun 540-720,780-1080",
            ),
            ("mon - tue 09:00 - 10:00", "mon,tue 540-600"),
            ("13:00-18:00", " 780-1080"),
            ("mon", "mon "),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_meant_is_told() {
        for (text, fixed) in [
            ("Monday to Friday 9am - 5.30pm", "mon-fri 09:00-17:30"),
            ("Mon–Fri 09:00–18:00", "mon-fri 09:00-18:00"),
            ("sat 9-13", "sat 09:00-13:00"),
            ("sun 0900-1330", "sun 09:00-13:30"),
            ("24/7", "daily 00:00-24:00"),
            ("every day 12am to 6 am", "daily 00:00-06:00"),
            ("weekends 10h-16h30", "sat-sun 10:00-16:30"),
            ("fri 22:00-26:00", "fri 22:00-02:00"),
            ("mon and wed 09:00-18:00", "mon wed 09:00-18:00"),
        ] {
            let told = shown(text);
            assert!(
                told.ends_with(&format!(": write `{fixed}`")),
                "{text}: {told}"
            );
        }
    }

    #[test]
    fn what_cannot_be_meant_is_told_with_an_example() {
        for (text, part) in [
            ("someday 09:00-18:00", "`someday` is no day"),
            ("mon-mon 09:00-18:00", "`mon-mon` is no day"),
            ("mon 09:00", "`09:00` is no span of time"),
            ("mon 09:00-18:75", "`09:00-18:75` is no span of time"),
            (
                "mon 09:00-09:00",
                "ends when it begins: write `00:00-24:00`",
            ),
            (
                "mon 24:00-06:00",
                "write `00:00-06:00`, on the day behind it",
            ),
            ("09:00-18:00 mon", "days stand in front"),
            ("mon -", "is no day"),
            ("mon 09:00--18:00", "is no span of time"),
        ] {
            let told = shown(text);
            assert!(told.contains(part), "{text}: {told}");
        }
    }
}
