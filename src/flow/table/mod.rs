//! Tables: data that stands beside the flows, `flows/tables/*.csv`, one row a key.
//!
//! A table keeps its cells in one text and finds a row by its first column at once,
//! however many rows there are. A row becomes a value only where somebody asks for it.

mod cells;
mod read;
mod used;

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use crate::call::Value;
use crate::script::Rows;

pub(super) use cells::open_quote;
pub use read::ReadTable;
pub use used::ReadTables;

/// The most rows, and the most columns, that a table can have.
const MAX_ROWS: usize = 1_000_000;
const MAX_COLUMNS: usize = 64;

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    Text,
    Number,
    Flag,
    Digits,
}

impl ColumnType {
    pub const WORDS: [&str; 4] = ["text", "number", "flag", "digits"];

    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "text" => ColumnType::Text,
            "number" => ColumnType::Number,
            "flag" => ColumnType::Flag,
            "digits" => ColumnType::Digits,
            _ => return None,
        })
    }

    /// What a cell is worth; `None` where it is not of this type. An empty one of a
    /// number or flag is nothing.
    fn value(self, cell: &str) -> Option<Value> {
        let number = |cell: &str| {
            let plain = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.');
            if !cell.chars().all(plain) {
                return None;
            }
            let whole = cell.parse().ok().map(Value::Int);
            whole.or_else(|| cell.parse().ok().map(Value::Float))
        };
        match self {
            ColumnType::Text => Some(Value::text(cell)),
            ColumnType::Digits => {
                let is_digits = cell.bytes().all(|byte| byte.is_ascii_digit());
                is_digits.then(|| Value::text(cell))
            }
            ColumnType::Number | ColumnType::Flag if cell.is_empty() => Some(Value::Nothing),
            ColumnType::Number => number(cell),
            ColumnType::Flag => match cell {
                "yes" | "true" => Some(Value::Flag(true)),
                "no" | "false" => Some(Value::Flag(false)),
                _ => None,
            },
        }
    }
}

/// A column, by its heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: Box<str>,
    pub kind: ColumnType,
}

/// One table, whole and without a fault.
pub struct Table {
    columns: Vec<Column>,
    /// All cells, one behind the other, and where each ends.
    text: String,
    ends: Vec<u32>,
    /// The rows by what their first cell is: a place for each key and as many free ones,
    /// each with the number of a row, counted from 1, or 0.
    places: Vec<u32>,
    hasher: RandomState,
}

impl Table {
    fn new(columns: Vec<Column>) -> Self {
        Table {
            columns,
            text: String::new(),
            ends: Vec::new(),
            places: Vec::new(),
            hasher: RandomState::new(),
        }
    }

    pub fn columns(&self) -> impl Iterator<Item = &str> + Clone {
        self.columns.iter().map(|column| &*column.name)
    }

    /// How many rows it has, without its heading.
    pub fn rows(&self) -> usize {
        self.ends.len() / self.columns.len().max(1)
    }

    fn cell(&self, row: usize, column: usize) -> &str {
        let at = row * self.columns.len() + column;
        let start = match at {
            0 => 0,
            at => self.ends[at - 1] as usize,
        };
        &self.text[start..self.ends[at] as usize]
    }

    /// Adds a row whose key must be new; else the row that has it.
    fn add<'a>(&mut self, cells: impl Iterator<Item = &'a str> + Clone) -> Result<(), usize> {
        let key = cells.clone().next().unwrap_or_default();
        if let Some(row) = self.find(key) {
            return Err(row);
        }
        for cell in cells {
            self.text.push_str(cell);
            self.ends.push(self.text.len() as u32);
        }
        let row = self.rows() - 1;
        if self.places.len() < 2 * (row + 1) {
            self.places = vec![0; (4 * (row + 1)).next_power_of_two()];
            (0..=row).for_each(|row| self.place(row));
        } else {
            self.place(row);
        }
        Ok(())
    }

    fn place(&mut self, row: usize) {
        let mut at = self.first_place(self.cell(row, 0));
        while self.places[at] != 0 {
            at = (at + 1) % self.places.len();
        }
        self.places[at] = row as u32 + 1;
    }

    fn first_place(&self, key: &str) -> usize {
        (self.hasher.hash_one(key) as usize) & (self.places.len() - 1)
    }

    fn find(&self, key: &str) -> Option<usize> {
        if self.places.is_empty() {
            return None;
        }
        let mut at = self.first_place(key);
        // At least half of the places are free, so one comes soon.
        while self.places[at] != 0 {
            let row = self.places[at] as usize - 1;
            if self.cell(row, 0) == key {
                return Some(row);
            }
            at = (at + 1) % self.places.len();
        }
        None
    }

    /// The row with this key as a map by the names of columns, or nothing.
    pub fn row(&self, key: &str) -> Value {
        let Some(row) = self.find(key) else {
            return Value::Nothing;
        };
        let cells = self.columns.iter().enumerate().map(|(at, column)| {
            let value = column.kind.value(self.cell(row, at));
            (column.name.clone(), value.unwrap_or_default())
        });
        let map: BTreeMap<Box<str>, Value> = cells.collect();
        Value::Map(Arc::new(map))
    }
}

/// A table may hold what is nobody's business, so its cells are not shown.
impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<table of {} rows>", self.rows())
    }
}

/// The tables of a flow's bundle, by name.
#[derive(Debug, Default)]
pub struct Tables(pub BTreeMap<Box<str>, Arc<Table>>);

impl Rows for Tables {
    fn row(&self, table: &str, key: &str) -> Value {
        let table = self.0.get(table);
        table.map(|table| table.row(key)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::read::read;
    use super::*;
    use crate::flow::source::SourceFile;

    fn table(text: &str) -> Arc<Table> {
        let read = read(&SourceFile::new("flows/tables/t.csv", text));
        let lines: Vec<_> = read.diagnostics.iter().map(|found| found.line()).collect();
        read.table.unwrap_or_else(|| panic!("{lines:#?}"))
    }

    fn shown(table: &Table, key: &str) -> String {
        table.row(key).to_string()
    }

    #[test]
    fn cells_are_texts_as_they_are_written_unless_the_heading_says_otherwise() {
        let table = table(
            "code, name,phone,\"open: flag\",seats : number,pin: digits\r\n012, \u{5317}\u{7ad9} ,+6561110001,yes,2.50,0042\r\n\r\n\"7\",\"a, \"\"b\"\"\nc\",,,,\r\n",
        );
        assert_eq!(table.rows(), 2);
        assert_eq!(
            shown(&table, "012"),
            "code: 012, name: \u{5317}\u{7ad9}, open: true, phone: +6561110001, pin: 0042, seats: 2.5"
        );
        assert_eq!(
            shown(&table, "7"),
            "code: 7, name: a, \"b\"\nc, open: , phone: , pin: , seats: "
        );
        for key in ["12", "0012", " 7", ""] {
            assert!(table.row(key) == Value::Nothing, "{key}");
        }
    }

    #[test]
    fn every_row_of_many_is_found_and_no_other() {
        let rows: String = (0..5000).map(|n| format!("{n:05},name {n}\n")).collect();
        let table = table(&format!("code,name\n{rows}"));
        assert_eq!(table.rows(), 5000);
        for n in 0..5000 {
            assert_eq!(
                shown(&table, &format!("{n:05}")),
                format!("code: {n:05}, name: name {n}")
            );
            assert!(table.row(&format!("{n:06}")) == Value::Nothing);
        }
        // As many places as constant time needs, and no more.
        assert!((2..=8).contains(&(table.places.len() / table.rows())));
    }

    #[test]
    fn faults_are_told_where_they_stand() {
        let text = "code,seats: number\n1,2\n\n\"2\" , three\n3,4,5\n1,1\n4\n";
        let read = read(&SourceFile::new("flows/tables/t.csv", text));
        let lines: Vec<String> = read
            .diagnostics
            .iter()
            .map(|found| {
                let (line, column) = found.line_column();
                format!("{line}:{column} {}", found.code.word())
            })
            .collect();
        assert_eq!(
            lines,
            [
                "4:7 bad-cell",
                "5:5 bad-table",
                "6:1 duplicate-row",
                "7:1 bad-table"
            ]
        );
        assert!(read.table.is_none());
    }
}
