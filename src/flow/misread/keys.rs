//! Keys, the colons behind them, and what the line above has to do with it.

use super::line::Line;
use super::{IN_QUOTES, Misread, misread};

/// `key:value`, here or on the line above, which reads as a text.
pub(super) fn colon_without_space(
    line: Line,
    above: &[Line],
    is_key: &impl Fn(&str) -> bool,
) -> Option<Misread> {
    let near = std::iter::once(&line).chain(above.first());
    for line in near {
        let Some((key, rest)) = line.text[line.behind_dash()..].split_once(':') else {
            continue;
        };
        if is_key(key) && !rest.is_empty() && !rest.starts_with(' ') {
            let colon = line.behind_dash() + key.len();
            return Some(misread(
                line.part(colon, colon + 1),
                "a space is missing behind this `:`",
                format!("write `{key}: {rest}`"),
            ));
        }
    }
    None
}

pub(super) fn second_colon(line: Line) -> Option<Misread> {
    let first = line.text.find(": ")? + 2;
    let rest = &line.text[first..];
    if rest.trim_start().starts_with("- ") {
        return Some(misread(
            line.part(first + rest.find("- ").unwrap_or(0), line.text.len()),
            "a list does not begin on the line of its key",
            "put the `- ` on a line of its own, below the key",
        ));
    }
    let end = rest.ends_with(':').then(|| rest.len() - 1);
    let second = first + rest.find(": ").or(end)?;
    Some(misread(
        line.part(second, second + 1),
        "a second `: ` in one line reads as another key",
        IN_QUOTES,
    ))
}

/// What the line above has to do with it.
pub(super) fn line_above(
    line: Line,
    above: &[Line],
    is_key: &impl Fn(&str) -> bool,
) -> Option<Misread> {
    let before = above.first()?;
    let deeper = line.indent.len() > before.indent.len();
    if before.is_remark() && line.key_end().is_none() {
        return Some(misread(
            before.span(),
            "a remark ends the text above it, so the line below belongs to nothing",
            "move the remark above the whole text",
        ));
    }
    if before.text.ends_with(['|', '>']) && !deeper && line.key_end().is_none() {
        let mark = &before.text[before.text.len() - 1..];
        return Some(misread(
            line.span(),
            format!("a text under `{mark}` begins further right than its key"),
            "put two more spaces in front of each of its lines",
        ));
    }
    if deeper && before.key_end().is_none() && !before.text.contains(' ') {
        return Some(misread(
            before.span(),
            format!("a `:` is missing behind `{}`", before.text),
            format!("write `{}:`", before.text),
        ));
    }
    if line.text.starts_with("- ") && !before.text.starts_with("- ") && !deeper {
        return Some(misread(
            line.part(0, 1),
            "a `- ` begins a line of a list, and the lines around this one are keys",
            "take the `- ` out",
        ));
    }
    // The key before it on the same level lacks its colon.
    let sibling = above
        .iter()
        .find(|other| other.indent.len() <= line.indent.len() && !other.is_remark())
        .filter(|other| other.indent.len() == line.indent.len());
    if let Some(other) = sibling
        && other.key_end().is_none()
        && !other.text.starts_with("- ")
    {
        let text = other.text;
        if let Some((word, rest)) = text.split_once(':') {
            return Some(misread(
                other.part(word.len(), word.len() + 1),
                "a space is missing behind this `:`",
                format!("write `{word}: {rest}`"),
            ));
        }
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        return Some(misread(
            other.part(0, word.len()),
            format!("a `:` is missing behind `{word}`"),
            format!("write `{}`", format!("{word}: {rest}").trim()),
        ));
    }
    let key = line.key()?;
    if deeper && !before.value().is_empty() {
        return Some(if is_key(key) {
            misread(
                line.part(0, key.len()),
                format!(
                    "`{key}` begins further right than the key above it, so it reads as a part of that text"
                ),
                format!("begin `{key}` in the same column as the key above"),
            )
        } else {
            let colon = line.key_end().unwrap_or(0);
            misread(
                line.part(colon, colon + 1),
                "a `: ` inside a text reads as a key",
                IN_QUOTES,
            )
        });
    }
    None
}

pub(super) fn no_key(line: Line, is_key: &impl Fn(&str) -> bool) -> Option<Misread> {
    if line.key_end().is_some() {
        return None;
    }
    let end = line.text.find(|c: char| !c.is_alphanumeric() && c != '_');
    let (word, rest) = line.text.split_at(end.unwrap_or(line.text.len()));
    if is_key(word) && !rest.is_empty() {
        let value = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        return Some(misread(
            line.part(0, word.len()),
            format!("a `:` is missing behind `{word}`"),
            format!("write `{word}: {value}`"),
        ));
    }
    Some(if line.text.contains(' ') {
        misread(
            line.span(),
            "this line is no `key: value`, and belongs to no text above it",
            "write a key and `:` in front of it; the lines of a text begin further right than their key",
        )
    } else {
        misread(
            line.span(),
            format!("a `:` is missing behind `{}`", line.text),
            format!("write `{}:`", line.text),
        )
    })
}
