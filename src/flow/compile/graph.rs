//! The graph of a flow: every state is reached, every path can end, nothing goes
//! round without a caller, and silence alone never goes round.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::document::{Document, StateDoc};
use crate::flow::exits::{self, How, MAX_DIALS};
use crate::flow::resolved::Flow;
use crate::flow::state::{Edge, Kind, StateId, Target};

/// Checks the graph. Where a target is missing (`whole` is false), what is not
/// reached and what cannot end is not known, and only loops are looked for.
pub fn check(flow: &Flow, document: &Document, findings: &mut Findings, whole: bool) {
    let check = Check { flow, document };
    let endless = check.endless_loops(findings);
    // A call that cannot end goes round somewhere too, and is told but once.
    let stuck = if whole { check.stuck() } else { HashSet::new() };
    check.silent_loops(findings, &stuck, &endless);
    if whole {
        check.unreachable(findings);
        if !endless.iter().any(|id| stuck.contains(id)) {
            check.ends(findings, &stuck);
        }
        check.start(findings);
        check.dials(findings);
    }
}

struct Check<'a> {
    flow: &'a Flow,
    document: &'a Document,
}

impl Check<'_> {
    fn doc(&self, id: StateId) -> &StateDoc {
        &self.document.states[usize::from(id.0)]
    }

    /// A loop in which no caller is ever asked anything. Returns the states of all.
    fn endless_loops(&self, findings: &mut Findings) -> Vec<StateId> {
        let mut found = Vec::new();
        for cycle in self.cycles(How::Unasked) {
            let way = self.way(&cycle);
            findings
                .add(
                    Code::EndlessLoop,
                    self.doc(cycle[0]).name.at,
                    format!(
                        "{way} goes round for ever, and no caller is asked anything on the way"
                    ),
                )
                .help("lead one of them to a `menu`, an `ask` or `hangup`")
                .hears(self.heard_for_ever(&cycle));
            found.extend(cycle);
        }
        found
    }

    /// A loop through states that ask, which a caller walks by saying nothing.
    fn silent_loops(&self, findings: &mut Findings, stuck: &HashSet<StateId>, endless: &[StateId]) {
        for cycle in self.cycles(How::Silent) {
            let Some(asking) = cycle.iter().find(|id| self.asks_in_silence(**id)) else {
                continue;
            };
            // Without its question it goes round as well, and was told so.
            let is_endless = cycle.iter().all(|id| endless.contains(id));
            if stuck.contains(asking) || is_endless {
                continue;
            }
            let way = self.way(&cycle);
            findings
                .add(
                    Code::SilentLoop,
                    self.doc(*asking).name.at,
                    format!("a caller who says nothing goes round in {way} for ever"),
                )
                .help(
                    "let one `give_up` lead to a person or to a goodbye, with `hangup` at its end",
                )
                .hears(format!(
                    "a caller who says nothing would hear `{}` over and over",
                    self.flow.state(*asking).name
                ));
        }
    }

    /// A state that asks, by itself or in the flow that it runs.
    fn asks_in_silence(&self, id: StateId) -> bool {
        match &self.flow.state(id).kind {
            Kind::Run(run) => self.flow.sub(run).exits.ask_in_silence(),
            kind => kind.asking().is_some(),
        }
    }

    /// What callers hear in a round in which they are asked nothing.
    fn heard_for_ever(&self, cycle: &[StateId]) -> String {
        let speaks = |id: &&StateId| self.flow.state(**id).say.is_some();
        match cycle.iter().find(speaks) {
            Some(id) => format!(
                "a caller would hear `{}` over and over",
                self.flow.state(*id).name
            ),
            None => "a caller would hear nothing at all".to_owned(),
        }
    }

    /// Loops along ways of this kind, one for each knot of them, each as the states
    /// of one way round.
    fn cycles(&self, how: How) -> Vec<Vec<StateId>> {
        let mut graph = DiGraph::<StateId, ()>::new();
        let nodes: Vec<NodeIndex> = self.flow.state_ids().map(|id| graph.add_node(id)).collect();
        for id in self.flow.state_ids() {
            for to in self
                .flow
                .leads(id, how)
                .into_iter()
                .filter_map(Target::state)
            {
                graph.add_edge(nodes[usize::from(id.0)], nodes[usize::from(to.0)], ());
            }
        }
        let mut cycles: Vec<Vec<StateId>> = tarjan_scc(&graph)
            .into_iter()
            .filter(|knot| knot.len() > 1 || graph.contains_edge(knot[0], knot[0]))
            .map(|knot| one_way_round(&graph, &knot))
            .collect();
        cycles.sort();
        cycles
    }

    /// "`a` → `b` → `a`".
    fn way(&self, cycle: &[StateId]) -> String {
        let mut names: Vec<String> = cycle
            .iter()
            .chain(cycle.first())
            .map(|id| format!("`{}`", self.flow.state(*id).name))
            .collect();
        if names.len() > 7 {
            names.splice(3..names.len() - 3, ["…".to_owned()]);
        }
        names.join(" → ")
    }

    fn unreachable(&self, findings: &mut Findings) {
        let mut reached = HashSet::from([self.flow.start]);
        let mut open = vec![self.flow.start];
        while let Some(id) = open.pop() {
            for (_, target) in self.flow.state(id).edges() {
                if let Target::State(to) | Target::Again(to) = target
                    && reached.insert(to)
                {
                    open.push(to);
                }
            }
        }
        for id in self.roots(&reached) {
            let doc = self.doc(id);
            // What stands in another's place, or in `defaults` unused, has no name to go to.
            if reached.contains(&id) || doc.name.value.contains('.') {
                continue;
            }
            let name = &doc.name.value;
            findings
                .add(
                    Code::Unreachable,
                    doc.name.at,
                    format!("no caller ever reaches `{name}`"),
                )
                .help(format!(
                    "write `{name}` as the target of a key or `then`, or take it out"
                ));
        }
    }

    /// Of the states that are not reached those that would make the others be: the
    /// first of each knot that no other of them leads to.
    fn roots(&self, reached: &HashSet<StateId>) -> Vec<StateId> {
        let mut graph = DiGraph::<StateId, ()>::new();
        // What stands in `defaults` and is not used leads nowhere.
        let unused = |doc: &StateDoc| doc.parent.is_none() && doc.name.value.contains('.');
        let lost = |id: &StateId| !reached.contains(id) && !unused(self.doc(*id));
        let nodes: HashMap<StateId, NodeIndex> = self
            .flow
            .state_ids()
            .filter(lost)
            .map(|id| (id, graph.add_node(id)))
            .collect();
        for (id, node) in &nodes {
            for (_, target) in self.flow.state(*id).edges() {
                if let Target::State(to) | Target::Again(to) = target
                    && let Some(to) = nodes.get(&to)
                {
                    graph.add_edge(*node, *to, ());
                }
            }
        }
        let mut roots: Vec<StateId> = tarjan_scc(&graph)
            .into_iter()
            .filter(|knot| {
                let from = |node: &NodeIndex| {
                    let into = petgraph::Direction::Incoming;
                    graph
                        .neighbors_directed(*node, into)
                        .any(|other| !knot.contains(&other))
                };
                !knot.iter().any(from)
            })
            .filter_map(|knot| knot.into_iter().map(|node| graph[node]).min())
            .collect();
        roots.sort();
        roots
    }

    /// The states from which no way leads to the end of the call.
    fn stuck(&self) -> HashSet<StateId> {
        let mut ending: HashSet<StateId> = HashSet::new();
        loop {
            let before = ending.len();
            for id in self.flow.state_ids() {
                let ends = self.runs_to_an_end(id)
                    || self
                        .flow
                        .leads(id, How::Well)
                        .into_iter()
                        .any(|target| target.state().is_none_or(|to| ending.contains(&to)));
                if ends {
                    ending.insert(id);
                }
            }
            if ending.len() == before {
                break;
            }
        }
        self.flow
            .state_ids()
            .filter(|id| !ending.contains(id))
            .collect()
    }

    /// True for a state that runs a flow which can end the call.
    fn runs_to_an_end(&self, id: StateId) -> bool {
        let run = self.flow.run_in(id);
        run.is_some_and(|(_, sub)| sub.exits.hangs_up)
    }

    /// A path that cannot end: the first state of those.
    fn ends(&self, findings: &mut Findings, stuck: &HashSet<StateId>) {
        let named = |id: &StateId| !self.doc(*id).name.value.contains('.');
        let first = self
            .flow
            .state_ids()
            .find(|id| stuck.contains(id) && named(id));
        if let Some(id) = first {
            let doc = self.doc(id);
            let message = format!(
                "from `{}` no way leads to the end of the call",
                doc.name.value
            );
            findings
                .add(Code::NoEnd, doc.name.at, message)
                .help("give some key or `then` behind it the target `hangup`");
        }
    }

    /// The first state is where calls begin, which is not clear where it is also a target.
    fn start(&self, findings: &mut Findings) {
        if self.document.start.is_some() {
            return;
        }
        let start = self.flow.start;
        let is_target = self.flow.states.iter().any(|state| {
            state
                .edges()
                .iter()
                .any(|(edge, target)| *edge != Edge::OnError && *target == Target::State(start))
        });
        if is_target {
            let doc = self.doc(start);
            let name = &doc.name.value;
            findings
                .add(
                    Code::UnclearStart,
                    doc.name.at,
                    format!("calls begin at `{name}`, which other states lead to as well"),
                )
                .help(format!(
                    "write `start: {name}` at the top of the file if that is meant"
                ));
        }
    }

    /// A path on which a third number would be dialled.
    fn dials(&self, findings: &mut Findings) {
        let mut told: Vec<(StateId, bool)> = Vec::new();
        exits::dials(self.flow, |id, dialled| {
            let is_third = match &self.flow.state(id).kind {
                Kind::Transfer(transfer) => dialled + transfer.numbers.len() > MAX_DIALS,
                // Of what it dials too many by itself it tells itself.
                Kind::Run(run) => {
                    let most = self.flow.sub(run).exits.most_dials;
                    dialled > 0 && most > 0 && dialled + most > MAX_DIALS
                }
                _ => false,
            };
            if is_third && !told.iter().any(|(known, _)| *known == id) {
                told.push((id, dialled < MAX_DIALS));
            }
        });
        for (id, is_one) in told {
            let doc = self.doc(id);
            let name = &doc.name.value;
            let message = match self.flow.run_in(id) {
                None => format!("a call can come to `{name}` with two numbers dialled before"),
                Some((_, sub)) => format!(
                    "a call can come to `{name}` with {} dialled before, and `{}` dials {}",
                    if is_one { "one number" } else { "two numbers" },
                    sub.name(),
                    if sub.exits.most_dials == 1 {
                        "one more"
                    } else {
                        "two more"
                    },
                ),
            };
            findings
                .add(Code::ThirdDial, doc.name.at, message)
                .help("the platform may refuse a third: end such calls with a `say`, or try fewer numbers");
        }
    }
}

/// A way round in a knot of states that all reach each other, from the one that is
/// written first.
fn one_way_round(graph: &DiGraph<StateId, ()>, knot: &[NodeIndex]) -> Vec<StateId> {
    let inside: HashSet<NodeIndex> = knot.iter().copied().collect();
    let first = knot
        .iter()
        .copied()
        .min_by_key(|node| graph[*node])
        .expect("a knot holds a state");
    let mut came_from = HashMap::new();
    let mut open = VecDeque::from([first]);
    while let Some(node) = open.pop_front() {
        for next in graph.neighbors(node).filter(|next| inside.contains(next)) {
            if next == first {
                let mut way = vec![graph[node]];
                let mut at = node;
                while at != first {
                    at = came_from[&at];
                    way.push(graph[at]);
                }
                way.reverse();
                return way;
            }
            if let Entry::Vacant(entry) = came_from.entry(next) {
                entry.insert(node);
                open.push_back(next);
            }
        }
    }
    vec![graph[first]]
}
