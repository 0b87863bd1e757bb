//! What each code means: the cause, a small flow that has it, and the same one mended.
//! The texts stand beside this file, one a group of codes, to be read as they are.
//!
//! Each begins with `## CODE`, a line with `> ` in front that sums it up, then the
//! cause, the example, how to mend it, and the example mended. An example that begins
//! with a key of the file is a whole file, or several, each behind a remark with its
//! path; any other is what stands under `states`.

use super::code::Code;
use super::suggest::nearest;

const TEXTS: [&str; 9] = [
    include_str!("yaml.md"),
    include_str!("shape.md"),
    include_str!("graph.md"),
    include_str!("texts.md"),
    include_str!("languages.md"),
    include_str!("expressions.md"),
    include_str!("lookups.md"),
    include_str!("tables.md"),
    include_str!("design.md"),
];

const FENCE: &str = "```";

/// What a code means. The texts are in lines of at most 80 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// In one line, without a point.
    pub summary: &'static str,
    pub cause: &'static str,
    /// A flow, or what stands under `states`, in which the code is found.
    pub wrong: &'static str,
    /// How to mend it.
    pub mend: &'static str,
    /// The example with nothing to be found in it.
    pub right: &'static str,
}

impl Code {
    /// What the code means, with an example.
    pub fn explanation(self) -> Explanation {
        let text = sections()
            .find_map(|(word, text)| (word == self.word()).then_some(text))
            .and_then(read);
        text.expect("a test reads the explanation of every code")
    }

    /// The code with this name, as it is typed or copied: `text-cut`, `error[text-cut]`.
    pub fn named(typed: &str) -> Option<Self> {
        let word = bare(typed);
        Code::ALL.iter().copied().find(|code| code.word() == word)
    }

    /// The code that is nearest to what was typed, where one is near enough.
    pub fn nearest(typed: &str) -> Option<Self> {
        let words = Code::ALL.iter().map(|code| code.word());
        nearest(bare(typed), words).and_then(Code::named)
    }
}

/// The word in the brackets, where there are some.
fn bare(typed: &str) -> &str {
    let inner = typed.split_once('[').map_or(typed, |(_, inner)| inner);
    inner.split(']').next().unwrap_or_default().trim()
}

/// Every explanation, by the word of its code.
fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    let texts = TEXTS.iter().flat_map(|text| text.split("\n## ").skip(1));
    texts.filter_map(|section| section.split_once('\n'))
}

fn read(section: &'static str) -> Option<Explanation> {
    let (summary, rest) = section.trim_start().strip_prefix("> ")?.split_once('\n')?;
    let (cause, rest) = before_example(rest)?;
    let (wrong, rest) = rest.split_once(FENCE)?;
    let (mend, rest) = before_example(rest)?;
    let (right, rest) = rest.split_once(FENCE)?;
    rest.trim().is_empty().then_some(Explanation {
        summary,
        cause,
        wrong,
        mend,
        right,
    })
}

/// What stands in front of an example, and what behind its first fence.
fn before_example(text: &'static str) -> Option<(&'static str, &'static str)> {
    let (text, rest) = text.split_once("\n```yaml\n")?;
    Some((text.trim(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_is_explained_once_and_nothing_else_is() {
        let words: Vec<&str> = sections().map(|(word, _)| word).collect();
        let told: BTreeSet<&str> = words.iter().copied().collect();
        let known: BTreeSet<&str> = Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(told, known);
        assert_eq!(words.len(), told.len());
        for (word, text) in sections() {
            let read =
                read(text).unwrap_or_else(|| panic!("{word} is not written as it should be"));
            for part in [read.summary, read.cause, read.wrong, read.mend, read.right] {
                assert!(!part.trim().is_empty(), "{word}");
            }
        }
    }

    #[test]
    fn a_code_is_found_as_it_is_copied_or_nearly_typed() {
        for typed in ["text-cut", "error[text-cut]", "[text-cut]", " text-cut "] {
            assert_eq!(Code::named(typed), Some(Code::TextCut), "{typed}");
        }
        assert_eq!(Code::named("text-cutt"), None);
        assert_eq!(Code::nearest("error[text-cutt]"), Some(Code::TextCut));
        assert_eq!(Code::nearest("zebra"), None);
    }
}
