//! A session begun somewhere else than at the beginning, and looked at from outside: for
//! tests of a flow, which may begin in its middle and ask what it has learned.

use std::sync::Arc;

use crate::call::Value;
use crate::flow::{Flow, Kind, StateId, VarId, VarSet};

use super::session::{Facts, Session, Stage};

/// What is shown for the value of a secret variable.
const MASKED: &str = "•••";

/// What a session waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Awaits {
    /// The keys of a menu or ask.
    Keys,
    /// The key that confirms an entry, or what is said in front of it in another language.
    Confirmation,
    /// The end of a transfer.
    Leg,
    /// What is being looked up.
    Answer,
    /// That something has been heard.
    Nothing,
}

impl Session {
    /// A session that begins in this state.
    pub fn begin_in(flow: &Arc<Flow>, facts: Facts, state: StateId) -> Self {
        let mut session = Session::begin(flow, facts);
        session.forget_visits();
        session.set_entered(&[]);
        session.enter(state);
        session
    }

    /// Gives a variable a value, as if the flow had set it; false where it is not of
    /// its type.
    pub fn give(&mut self, var: VarId, value: Value) -> bool {
        self.assign(var, value)
    }

    /// The state the call is in.
    pub fn state(&self) -> StateId {
        self.place.state
    }

    pub fn awaits(&self) -> Awaits {
        match self.place.stage {
            Stage::Asking => Awaits::Keys,
            Stage::Confirming(_) | Stage::Confirm(_, 1..) => Awaits::Confirmation,
            Stage::Dialling(_) => Awaits::Leg,
            Stage::Looking(_) => Awaits::Answer,
            _ => Awaits::Nothing,
        }
    }

    /// The variables that were ever set.
    pub fn known(&self) -> VarSet {
        self.set
    }

    /// The value of a variable as people may see it: secret ones are masked.
    pub fn shown(&self, var: VarId) -> String {
        let value = self.var(var);
        let shown = value.to_string();
        if self.flow().variable(var).secret && !shown.is_empty() {
            return MASKED.to_owned();
        }
        shown
    }

    /// True where these keys answer a question for a secret. One key alone does not where
    /// the question takes more: it is a key of the state's own, or behind a confirmation.
    pub fn takes_secret(&self, keys: &str) -> bool {
        let Kind::Ask(_, entry) = &self.flow().state(self.place.state).kind else {
            return false;
        };
        let is_short = keys.trim_end_matches('#').chars().count() <= 1;
        let takes_one = entry.least == 1 && self.place.stage == Stage::Asking;
        entry.secret && (!is_short || takes_one)
    }

    /// Whether a variable holds this value.
    pub fn holds(&self, var: VarId, value: &Value) -> bool {
        let accepted = self.flow().variable(var).accept(value.clone());
        let held = self.var(var);
        match (held, value) {
            // What cannot be given as a text is compared as it is shown.
            (Value::List(_) | Value::Map(_), Value::Text(text)) => *held.to_string() == **text,
            _ => accepted.is_some_and(|value| *held == value),
        }
    }
}
