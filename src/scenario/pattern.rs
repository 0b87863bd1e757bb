//! What a scenario expects to be heard: a part of a text, or a regular expression.

use regex::Regex;

/// A part of what is heard.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// Found whatever the case of its letters; as it was written, and as it is sought.
    Part {
        written: String,
        sought: String,
    },
    Expression(Regex),
}

impl Pattern {
    /// `/…/` is a regular expression, all else a part of a text. The error says what is
    /// wrong with an expression.
    pub fn read(written: &str) -> Result<Pattern, String> {
        let written = written.trim();
        let inside = written
            .strip_prefix('/')
            .and_then(|rest| rest.strip_suffix('/'))
            .filter(|inside| !inside.is_empty());
        let Some(inside) = inside else {
            let words = plain(written);
            let sought = words.to_lowercase();
            let written = words;
            return Ok(Pattern::Part { written, sought });
        };
        match Regex::new(inside) {
            Ok(expression) => Ok(Pattern::Expression(expression)),
            Err(error) => {
                let text = error.to_string();
                let last = text.lines().last().unwrap_or_default();
                Err(last.trim_start_matches("error: ").to_owned())
            }
        }
    }

    /// Where the pattern ends in a text, in bytes of [`plain`] text; `None` where it is
    /// not found behind `from`.
    pub fn end_in(&self, plain: &str, from: usize) -> Option<usize> {
        let rest = plain.get(from..)?;
        match self {
            Pattern::Part { sought, .. } => {
                // Lower case may have another length, so the end is sought letter by letter.
                let lower = rest.to_lowercase();
                let start = lower.find(sought.as_str())?;
                let end = start + sought.len();
                let mut length = 0;
                for (at, letter) in rest.char_indices() {
                    if length >= end {
                        return Some(from + at);
                    }
                    length += letter.to_lowercase().map(char::len_utf8).sum::<usize>();
                }
                Some(plain.len())
            }
            Pattern::Expression(expression) => {
                expression.find(rest).map(|found| from + found.end())
            }
        }
    }

    /// The pattern as people read it.
    pub fn shown(&self) -> String {
        match self {
            Pattern::Part { written, .. } => written.clone(),
            Pattern::Expression(expression) => format!("/{expression}/"),
        }
    }
}

/// A text in one line, with one space where there was white space.
pub fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_in_any_case_and_across_lines() {
        let text = plain("Welcome.\nÜber uns: press  1.");
        let part = Pattern::read("über UNS").unwrap();
        let end = part.end_in(&text, 0).unwrap();
        assert_eq!(&text[end..], ": press 1.");
        assert_eq!(part.end_in(&text, end), None);
        let whole = Pattern::read("PRESS 1.").unwrap();
        assert_eq!(whole.end_in(&text, end), Some(text.len()));
    }

    #[test]
    fn an_expression_stands_between_slashes() {
        let digits = Pattern::read("/[0-9]+ euros?/").unwrap();
        assert_eq!(digits.end_in("It is 12 euros.", 0), Some(14));
        assert_eq!(digits.end_in("It is twelve euros.", 0), None);
        assert!(Pattern::read("/[0-9/").is_err());
        assert!(matches!(Pattern::read("/").unwrap(), Pattern::Part { .. }));
    }
}
