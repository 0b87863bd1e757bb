//! A call that goes over to another revision of its flow, where designers want to hear
//! what they have just written.

use std::sync::Arc;

use crate::flow::{Flow, Kind, VarId};

use super::call::{Call, Phase};
use super::session::{Place, Session};
use super::token::KindMark;

impl Call {
    /// Goes over to this revision of the call's flow, if the state the call is in is
    /// still there. False where the call stays on the revision it has.
    pub fn follow(&mut self, flow: &Arc<Flow>) -> bool {
        let Phase::Live(session) = &mut self.phase else {
            return false;
        };
        match session.upon(flow) {
            Some(moved) => {
                **session = moved;
                true
            }
            None => false,
        }
    }
}

impl Session {
    /// This session upon another revision of its flow: in the state of the same name,
    /// with the variables and the language of the same names. Counts stay. `None` where there is no such
    /// state, or it is of another kind.
    ///
    /// A value that does not fit its variable any more counts as lost, so that it is
    /// asked for again; and so does a secret whose variable is none now, since what was
    /// keyed in as a secret stays one.
    pub fn upon(&self, flow: &Arc<Flow>) -> Option<Session> {
        let old = self.flow();
        let here = old.state(self.place.state);
        let state = flow.state_named(&here.name)?;
        let there = flow.state(state);
        let same_kind = KindMark::of(&there.kind) == KindMark::of(&here.kind);
        let told = is_secret(&here.kind) && !is_secret(&there.kind);
        if !same_kind || told || !self.place.stage.fits(&there.kind) {
            return None;
        }
        let mut moved = Session::begin(flow, self.facts().clone());
        moved.input = self.input.clone();
        // One that the flow does not have any more cannot be spoken.
        moved.lang = flow.language_named(self.lang_name()).unwrap_or_default();
        for (index, (before, value)) in old.variables().iter().zip(self.vars.iter()).enumerate() {
            let var = VarId(index as u8);
            let Some(now) = flow.variable_named(&before.name) else {
                continue;
            };
            if !self.set.contains(var) {
                continue;
            }
            let is_told = before.secret && !flow.variable(now).secret;
            if is_told {
                moved.input = None;
            }
            let is_kept = !is_told && moved.assign(now, value.clone());
            if (!is_kept && flow.collector(now).is_some()) || self.lost.contains(var) {
                moved.set.insert(now);
                moved.lost.insert(now);
            }
        }
        moved.counters = self.counters;
        moved.leg = self.leg;
        moved.ringing = self.ringing;
        moved.faults = self.faults;
        moved.forget_visits();
        for id in old.state_ids().filter(|id| self.visits(*id) > 0) {
            if let Some(same) = flow.state_named(&old.state(id).name) {
                moved.set_visits(same, self.visits(id));
            }
        }
        let names = self.entered.iter().map(|id| &*old.state(*id).name);
        moved.entered_by_name(names);
        moved.place = Place {
            state,
            stage: self.place.stage.clone(),
        };
        Some(moved)
    }
}

fn is_secret(kind: &Kind) -> bool {
    matches!(kind, Kind::Ask(_, entry) if entry.secret)
}
