//! A source as its words, with places. The words are read once before Rhai parses:
//! for what is too large to be parsed, for what scripts may not do, and for the
//! length of whatever a problem points at.

use rhai::{Position, Token};

use super::engine;
use super::lexical::lexical;
use super::problem::{Problem, ProblemKind, Spot};

/// The largest source, in bytes.
const MAX_BYTES: usize = 64 * 1024;
/// The most words of an expression in a flow, and of a script file.
const MAX_WORDS: [usize; 2] = [4_000, 20_000];
/// The most `=>` in one source: the time to parse a `switch` grows with their square.
const MAX_ARMS: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Expression,
    File,
}

pub(super) struct Source<'a> {
    pub text: &'a str,
    pub kind: Kind,
    pub words: Vec<(Token, Position)>,
}

impl<'a> Source<'a> {
    /// Reads the words of a source, or says why it cannot be read at all.
    pub fn read(text: &'a str, kind: Kind) -> Result<Self, Vec<Problem>> {
        let mut source = Source {
            text,
            kind,
            words: Vec::new(),
        };
        if text.len() > MAX_BYTES {
            let message = "this script is too long; at most 64 KiB can be read";
            return Err(vec![source.too_large(Position::NONE, message)]);
        }
        let engine = engine::for_words();
        let texts = [text];
        let (mut tokens, control) = engine.lex(&texts);
        // For each text with `${` that is open, the depth of braces it began at.
        let mut open_texts = Vec::new();
        let mut depth = 0_usize;
        let mut arms = 0;
        let most = MAX_WORDS[usize::from(kind == Kind::File)];
        for (token, position) in &mut tokens {
            match &token {
                Token::LexError(error) => {
                    return Err(vec![lexical(error, position, &source)]);
                }
                Token::EOF => break,
                // Only comments with three strokes come as words.
                Token::Comment(_) => continue,
                Token::InterpolatedString(_) => open_texts.push(depth),
                Token::LeftBrace | Token::MapStart => depth += 1,
                Token::RightBrace => {
                    depth = depth.saturating_sub(1);
                    if open_texts.last() == Some(&depth) {
                        open_texts.pop();
                        control.borrow_mut().is_within_text = true;
                    }
                }
                Token::DoubleArrow => arms += 1,
                _ => (),
            }
            source.words.push((token, position));
            if arms > MAX_ARMS {
                let message = "there are too many `=>` here; at most 512 are read";
                return Err(vec![
                    source
                        .too_large(position, message)
                        .help("look the value up in a table instead of in a `switch`"),
                ]);
            }
            if source.words.len() > most {
                let message = format!("this script is too long; at most {most} words are read");
                return Err(vec![source.too_large(position, message)]);
            }
        }
        if tokens.state.comment_level > 0 {
            let message = "a comment begins with `/*`, and no `*/` ends it";
            let problem = Problem::new(source.end(), ProblemKind::Syntax, message);
            let help = "close it with `*/`; a comment of one line begins with `//`";
            return Err(vec![problem.help(help)]);
        }
        Ok(source)
    }

    fn too_large(&self, position: Position, message: impl Into<String>) -> Problem {
        Problem::new(self.spot(position), ProblemKind::TooLarge, message)
    }

    /// The place of the word at a position, or of the source's end.
    pub fn spot(&self, position: Position) -> Spot {
        let Some(line) = position.line() else {
            return self.end();
        };
        let column = position.position().unwrap_or(1);
        let text = self.text.lines().nth(line - 1).unwrap_or_default();
        let rest: Vec<char> = text.chars().skip(column - 1).collect();
        if rest.is_empty() {
            return self.end();
        }
        Spot {
            line,
            column,
            len: word_len(&rest),
        }
    }

    /// The last character that is no space.
    fn end(&self) -> Spot {
        let text = self.text.trim_end();
        let last = text.lines().last().unwrap_or_default();
        Spot {
            line: text.lines().count().max(1),
            column: last.chars().count().max(1),
            len: 1,
        }
    }

    /// The word a position is at, as it is written.
    pub fn word(&self, position: Position) -> String {
        let spot = self.spot(position);
        let line = self.text.lines().nth(spot.line - 1).unwrap_or_default();
        line.chars().skip(spot.column - 1).take(spot.len).collect()
    }

    /// True where `in` or `!in` stands.
    pub fn is_in(&self, position: Position) -> bool {
        let word = self.index(position).map(|i| &self.words[i].0);
        matches!(word, Some(Token::In | Token::NotIn))
    }

    /// The index of the word at a position.
    pub fn index(&self, position: Position) -> Option<usize> {
        let key = |position: Position| (position.line(), position.position());
        let words = &self.words;
        words
            .binary_search_by_key(&key(position), |word| key(word.1))
            .ok()
    }
}

/// How many characters the word has that these characters begin with.
fn word_len(rest: &[char]) -> usize {
    let run = |test: fn(char) -> bool| rest.iter().take_while(|c| test(**c)).count();
    let len = match rest {
        [] => 1,
        [quote @ ('"' | '\'' | '`'), ..] => quoted_len(rest, *quote),
        [c, ..] if c.is_ascii_digit() => run(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.'),
        [c, ..] if c.is_alphabetic() || *c == '_' => run(|c| c.is_alphanumeric() || c == '_'),
        _ => {
            let start: String = rest.iter().take(3).collect();
            let known = [
                "**=", "..=", "===", "!==", "==", "!=", "<=", ">=", "&&", "||", "=>", "::", "+=",
                "-=", "*=", "/=", "%=", "**", "??", "?.", "?[", "#{", "..",
            ];
            known
                .iter()
                .find(|operator| start.starts_with(**operator))
                .map_or(1, |operator| operator.len())
        }
    };
    len.max(1)
}

fn quoted_len(rest: &[char], quote: char) -> usize {
    let mut escaped = false;
    for (i, c) in rest.iter().enumerate().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = quote != '`',
            c if *c == quote => return i + 1,
            _ => (),
        }
    }
    rest.len()
}
