//! Where cells stand in a file of commas and quotes, which the reader of cells does not
//! tell. It is asked only where there is something to report.

use crate::flow::source::Span;

/// The place of the quote that is not closed, if one is not.
pub fn open_quote(text: &str) -> Option<usize> {
    let mut walk = Walk::at(text, 0);
    while walk.next_cell().is_some() {}
    walk.open
}

/// Where a cell of the row that begins here stands; behind its last one, the end of it.
pub fn cell_at(text: &str, row: usize, cell: usize) -> Span {
    // The reader of cells tells the end of the line before, where lines are empty.
    let skipped = text[row..].len() - text[row..].trim_start_matches(['\r', '\n']).len();
    let mut walk = Walk::at(text, row + skipped);
    let mut last = Span::new(row + skipped, row + skipped);
    for _ in 0..=cell {
        let Some((span, ends_row)) = walk.next_cell() else {
            break;
        };
        last = span;
        if ends_row {
            break;
        }
    }
    let shown = &text[last.range()];
    let start = last.start + (shown.len() - shown.trim_start().len());
    let end = start + shown.trim().len();
    Span::new(start, end.max((start + 1).min(text.len())))
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Option<usize>,
}

impl<'a> Walk<'a> {
    fn at(text: &'a str, at: usize) -> Self {
        Walk {
            bytes: text.as_bytes(),
            at,
            open: None,
        }
    }

    /// The next cell, and whether it is the last of its row.
    fn next_cell(&mut self) -> Option<(Span, bool)> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let start = self.at;
        if self.bytes[start] == b'"' {
            self.open = Some(start);
            self.at += 1;
        }
        loop {
            let byte = self.bytes.get(self.at).copied();
            match byte {
                None => return Some((Span::new(start, self.at), true)),
                Some(b'"') if self.open.is_some() => {
                    if self.bytes.get(self.at + 1) == Some(&b'"') {
                        self.at += 1;
                    } else {
                        self.open = None;
                    }
                }
                Some(b',' | b'\n' | b'\r') if self.open.is_none() => {
                    let span = Span::new(start, self.at);
                    self.at += 1;
                    if byte == Some(b'\r') && self.bytes.get(self.at) == Some(&b'\n') {
                        self.at += 1;
                    }
                    return Some((span, byte != Some(b',')));
                }
                Some(_) => {}
            }
            self.at += 1;
        }
    }
}
