//! The sides that are forced upon a caller, held against the flow.

use crate::flow::{Code, Flow, Kind, State, did_you_mean};

/// Why a side cannot be forced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSide {
    pub code: Code,
    pub message: String,
    pub help: String,
}

/// What is wrong with forcing this side in this state; `None` where it can be.
pub fn unknown_side(flow: &Flow, state: &str, label: &str) -> Option<UnknownSide> {
    let splits = || {
        let states = flow.parts().flat_map(|(_, flow)| flow.states());
        states.filter(|state| matches!(state.kind, Kind::Split(_)))
    };
    let named = |found: &&State| *found.name == *state;
    let mut parts = flow.parts().flat_map(|(_, flow)| flow.states());
    let found = splits().find(named).or_else(|| parts.find(named));
    let split = match found.map(|found| &found.kind) {
        Some(Kind::Split(split)) => split,
        found => {
            let message = match found {
                None => format!("`{}` has no state `{state}`", flow.name()),
                Some(_) => format!("the state `{state}` splits no callers"),
            };
            let names = splits().map(|state| &*state.name);
            let help = match splits().next() {
                None => "take it out: the flow has no `split`".to_owned(),
                Some(_) => did_you_mean(state, names, "the states that split callers are"),
            };
            return Some(UnknownSide {
                code: Code::UnknownState,
                message,
                help,
            });
        }
    };
    if split.side_named(label).is_some() {
        return None;
    }
    let labels = split.sides.iter().map(|side| &*side.label);
    Some(UnknownSide {
        code: Code::UnknownLabel,
        message: format!("the split `{state}` has no side `{label}`"),
        help: did_you_mean(label, labels, "the sides are"),
    })
}
