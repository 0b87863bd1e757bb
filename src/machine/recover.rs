//! Where a call goes on when a restart has lost what its state reads.

use std::cmp::Ordering;

use crate::flow::{Reads, StateId};

use super::step::{Go, Runner, Trouble};
use super::turn::Way;

/// How often a call is sent back, then to `on_error`, and after that ended. One that loses
/// its memory before every webhook would else be told the same for ever.
const MOST_WAYS_BACK: u8 = 5;

impl Runner<'_> {
    /// True where a restart has lost something of what is to be read.
    pub(super) fn misses(&self, reads: Reads) -> bool {
        !self.session.lost.and(reads.vars).is_empty()
            || (reads.input && self.session.input.is_lost())
    }

    /// Computes again what is lost of what is to be read, where no caller has to be asked
    /// for it. The call stays where it is, and nothing is said twice. False where
    /// something is still missing; then nothing has changed.
    pub(super) fn compute_again(&mut self, reads: Reads) -> Result<bool, Trouble> {
        let session = self.session.clone();
        let (path, faults) = (self.path.len(), self.faults.len());
        let here = session.place.state;
        if self.compute_for(here, reads, self.flow.variables().len())? {
            return Ok(true);
        }
        self.session = session;
        self.path.truncate(path);
        self.faults.truncate(faults);
        Ok(false)
    }

    /// The same for what a state reads. Through at most so many states that need each
    /// other: two of them may go round.
    pub(super) fn compute_for(
        &mut self,
        at: StateId,
        reads: Reads,
        depth: usize,
    ) -> Result<bool, Trouble> {
        // The last entry may be another one than was read when the value was computed.
        let is_here = at == self.session.place.state;
        if reads.input && (!is_here || self.session.input.is_lost()) {
            return Ok(false);
        }
        let flow = self.flow;
        for var in reads.vars.iter() {
            if !self.session.lost.contains(var) {
                continue;
            }
            let set = self.session.set;
            let Some(giver) = flow.giver(var, at, |var| set.contains(var)) else {
                if self.give_again(var)? {
                    continue;
                }
                return Ok(false);
            };
            let state = flow.state(giver);
            if depth == 0 || !self.compute_for(giver, state.reads_on_entry, depth - 1)? {
                return Ok(false);
            }
            // Of what else the state sets, some may have been set anew since.
            let before = self.session.clone();
            let given = match self.assign(state) {
                Ok(()) => self.session.var(var).clone(),
                Err(Trouble::Unfinished(unfinished)) => {
                    return Err(Trouble::Unfinished(unfinished));
                }
                // It fails again when the call is sent there, and is told.
                Err(Trouble::Fault(_)) => return Ok(false),
            };
            self.session = before;
            self.session.assign(var, given);
            let here = self.session.place.state;
            self.note_way(here, Way::Again(var), None);
        }
        Ok(true)
    }

    /// True where a call was sent back more often than that: by servers that do not have
    /// the same flow, each of which begins it anew.
    pub(super) fn is_sent_around(&self) -> bool {
        self.session.counters.sent_back > MOST_WAYS_BACK + 1
    }

    /// Moves the call to the state that collects what is lost, never to a default
    /// that pretends. Where nothing collects it, the call begins anew.
    pub(super) fn go_back(&mut self, reads: Reads) -> Go {
        // Out of several flows it is one way back.
        let is_further = self.path.last().is_some_and(|last| last.way == Way::Back);
        let sent_back = self.session.counters.sent_back;
        if !is_further {
            self.session.counters.sent_back = sent_back.saturating_add(1);
        }
        match sent_back.cmp(&MOST_WAYS_BACK) {
            _ if is_further => {}
            Ordering::Less => {}
            Ordering::Equal => return self.go_on_error(),
            Ordering::Greater => return self.last_resort(),
        }
        let lost = self.session.lost;
        let input_is_lost = self.session.input.is_lost();
        let from = self.session.place.state;
        // A caller who does not answer there either is not sent there for ever.
        let in_vain = self.session.counters.streak >= self.flow.patience();
        let back = self
            .flow
            .way_back(from, reads, |var| lost.contains(var), input_is_lost);
        let mut from = from;
        match back.filter(|_| !in_vain) {
            Some(state) => self.session.enter(state),
            // What it was given is lost: the flow that runs it gives it again.
            None if self.session.outer.is_some() && !in_vain => {
                self.session.ascend();
                from = self.session.place.state;
                self.session.enter(from);
            }
            None => self.session.start_over(),
        }
        self.stand();
        let to = self.session.place.state;
        self.note_way(from, Way::Back, Some(to));
        Go::On
    }
}
