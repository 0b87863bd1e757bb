//! Which state collects what: where a call goes back to when a restart without a
//! journal has lost something that the present state reads.

use std::collections::{HashSet, VecDeque};

use crate::call::Method;
use crate::flow::resolved::Flow;
use crate::flow::state::{Edge, Kind, StateId, Target};
use crate::flow::variable::VarId;

pub fn find_collectors(flow: &mut Flow) {
    flow.collectors = (0..flow.variables.len())
        .map(|index| collector(flow, VarId(index as u8)))
        .collect();
    flow.input_collectors = flow
        .state_ids()
        .map(|id| input_collector(flow, id))
        .collect();
}

/// Where a lost variable is collected again: at the first `ask` or `run` that saves it. One
/// that only `set` or a look-up gives is what the one state that sets it gives; where
/// several do, which of them it was is for the caller to say again, at the question
/// before them. A look-up that changes something is not made again without the caller.
fn collector(flow: &Flow, var: VarId) -> Option<StateId> {
    let http = |id: &StateId| match &flow.state(*id).kind {
        Kind::Http(http) if http.save == Some(var) => Some(http.request.method),
        _ => None,
    };
    let saves = |id: &StateId| http(id).is_none() && flow.state(*id).saves() == Some(var);
    let changes = |id: &StateId| http(id).is_some_and(Method::changes_something);
    let sets =
        |id: &StateId| http(id).is_some() || flow.state(*id).set.iter().any(|line| line.sets(var));
    if let Some(ask) = flow.state_ids().find(saves) {
        return Some(ask);
    }
    let setting: Vec<StateId> = flow.state_ids().filter(sets).collect();
    match setting.as_slice() {
        [] => None,
        [one] if !changes(one) => Some(*one),
        [first, ..] => question_before(flow, *first).or(Some(flow.start)),
    }
}

/// The nearest state before this one that takes an entry, where this one reads it.
fn input_collector(flow: &Flow, state: StateId) -> Option<StateId> {
    let reads = flow.state(state);
    if !reads.reads_on_entry.input && !reads.reads_inside.input {
        return None;
    }
    question_before(flow, state)
}

/// The nearest menu or ask from which a call comes to this state.
fn question_before(flow: &Flow, state: StateId) -> Option<StateId> {
    let mut seen = HashSet::from([state]);
    let mut open = VecDeque::from([state]);
    while let Some(id) = open.pop_front() {
        if id != state && flow.state(id).kind.asking().is_some() {
            return Some(id);
        }
        for before in flow.state_ids() {
            let leads_here = flow
                .state(before)
                .edges()
                .iter()
                .any(|(edge, target)| *edge != Edge::OnError && *target == Target::State(id));
            if leads_here && seen.insert(before) {
                open.push_back(before);
            }
        }
    }
    None
}
