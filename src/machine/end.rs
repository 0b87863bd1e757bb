//! The end of a call: what its flow wants done once, when the summary has come.

use jiff::Timestamp;
use smallvec::SmallVec;

use crate::call::{Ending, LookUp, Value};
use crate::flow::{AtEnd, StateId};
use crate::script;

use super::look_up::{end_key, json};
use super::outside::Outside;
use super::session::Session;
use super::step::{Runner, Trouble, Unfinished};
use super::turn::{Allowance, Fault, Policy};

/// Where faults of it are told to be.
const ON_END: &str = "on_end";

/// A call that is over, and for which something is still to be done.
#[derive(Debug)]
pub struct Closing {
    session: Box<Session>,
}

/// What is to be done.
#[derive(Debug, Default)]
pub struct End {
    /// To be asked once; nothing waits for the answer.
    pub look_up: Option<Box<LookUp>>,
    /// To be written to the log, as JSON text. No secret is in it.
    pub record: Option<Box<str>>,
    pub faults: Vec<Fault>,
}

impl Closing {
    /// `None` where the flow has nothing to do at the end.
    pub(super) fn of(session: &Session) -> Option<Self> {
        session.root().on_end()?;
        // It is the flow that the call began with which has something to do.
        let session = Box::new(session.outermost());
        Some(Closing { session })
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Computes what is to be done. `None` where the allowance was not enough; then it
    /// is to be computed again, at the same time.
    pub fn end(
        &self,
        ending: &Ending,
        now: Timestamp,
        allowance: Allowance,
        policy: &Policy,
    ) -> Option<End> {
        let flow = self.session.flow();
        let Some(on_end) = flow.on_end() else {
            return Some(End::default());
        };
        let session = (*self.session).clone();
        let turn = (policy, Outside::NONE, 0);
        let mut runner = Runner::new(&self.session, session, turn, now, allowance);
        runner.ending = Some(ending);
        let done = match &on_end.what {
            AtEnd::Ask(request) => {
                let key = end_key(&runner.session.facts().id);
                let look_up = runner.request(request, key, false);
                look_up.map(|look_up| End {
                    look_up: Some(Box::new(look_up)),
                    ..End::default()
                })
            }
            AtEnd::Record(expression) => runner.evaluate(expression).and_then(|value| {
                if !script::is_keepable(&value) {
                    let message = "the record is larger than 4 KiB or deeper than 8 lists or maps";
                    let fault = runner.fault_at(expression, 0, 0, message.to_owned());
                    return Err(Trouble::Fault(fault));
                }
                // Nothing is what an `if` without `else` gives.
                let record = (value != Value::Nothing).then(|| json(&value).to_string().into());
                Ok(End {
                    record,
                    ..End::default()
                })
            }),
        };
        match done {
            Ok(end) => Some(end),
            Err(Trouble::Unfinished(Unfinished::OverBudget)) => None,
            // Nothing is looked up for it.
            Err(Trouble::Unfinished(Unfinished::LookUp(_))) => Some(End::default()),
            Err(Trouble::Fault(fault)) => Some(End {
                faults: vec![Fault {
                    state: ON_END.into(),
                    ..fault
                }],
                ..End::default()
            }),
        }
    }
}

impl Session {
    /// Takes note of a state that was entered, where the flow asks for it in the end. For
    /// a sub-flow stands the state that runs it. Of a long way the last part is kept.
    pub(super) fn note_entered(&mut self, state: StateId) {
        if self.outer.is_some() || !self.root().keeps_path() {
            return;
        }
        self.push_entered(state, crate::flow::MAX_PATH);
    }

    /// The states that were entered, in a revision in which some may not be there.
    pub(super) fn entered_by_name<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        let root = self.root();
        let keeps = root.keeps_path();
        let states = names.into_iter().filter_map(|name| root.state_named(name));
        let kept = states.filter(|_| keeps).take(crate::flow::MAX_PATH);
        let kept: SmallVec<[StateId; 8]> = kept.collect();
        self.set_entered(&kept);
    }
}
