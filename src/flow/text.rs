//! Texts of a running flow: what is fixed is ready to be sent, what has values in
//! it is a template.

use std::sync::Arc;

use crate::call::{FileUrl, SpokenText};
use crate::script::Program;

use super::language::LangId;
use super::source::{SourceFile, Span};

/// Something to be heard.
#[derive(Debug)]
pub enum Text {
    /// Always the same. More than one piece where it is over the 3000 characters
    /// that can be spoken at once.
    Spoken(Vec<SpokenText>),
    Recording(FileUrl),
    /// Has values in it; whether it is a recording shows when they are known.
    Template(Template),
    /// A prompt of a flow that has more than one language: a text for each, in the order
    /// of the flow's list. None of them is of this kind again.
    Each(Box<[Text]>),
}

impl Text {
    /// The text in this language.
    pub fn in_language(&self, lang: LangId) -> &Text {
        match self {
            Text::Each(texts) => texts.get(usize::from(lang.0)).unwrap_or(&texts[0]),
            text => text,
        }
    }

    /// The text in every language in which it is another.
    pub fn all(&self) -> &[Text] {
        match self {
            Text::Each(texts) => texts,
            text => std::slice::from_ref(text),
        }
    }
}

/// A text with `${…}` in it.
#[derive(Debug)]
pub struct Template {
    pub parts: Vec<Part>,
    /// It begins as an address, so values in it are percent-encoded.
    pub is_address: bool,
}

impl Template {
    /// The expressions in it, in order.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value(expression) => Some(expression),
            Part::Literal(_) => None,
        })
    }

    /// True where a secret may be in what comes out of it.
    pub fn may_hold_secret(&self) -> bool {
        self.expressions().any(|expression| expression.secret)
    }
}

#[derive(Debug)]
pub enum Part {
    Literal(Box<str>),
    Value(Expression),
}

/// An expression of a flow file, compiled, with its place there.
#[derive(Debug)]
pub struct Expression {
    pub program: Program,
    pub file: Arc<SourceFile>,
    pub at: Span,
    /// A secret may be in its value: it is one, or is computed from one.
    pub secret: bool,
}

impl Expression {
    /// Where a fault at this line and column of the expression stands in its file.
    /// Blocks keep their lines, so only the indentation has to be added.
    pub fn line_column(&self, line: usize, column: usize) -> (usize, usize) {
        let (first_line, first_column) = self.file.line_column(self.at.start);
        if line == 0 {
            return (first_line, first_column);
        }
        (first_line + line - 1, first_column + column.max(1) - 1)
    }
}

/// Where an expression in a text begins and ends.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    Literal(String),
    /// The bytes between `${` and `}`.
    Value(std::ops::Range<usize>),
}

/// Cuts a text at its `${…}`; `$${` is a literal `${`. The error is the byte at
/// which a `${` begins that nothing closes.
pub fn pieces(text: &str) -> Result<Vec<Piece>, usize> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("${") {
        let dollar = at + found;
        if text[..dollar].ends_with('$') && dollar > at {
            literal.push_str(&text[at..dollar - 1]);
            literal.push_str("${");
            at = dollar + 2;
            continue;
        }
        literal.push_str(&text[at..dollar]);
        let start = dollar + 2;
        let end = start + closing_brace(&text[start..]).ok_or(dollar)?;
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        }
        pieces.push(Piece::Value(start..end));
        at = end + 1;
    }
    literal.push_str(&text[at..]);
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    Ok(pieces)
}

/// The `}` that closes an expression: not one inside quotes or inner braces.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (i, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') if depth == 0 => return Some(i),
            (None, '}') => depth -= 1,
            (None, _) => {}
        }
    }
    None
}

/// True for a text that begins as the address of something.
pub fn is_address(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("http://") || text.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_values() {
        let text = r#"a ${x + "}"} b $${no} ${ #{a: 1}.a }"#;
        let found = pieces(text).unwrap();
        let shown: Vec<_> = found
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => format!("'{text}'"),
                Piece::Value(range) => text[range.clone()].to_owned(),
            })
            .collect();
        assert_eq!(shown, ["'a '", r#"x + "}""#, "' b ${no} '", " #{a: 1}.a "]);
        assert_eq!(pieces("a ${b"), Err(2));
        assert_eq!(pieces("").unwrap(), []);
        assert_eq!(pieces("$${a}").unwrap(), [Piece::Literal("${a}".into())]);
    }
}
