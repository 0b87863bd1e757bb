//! Where each state and each way out of it is written, for whoever tells which of them
//! no test has taken.

use crate::flow::document::{AskingDoc, KindDoc, StateDoc, TargetDoc};
use crate::flow::resolved::Written;
use crate::flow::source::Span;
use crate::flow::state::{Edge, Failure};

use super::Compiler;

impl Compiler<'_> {
    /// The place of the state with this number, and those of its ways.
    pub(super) fn written(&self, index: usize) -> Written {
        let doc = &self.document.states[index];
        let defaults = &self.document.defaults;
        let mut ways = Vec::new();
        let own_then = |ways: &mut Vec<(Edge, Span)>| {
            let then = doc.then.as_ref().map(|then| self.target_place(then));
            ways.extend(then.map(|at| (Edge::Then, at)));
        };
        match &doc.kind {
            // It is the only way on, and was gone where the state was left.
            KindDoc::Plain => {}
            KindDoc::Menu(asking) => self.asking_ways(doc, asking, &mut ways),
            KindDoc::Ask(asking, _) => {
                self.asking_ways(doc, asking, &mut ways);
                own_then(&mut ways);
            }
            KindDoc::Transfer { .. } => {
                own_then(&mut ways);
                let otherwise = doc.otherwise.as_ref().or(defaults.otherwise.as_ref());
                for (edge, word) in [
                    (Edge::Busy, "busy"),
                    (Edge::NoAnswer, "no_answer"),
                    (Edge::Failed, "failed"),
                ] {
                    let case = doc.cases.iter().find(|(name, _)| name.value == word);
                    let at = case.map(|(name, _)| name.at);
                    let at = at.or_else(|| otherwise.map(|target| self.target_place(target)));
                    ways.extend(at.map(|at| (edge, at)));
                }
            }
            KindDoc::Choose(arms) => {
                let arms = arms.iter().zip(0..);
                ways.extend(arms.map(|(arm, at)| (Edge::Arm(at), arm.condition.at)));
                self.otherwise_way(doc, &mut ways);
            }
            KindDoc::Hours(_) => {
                own_then(&mut ways);
                let cases = doc.cases.iter().zip(0..);
                ways.extend(cases.map(|((name, _), at)| (Edge::Case(at), name.at)));
                self.otherwise_way(doc, &mut ways);
            }
            KindDoc::Label(_) => {
                let cases = doc.cases.iter().zip(0..);
                ways.extend(cases.map(|((name, _), at)| (Edge::Case(at), name.at)));
                self.otherwise_way(doc, &mut ways);
            }
            KindDoc::Http(_) => {
                own_then(&mut ways);
                let cases = doc.cases.iter().zip(0..);
                ways.extend(cases.map(|((name, _), at)| (Edge::Case(at), name.at)));
                self.otherwise_way(doc, &mut ways);
            }
            KindDoc::Split(sides) => {
                let sides = sides.iter().zip(0..);
                ways.extend(sides.filter_map(|((label, _), at)| {
                    let case = doc.cases.iter().find(|(name, _)| name.value == label.value);
                    case.map(|(name, _)| (Edge::Case(at), name.at))
                }));
            }
            KindDoc::Run(_) => {
                let cases = doc.cases.iter().zip(0..);
                ways.extend(cases.map(|((name, _), at)| (Edge::Case(at), name.at)));
                own_then(&mut ways);
                self.otherwise_way(doc, &mut ways);
            }
        }
        let on_error = doc.on_error.as_ref().or(defaults.on_error.as_ref());
        ways.extend(on_error.map(|target| (Edge::OnError, self.target_place(target))));
        Written {
            at: doc.name.at,
            ways,
        }
    }

    fn asking_ways(&self, doc: &StateDoc, asking: &AskingDoc, ways: &mut Vec<(Edge, Span)>) {
        let defaults = &self.document.defaults;
        for (key, _) in asking.keys.iter().chain(&defaults.keys) {
            let edge = Edge::Key(key.value);
            if !ways.iter().any(|(other, _)| *other == edge) {
                ways.push((edge, key.at));
            }
        }
        let give_up = doc.give_up.as_ref().or(defaults.give_up.as_ref());
        ways.extend(give_up.map(|target| (Edge::GiveUp, self.target_place(target))));
        for failure in [Failure::NoInput, Failure::NoMatch, Failure::Invalid] {
            let case = doc
                .cases
                .iter()
                .find(|(name, _)| name.value == failure.word());
            ways.extend(case.map(|(name, _)| (Edge::Failure(failure), name.at)));
        }
    }

    fn otherwise_way(&self, doc: &StateDoc, ways: &mut Vec<(Edge, Span)>) {
        let defaults = &self.document.defaults;
        let otherwise = doc.otherwise.as_ref().or(defaults.otherwise.as_ref());
        ways.extend(otherwise.map(|target| (Edge::Otherwise, self.target_place(target))));
    }

    fn target_place(&self, target: &TargetDoc) -> Span {
        match target {
            TargetDoc::Name(name) => name.at,
            TargetDoc::Place(index) => self.document.states[*index].name.at,
            TargetDoc::Return(label) => label.at,
        }
    }
}
