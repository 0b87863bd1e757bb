//! Callers who come to nobody: a flow without a person in it that hangs up on those
//! who cannot answer, without a word.
//!
//! A survey or a reminder has no person in it by design, so one that says goodbye
//! before it hangs up is told nothing.

use std::collections::HashSet;

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::document::TargetDoc;
use crate::flow::state::{Edge, Kind, StateId, Target};

use super::{Design, shown};

impl Design<'_> {
    pub(super) fn people(&self, findings: &mut Findings) {
        let states = self.flow.states();
        let is_person = |kind: &Kind| match kind {
            Kind::Transfer(_) => true,
            Kind::Run(run) => self.flow.sub(run).exits.transfers,
            _ => false,
        };
        if states.iter().any(|state| is_person(&state.kind)) {
            return;
        }
        let cut_off = self.flow.state_ids().find(|id| {
            let edges = self.flow.state(*id).edges();
            let mut gives_up = edges
                .iter()
                .filter(|(edge, _)| matches!(edge, Edge::GiveUp | Edge::Failure(_)));
            gives_up.any(|(_, target)| self.ends_in_silence(*target))
        });
        let Some(id) = cut_off else { return };
        let doc = self.doc(id);
        let written = doc
            .give_up
            .as_ref()
            .or(self.document.defaults.give_up.as_ref());
        let at = match written {
            Some(TargetDoc::Name(name)) => name.at,
            _ => doc.name.at,
        };
        findings
            .add(
                Code::NoPerson,
                at,
                format!(
                    "a caller who cannot answer `{}` is hung up on without a word, and nothing leads to a person",
                    shown(doc)
                ),
            )
            .help("lead them to a `transfer`, or say goodbye: `{say: Please call again. Goodbye., then: hangup}`")
            .hears("a caller who says nothing would hear the line go dead".to_owned());
    }

    /// True where a call can come from here to its end with nothing said on the way.
    fn ends_in_silence(&self, target: Target) -> bool {
        let mut seen: HashSet<StateId> = HashSet::new();
        let mut open = vec![target];
        while let Some(target) = open.pop() {
            let id = match target {
                Target::Hangup => return true,
                Target::State(id) => id,
                Target::Again(_) | Target::Return(_) => continue,
            };
            let state = self.flow.state(id);
            let is_quiet = state.kind.asking().is_none() && !matches!(state.kind, Kind::Run(_));
            let silent = state.say.is_none() && is_quiet;
            if silent && seen.insert(id) {
                let edges = state.edges().into_iter();
                open.extend(
                    edges
                        .filter(|(edge, _)| *edge != Edge::OnError)
                        .map(|(_, to)| to),
                );
            }
        }
        false
    }
}
