//! The tables in which expressions look things up: whether each is there, and has the
//! columns that are read of its rows.

use std::ops::Range;
use std::sync::Arc;

use crate::flow::code::Code;
use crate::flow::document::TextDoc;
use crate::flow::suggest::did_you_mean;
use crate::script::Program;

use super::Compiler;

impl Compiler<'_> {
    pub(super) fn check_tables(&mut self, text: &TextDoc, range: &Range<usize>, program: &Program) {
        for (name, spot) in program.tables() {
            let at = self.place(text, range, *spot);
            let Some(read) = self.tables.get(name) else {
                let mut names = self.tables.names().peekable();
                let help = match names.peek() {
                    Some(_) => did_you_mean(name, names, "the tables are"),
                    None => format!("write it to `flows/tables/{name}.csv`"),
                };
                self.findings
                    .add(
                        Code::UnknownTable,
                        at,
                        format!("there is no table `{name}`"),
                    )
                    .help(help);
                continue;
            };
            match &read.table {
                Some(table) => {
                    self.used_tables.insert(name.clone(), Arc::clone(table));
                }
                // Once is enough.
                None if self.broken_tables.insert(name.clone()) => {
                    let message = format!("`flows/tables/{name}.csv` has faults of its own");
                    self.findings
                        .add(Code::UnknownTable, at, message)
                        .help("put that file right first");
                }
                None => {}
            }
        }
        for (name, column, spot) in program.columns() {
            let read = self.tables.get(name);
            let Some(table) = read.and_then(|read| read.table.as_ref()) else {
                continue;
            };
            if table.columns().any(|known| known == &**column) {
                continue;
            }
            let help = did_you_mean(column, table.columns(), "the columns are");
            let at = self.place(text, range, *spot);
            self.findings
                .add(
                    Code::UnknownColumn,
                    at,
                    format!("the table `{name}` has no column `{column}`"),
                )
                .help(help);
        }
    }
}
