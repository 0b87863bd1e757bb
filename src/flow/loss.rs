//! What a restart that leaves only the token would lose, and where calls would go
//! back to.

use super::resolved::Flow;
use super::state::{Edge, Kind, Reads, StateId};
use super::variable::VarId;

/// A state that needs what a restart loses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    pub state: String,
    /// Names of variables, and `input` for the last entry.
    pub what: Vec<String>,
    /// The state that collects it again; `None` where the call begins anew.
    pub back_to: Option<String>,
}

impl Flow {
    /// Every state that needs something which a restart without a journal may have
    /// lost, in the order in which they are written.
    pub fn losses(&self) -> Vec<Loss> {
        self.state_ids().filter_map(|id| self.loss(id)).collect()
    }

    fn loss(&self, id: StateId) -> Option<Loss> {
        let state = self.state(id);
        let reads = state.reads_on_entry;
        let collected = |var: &VarId| self.collector(*var).is_some();
        let lost: Vec<VarId> = reads.vars.iter().filter(collected).collect();
        if lost.is_empty() && !reads.input {
            return None;
        }
        let mut what: Vec<String> = lost
            .iter()
            .map(|var| self.variable(*var).name.to_string())
            .collect();
        if reads.input {
            what.push("input".to_owned());
        }
        let back_to = self.way_back(id, reads, |var| collected(&var), true);
        Some(Loss {
            state: state.name.to_string(),
            what,
            back_to: back_to.map(|id| self.state(id).name.to_string()),
        })
    }

    /// The state that collects what is lost of `reads`, and, where that one needs
    /// something lost itself, the one that collects that. `None` where nothing
    /// collects it, or where they need each other.
    pub fn way_back(
        &self,
        from: StateId,
        reads: Reads,
        is_lost: impl Fn(VarId) -> bool,
        input_is_lost: bool,
    ) -> Option<StateId> {
        let (mut at, mut reads) = (from, reads);
        for _ in 0..self.states().len() {
            at = match reads.vars.iter().find(|var| is_lost(*var)) {
                Some(var) => self.collector(var)?,
                None if reads.input && input_is_lost => self.input_collector(at)?,
                None => return Some(at),
            };
            reads = self.state(at).reads_on_entry;
        }
        None
    }

    /// The one state whose `set` has given a variable to every call that comes to this
    /// state, so that it can be computed again without asking. `None` where it may have
    /// come from elsewhere. A call that has not set what an `ask` or a look-up saves has
    /// not been behind it.
    pub fn giver(
        &self,
        var: VarId,
        at: StateId,
        was_set: impl Fn(VarId) -> bool,
    ) -> Option<StateId> {
        let reached = self.reached(None, &was_set);
        let mut givers = self.state_ids().filter(|id| {
            let state = self.state(*id);
            let sets = state.set.iter().any(|line| line.sets(var));
            reached[usize::from(id.0)] && (sets || state.saves() == Some(var))
        });
        let giver = givers.next()?;
        if givers.next().is_some() || self.state(giver).saves() == Some(var) {
            return None;
        }
        let around = self.reached(Some(giver), &was_set);
        (!around[usize::from(at.0)]).then_some(giver)
    }

    /// For each state whether a call that has set so much may have been there, on a way
    /// that does not go through one of them.
    fn reached(&self, but: Option<StateId>, was_set: impl Fn(VarId) -> bool) -> Vec<bool> {
        let mut reached = vec![false; self.states().len()];
        let mut open = vec![self.start()];
        while let Some(id) = open.pop() {
            if Some(id) == but || std::mem::replace(&mut reached[usize::from(id.0)], true) {
                continue;
            }
            let state = self.state(id);
            let closed = state.saves().is_some_and(|var| !was_set(var));
            for (edge, target) in state.edges() {
                if let Some(to) = target.state()
                    && !(closed && is_with_saved(&state.kind, edge))
                {
                    open.push(to);
                }
            }
        }
        reached
    }
}

/// True for a way that is taken with what the state saves: of a look-up that is `then`,
/// of a sub-flow every way back.
fn is_with_saved(kind: &Kind, edge: Edge) -> bool {
    match edge {
        Edge::Then => true,
        Edge::Case(_) => matches!(kind, Kind::Run(_)),
        _ => false,
    }
}
