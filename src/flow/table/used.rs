//! The tables of a project, and which of them no flow uses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::read::{ReadTable, read};
use crate::flow::catalog::table_name;
use crate::flow::code::Code;
use crate::flow::diagnostic::{Diagnostic, Findings};
use crate::flow::source::{SourceFile, Span};

/// All table files of a project, by name.
#[derive(Debug, Default)]
pub struct ReadTables {
    tables: BTreeMap<String, Arc<ReadTable>>,
}

impl ReadTables {
    /// The table files among these; those that have not changed from memory.
    pub fn upon(files: &[&Arc<SourceFile>], previous: &Arc<ReadTables>) -> Arc<Self> {
        let mut changed = false;
        let mut tables = BTreeMap::new();
        for file in files {
            let Some(name) = table_name(file.path()) else {
                continue;
            };
            let known = previous.tables.get(name);
            let known =
                known.filter(|known| Arc::ptr_eq(&known.file, file) || *known.file == ***file);
            let table = known.cloned().unwrap_or_else(|| {
                changed = true;
                Arc::new(read(file))
            });
            tables.insert(name.to_owned(), table);
        }
        if !changed && tables.len() == previous.tables.len() {
            return Arc::clone(previous);
        }
        Arc::new(ReadTables { tables })
    }

    pub fn get(&self, name: &str) -> Option<&Arc<ReadTable>> {
        self.tables.get(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.tables.keys().map(String::as_str)
    }

    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.tables.values().flat_map(|table| &table.diagnostics)
    }

    /// A warning for each good table that is not among the used ones.
    pub fn unused(&self, used: &BTreeSet<&str>) -> Vec<Diagnostic> {
        let unused = self
            .tables
            .iter()
            .filter(|(name, read)| read.table.is_some() && !used.contains(name.as_str()));
        let warnings = unused.flat_map(|(name, read)| {
            let mut findings = Findings::about(&read.file);
            let end = read.file.text().lines().next().map_or(1, str::len);
            findings
                .add(
                    Code::UnusedTable,
                    Span::new(0, end.max(1)),
                    format!("no flow uses the table `{name}`"),
                )
                .help(format!(
                    "look rows up with `table(\"{name}\", key)`, or take the file out"
                ));
            findings.into_sorted()
        });
        warnings.collect()
    }
}
