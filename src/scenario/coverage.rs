//! Which states, keys and branches of a flow the scenarios have been through.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::flow::{Edge, Flow, Span, StateId};
use crate::machine::Way;

use super::talk::Turn;

/// What was gone through, by the names of flows.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    flows: BTreeMap<String, Seen>,
}

#[derive(Debug, Clone, Default)]
struct Seen {
    states: BTreeSet<StateId>,
    /// Places of ways that were taken, so that one of the `defaults` is one way.
    ways: BTreeSet<Span>,
}

/// How much of a flow was gone through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    pub flow: String,
    pub file: String,
    pub states: Share,
    pub keys: Share,
    /// Where a call can go one way or another, but for keys.
    pub branches: Share,
    /// What was not, in the order of lines.
    pub open: Vec<Open>,
}

/// Some of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    pub done: usize,
    pub all: usize,
}

/// Something that no scenario has gone through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    pub line: usize,
    pub what: String,
}

impl Share {
    /// In whole per cent; less than 100 while something is missing.
    pub fn per_cent(self) -> usize {
        if self.all == 0 {
            return 100;
        }
        self.done * 100 / self.all
    }

    pub fn is_whole(self) -> bool {
        self.done == self.all
    }

    fn count(&mut self, done: bool) {
        self.all += 1;
        self.done += usize::from(done);
    }
}

impl Coverage {
    /// Adds what a call went through, in each flow of its bundle.
    pub fn note(&mut self, turns: &[Turn]) {
        for turn in turns {
            for passage in &turn.traced.path {
                let flow = turn.traced.flow.part(passage.part);
                if !self.flows.contains_key(flow.name()) {
                    self.flows.insert(flow.name().to_owned(), Seen::default());
                }
                let Some(seen) = self.flows.get_mut(flow.name()) else {
                    continue;
                };
                seen.states.extend(passage.to);
                let Way::Out(edge) = passage.way else {
                    continue;
                };
                let ways = flow.written(passage.from).ways.iter();
                let at = ways.filter(|(other, _)| *other == edge).map(|(_, at)| *at);
                seen.ways.extend(at);
            }
        }
    }

    /// Adds what other calls went through.
    pub fn add(&mut self, other: &Coverage) {
        for (name, seen) in &other.flows {
            let mine = self.flows.entry(name.clone()).or_default();
            mine.states.extend(&seen.states);
            mine.ways.extend(&seen.ways);
        }
    }

    /// How much of a flow that is.
    pub fn of(&self, flow: &Flow) -> Covered {
        let nothing = Seen::default();
        let seen = self.flows.get(flow.name()).unwrap_or(&nothing);
        let mut covered = Covered {
            flow: flow.name().to_owned(),
            file: flow.path().to_owned(),
            states: Share::default(),
            keys: Share::default(),
            branches: Share::default(),
            open: Vec::new(),
        };
        let mut told = HashSet::new();
        let mut open: Vec<(Span, String)> = Vec::new();
        for id in reached(flow) {
            let written = flow.written(id);
            let name = &flow.state(id).name;
            let is_seen = seen.states.contains(&id);
            covered.states.count(is_seen);
            if !is_seen {
                open.push((written.at, format!("state `{name}` is never entered")));
            }
            for (edge, at) in &written.ways {
                // Several outcomes of one word are one way.
                if !told.insert(*at) {
                    continue;
                }
                let is_taken = seen.ways.contains(at);
                match edge {
                    Edge::Key(_) => covered.keys.count(is_taken),
                    _ => covered.branches.count(is_taken),
                }
                if !is_taken && is_seen {
                    open.push((*at, format!("{} of `{name}` is never taken", shown(*edge))));
                }
            }
        }
        open.sort();
        let file = flow.file();
        covered.open = open
            .into_iter()
            .map(|(at, what)| Open {
                line: file.line_column(at.start).0,
                what,
            })
            .collect();
        covered
    }
}

/// The states that a call can come to at all; what is written in `defaults` may be used
/// by none.
fn reached(flow: &Flow) -> Vec<StateId> {
    let mut reached = HashSet::from([flow.start()]);
    let mut left = vec![flow.start()];
    while let Some(id) = left.pop() {
        for (_, target) in flow.state(id).edges() {
            left.extend(target.state().filter(|to| reached.insert(*to)));
        }
    }
    flow.state_ids().filter(|id| reached.contains(id)).collect()
}

fn shown(edge: Edge) -> String {
    match edge {
        Edge::Then => "`then`".to_owned(),
        Edge::Key(key) => format!("key {}", key.name()),
        Edge::GiveUp => "`give_up`".to_owned(),
        Edge::Failure(failure) => format!("case `{}`", failure.word()),
        Edge::Arm(at) => format!("condition {}", at + 1),
        Edge::Case(at) => format!("case {}", at + 1),
        Edge::Otherwise => "`otherwise`".to_owned(),
        Edge::Busy => "`busy`".to_owned(),
        Edge::NoAnswer => "`no_answer`".to_owned(),
        Edge::Failed => "`failed`".to_owned(),
        Edge::OnError => "`on_error`".to_owned(),
    }
}
