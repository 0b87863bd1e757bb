//! The text of a file and places in it.

use std::ops::Range;
use std::sync::Arc;

/// One file of a project: its path as people see it, and its text. The text came
/// from whoever read the disk.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    path: Box<str>,
    text: Box<str>,
}

impl SourceFile {
    pub fn new(path: &str, text: &str) -> Arc<Self> {
        Arc::new(SourceFile {
            path: path.into(),
            text: text.into(),
        })
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line and column of a byte of the text, both counted from 1, the column
    /// in characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..floor_boundary(&self.text, offset)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// The span widened to whole characters, and inside the text.
    pub fn on_characters(&self, span: Span) -> Span {
        let start = floor_boundary(&self.text, span.start);
        let mut end = span.end.clamp(start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        Span::new(start, end)
    }

    /// The bytes of `len` characters from a line and column, as far as they are there.
    pub fn span_at(&self, line: usize, column: usize, len: usize) -> Span {
        let line_start = self
            .text
            .split_inclusive('\n')
            .take(line.saturating_sub(1))
            .map(str::len)
            .sum::<usize>();
        let rest = &self.text[line_start..];
        let of_char = |n: usize| {
            let line_end = rest.find('\n').unwrap_or(rest.len());
            rest[..line_end]
                .char_indices()
                .nth(n)
                .map_or(line_end, |(at, _)| at)
        };
        let start = line_start + of_char(column.saturating_sub(1));
        let end = line_start + of_char(column.saturating_sub(1) + len.max(1));
        Span::new(start, end)
    }
}

/// The last character boundary of `text` at or before `offset`.
fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A stretch of a file, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Span { start, end }
    }

    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// From the beginning of this one to the end of the other.
    pub fn to(self, other: Span) -> Span {
        Span::new(self.start, other.end.max(self.end))
    }
}

/// Something from a file, and where it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    pub value: T,
    pub at: Span,
}

impl<T> Located<T> {
    pub fn new(value: T, at: Span) -> Self {
        Located { value, at }
    }

    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Located<U> {
        Located::new(with(self.value), self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let file = SourceFile::new("a.yaml", "é: 1\nzwei: drei\n");
        assert_eq!(file.line_column(0), (1, 1));
        assert_eq!(file.line_column(4), (1, 4));
        let at = "é: 1\nzwei: ".len();
        assert_eq!(file.line_column(at), (2, 7));
        assert_eq!(file.span_at(2, 7, 4), Span::new(at, at + 4));
        assert_eq!(file.span_at(2, 7, 99), Span::new(at, at + 4));
        assert_eq!(file.line_column(999), (3, 1));
        assert_eq!(file.on_characters(Span::new(1, 1)), Span::new(0, 2));
        assert_eq!(file.on_characters(Span::new(99, 200)), Span::new(17, 17));
    }
}
