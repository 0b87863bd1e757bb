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
    no_text(line)
        .or_else(|| columns::tab(line, below))
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

/// A character that stands for nothing anybody reads, such as NUL.
fn no_text(line: Line) -> Option<Misread> {
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\u{85}');
    let (at, c) = line.text.char_indices().find(|(_, c)| !is_text(*c))?;
    let name = match c {
        '\0' => " (NUL)".to_owned(),
        _ => String::new(),
    };
    Some(misread(
        line.part(at, at + c.len_utf8()),
        format!(
            "here is a character that is no text: U+{:04X}{name}",
            u32::from(c)
        ),
        "delete it, and write the text anew if it looks right; where there are many, the file is \
         in another encoding: save it as UTF-8",
    ))
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

#[cfg(test)]
mod tests {
    use crate::flow::{Code, SourceFile, build};

    #[test]
    fn a_character_that_is_no_text_is_named() {
        let good = "flow: a\nnumbers: [+6561115777]\nvoice: en-US-One\nstates:\n  only: {say: Hello there., then: hangup}\n";
        for (from, to, place) in [
            ("Hello", "Hel\0lo", (5, 18)),
            ("hangup", "hangup\0", (5, 41)),
            ("flow", "\0flow", (1, 1)),
        ] {
            let text = good.replace(from, to);
            let built = build(&[SourceFile::new("flows/a.yaml", &text)]);
            let [found] = &built.diagnostics[..] else {
                panic!("{text:?}: {:?}", built.diagnostics)
            };
            assert_eq!(found.code, Code::YamlSyntax, "{text:?}");
            assert_eq!(found.line_column(), place, "{text:?}");
            assert!(
                found.message.ends_with("no text: U+0000 (NUL)"),
                "{found:?}"
            );
            assert!(!found.render(false).contains('\0'));
        }
        // A file that was saved in UTF-16, without its mark.
        let wide: String = good.chars().flat_map(|c| [c, '\0']).collect();
        let built = build(&[SourceFile::new("flows/a.yaml", &wide)]);
        let help = built.diagnostics[0].help.as_deref().unwrap_or_default();
        assert!(help.contains("save it as UTF-8"), "{:?}", built.diagnostics);
    }
}
