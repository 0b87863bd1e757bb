//! The phone model, and the emulator that serves it over HTTP, against a second reading of
//! the platform's documents, which shares nothing with them: on random callflows, on random
//! captures, and on every example that the documents give. A reading with one fault planted
//! in it is found out, and so is a wrong answer over HTTP.
//!
//! `RINGFLOW_CASES` is how many random cases there are of each.

#![allow(clippy::unwrap_used, reason = "all of it is for tests")]

mod differential {
    mod answered;
    pub mod callers;
    pub mod callflows;
    pub mod capture_model;
    pub mod captures;
    pub mod compare;
    mod damage;
    pub mod dice;
    #[path = "../emulator/document.rs"]
    mod document;
    mod examples;
    pub mod model;
    pub mod mutants;
    mod over_http;
    pub mod reading;
    mod sessions;
    pub mod shrink;
    pub mod tables;
}

use std::collections::BTreeMap;

use differential::captures::{self, Table};
use differential::compare::{differ, flipped};
use differential::model::verdict;
use differential::reading::{Body, Case, breaks};
use differential::shrink::smallest;
use differential::tables::tables;
use differential::{callers, callflows, capture_model, mutants};

const CASES: u64 = 20_000;

/// How many random cases.
fn cases() -> u64 {
    cases_or(CASES)
}

/// The same, of what takes longer than the others.
fn cases_or(fewer: u64) -> u64 {
    match std::env::var("RINGFLOW_CASES") {
        Ok(cases) => cases.parse().expect("`RINGFLOW_CASES` is a number"),
        Err(_) => fewer,
    }
}

/// Every code of the platform that a callflow can be refused with. The three of scenarios
/// are not among them: no callflow has an action for one, so `-1007` it is.
const CODES: std::ops::RangeInclusive<i32> = -1017..=-1001;

#[test]
fn random_callflows_are_taken_or_refused_by_both() {
    let tables = tables();
    let mut codes: BTreeMap<i32, u64> = BTreeMap::new();
    let mut taken = 0;
    let mut mattered = [0_u64; 3];
    for number in 0..cases() {
        let case = callflows::case(number, &tables);
        let said = verdict(&case);
        if differ(&case, &said, &tables).is_some() {
            disagree(&case);
        }
        match said {
            Ok(_) => taken += 1,
            Err(code) => *codes.entry(code).or_default() += 1,
        }
        if number % 4 == 0 {
            let is_taken = breaks(&case, &tables).is_empty();
            for (at, mattered) in mattered.iter_mut().enumerate() {
                let mut other = case.clone();
                other.open = flipped(other.open, at);
                *mattered += u64::from(breaks(&other, &tables).is_empty() != is_taken);
            }
        }
    }
    println!("{taken} taken, open readings mattered {mattered:?} times, {codes:?}");
    if cases() >= CASES {
        assert!(taken * 10 >= cases() * 3, "{taken} were taken");
        assert!(mattered.iter().all(|count| *count > 0), "{mattered:?}");
        for code in CODES {
            let count = codes.get(&code).copied().unwrap_or_default();
            assert!(count >= cases() / 2000, "{code} was met {count} times");
        }
    }
}

/// Shows the smallest callflow on which the two do not agree.
fn disagree(case: &Case) -> ! {
    let tables = tables();
    let case = smallest(case, |case| differ(case, &verdict(case), &tables).is_some());
    let why = differ(&case, &verdict(&case), &tables).unwrap();
    let body = match &case.body {
        Body::Json(body) => serde_json::to_string_pretty(body).unwrap(),
        Body::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    };
    let Case {
        starts,
        earlier,
        open,
        holder,
        ..
    } = &case;
    panic!("{why}\n{body}\nstarts: {starts}, earlier: {earlier}, {open:?}, {holder:?}");
}

#[test]
fn every_fault_in_the_tables_of_callflows_is_found() {
    let right = tables();
    let mut hidden = mutants::of_callflows(&right);
    println!("{} faults", hidden.len());
    for number in 0..CASES {
        let case = callflows::case(number, &right);
        let said = verdict(&case);
        hidden.retain(|(_, wrong)| differ(&case, &said, wrong).is_none());
        if hidden.is_empty() {
            return println!("all found in {number} cases");
        }
    }
    let hidden: Vec<_> = hidden.iter().map(|(what, _)| what).collect();
    panic!("planted and not found: {hidden:#?}");
}

#[test]
fn random_captures_are_reported_alike_by_both() {
    let table = Table::default();
    let (mut digits, mut nothing, mut again) = (0, 0, 0);
    let mut mattered = [0_u64; 5];
    let mut shapes = [0_u64; 4];
    for number in 0..cases() {
        let case = callers::case(number);
        let expected = captures::reports(&case, &table);
        if capture_model::reports(&case) != expected {
            report_differs(&case);
        }
        for report in &expected {
            match report.digits {
                Some(_) => digits += 1,
                None => nothing += 1,
            }
            again += u64::from(report.tries > 1);
        }
        for (at, mattered) in mattered.iter_mut().enumerate() {
            let mut other = case.clone();
            let open = &mut other.open;
            let point = [
                &mut open.from_start,
                &mut open.reports_enough,
                &mut open.barge_in,
                &mut open.keeps_keys,
                &mut open.keeps_hash,
            ];
            let point = point.into_iter().nth(at).unwrap();
            *point = !*point;
            *mattered += u64::from(captures::reports(&other, &table) != expected);
        }
        shapes[case.open.shape] += 1;
    }
    println!(
        "digits {digits}, nothing {nothing}, again {again}, open readings mattered {mattered:?} times"
    );
    if cases() >= CASES {
        let tenth = cases() / 10;
        assert!(digits * 10 >= (digits + nothing) * 3, "{digits} of digits");
        assert!(nothing >= tenth && again >= tenth, "{nothing}, {again}");
        assert!(
            mattered.iter().all(|count| *count >= cases() / 200),
            "{mattered:?}"
        );
        assert!(shapes.iter().all(|count| *count >= tenth), "{shapes:?}");
    }
}

/// Shows the smallest capture that is not reported alike.
fn report_differs(case: &captures::Case) -> ! {
    let table = Table::default();
    let case = callers::smallest(case, |case| {
        capture_model::reports(case) != captures::reports(case, &table)
    });
    let asks = case.asks.iter().map(|(_, ask)| capture_model::action(ask));
    let asks = serde_json::Value::from_iter(asks);
    panic!(
        "expected {:?}\ngot {:?}\n{asks}\n{case:?}",
        captures::reports(&case, &table),
        capture_model::reports(&case),
    );
}

#[test]
fn every_fault_in_the_reading_of_captures_is_found() {
    let mut hidden = mutants::of_captures();
    println!("{} faults", hidden.len());
    for number in 0..CASES {
        let case = callers::case(number);
        let told = capture_model::reports(&case);
        hidden.retain(|(_, wrong)| captures::reports(&case, wrong) == told);
        if hidden.is_empty() {
            return println!("all found in {number} cases");
        }
    }
    let hidden: Vec<_> = hidden.iter().map(|(what, _)| what).collect();
    panic!("planted and not found: {hidden:#?}");
}
