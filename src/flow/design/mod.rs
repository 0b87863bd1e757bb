//! What a flow can do and its author should look at: the warnings about its design.
//! They are looked for only where the file has no error, since what is missing then
//! is not what the author left out.

mod entries;
mod hours;
mod keys;
mod languages;
mod lists;
mod numbers;
mod offers;
mod people;
mod tongues;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::diagnostic::Findings;
use super::document::{Document, StateDoc};
use super::prompts::ReadPrompts;
use super::resolved::Flow;
use super::state::StateId;

/// Looks at a sound flow, with the document it was made of.
pub fn check(flow: &Flow, document: &Document, prompts: &ReadPrompts, findings: &mut Findings) {
    let design = Design {
        flow,
        document,
        prompts,
        words: RefCell::default(),
    };
    design.keys(findings);
    design.entries(findings);
    design.people(findings);
    design.numbers(findings);
    design.hours(findings);
    design.lists(findings);
    design.tongues(findings);
}

struct Design<'a> {
    flow: &'a Flow,
    document: &'a Document,
    prompts: &'a ReadPrompts,
    /// What was read of texts already, by where each begins.
    words: RefCell<HashMap<usize, Option<Rc<[keys::Words]>>>>,
}

impl<'a> Design<'a> {
    fn doc(&self, id: StateId) -> &'a StateDoc {
        &self.document.states[usize::from(id.0)]
    }
}

/// A state's name as it is told; one written in place is told by the state around it.
fn shown(doc: &StateDoc) -> &str {
    doc.name.value.split('.').next().unwrap_or_default()
}
