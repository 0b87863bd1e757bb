//! What a restart that leaves only the token would lose, and where calls would go
//! back to.

use super::resolved::Flow;
use super::state::{Reads, StateId};
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
}
