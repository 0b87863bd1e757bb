//! What a scenario expects to be heard: a part of a text, or a regular expression.

use regex::Regex;

use crate::flow::{Flow, Wording};

/// A part of what is heard.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// Found whatever the case of its letters; as it was written, and as it is sought.
    Part {
        written: String,
        sought: String,
    },
    Expression(Regex),
    /// A prompt, in each language that says it, by its name; it is sought in those that
    /// are spoken.
    Prompt {
        id: String,
        langs: Vec<(Box<str>, Regex)>,
    },
}

impl Pattern {
    /// A prompt of a flow or of one that it runs: in the words that are always the same,
    /// with anything where its values are. `None` where no flow of them says it.
    pub fn of_prompt(flow: &Flow, id: &str) -> Option<Pattern> {
        let parts = flow.parts().map(|(_, part)| part);
        let langs = parts.flat_map(|part| {
            part.language_ids().filter_map(move |lang| {
                let words = any_of(part.prompts().get(id, lang)?)?;
                Some((part.lang(lang).into(), words))
            })
        });
        let langs: Vec<_> = langs.collect();
        (!langs.is_empty()).then(|| Pattern::Prompt {
            id: id.to_owned(),
            langs,
        })
    }

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
    /// not found behind `from`. `spoken` are the names of the languages that
    /// are spoken.
    pub fn end_in(&self, plain: &str, from: usize, spoken: &[Box<str>]) -> Option<usize> {
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
            Pattern::Prompt { langs, .. } => {
                let mut langs = langs.iter().filter(|(lang, _)| spoken.contains(lang));
                let found = langs.find_map(|(_, words)| words.find(rest));
                found.map(|found| from + found.end())
            }
        }
    }

    /// The pattern as people read it.
    pub fn shown(&self) -> String {
        match self {
            Pattern::Part { written, .. } => written.clone(),
            Pattern::Expression(expression) => format!("/{expression}/"),
            Pattern::Prompt { id, .. } => format!("<{id}>"),
        }
    }
}

/// What finds any of these wordings. `None` where none of them has words of its own.
fn any_of(wordings: &[Wording]) -> Option<Regex> {
    let each: Vec<String> = wordings
        .iter()
        .filter(|wording| wording.iter().any(Option::is_some))
        .map(one_of)
        .collect();
    if each.is_empty() {
        return None;
    }
    // The longest first, since a shorter one may be its beginning.
    let mut each = each;
    each.sort_by_key(|words| std::cmp::Reverse(words.len()));
    Regex::new(&format!("(?s)(?:{})", each.join("|"))).ok()
}

fn one_of(wording: &Wording) -> String {
    let mut words = String::new();
    for part in wording {
        match part {
            Some(literal) => {
                // White space is one space where it is heard, and none at the ends.
                let begins = literal.starts_with(char::is_whitespace) && !words.is_empty();
                let ends = literal.ends_with(char::is_whitespace);
                let literal = plain(literal);
                if begins {
                    words.push_str("\\s*");
                }
                words.push_str(&regex::escape(&literal));
                if ends && !literal.is_empty() {
                    words.push_str("\\s*");
                }
            }
            None => words.push_str(".*?"),
        }
    }
    words.trim_end_matches("\\s*").to_owned()
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
        let end = part.end_in(&text, 0, &[]).unwrap();
        assert_eq!(&text[end..], ": press 1.");
        assert_eq!(part.end_in(&text, end, &[]), None);
        let whole = Pattern::read("PRESS 1.").unwrap();
        assert_eq!(whole.end_in(&text, end, &[]), Some(text.len()));
    }

    #[test]
    fn a_prompt_is_found_in_the_languages_that_are_spoken() {
        let words = |text: &str| Some(Box::from(text));
        let en = any_of(&[
            vec![words("Good day, "), None, words(".\n Press 1.\n")],
            vec![words("Press 1.")],
        ]);
        let pattern = Pattern::Prompt {
            id: "welcome".to_owned(),
            langs: vec![("en".into(), en.unwrap())],
        };
        let heard = plain("Good day, Mei.\nPress 1. Bye.");
        let (spoken, other) = ([Box::from("en")], [Box::from("ms")]);
        let end = pattern.end_in(&heard, 0, &spoken).unwrap();
        assert_eq!(&heard[end..], " Bye.");
        assert!(pattern.end_in("Press 1.", 0, &spoken).is_some());
        assert!(pattern.end_in("Good day, Mei.", 0, &spoken).is_none());
        assert!(pattern.end_in(&heard, 0, &other).is_none());
        assert!(any_of(&[vec![None]]).is_none());
    }

    #[test]
    fn an_expression_stands_between_slashes() {
        let digits = Pattern::read("/[0-9]+ euros?/").unwrap();
        assert_eq!(digits.end_in("It is 12 euros.", 0, &[]), Some(14));
        assert_eq!(digits.end_in("It is twelve euros.", 0, &[]), None);
        assert!(Pattern::read("/[0-9/").is_err());
        assert!(matches!(Pattern::read("/").unwrap(), Pattern::Part { .. }));
    }
}
