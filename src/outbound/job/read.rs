//! The calls of a job, from the text of a CSV file: a row each. The file is looked at as a
//! whole, so that a job of which a row is wrong calls nobody.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::sync::Arc;

use csv::StringRecord;

use super::sheet::Sheet;
use crate::call::PhoneNumber;
use crate::flow::{Catalog, Flow, did_you_mean};
use crate::outbound::order::{CallOrder, OrderRefused, Placed, flow};

/// The most rows of a job.
const MAX_ROWS: usize = 100_000;
/// How many faults of one file are told.
const MAX_TOLD: usize = 10;

/// The calls of a job, in the order of their rows.
///
/// # Errors
/// Everything that is wrong with the file, each with its line.
pub(super) fn read(
    text: &str,
    (name, valid_for_s): (&str, Option<u64>),
    catalog: &Catalog,
) -> Result<Vec<CallOrder>, OrderRefused> {
    let flow = flow(catalog, name)?;
    let wrong = OrderRefused::Wrong;
    let sheet = Sheet::of(text).map_err(wrong)?;
    let columns = columns(&sheet.columns, &flow).map_err(wrong)?;
    let mut faults = Faults::default();
    let mut orders = Vec::new();
    for (line, cells) in &sheet.rows {
        if orders.len() == MAX_ROWS {
            faults.add(format!("line {line}: a job has at most {MAX_ROWS} rows"));
            break;
        }
        let order = columns.order(cells, name, valid_for_s);
        let checked = sheet.fits(cells).and_then(|()| {
            whole(&order.to)?;
            Placed::of(&order, catalog).map_err(|error| error.to_string())
        });
        match checked {
            Ok(_) => orders.push(order),
            Err(error) => faults.add(format!("line {line}: {error}")),
        }
    }
    if let Some(fault) = sheet.fault {
        faults.add(fault);
    }
    if orders.is_empty() && faults.count == 0 {
        faults.add("it has no row; write one below the names of the columns".to_owned());
    }
    match faults.count {
        0 => Ok(orders),
        _ => Err(wrong(faults.told())),
    }
}

/// What each column is.
struct Columns {
    to: usize,
    from: Option<usize>,
    /// The names of variables, by their places.
    with: Vec<(usize, String)>,
}

impl Columns {
    fn order(&self, record: &StringRecord, flow: &str, valid_for_s: Option<u64>) -> CallOrder {
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let with: BTreeMap<String, String> = self
            .with
            .iter()
            // Nothing stands for what the variable is without it.
            .filter(|(at, _)| !cell(*at).is_empty())
            .map(|(at, name)| (name.clone(), cell(*at).to_owned()))
            .collect();
        CallOrder {
            flow: flow.to_owned(),
            to: cell(self.to).to_owned(),
            from: self.from.map(|at| cell(at).to_owned()),
            with,
            valid_for_s,
            caller: None,
        }
    }
}

fn columns(headers: &StringRecord, flow: &Arc<Flow>) -> Result<Columns, String> {
    let names = || headers.iter().filter(|name| !name.is_empty());
    if names().any(|name| name.parse::<PhoneNumber>().is_ok()) {
        return Err(
            "line 1: it holds a number where the names of the columns are to be; write `to` above \
             the numbers"
                .to_owned(),
        );
    }
    // One that is written otherwise is told below.
    if !names().any(|name| name.eq_ignore_ascii_case("to")) {
        let names: Vec<_> = names().map(|name| format!("`{name}`")).collect();
        let has = match names.as_slice() {
            [] => "the first line has the names of the columns".to_owned(),
            names => format!("the first line names {}", names.join(", ")),
        };
        return Err(format!(
            "line 1: there is no column `to`, with the numbers that are called; {has}"
        ));
    }
    let (mut to, mut from, mut with) = (None, None, Vec::new());
    let named = headers.iter().enumerate();
    for (at, name) in named.filter(|(_, name)| !name.is_empty()) {
        if headers.iter().take(at).any(|other| other == name) {
            return Err(format!("line 1: there are two columns `{name}`"));
        }
        match name {
            "to" => to = Some(at),
            "from" => from = Some(at),
            name => {
                variable(flow, name)?;
                with.push((at, name.to_owned()));
            }
        }
    }
    let to = to.ok_or("line 1: there is no column `to`")?;
    Ok(Columns { to, from, with })
}

fn variable(flow: &Flow, name: &str) -> Result<(), String> {
    let Some(var) = flow.variable_named(name) else {
        let known = flow.variables().iter().map(|var| &*var.name);
        let known = known.chain(["to", "from"]);
        let help = did_you_mean(name, known, "columns are");
        return Err(format!(
            "line 1: `{name}` is no variable of `{}`; {help}",
            flow.name()
        ));
    };
    if flow.variable(var).secret {
        return Err(format!(
            "line 1: `{name}` is secret, and a job keeps its rows in a file; leave the column out, \
             or start each such call with `--with`"
        ));
    }
    Ok(())
}

#[derive(Default)]
struct Faults {
    told: Vec<String>,
    count: usize,
}

impl Faults {
    fn add(&mut self, fault: String) {
        self.count += 1;
        if self.told.len() < MAX_TOLD {
            self.told.push(fault);
        }
    }

    fn told(self) -> String {
        let mut told = self.told.join("\n");
        let more = self.count - self.told.len();
        if more > 0 {
            let _ = write!(told, "\nand {more} more");
        }
        told
    }
}

/// A number that a spreadsheet shows in a few digits, as in `6.59E+09`, is not there whole.
fn whole(number: &str) -> Result<(), String> {
    if number.contains(['e', 'E']) && number.replace(',', ".").parse::<f64>().is_ok() {
        return Err(format!(
            "`{number}` was shortened by a spreadsheet; let it show the column as text, and write \
             the whole number"
        ));
    }
    Ok(())
}

/// The calls of a job that was looked at before: what of it holds no more is found when a
/// row is called.
pub(super) fn again(
    text: &str,
    (flow, valid_for_s): (&str, Option<u64>),
) -> io::Result<Vec<CallOrder>> {
    let sheet = Sheet::of(text).map_err(io::Error::other)?;
    let headers = &sheet.columns;
    let place = |name: &str| headers.iter().position(|header| header == name);
    let to = place("to").ok_or_else(|| io::Error::other("its rows have no column `to`"))?;
    let with = headers.iter().enumerate();
    let with = with.filter(|(_, name)| !matches!(*name, "" | "to" | "from"));
    let columns = Columns {
        to,
        from: place("from"),
        with: with.map(|(at, name)| (at, name.to_owned())).collect(),
    };
    let rows = sheet.rows.iter();
    let orders = rows.map(|(_, cells)| columns.order(cells, flow, valid_for_s));
    Ok(orders.collect())
}
