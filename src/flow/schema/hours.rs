//! How the lines and dates of opening hours look.

/// A date.
pub const DATE: &str = r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$";

const DAY: &str = "(mon|tue|wed|thu|fri|sat|sun)";
/// What may stand between two parts of a line.
const GAP: &str = r"[\s,]+";

/// Spans of time, with spaces or commas between them.
pub fn spans() -> String {
    format!(r"^[\s,]*{}[\s,]*$", list(span()))
}

/// Days, and behind them spans of time.
pub fn week() -> String {
    let days = list(format!(r"(daily|{DAY}(\s*-\s*{DAY})?)"));
    format!(r"^[\s,]*{days}{GAP}{}[\s,]*$", list(span()))
}

fn span() -> String {
    r"[0-9]{1,2}:[0-5][0-9]\s*-\s*[0-9]{1,2}:[0-5][0-9]".to_owned()
}

fn list(item: String) -> String {
    format!("{item}({GAP}{item})*")
}
