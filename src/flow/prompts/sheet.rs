//! Prompts as a table for translators: a row an id, a column a language. What comes back
//! is written into the files of prompts text by text, so that nothing else in them
//! changes and nothing is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord, WriterBuilder};

use super::edit::{Edits, canonical, edited};
use super::read::{PromptFile, is_prompt_name};
use crate::flow::diagnostic::has_errors;
use crate::flow::source::SourceFile;
use crate::flow::suggest::did_you_mean;
use crate::flow::table::open_quote;

/// The first column, and the last, which nobody has to fill in.
const ID: &str = "id";
const SAID_IN: &str = "said in";

/// What makes a formula of a cell in a program for tables.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Writes a table: one row for each text, that of the n-th of a list with `#n` behind
/// its id. `said_in` says where each id is said, as `flow/state`; with `only`, ids that
/// are not said anywhere are left out.
pub fn to_sheet(
    files: &BTreeMap<Box<str>, Arc<PromptFile>>,
    said_in: &BTreeMap<Box<str>, BTreeSet<String>>,
    only: bool,
) -> String {
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files.values() {
        for (id, prompt) in file.prompts.iter().flatten() {
            let most = ids.entry(id).or_default();
            *most = prompt.texts.len().max(*most);
        }
    }
    // What a flow says and nobody has written yet has a row to be filled in.
    for id in said_in.keys() {
        ids.entry(id).or_insert(1);
    }
    let mut out = WriterBuilder::new().from_writer(Vec::new());
    let mut row: Vec<String> = vec![ID.to_owned()];
    row.extend(files.keys().map(|lang| lang.to_string()));
    row.push(SAID_IN.to_owned());
    write(&mut out, &row);
    for (id, count) in ids
        .iter()
        .filter(|(id, _)| !only || said_in.contains_key(**id))
    {
        let places = said_in.get(*id).into_iter().flatten();
        let places: Vec<&str> = places.map(String::as_str).collect();
        for nth in 0..(*count).max(1) {
            let mut row = vec![match nth {
                0 => (*id).to_owned(),
                nth => format!("{id}#{}", nth + 1),
            }];
            row.extend(files.values().map(|file| {
                let prompts = file.prompts.as_ref();
                let prompt = prompts.and_then(|prompts| prompts.get(*id));
                let text = prompt.and_then(|prompt| prompt.texts.get(nth));
                text.map_or(String::new(), |text| guarded(&canonical(&text.value.text)))
            }));
            row.push(guarded(&places.join(", ")));
            write(&mut out, &row);
        }
    }
    let bytes = out.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn write(out: &mut csv::Writer<Vec<u8>>, row: &[String]) {
    out.write_record(row)
        .expect("all rows have as many cells, and memory takes them");
}

/// A cell that no program takes for a formula: with a `'` in front where it begins like
/// one, or like one that has it already.
fn guarded(text: &str) -> String {
    match text.strip_prefix('\'').unwrap_or(text).starts_with(FORMULA) || text.starts_with("''") {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if guarded(rest) == cell => rest,
        _ => cell,
    }
}

/// Why a table is not taken. Nothing of it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSheet {
    /// The row, counted from 1 with the heading; 0 for the table as a whole.
    pub row: usize,
    /// The heading of the column, where it is one cell's fault.
    pub column: Option<String>,
    pub message: String,
    pub help: String,
}

/// One file as it is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub path: String,
    pub text: String,
    /// The rows whose text is another now, and those that are new.
    pub changed: Vec<String>,
    pub added: Vec<String>,
}

/// Takes a table back. `files` are the files of prompts as they are, by language, and
/// `langs` all languages there are, some of which may have no file yet. A cell that is
/// empty changes nothing, and neither does a text that is not in the table. Files that
/// stay as they are, are not among what comes back.
pub fn from_sheet(
    sheet: &str,
    files: &BTreeMap<Box<str>, Arc<PromptFile>>,
    langs: &BTreeSet<Box<str>>,
) -> Result<Vec<Written>, BadSheet> {
    let sheet = sheet.strip_prefix('\u{feff}').unwrap_or(sheet);
    let mut all = files.values();
    if let Some(file) = all.find(|file| has_errors(&file.diagnostics)) {
        return Err(whole(
            format!("`{}` has faults of its own", file.file.path()),
            "put that file right first; `ringflow check` says what is wrong",
        ));
    }
    if let Some(at) = open_quote(sheet) {
        let line = sheet[..at].matches('\n').count() + 1;
        return Err(whole(
            format!("the quotation mark in line {line} begins a cell, and none ends it"),
            "write the table anew with the program it comes from",
        ));
    }
    let rows = Rows::read(sheet, langs)?;
    let mut written = Vec::new();
    for (column, lang) in &rows.langs {
        let known = files.get(lang);
        let empty;
        let file = match known {
            Some(file) => file,
            None => {
                let path = format!("flows/prompts/{lang}.yaml");
                empty = Arc::new(super::read::read(&SourceFile::new(&path, "")));
                &empty
            }
        };
        let edits = rows.edits(*column, lang, file)?;
        if edits.is_empty() {
            continue;
        }
        let changed = edits.changed();
        let added = edits.added();
        let text = edited(file, edits).map_err(|id| {
            whole(
                format!("`{id}` cannot be written into `{}`", file.file.path()),
                "write it there by hand, each id on a line of its own",
            )
        })?;
        written.push(Written {
            path: file.file.path().to_owned(),
            text,
            changed,
            added,
        });
    }
    Ok(written)
}

fn whole(message: String, help: &str) -> BadSheet {
    BadSheet {
        row: 0,
        column: None,
        message,
        help: help.to_owned(),
    }
}

/// A table that was read: what stands in each row, and which columns are languages.
struct Rows {
    langs: Vec<(usize, Box<str>)>,
    rows: Vec<Row>,
}

struct Row {
    /// Counted from 1 with the heading.
    number: usize,
    id: String,
    /// Which text of a list it is, counted from 0.
    nth: usize,
    cells: StringRecord,
}

impl Rows {
    fn read(sheet: &str, langs: &BTreeSet<Box<str>>) -> Result<Rows, BadSheet> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(sheet))
            .from_reader(sheet.as_bytes());
        let mut records = reader.records().map(|record| {
            record.expect("the text is UTF-8 and in memory, and a row may have any length")
        });
        let Some(heading) = records.next() else {
            return Err(whole(
                "the table is empty".to_owned(),
                "begin with what `ringflow prompts export` writes",
            ));
        };
        let columns = columns(&heading, langs)?;
        let mut rows: Vec<Row> = Vec::new();
        let mut seen = BTreeSet::new();
        for (number, cells) in (2..).zip(records) {
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if cells.len() != heading.len() {
                return Err(BadSheet {
                    row: number,
                    column: None,
                    message: format!(
                        "the row has {} cells, and the heading {}",
                        cells.len(),
                        heading.len()
                    ),
                    help: "a text that holds what stands between two cells goes in quotes"
                        .to_owned(),
                });
            }
            let (id, nth) = row_id(number, cells.get(0).unwrap_or_default().trim())?;
            if !seen.insert((id.clone(), nth)) {
                return Err(in_id(
                    number,
                    format!("`{}` stands in the table twice", shown(&id, nth)),
                    "keep one of the two rows",
                ));
            }
            rows.push(Row {
                number,
                id,
                nth,
                cells,
            });
        }
        // The texts of a list in their order, wherever a program has sorted them to.
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for row in &rows {
            places.entry(row.id.clone()).or_insert(row.number);
        }
        rows.sort_by_key(|row| (places[&row.id], row.nth));
        Ok(Rows {
            langs: columns,
            rows,
        })
    }

    /// What one column changes in its file.
    fn edits(&self, column: usize, lang: &str, file: &PromptFile) -> Result<Edits, BadSheet> {
        let mut edits = Edits::default();
        let none = BTreeMap::new();
        let prompts = file.prompts.as_ref().unwrap_or(&none);
        for row in &self.rows {
            let cell = row.cells.get(column).unwrap_or_default();
            let text = canonical(unguarded(cell));
            if text.is_empty() {
                continue;
            }
            let wrong = |message: String, help: &str| BadSheet {
                row: row.number,
                column: Some(lang.to_owned()),
                message,
                help: help.to_owned(),
            };
            if let Some(c) = text
                .chars()
                .find(|c| c.is_control() && !matches!(c, '\n' | '\t'))
            {
                return Err(wrong(
                    format!(
                        "the text holds the sign U+{:04X}, which cannot be said",
                        u32::from(c)
                    ),
                    "take it out",
                ));
            }
            let known = prompts.get(row.id.as_str());
            let old = known.and_then(|prompt| prompt.texts.get(row.nth));
            if old.is_some_and(|old| canonical(&old.value.text) == text) {
                continue;
            }
            let there = known.map_or(0, |prompt| prompt.texts.len());
            let before = there.max(edits.texts_of(&row.id));
            if row.nth > before {
                return Err(wrong(
                    format!(
                        "`{}` has no text in front of this one",
                        shown(&row.id, row.nth)
                    ),
                    &format!("fill in the row `{}` too", shown(&row.id, row.nth - 1)),
                ));
            }
            edits.put(&row.id, row.nth, text, there);
        }
        Ok(edits)
    }
}

/// What stands between two cells: a comma, or what other programs and countries use.
fn delimiter(sheet: &str) -> u8 {
    let behind = sheet.trim_start_matches('"').trim_start();
    let behind = behind.get(ID.len()..).unwrap_or_default();
    match behind.trim_start_matches(['"', ' ']).chars().next() {
        Some(';') => b';',
        Some('\t') => b'\t',
        _ => b',',
    }
}

fn columns(
    heading: &StringRecord,
    langs: &BTreeSet<Box<str>>,
) -> Result<Vec<(usize, Box<str>)>, BadSheet> {
    let wrong = |name: &str, message: String, help: String| BadSheet {
        row: 1,
        column: Some(name.to_owned()),
        message,
        help,
    };
    let first = heading.get(0).unwrap_or_default().trim();
    if first != ID {
        return Err(wrong(
            first,
            format!("the first column is `{ID}`, and this is `{first}`"),
            "begin with what `ringflow prompts export` writes".to_owned(),
        ));
    }
    let mut columns: Vec<(usize, Box<str>)> = Vec::new();
    for (at, name) in heading.iter().enumerate().skip(1) {
        let name = name.trim();
        if name.eq_ignore_ascii_case(SAID_IN) {
            continue;
        }
        if !langs.contains(name) {
            return Err(wrong(
                name,
                format!("no flow has the language `{name}`"),
                did_you_mean(name, langs.iter().map(|lang| &**lang), "the languages are"),
            ));
        }
        if columns.iter().any(|(_, other)| **other == *name) {
            return Err(wrong(
                name,
                format!("there are two columns `{name}`"),
                "take one of them out".to_owned(),
            ));
        }
        columns.push((at, name.into()));
    }
    Ok(columns)
}

/// `welcome`, or `welcome#2` for the second text of a list.
fn row_id(row: usize, written: &str) -> Result<(String, usize), BadSheet> {
    let written = unguarded(written);
    if written.is_empty() {
        return Err(in_id(
            row,
            "the row has no id".to_owned(),
            "write the id of its prompt in the first column",
        ));
    }
    let (id, nth) = match written.rsplit_once('#') {
        None => (written, Some(1)),
        Some((id, nth)) => (id, nth.trim().parse::<usize>().ok()),
    };
    let id = id.trim();
    match nth.filter(|nth| (1..=99).contains(nth)) {
        Some(nth) if is_prompt_name(id) => Ok((id.to_owned(), nth - 1)),
        _ => Err(in_id(
            row,
            format!("`{written}` is no id of a prompt"),
            "write a name such as `welcome`, or `welcome#2` for the second text of a list",
        )),
    }
}

fn in_id(row: usize, message: String, help: &str) -> BadSheet {
    BadSheet {
        row,
        column: Some(ID.to_owned()),
        message,
        help: help.to_owned(),
    }
}

/// The id of a row as it is written.
fn shown(id: &str, nth: usize) -> String {
    match nth {
        0 => id.to_owned(),
        nth => format!("{id}#{}", nth + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::read;
    use super::*;
    use proptest::prelude::*;

    type Files = BTreeMap<Box<str>, Arc<PromptFile>>;

    fn files(texts: &[(&str, &str)]) -> Files {
        let read = |(lang, text): &(&str, &str)| {
            let file = SourceFile::new(&format!("flows/prompts/{lang}.yaml"), text);
            (Box::from(*lang), Arc::new(read(&file)))
        };
        texts.iter().map(read).collect()
    }

    fn langs(files: &Files) -> BTreeSet<Box<str>> {
        files.keys().cloned().collect()
    }

    fn table(files: &Files) -> String {
        to_sheet(files, &BTreeMap::new(), false)
    }

    const EN: &str = "# Greetings.\nwelcome: Welcome to ABC Bank. # short\n\nmenu:\n  - |\n    For cards, press 1.\n    For loans, press 2.\n\n  # Again.\n  - 'Press 1, or 2.'\nbye: \"Good\\nbye: now\"\nfolded: >-\n  One\n  two.\nflow: [one, \"two, three\"]\n";
    const MS: &str = "welcome: Selamat datang.\nmenu: Tekan 1.\n";

    #[test]
    fn what_was_exported_changes_nothing_when_it_comes_back() {
        let files = files(&[("en", EN.replace(" # short", "").as_str()), ("ms", MS)]);
        let sheet = table(&files);
        assert_eq!(from_sheet(&sheet, &files, &langs(&files)), Ok(vec![]));
        // As other programs write it.
        let semicolons = "\u{feff}id;en;said in\r\nwelcome;Welcome to ABC Bank.;\r\n";
        assert_eq!(from_sheet(semicolons, &files, &langs(&files)), Ok(vec![]));
    }

    #[test]
    fn a_text_is_changed_where_it_stands_and_all_else_stays() {
        let en = EN.replace(" # short", "");
        let files = files(&[("en", en.as_str()), ("ms", MS)]);
        let sheet = "id,en,ms,said in\nwelcome,Hello: you.,,\nmenu,\"One.\nTwo.\",,\nmenu#2,Press 3.,Tekan lagi.,\nflow#2,four,,\nflow#3,five,,\nbye,Bye.,,\nnew,'=1+1,Baru.,\nnew#2,Again.,,\n";
        let written = from_sheet(sheet, &files, &langs(&files)).unwrap();
        assert_eq!(written.len(), 2);
        let expected = "# Greetings.\nwelcome: 'Hello: you.'\n\nmenu:\n  - |\n    One.\n    Two.\n\n  # Again.\n  - Press 3.\nbye: Bye.\nfolded: >-\n  One\n  two.\nflow: [one, \"four\", \"five\"]\nnew:\n  - =1+1\n  - Again.\n";
        assert_eq!(written[0].text, expected);
        assert_eq!(
            written[0].changed,
            ["welcome", "menu", "menu#2", "flow#2", "bye"]
        );
        assert_eq!(written[0].added, ["flow#3", "new", "new#2"]);
        assert_eq!(
            written[1].text,
            "welcome: Selamat datang.\nmenu: [\"Tekan 1.\", \"Tekan lagi.\"]\nnew: Baru.\n"
        );
    }

    #[test]
    fn a_bad_table_is_refused_with_its_row_and_column() {
        let files = files(&[("en", "a: One.\n"), ("ms", "a: Satu.\n")]);
        let refused = |sheet: &str| {
            let bad = from_sheet(sheet, &files, &langs(&files)).unwrap_err();
            let column = bad.column.unwrap_or_default();
            format!("{} {column}: {}", bad.row, bad.message)
        };
        assert_eq!(refused(""), "0 : the table is empty");
        assert_eq!(
            refused("name,en\n"),
            "1 name: the first column is `id`, and this is `name`"
        );
        assert_eq!(refused("id,my\n"), "1 my: no flow has the language `my`");
        assert_eq!(refused("id,en,en\n"), "1 en: there are two columns `en`");
        assert_eq!(
            refused("id,en\na,b,c\n"),
            "2 : the row has 3 cells, and the heading 2"
        );
        assert_eq!(refused("id,en\n\n,x\n"), "2 id: the row has no id");
        assert_eq!(
            refused("id,en\na b,x\n"),
            "2 id: `a b` is no id of a prompt"
        );
        assert_eq!(
            refused("id,en\na,x\na,y\n"),
            "3 id: `a` stands in the table twice"
        );
        assert_eq!(
            refused("id,en\na#3,x\n"),
            "2 en: `a#3` has no text in front of this one"
        );
        assert_eq!(
            refused("id,en\na,x\u{7}\n"),
            "2 en: the text holds the sign U+0007, which cannot be said"
        );
        assert_eq!(
            refused("id,en\na,\"x\n"),
            "0 : the quotation mark in line 2 begins a cell, and none ends it"
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        for text in [
            "=1", "+65", "-x", "@a", "'=1", "''", "plain", "'plain", "''=x",
        ] {
            let cell = guarded(text);
            assert!(!cell.starts_with(FORMULA), "{cell}");
            assert_eq!(unguarded(&cell), text);
        }
    }

    fn any_text() -> impl Strategy<Value = String> {
        let hard = prop::sample::select(vec![
            "#", " #", ": ", ":", "\"", "'", "\\", "\n", "\n\n", "  ", "=", "+", "-", "- ", "@",
            "${x}", "$${", "é", "您好", "😀", "a", "word", ",", ";", "[", "]", "{", "}", "|", ">",
            "&", "*", "!", "%", "~", "yes", "0123", "?", "\t", "---", "...",
        ]);
        prop::collection::vec(hard, 1..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever the texts are: written into a file, exported, and taken back, they are
        /// the same, and the file does not change by it.
        #[test]
        fn every_text_goes_there_and_back(
            texts in prop::collection::vec((any_text(), prop::option::of(any_text())), 1..6),
            start in prop::sample::select(vec!["", EN, MS, "a: {x: 1}\n", "# nothing\n"]),
        ) {
            let start = start.replace(" # short", "");
            let start = files(&[("en", if start.contains('{') { "" } else { start.as_str() })]);
            let mut sheet = WriterBuilder::new().from_writer(Vec::new());
            sheet.write_record(["id", "en"]).unwrap();
            let mut wanted = Vec::new();
            for (at, (first, second)) in texts.iter().enumerate() {
                let mut texts = vec![first];
                texts.extend(second);
                let mut id = if at == 0 { "menu".to_owned() } else { format!("t{at}") };
                for text in texts {
                    if canonical(text).is_empty() {
                        break;
                    }
                    sheet.write_record([&id, &guarded(text)]).unwrap();
                    wanted.push((id.clone(), canonical(text)));
                    id.push_str("#2");
                }
            }
            let sheet = String::from_utf8(sheet.into_inner().unwrap()).unwrap();
            let written = from_sheet(&sheet, &start, &langs(&start)).unwrap();
            let Some(written) = written.first() else { return Ok(()) };
            let now = files(&[("en", written.text.as_str())]);
            prop_assert!(now["en"].diagnostics.is_empty(), "{}", written.text);
            let exported = table(&now);
            let mut rows = csv::Reader::from_reader(exported.as_bytes());
            let rows: Vec<(String, String)> = rows
                .records()
                .map(|row| row.unwrap())
                .map(|row| (row[0].to_owned(), unguarded(&row[1]).to_owned()))
                .collect();
            for row in wanted {
                prop_assert!(rows.contains(&row), "{row:?}\n{}", written.text);
            }
            prop_assert_eq!(from_sheet(&exported, &now, &langs(&now)), Ok(vec![]));
        }
    }
}
