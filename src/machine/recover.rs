//! Where a call goes on when a restart has lost what its state reads.

use crate::flow::Reads;

use super::step::Runner;
use super::turn::Way;

impl Runner<'_> {
    /// True where a restart has lost something of what is to be read.
    pub(super) fn misses(&self, reads: Reads) -> bool {
        !self.session.lost.and(reads.vars).is_empty()
            || (reads.input && self.session.input.is_none())
    }

    /// Moves the call to the state that collects what is lost, never to a default
    /// that pretends. Where nothing collects it, the call begins anew.
    pub(super) fn go_back(&mut self, reads: Reads) {
        let lost = self.session.lost;
        let input_is_lost = self.session.input.is_none();
        let from = self.session.place.state;
        // A caller who does not answer there either is not sent there for ever.
        let in_vain = self.session.counters.streak >= self.flow.patience();
        let back = self
            .flow
            .way_back(from, reads, |var| lost.contains(var), input_is_lost);
        match back.filter(|_| !in_vain) {
            Some(state) => self.session.enter(state),
            None => self.session.start_over(),
        }
        let to = self.session.place.state;
        self.note_way(from, Way::Back, Some(to));
    }
}
