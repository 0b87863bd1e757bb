//! Sub-flows: going into one with what it is given, and coming back with its label and
//! its result.

use smallvec::SmallVec;

use crate::call::Value;
use crate::flow::{Edge, Reads, Run, VarId, VarSet};
use crate::script;

use super::step::{Go, Runner, Trouble};
use super::turn::{Fault, Way};

impl Runner<'_> {
    /// Goes into the sub-flow that the present state runs.
    pub(super) fn run_sub_flow(&mut self, run: &Run) -> Result<Go, Trouble> {
        let sub = self.flow.sub(run);
        let mut given: SmallVec<[(VarId, Value); 4]> = SmallVec::new();
        for (var, value) in &run.with {
            let value = self.assigned(value)?;
            let variable = sub.variable(*var);
            let accepted = Some(value).filter(script::is_keepable);
            let Some(value) = accepted.and_then(|value| variable.accept(value)) else {
                let message = format!("the value for `{}` is not of its type", variable.name);
                return Err(Trouble::Fault(self.fault_here(message)));
            };
            given.push((*var, value));
        }
        self.session.descend();
        self.stand();
        for (var, value) in given {
            self.session.assign(var, value);
        }
        let start = self.session.place.state;
        self.note_way(start, Way::Enter, Some(start));
        Ok(Go::On)
    }

    /// The running flow has returned: on in the flow that waits for it.
    pub(super) fn come_back(&mut self, label: Option<u16>) -> Result<Go, Trouble> {
        let label = self.flow.label(label);
        let Some(result) = self.result()? else {
            return Ok(self.go_back(self.result_reads()));
        };
        self.session.ascend();
        self.stand();
        let flow = self.flow;
        let Some((run, _)) = flow.run_in(self.session.place.state) else {
            return Err(Trouble::Fault(
                self.our_fault("there is no flow to return to"),
            ));
        };
        if let Some((var, _)) = run.save
            && !self.session.assign(var, result)
        {
            let name = &flow.variable(var).name;
            let message = format!("the result is not of the type of `{name}`");
            return Err(Trouble::Fault(self.fault_here(message)));
        }
        match run.back(label) {
            Some((edge, target)) => Ok(self.go(edge, target)),
            None => Err(Trouble::Fault(
                self.our_fault("nothing takes what came back"),
            )),
        }
    }

    /// What the flow that waits saves of the running one. `None` where a restart has lost
    /// it, and it cannot be computed again.
    fn result(&mut self) -> Result<Option<Value>, Trouble> {
        let reads = self.result_reads();
        if self.misses(reads) && !self.compute_again(reads)? {
            return Ok(None);
        }
        let result = reads.vars.iter().next();
        let value = result.map(|var| self.session.var(var).clone());
        Ok(Some(value.unwrap_or_default()))
    }

    fn result_reads(&self) -> Reads {
        let mut vars = VarSet::default();
        let waiting = self.session.waiting_run();
        if let Some((_, result)) = waiting.and_then(|run| run.save) {
            vars.insert(result);
        }
        Reads { vars, input: false }
    }

    /// Leaves a sub-flow in which something failed and nothing says where to go, and each
    /// around it of which the same holds. `None` where the present state says where.
    pub(super) fn fail_sub_flow(&mut self) -> Option<Go> {
        while self.session.outer.is_some() && self.flow.state(self.session.place.state).fails {
            let from = self.session.place.state;
            self.note_way(from, Way::Out(Edge::OnError), None);
            self.session.ascend();
            self.stand();
            let flow = self.flow;
            let (run, _) = flow.run_in(self.session.place.state)?;
            if let Some(otherwise) = run.otherwise {
                return Some(self.go(Edge::Otherwise, otherwise));
            }
        }
        None
    }

    /// Computes again what the flow that waits has given for a variable. False where
    /// something of that is lost, or the variable may have been set since.
    pub(super) fn give_again(&mut self, var: VarId) -> Result<bool, Trouble> {
        let here = self.session.place.state;
        if !self.session.given().contains(var) || self.flow.settable_at(here).contains(var) {
            return Ok(false);
        }
        let inner = self.session.clone();
        self.session.ascend();
        self.stand();
        let given = self.computed_for_sub_flow(var);
        self.session = inner;
        self.stand();
        let Some(value) = given? else {
            return Ok(false);
        };
        let is_given = self.session.assign(var, value);
        if is_given {
            self.note_way(here, Way::Again(var), None);
        }
        Ok(is_given)
    }

    /// What the present state gives to its sub-flow for a variable.
    fn computed_for_sub_flow(&mut self, var: VarId) -> Result<Option<Value>, Trouble> {
        let (flow, state) = (self.flow, self.session.place.state);
        let Some((run, _)) = flow.run_in(state) else {
            return Ok(None);
        };
        let Some((_, value)) = run.with.iter().find(|(given, _)| *given == var) else {
            return Ok(None);
        };
        let depth = flow.variables().len();
        if self.misses(run.reads) && !self.compute_for(state, run.reads, depth)? {
            return Ok(None);
        }
        match self.assigned(value) {
            Ok(value) => Ok(Some(value)),
            Err(Trouble::Unfinished(unfinished)) => Err(Trouble::Unfinished(unfinished)),
            // It fails again when the call is sent there, and is told.
            Err(Trouble::Fault(_)) => Ok(None),
        }
    }

    /// A fault of the present state as a whole.
    fn fault_here(&self, message: String) -> Fault {
        let at = self.flow.written(self.session.place.state).at;
        let (line, column) = self.flow.file().line_column(at.start);
        Fault {
            state: self.session.state_name().into(),
            file: self.flow.path().into(),
            line,
            column,
            message,
            ours: false,
        }
    }
}
