//! A line as it is looked at: what its key and its value are, and where they stand.

use crate::flow::source::Span;

/// One line of the file.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    /// Where the line begins.
    pub(super) begin: usize,
    /// The white space in front of its text.
    pub(super) indent: &'a str,
    pub(super) text: &'a str,
}

/// The lines of a file.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut begin = 0;
    let line = |whole: &'_ str, begin| {
        let body = whole.trim_end();
        let indent = body.len() - body.trim_start().len();
        (begin, indent, body.len())
    };
    text.split_inclusive('\n')
        .map(|whole| {
            let (at, indent, end) = line(whole, begin);
            begin += whole.len();
            Line {
                begin: at,
                indent: &whole[..indent],
                text: &whole[indent..end],
            }
        })
        .collect()
}

impl<'a> Line<'a> {
    pub(super) fn start(&self) -> usize {
        self.begin + self.indent.len()
    }

    pub(super) fn span(&self) -> Span {
        self.part(0, self.text.len())
    }

    /// The place of some bytes of the line's text.
    pub(super) fn part(&self, from: usize, to: usize) -> Span {
        Span::new(self.start() + from, self.start() + to)
    }

    /// Where the text begins behind `- `.
    pub(super) fn behind_dash(&self) -> usize {
        self.text.len() - self.text.trim_start_matches("- ").len()
    }

    /// Where the colon behind the key is, if the line has a key.
    pub(super) fn key_end(&self) -> Option<usize> {
        let found = self.text.find(": ");
        found.or_else(|| self.text.ends_with(':').then(|| self.text.len() - 1))
    }

    pub(super) fn key(&self) -> Option<&'a str> {
        Some(self.text[self.behind_dash()..self.key_end()?].trim())
    }

    /// Where the value begins, behind `- ` and `key: `.
    pub(super) fn value_at(&self) -> usize {
        let from = self.key_end().map_or(self.behind_dash(), |colon| colon + 1);
        let rest = &self.text[from..];
        from + rest.len() - rest.trim_start().len()
    }

    pub(super) fn value(&self) -> &'a str {
        &self.text[self.value_at()..]
    }

    pub(super) fn is_remark(&self) -> bool {
        self.text.starts_with('#')
    }
}
