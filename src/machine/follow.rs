//! A call that goes over to another revision of its flow, where designers want to hear
//! what they have just written.

use std::sync::Arc;

use crate::flow::{Flow, Kind, VarId};

use super::call::{Call, Phase};
use super::input::Input;
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
        let mut levels = self.levels();
        let innermost = levels.pop()?;
        let mut moved = Session::begin(flow, self.facts().clone());
        for level in &levels {
            let (_, sub) = level.flow().run_in(level.place.state)?;
            moved.take_place_of(level)?;
            let (_, now) = moved.flow().run_in(moved.place.state)?;
            if now.name() != sub.name() {
                return None;
            }
            moved.descend();
        }
        moved.take_place_of(&innermost)?;
        let root = self.root();
        let names = self.entered().iter().map(|id| &*root.state(*id).name);
        moved.entered_by_name(names);
        moved.set_leg(self.leg());
        moved.ring(self.ringing());
        moved.faults = self.faults;
        Some(moved)
    }

    /// Goes where another session is, which is in another revision of the running flow,
    /// with all that it knows in it.
    fn take_place_of(&mut self, other: &Session) -> Option<()> {
        let (old, flow) = (other.flow(), Arc::clone(self.flow()));
        let here = old.state(other.place.state);
        let state = flow.state_named(&here.name)?;
        let there = flow.state(state);
        let same_kind = KindMark::of(&there.kind) == KindMark::of(&here.kind);
        let told = is_secret(&here.kind) && !is_secret(&there.kind);
        if !same_kind || told || !other.place.stage.fits(&there.kind) {
            return None;
        }
        self.input = other.input.clone();
        // One that the flow does not have any more cannot be spoken.
        self.lang = flow.language_named(other.lang_name()).unwrap_or_default();
        for (index, before) in old.variables().iter().enumerate() {
            let var = VarId(index as u8);
            let Some(now) = flow.variable_named(&before.name) else {
                continue;
            };
            if !other.set.contains(var) {
                continue;
            }
            let is_told = before.secret && !flow.variable(now).secret;
            if is_told {
                self.input = Input::Lost;
            }
            let is_kept = !is_told && self.assign(now, other.var(var).clone());
            let is_given = flow.collector(now).is_some() || self.given().contains(now);
            if (!is_kept && is_given) || other.lost.contains(var) {
                self.set.insert(now);
                self.lost.insert(now);
            }
        }
        self.counters = other.counters;
        self.forget_visits();
        for id in old.state_ids().filter(|id| other.visits(*id) > 0) {
            if let Some(same) = flow.state_named(&old.state(id).name) {
                self.set_visits(same, other.visits(id));
            }
        }
        self.place = Place {
            state,
            stage: other.place.stage.clone(),
        };
        Some(())
    }
}

fn is_secret(kind: &Kind) -> bool {
    matches!(kind, Kind::Ask(_, entry) if entry.secret)
}
