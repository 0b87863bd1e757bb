//! A table from its text, with everything that is wrong with it.

use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::cells::{cell_at, open_quote};
use super::{Column, ColumnType, MAX_COLUMNS, MAX_ROWS, Table};
use crate::flow::code::Code;
use crate::flow::diagnostic::{Diagnostic, Findings, has_errors};
use crate::flow::document::good_name_help;
use crate::flow::source::{SourceFile, Span};
use crate::flow::suggest::did_you_mean;

/// How many faults of one table are told: a column that is not of its type has as many as
/// the table has rows.
const MAX_TOLD: usize = 10;
/// The most that a row may hold, in bytes, with the names of its columns and 8 for each
/// cell: what a variable can hold.
const MAX_ROW: usize = 4 * 1024 - 8;

/// A table file that was read.
#[derive(Debug)]
pub struct ReadTable {
    pub file: Arc<SourceFile>,
    /// `None` where the file has errors.
    pub table: Option<Arc<Table>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a table file.
pub fn read(file: &Arc<SourceFile>) -> ReadTable {
    let mut findings = Findings::about(file);
    let table = table(file.text(), &mut findings);
    let diagnostics = findings.into_sorted();
    ReadTable {
        file: Arc::clone(file),
        table: table.filter(|_| !has_errors(&diagnostics)).map(Arc::new),
        diagnostics,
    }
}

fn table(text: &str, findings: &mut Findings) -> Option<Table> {
    if let Some(at) = open_quote(text) {
        findings
            .add(
                Code::BadTable,
                Span::new(at, at + 1),
                "this quotation mark begins a cell, and none ends it",
            )
            .help("write another `\"` behind the cell; one inside of a cell is written `\"\"`");
        return None;
    }
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut next = |record: &mut StringRecord| {
        let read = reader.read_record(record);
        read.expect("the text is UTF-8 and in memory, and a row may have any length")
    };
    if !next(&mut record) {
        findings
            .add(Code::BadTable, Span::default(), "the table is empty")
            .help("write the names of the columns in the first line, as in `code, name`, and a row in each line below");
        return None;
    }
    let first = record.clone();
    let mut heading = Row::of(&first, text);
    let columns = heading.columns(findings)?;
    let names: usize = columns.iter().map(|column| column.name.len() + 8).sum();
    let mut table = Table::new(columns);
    let mut starts: Vec<usize> = Vec::new();
    let mut told = 0;
    while told < MAX_TOLD && next(&mut record) {
        let mut row = Row::of(&record, text);
        if starts.len() == MAX_ROWS {
            let message = format!("a table has at most {MAX_ROWS} rows");
            let help = "take rows out, or ask another system for them";
            row.tell(findings, Code::TooMany, 0, message).help(help);
            break;
        }
        if row.has_fault(&table, names, findings) {
            told += 1;
            continue;
        }
        match table.add(record.iter()) {
            Ok(()) => starts.push(row.start),
            Err(other) => {
                told += 1;
                let first = cell_at(text, starts[other], 0);
                let message = "a row above has the same key";
                row.tell(findings, Code::DuplicateRow, 0, message)
                    .help("take one of the two out, or give it another key")
                    .related(first, "the first is here");
            }
        }
    }
    if starts.is_empty() && told == 0 {
        heading
            .tell(findings, Code::BadTable, 0, "the table has no rows")
            .help("write a row in each line below the names of the columns");
    }
    Some(table)
}

/// A row as it was read, and where it begins.
struct Row<'a> {
    cells: &'a StringRecord,
    text: &'a str,
    start: usize,
}

impl<'a> Row<'a> {
    fn of(cells: &'a StringRecord, text: &'a str) -> Self {
        let start = cells.position().map_or(0, |at| at.byte() as usize);
        Row { cells, text, start }
    }

    fn tell<'f>(
        &mut self,
        findings: &'f mut Findings,
        code: Code,
        cell: usize,
        message: impl Into<String>,
    ) -> &'f mut Diagnostic {
        findings.add(code, cell_at(self.text, self.start, cell), message)
    }

    /// Reports a quotation mark behind a space, which is a part of its text.
    fn has_late_quote(&mut self, findings: &mut Findings) -> bool {
        let cells = self.cells;
        for (at, _) in cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| cell.starts_with('"'))
        {
            let start = cell_at(self.text, self.start, at).start;
            let (before, behind) = self.text.split_at(start);
            if behind.starts_with('"') && before.ends_with([' ', '\t']) {
                let message = "a quotation mark behind a space does not begin a cell";
                self.tell(findings, Code::BadTable, at, message)
                    .help("take out the space in front of it");
                return true;
            }
        }
        false
    }

    /// The columns that a heading names. `None` where one of them cannot be read.
    fn columns(&mut self, findings: &mut Findings) -> Option<Vec<Column>> {
        let mut columns: Vec<Column> = Vec::new();
        if self.has_late_quote(findings) {
            return None;
        }
        if self.cells.len() > MAX_COLUMNS {
            let message = format!("a table has at most {MAX_COLUMNS} columns");
            self.tell(findings, Code::TooMany, MAX_COLUMNS, message)
                .help("make two tables of it, with the same keys");
            return None;
        }
        for (at, heading) in self.cells.iter().enumerate() {
            let (name, kind) = match heading.split_once(':') {
                Some((name, kind)) => (name.trim(), kind.trim()),
                None => (heading, "text"),
            };
            if !is_column_name(name) {
                let separator = [';', '\t', '|'].into_iter().find(|c| heading.contains(*c));
                let message = match name {
                    "" => "this column has no name".to_owned(),
                    name => format!("`{name}` cannot name a column"),
                };
                let help = match separator {
                    Some(_) if self.cells.len() == 1 => "put a comma between two cells".to_owned(),
                    _ => good_name_help(name, false),
                };
                self.tell(findings, Code::BadName, at, message).help(help);
                return None;
            }
            if columns.iter().any(|other| *other.name == *name) {
                let message = format!("two columns are called `{name}`");
                self.tell(findings, Code::BadTable, at, message)
                    .help("give one of the two another name");
                return None;
            }
            let Some(kind) = ColumnType::named(kind) else {
                let help = did_you_mean(kind, ColumnType::WORDS, "the types are");
                let message = format!("there is no type `{kind}`");
                self.tell(findings, Code::BadType, at, message).help(help);
                return None;
            };
            if at == 0 && !matches!(kind, ColumnType::Text | ColumnType::Digits) {
                let message = "rows are found by the first column as it is written, so it holds text or digits";
                self.tell(findings, Code::BadType, at, message)
                    .help(format!("write `{name}`, or `{name}: digits`"));
                return None;
            }
            columns.push(Column {
                name: name.into(),
                kind,
            });
        }
        Some(columns)
    }

    /// Reports what is wrong with a row, the first of it.
    fn has_fault(&mut self, table: &Table, names: usize, findings: &mut Findings) -> bool {
        if self.has_late_quote(findings) {
            return true;
        }
        let (wanted, given) = (table.columns.len(), self.cells.len());
        if given < wanted {
            let message = format!("the row has no `{}`", table.columns[given].name);
            let help = format!(
                "write as many cells as there are columns, which is {wanted}; an empty one is a comma alone"
            );
            self.tell(findings, Code::BadTable, given, message)
                .help(help);
            return true;
        }
        if given > wanted {
            let message = format!("the row has {given} cells, and there are {wanted} columns");
            self.tell(findings, Code::BadTable, wanted, message)
                .help("put a cell that holds a comma in quotes, or take the rest out");
            return true;
        }
        if self.cells.get(0).is_none_or(str::is_empty) {
            self.tell(findings, Code::BadCell, 0, "the row has no key")
                .help("write in its first cell by what it is to be found");
            return true;
        }
        let cells = self.cells;
        for (at, (cell, column)) in cells.iter().zip(&table.columns).enumerate() {
            if column.kind.value(cell).is_some() {
                continue;
            }
            let (holds, help) = match column.kind {
                ColumnType::Number => ("numbers", "write a number such as `3` or `2.5`"),
                ColumnType::Flag => ("flags", "write `yes` or `no`"),
                _ => ("digits", "write digits and nothing else, such as `0123`"),
            };
            let name = &column.name;
            let message = format!("the column `{name}` holds {holds}, and this is none");
            self.tell(findings, Code::BadCell, at, message)
                .help(format!(
                    "{help}, or `{name}` alone in the heading for texts"
                ));
            return true;
        }
        let bytes: usize = cells.iter().map(str::len).sum();
        if names + bytes > MAX_ROW {
            self.tell(findings, Code::BadCell, 0, "the row holds more than 4 KiB")
                .help("make its texts shorter");
            return true;
        }
        false
    }
}

/// A column is a field of its row: a letter or `_`, then letters, digits and `_`.
fn is_column_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name.len() <= 64
}
