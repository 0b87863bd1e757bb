//! What a designer most likely meant where YAML cannot read a line. YAML's own words
//! are about its grammar, and often about a line behind the one that is wrong, so
//! the lines around the place are looked at instead.

mod brackets;
mod columns;
mod keys;
mod line;
mod quotes;

use granit_parser::ScanError;

use super::source::Span;
use line::{Line, lines};

/// A fault of syntax in plain words.
#[derive(Debug, PartialEq, Eq)]
pub struct Misread {
    pub at: Span,
    pub message: String,
    pub help: String,
}

/// The help for whatever a text cannot hold without quotes.
const IN_QUOTES: &str = "put the text in quotes, or under `|` on lines of its own";

/// Says what is wrong where YAML gave up. `is_key` is true for the words of the
/// flow language that stand in front of a colon.
pub fn explain(text: &str, error: &ScanError, is_key: impl Fn(&str) -> bool) -> Misread {
    let offset = error.marker().byte_offset().unwrap_or(text.len());
    let lines = lines(text);
    let last = lines.iter().rposition(|line| !line.text.is_empty());
    let here = lines.iter().rposition(|line| line.begin <= offset);
    let mut here = here.unwrap_or(0).min(last.unwrap_or(0));
    if error.kind().to_string().contains("comment intercepting") {
        // A remark is found in what the line below it makes a text of several lines.
        let below = lines
            .iter()
            .skip(here + 1)
            .position(|line| !line.text.is_empty());
        here += below.map_or(0, |lines| lines + 1);
    }
    let Some(line) = lines.get(here).copied() else {
        return misread(Span::default(), "the file is empty", "write a flow into it");
    };
    let above = lines[..here].iter().rev().copied();
    let above: Vec<Line> = above.filter(|line| !line.text.is_empty()).collect();
    let below = lines.get(here + 1).copied();
    columns::tab(line, below)
        .or_else(|| quotes::quote(line, offset, error))
        .or_else(|| quotes::first_character(line, &is_key))
        .or_else(|| brackets::braces(line, &is_key))
        .or_else(|| brackets::open_bracket(line, &above, error))
        .or_else(|| keys::colon_without_space(line, &above, &is_key))
        .or_else(|| quotes::block_text(line, error))
        .or_else(|| columns::dash_without_space(line, &above))
        .or_else(|| keys::second_colon(line))
        .or_else(|| keys::line_above(line, &above, &is_key))
        .or_else(|| columns::indentation(line, &above))
        .or_else(|| keys::no_key(line, &is_key))
        .unwrap_or_else(|| unknown(line, offset, error))
}

fn misread(at: Span, message: impl Into<String>, help: impl Into<String>) -> Misread {
    Misread {
        at,
        message: message.into(),
        help: help.into(),
    }
}

/// Whatever is left is told in YAML's words.
fn unknown(line: Line, offset: usize, error: &ScanError) -> Misread {
    let from = offset.saturating_sub(line.start());
    let from = if from < line.text.len() && line.text.is_char_boundary(from) {
        from
    } else {
        0
    };
    let words = error.kind().to_string();
    misread(
        line.part(from, line.text.len()),
        format!("YAML cannot read this: {words}"),
        "check in which column the line begins; a text with `: `, ` #`, `{` or quotes in it goes \
         in quotes, or under `|` on lines of its own",
    )
}
