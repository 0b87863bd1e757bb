//! Transfers to numbers that flows of the project answer themselves: a second call, which
//! costs one more, where the flow could be gone on with.

use std::collections::HashMap;
use std::sync::Arc;

use crate::call::PhoneNumber;

use super::claims::{Claim, Slot};
use super::code::Code;
use super::diagnostic::Diagnostic;
use super::document::{Document, KindDoc, NumberDoc};
use super::source::{Located, SourceFile, Span};

/// The numbers that a document dials as they are written, with places.
pub(super) fn dialled(document: &Document) -> Vec<Located<PhoneNumber>> {
    let lists = document.states.iter().map(|state| match &state.kind {
        KindDoc::Transfer { numbers, .. } => numbers.as_slice(),
        _ => &[],
    });
    let numbers = lists.flatten().filter_map(|number| {
        let fixed = number.value.text.trim().parse().ok()?;
        Some(Located::new(fixed, number.at))
    });
    numbers.collect()
}

/// A flow that answers a number: its name, and where that is written.
struct Answering {
    name: Box<str>,
    file: Arc<SourceFile>,
    at: Span,
}

/// Finds in each good file the transfers to what these files answer, as they are now.
pub(super) fn check(slots: &mut [Slot]) {
    let mut answering: HashMap<PhoneNumber, Answering> = HashMap::new();
    for slot in slots.iter() {
        for claim in &slot.now.claims {
            if let Claim::Number(NumberDoc::Number(number)) = claim.value {
                answering.entry(number).or_insert_with(|| Answering {
                    name: slot.now.name().unwrap_or_default().into(),
                    file: Arc::clone(&slot.now.file),
                    at: claim.at,
                });
            }
        }
    }
    for slot in slots {
        let dials = slot.now.dials.iter().filter(|_| slot.now.flow.is_some());
        let own = dials.filter_map(|dial| {
            let answering = answering.get(&dial.value)?;
            Some(own(dial, &slot.now.file, answering))
        });
        slot.own_numbers = own.collect();
    }
}

fn own(dial: &Located<PhoneNumber>, file: &Arc<SourceFile>, by: &Answering) -> Diagnostic {
    let Answering {
        name,
        file: theirs,
        at,
    } = by;
    let is_same = file.path() == theirs.path();
    let whose = match is_same {
        true => "this flow itself".to_owned(),
        false => format!("the flow `{name}`"),
    };
    let message = format!("`{}` is answered by {whose}", dial.value);
    let help = match is_same {
        true => "go to one of its states by name; a transfer begins a second call, which costs as one, unless that is meant".to_owned(),
        false => format!("go on there in the same call with `run: {name}`; a transfer begins a second call, which costs as one, unless that is meant"),
    };
    let mut diagnostic = Diagnostic::new(Code::OwnNumber, file, dial.at, message);
    diagnostic
        .help(help)
        .related_in(theirs, *at, "it is answered here");
    diagnostic
}
