//! The functions that a script file defines, read from its words.

use rhai::{Position, Token};

use super::functions;
use super::names;
use super::problem::{Problem, ProblemKind};
use super::source::Source;

/// A function of a script file: what it is called, takes, and where its body is.
pub(super) struct Signature {
    pub name: String,
    pub values: Vec<String>,
    /// The places of the body's braces.
    pub body: (Position, Position),
}

impl Signature {
    /// True where a place is inside the body.
    pub fn holds(&self, position: Position) -> bool {
        let key = |p: Position| (p.line(), p.position());
        (key(self.body.0)..=key(self.body.1)).contains(&key(position))
    }
}

/// All functions of a file; whatever stands beside them is a problem, and so is a
/// name that is taken.
pub(super) fn read(source: &Source) -> (Vec<Signature>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let words = &source.words;
    let mut i = 0;
    while let Some((token, position)) = words.get(i) {
        match token {
            Token::Private => {
                let message = "every function of a file can be called from a flow";
                problems.push(
                    Problem::new(source.spot(*position), ProblemKind::Forbidden, message)
                        .help("leave `private` out"),
                );
                i += 1;
            }
            Token::Fn => {
                let (signature, next) = one(source, i);
                i = next;
                if let Some((signature, place)) = signature {
                    problems.extend(name_taken(&signature.name, place, source));
                    found.push(signature);
                }
            }
            Token::SemiColon => i += 1,
            _ => {
                problems.push(
                    Problem::new(
                        source.spot(*position),
                        ProblemKind::Forbidden,
                        "a script file holds functions only",
                    )
                    .help("put this into a function: `fn name(x) { … }`"),
                );
                // One problem for all that is beside the functions in a row.
                i = skip_to_function(words, i);
            }
        }
    }
    (found, problems)
}

fn name_taken(name: &str, place: Position, source: &Source) -> Option<Problem> {
    let message = if functions::find(name).is_some() {
        format!("`{name}` is a function that is there already")
    } else if names::is_reserved(name) {
        format!("`{name}` cannot be the name of a function")
    } else {
        return None;
    };
    let problem = Problem::new(source.spot(place), ProblemKind::Forbidden, message);
    Some(problem.help("choose another name"))
}

/// The function whose `fn` is at `start`, and the index behind it. Half of one is
/// none: the parser tells what is missing.
fn one(source: &Source, start: usize) -> (Option<(Signature, Position)>, usize) {
    let words = &source.words;
    let Some((Token::Identifier(name), place)) = words.get(start + 1) else {
        return (None, start + 1);
    };
    let mut values = Vec::new();
    let mut i = start + 2;
    while let Some((token, _)) = words.get(i) {
        match token {
            Token::Identifier(value) => values.push(value.to_string()),
            Token::LeftParen | Token::Comma | Token::RightParen | Token::Unit => (),
            _ => break,
        }
        i += 1;
    }
    let Some((Token::LeftBrace, open)) = words.get(i) else {
        return (None, i);
    };
    let mut depth = 0;
    while let Some((token, close)) = words.get(i) {
        match token {
            Token::LeftBrace | Token::MapStart => depth += 1,
            Token::RightBrace => depth -= 1,
            _ => (),
        }
        i += 1;
        if depth == 0 {
            let signature = Signature {
                name: name.to_string(),
                values,
                body: (*open, *close),
            };
            return (Some((signature, *place)), i);
        }
    }
    (None, i)
}

fn skip_to_function(words: &[(Token, Position)], start: usize) -> usize {
    let mut depth = 0_i32;
    for (i, (token, _)) in words.iter().enumerate().skip(start) {
        match token {
            Token::LeftBrace | Token::MapStart => depth += 1,
            Token::RightBrace => depth -= 1,
            Token::Fn | Token::Private if depth <= 0 => return i,
            _ => (),
        }
    }
    words.len()
}
