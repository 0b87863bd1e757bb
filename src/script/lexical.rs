//! Characters, numbers and texts that cannot be read.

use rhai::{LexError, Position, Token};

use super::problem::{Problem, ProblemKind, Spot};
use super::source::Source;
use super::words;

/// A character or number that cannot be read.
pub(super) fn lexical(error: &LexError, position: Position, source: &Source) -> Problem {
    let spot = source.spot(position);
    let syntax = |message: &str| Problem::new(spot, ProblemKind::Syntax, message);
    let called = Token::LeftParen;
    if let LexError::ImproperSymbol(word, _) = error
        && word.starts_with(|c: char| c.is_ascii_alphabetic())
        && let Some((message, help)) = words::reserved(word, Some(&called))
    {
        return Problem::new(spot, ProblemKind::Forbidden, message).help(help);
    }
    match error {
        error if is_about_quotes(error) => {
            let line = source.text.lines().nth(spot.line - 1).unwrap_or_default();
            let open: Vec<char> = line.chars().skip(spot.column - 1).collect();
            if open.first() == Some(&'\'') || line.contains('\'') && !line.contains('"') {
                quotes(line, spot)
            } else {
                syntax("this text has no closing quote").help("close it with `\"`")
            }
        }
        LexError::UnexpectedInput(text) => match text.chars().next() {
            Some('“' | '”' | '‘' | '’' | '„' | '«' | '»') => {
                syntax("these are typographic quotes").help("use plain quotes: `\"`")
            }
            Some('\'') => {
                syntax("single quotes hold one letter only").help("use double quotes: `\"`")
            }
            _ => syntax("this character has no meaning here")
                .help("leave it out, or put text in quotes: `\"`"),
        },
        LexError::ImproperSymbol(symbol, _) => match words::reserved(symbol, None) {
            Some((message, help)) => syntax(message).help(help),
            None => syntax("this sign has no meaning here"),
        },
        LexError::StringTooLong(_) => Problem::new(
            spot,
            ProblemKind::TooLarge,
            "this text is too long; at most 4 KiB can be written here",
        ),
        LexError::MalformedEscapeSequence(_) => {
            syntax("a `\\` in a text stands before `n`, `t`, `\"` or `\\` only")
                .help("write `\\\\` for one `\\`")
        }
        LexError::MalformedNumber(_) => syntax("this number cannot be read")
            .help("write digits and at most one point, or quotes around it where it is a text"),
        LexError::MalformedIdentifier(_) => {
            syntax("this name cannot be read").help("names are made of letters, digits and `_`")
        }
        _ => syntax("this cannot be read").help("put text in double quotes: `\"`"),
    }
}

/// Several letters in single quotes.
fn quotes(line: &str, spot: Spot) -> Problem {
    let problem = Problem::new(
        spot,
        ProblemKind::Syntax,
        "a text stands in double quotes, not in single ones",
    );
    let mut parts = line.split('\'');
    match (parts.next(), parts.next()) {
        (Some(_), Some(text)) if !text.is_empty() => problem.help(format!("write `\"{text}\"`")),
        _ => problem.help("use double quotes: `\"`"),
    }
}

/// True for a problem of the lexer that quotes cause.
fn is_about_quotes(error: &LexError) -> bool {
    matches!(
        error,
        LexError::UnterminatedString | LexError::MalformedChar(_)
    )
}
