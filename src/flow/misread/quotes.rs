//! Texts in quotes, under `|`, and those that begin with a mark of YAML.

use granit_parser::ScanError;

use super::brackets::closed_at;
use super::line::Line;
use super::{IN_QUOTES, Misread, misread};

/// Quotes that end too early, or never.
pub(super) fn quote(line: Line, offset: usize, error: &ScanError) -> Option<Misread> {
    let words = error.kind().to_string();
    if words.contains("trailing content") {
        let from = offset.saturating_sub(line.start()).min(line.text.len());
        let (mark, help) = if line.value().starts_with('\'') {
            (
                "'",
                "write `''` for a `'` inside the text, or put `\"` around it instead",
            )
        } else {
            (
                "\"",
                "put `'` around the whole text, or write it under `|` on lines of its own",
            )
        };
        let rest = &line.text[from..];
        let from = from + rest.len() - rest.trim_start().len();
        return Some(misread(
            line.part(from, line.text.len()),
            format!("the text ends at the `{mark}` in front of this"),
            help,
        ));
    }
    if words.contains("quote") && !words.contains("escape") {
        let value = line.value();
        let mark = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        return Some(misread(
            line.part(line.value_at(), line.text.len()),
            "the quote that begins here is never closed",
            format!("write `{}` at the end of the text too", mark.unwrap_or('"')),
        ));
    }
    if words.contains("escape") {
        let known = |rest: &str| rest.starts_with(|c| "0abtnvfre \"/\\N_LPxuU".contains(c));
        let mut slashes = line.text.match_indices('\\').map(|(at, _)| at);
        let slash = slashes.find(|at| !known(&line.text[at + 1..])).unwrap_or(0);
        return Some(misread(
            line.part(slash, slash + 1),
            "in double quotes a `\\` begins a special character, and there is none of this kind",
            "write `\\\\` for one `\\`, or put `'` around the text instead",
        ));
    }
    None
}

/// Texts that begin with a character which YAML keeps for itself.
pub(super) fn first_character(line: Line, is_key: &impl Fn(&str) -> bool) -> Option<Misread> {
    let key = &line.text[line.behind_dash()..];
    if key.starts_with('*') && line.key_end().is_some() {
        let at = line.behind_dash();
        return Some(misread(
            line.part(at, at + 1),
            "a key cannot begin with `*`",
            "the key `*` of a telephone is written `star`",
        ));
    }
    let value = line.value();
    let first = value.chars().next()?;
    let at = line.value_at();
    let reads = match first {
        '[' => "the beginning of a list",
        '{' => "the beginning of keys in braces",
        '@' | '`' | '%' => "a mark of its own",
        _ => return None,
    };
    if matches!(first, '[' | '{') {
        let close = closed_at(value)?;
        let rest = value[close..].trim();
        if rest.is_empty() || rest.starts_with('#') {
            return None;
        }
        if let Some((word, _)) = rest.split_once(':')
            && is_key(word)
        {
            let from = at + close + value[close..].len() - value[close..].trim_start().len();
            return Some(misread(
                line.part(from, from + word.len()),
                format!("`{word}` begins on the line of another key"),
                format!("begin a new line with `{word}`"),
            ));
        }
        if rest.chars().all(|c| matches!(c, ']' | '}')) {
            return Some(misread(
                line.part(at + close, at + close + rest.len()),
                format!("this `{rest}` closes nothing"),
                "take it out",
            ));
        }
    }
    let shown = if first == '`' {
        "a backtick".to_owned()
    } else {
        format!("a `{first}`")
    };
    let help = if first == '{' {
        "put the text in quotes, or under `|`; a value in a text is written `${name}`"
    } else {
        IN_QUOTES
    };
    Some(misread(
        line.part(at, at + 1),
        format!("YAML reads {shown} in front as {reads}, not as text"),
        help,
    ))
}

/// A text that begins on the line of its `|`.
pub(super) fn block_text(line: Line, error: &ScanError) -> Option<Misread> {
    let value = line.value();
    let mark = value.chars().next().filter(|c| matches!(c, '|' | '>'))?;
    if !error.kind().to_string().contains("block scalar") {
        return None;
    }
    let at = line.value_at() + 1;
    Some(misread(
        line.part(at, line.text.len()),
        format!("nothing stands behind `{mark}` on its line"),
        "begin the text on the next line, further right than its key",
    ))
}
