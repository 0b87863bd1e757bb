//! What stands in `{…}` and `[…]`, and brackets that nothing closes.

use granit_parser::{ErrorKind, ScanError};

use super::line::Line;
use super::{Misread, misread};

/// The byte behind the bracket that closes the one a value begins with.
pub(super) fn closed_at(value: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in value.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if matches!(before, ' ' | '[' | '{' | ',') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + c.len_utf8());
                }
            }
            _ => {}
        }
        before = c;
    }
    None
}

/// What cannot stand unquoted inside `{…}`.
pub(super) fn braces(line: Line, is_key: &impl Fn(&str) -> bool) -> Option<Misread> {
    let open = line
        .text
        .find('{')
        .filter(|at| !line.text[..*at].ends_with('$'))?;
    let value_of = line.text[..open].trim_end();
    let is_value = value_of.is_empty() || value_of.ends_with([':', '-', ',', '[']);
    if !is_value {
        return None;
    }
    let inside = open + 1;
    for (mark, name) in [("#:", "hash"), ("*:", "star")] {
        if let Some(at) = line.text[inside..].find(mark) {
            let at = inside + at;
            return Some(misread(
                line.part(at, at + 1),
                format!("a key cannot begin with `{}`", &mark[..1]),
                format!(
                    "the key `{}` of a telephone is written `{name}`",
                    &mark[..1]
                ),
            ));
        }
    }
    if let Some(from) = line.text[inside..].find("${") {
        let from = inside + from;
        return Some(misread(
            line.part(from, line.text.len()),
            "a text with `${…}` cannot stand unquoted inside `{…}`",
            "put the text in quotes, or the keys on lines of their own",
        ));
    }
    if let Some(found) = remark_in_braces(line) {
        return Some(found);
    }
    // A key of ours in the middle of a text: the comma in front of it is missing.
    let words = line.text[inside..]
        .match_indices(": ")
        .map(|(at, _)| inside + at);
    for colon in words {
        let start = line.text[..colon]
            .rfind([' ', '{', ','])
            .map_or(0, |at| at + 1);
        let front = line.text[..start].trim_end();
        if is_key(&line.text[start..colon]) && !front.ends_with(['{', ',']) {
            let word = &line.text[start..colon];
            return Some(misread(
                line.part(start, colon),
                format!("a comma is missing in front of `{word}`"),
                format!("write `, {word}: …`"),
            ));
        }
    }
    None
}

/// A ` #` behind a bracket, which hides the end of the line.
fn remark_in_braces(line: Line) -> Option<Misread> {
    let at = line.value_at();
    let from = at + line.text[at..].find(" #")?;
    if closed_at(&line.text[at..from]).is_some() {
        return None;
    }
    Some(misread(
        line.part(from + 1, line.text.len()),
        "YAML takes everything behind ` #` for a remark, so nothing closes what is open",
        "put the text in quotes, or the keys on lines of their own",
    ))
}

/// A bracket that nothing closes, here or on a line above.
pub(super) fn open_bracket(line: Line, above: &[Line], error: &ScanError) -> Option<Misread> {
    use ErrorKind as Kind;
    let words = error.kind().to_string();
    let in_brackets = matches!(
        error.kind(),
        Kind::ExpectedFlowMappingSeparator
            | Kind::ExpectedFlowSequenceSeparator
            | Kind::UnexpectedEofFlowMapping
            | Kind::UnexpectedEofFlowSequence
            | Kind::UnexpectedEofImplicitFlowMapping
    ) || words.contains("illegal placement of ':'")
        || words.contains("flow");
    if !in_brackets {
        return None;
    }
    let near = std::iter::once(&line).chain(above).take(20);
    for line in near {
        let value = line.value();
        if !value.starts_with(['[', '{']) {
            continue;
        }
        if let Some(found) = remark_in_braces(*line) {
            return Some(found);
        }
        if closed_at(value).is_none() {
            let at = line.value_at();
            let close = if value.starts_with('[') { ']' } else { '}' };
            return Some(misread(
                line.part(at, at + 1),
                format!("nothing closes this `{}`", &value[..1]),
                format!("write `{close}` at the end of the line"),
            ));
        }
    }
    None
}
