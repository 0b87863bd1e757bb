//! The cells of a CSV file, as people and spreadsheets write it.

use std::io::Read;

use csv::{ReaderBuilder, StringRecord, Trim};

/// What is read behind the file. It arrives as a row of its own, unless a cell of the file
/// was opened and never closed, which then holds all that follows.
const END: &str = "\nend";

/// A file: the names of its columns, and its rows.
pub(super) struct Sheet {
    pub columns: StringRecord,
    /// Each with the line that it begins in, counted from 1. One without any text is none:
    /// spreadsheets leave such behind.
    pub rows: Vec<(u64, StringRecord)>,
    /// Why it is not read to its end.
    pub fault: Option<String>,
}

impl Sheet {
    /// # Errors
    /// What is wrong with its first line.
    pub fn of(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut sheet = Sheet {
            columns: StringRecord::new(),
            rows: Vec::new(),
            fault: None,
        };
        if text.trim().is_empty() {
            return Ok(sheet);
        }
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter(text))
            .flexible(true)
            .trim(Trim::All)
            .from_reader(text.as_bytes().chain(END.as_bytes()));
        sheet.columns = reader.headers().map_err(|error| told(&error))?.clone();
        let mut record = StringRecord::new();
        let mut last_line = 1;
        let mut is_closed = false;
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    sheet.fault = Some(told(&error));
                    return Ok(sheet);
                }
            }
            let (line, at) = record.position().map_or((0, 0), |position| {
                (position.line(), position.byte() as usize)
            });
            // Empty lines before a row count as if they were of it.
            let rest = text.as_bytes().get(at..).unwrap_or_default();
            let is_end = |byte: &&u8| matches!(**byte, b'\n' | b'\r');
            let before = rest.iter().take_while(is_end).count();
            is_closed = before == rest.len();
            if is_closed {
                break;
            }
            let empty = rest[..before].iter().filter(|byte| **byte == b'\n');
            last_line = line + empty.count() as u64;
            if record.iter().any(|cell| !cell.is_empty()) {
                sheet.rows.push((last_line, record.clone()));
            }
        }
        if !is_closed {
            sheet.rows.pop();
            sheet.fault = Some(format!(
                "line {last_line}: a quotation mark opens a cell, and none closes it"
            ));
        }
        Ok(sheet)
    }

    /// Whether a row has a cell for each column, and none without a name.
    pub fn fits(&self, cells: &StringRecord) -> Result<(), String> {
        let (has, wants) = (cells.len(), self.columns.len());
        if has != wants {
            let word = |count| if count == 1 { "cell" } else { "cells" };
            return Err(format!(
                "it has {has} {}, where the first line has {wants}",
                word(has)
            ));
        }
        let mut both = self.columns.iter().zip(cells);
        match both.position(|(name, cell)| name.is_empty() && !cell.is_empty()) {
            Some(at) => Err(format!(
                "there is text in column {}, which has no name in the first line",
                at + 1
            )),
            None => Ok(()),
        }
    }
}

/// What stands between two cells: spreadsheets of many countries write a semicolon.
fn delimiter(text: &str) -> u8 {
    let first = text.trim_start().lines().next().unwrap_or_default();
    match (first.contains(','), first.contains(';')) {
        (true, _) => b',',
        (false, true) => b';',
        (false, false) if first.contains('\t') => b'\t',
        _ => b',',
    }
}

fn told(error: &csv::Error) -> String {
    let line = error.position().map_or(1, csv::Position::line);
    format!("line {line}: it is no CSV: {error}")
}
