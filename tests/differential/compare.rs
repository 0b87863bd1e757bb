//! Both held against each other.

use super::model::Verdict;
use super::reading::{Case, Open, breaks, first, heard};
use super::tables::Tables;

/// Why the two do not agree; `None` where they do.
pub fn differ(case: &Case, verdict: &Verdict, tables: &Tables) -> Option<String> {
    let said = verdict.as_ref();
    differ_in_code(case, said.err().copied(), tables).or_else(|| {
        let heard_first = said.ok()?;
        let expected = heard(case, tables);
        (expected != *heard_first)
            .then(|| format!("{heard_first} is heard first, and not {expected}"))
    })
}

/// Why the two do not agree on a code, which is `None` for what was taken.
pub fn differ_in_code(case: &Case, code: Option<i32>, tables: &Tables) -> Option<String> {
    let breaks = breaks(case, tables);
    let Some(code) = code else {
        return (!breaks.is_empty())
            .then(|| format!("it was taken; to be refused with {breaks:?}"));
    };
    if !breaks.iter().any(|one| one.codes.contains(&code)) {
        return Some(format!("refused with {code}; broken are {breaks:?}"));
    }
    // Of several rules ours is the first by position, then by the order of the list.
    let codes = first(&breaks)?;
    (!codes.contains(&code))
        .then(|| format!("refused with {code}; {codes:?} comes first of {breaks:?}"))
}

/// The open readings, one of them the other way.
pub fn flipped(open: Open, at: usize) -> Open {
    match at {
        0 => Open {
            equal_timeouts: !open.equal_timeouts,
            ..open
        },
        1 => Open {
            counts_calls_of_session: !open.counts_calls_of_session,
            ..open
        },
        _ => Open {
            takes_markup: !open.takes_markup,
            ..open
        },
    }
}
