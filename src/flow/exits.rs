//! How a flow can be left: what the flows that run it have to know of it, so that
//! their own checks go through it.

use std::collections::{HashSet, VecDeque};

use super::resolved::Flow;
use super::state::{Edge, Failure, Kind, State, StateId, Target};

/// How many numbers the platform dials in one call.
pub const MAX_DIALS: usize = 2;

/// How a flow can be left.
#[derive(Debug, Default)]
pub struct Exits {
    /// By `return`, each label once; `None` for a plain one.
    pub returns: Vec<Exit>,
    /// Some way ends the call.
    pub hangs_up: bool,
    /// Some state of it, or of a sub-flow, is a `transfer`.
    pub transfers: bool,
    /// How many numbers are dialled on one way at most.
    pub most_dials: usize,
}

/// A `return` with one label.
#[derive(Debug)]
pub struct Exit {
    pub label: Option<Box<str>>,
    /// Some way there asks no caller anything.
    unasked: bool,
    /// Some way there is that of a caller who says nothing.
    silent: bool,
    /// Something has to fail on every way there.
    by_error: bool,
    /// Whether some way there has dialled no number, one, or two and more.
    pub dials: [bool; MAX_DIALS + 1],
}

/// Which ways are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// All that there are.
    Any,
    /// All on which nothing fails.
    Well,
    /// Those on which no caller is asked anything.
    Unasked,
    /// Those of a caller who says nothing.
    Silent,
}

impl How {
    fn walks(self, state: &State, edge: Edge) -> bool {
        let decided = edge == Edge::Then || edge.is_choice();
        match (self, &state.kind) {
            (How::Any, _) => true,
            (How::Well, _) => edge != Edge::OnError,
            (How::Unasked, kind) => kind.asking().is_none() && (decided || edge.is_unanswered()),
            (How::Silent, Kind::Menu(_) | Kind::Ask(..)) => {
                matches!(edge, Edge::GiveUp | Edge::Failure(Failure::NoInput))
            }
            // A conversation took place: that is no silence.
            (How::Silent, Kind::Transfer(_)) => edge.is_unanswered(),
            (How::Silent, _) => decided,
        }
    }
}

impl Exit {
    fn is_come_to(&self, how: How) -> bool {
        match how {
            How::Any => true,
            How::Well => !self.by_error,
            How::Unasked => self.unasked,
            How::Silent => self.silent,
        }
    }
}

impl Exits {
    /// True where a caller who says nothing is asked something before some `return`.
    pub fn ask_in_silence(&self) -> bool {
        self.returns.iter().any(|exit| exit.silent && !exit.unasked)
    }

    /// How a compiled flow can be left.
    pub fn of(flow: &Flow) -> Exits {
        let any = ends(flow, How::Any);
        let [well, unasked, silent] = [How::Well, How::Unasked, How::Silent].map(|how| {
            let ends = ends(flow, how);
            move |label: &Target| ends.contains(label)
        });
        let mut exits = Exits {
            returns: Vec::new(),
            hangs_up: any.contains(&Target::Hangup),
            transfers: flow.states.iter().any(|state| match &state.kind {
                Kind::Transfer(_) => true,
                Kind::Run(run) => flow.sub(run).exits.transfers,
                _ => false,
            }),
            most_dials: 0,
        };
        let runs = |state: &State| match &state.kind {
            Kind::Run(run) => flow.sub(run).exits.hangs_up,
            _ => false,
        };
        let reached = reached(flow, How::Any);
        exits.hangs_up |= reached.iter().any(|id| runs(flow.state(*id)));
        let mut targets: Vec<Target> = any.into_iter().collect();
        targets.sort_by_key(|target| match target {
            Target::Return(Some(label)) => u32::from(*label) + 1,
            _ => 0,
        });
        let (dials, most) = dials(flow, |_, _| {});
        exits.most_dials = most;
        for target in targets {
            let Target::Return(label) = target else {
                continue;
            };
            exits.returns.push(Exit {
                label: flow.label(label).map(Into::into),
                unasked: unasked(&target),
                silent: silent(&target),
                by_error: !well(&target),
                dials: [0, 1, 2].map(|count| dials.contains(&(target, count))),
            });
        }
        exits
    }
}

impl Flow {
    /// Where a call can go from a state in this way.
    pub(super) fn leads(&self, id: StateId, how: How) -> Vec<Target> {
        let state = self.state(id);
        let Kind::Run(run) = &state.kind else {
            let edges = state.edges().into_iter();
            let walked = edges.filter(|(edge, _)| how.walks(state, *edge));
            return walked.map(|(_, target)| target).collect();
        };
        let returns = self.sub(run).exits.returns.iter();
        let come_to = returns.filter(|exit| exit.is_come_to(how));
        let back = come_to.filter_map(|exit| run.back(exit.label.as_deref()));
        let mut targets: Vec<Target> = back.map(|(_, target)| target).collect();
        if how == How::Any {
            targets.extend(run.otherwise);
            targets.push(state.on_error);
        }
        targets
    }
}

/// The states that a call comes to in this way.
fn reached(flow: &Flow, how: How) -> HashSet<StateId> {
    let mut reached = HashSet::from([flow.start]);
    let mut open = vec![flow.start];
    while let Some(id) = open.pop() {
        for target in flow.leads(id, how) {
            open.extend(target.state().filter(|to| reached.insert(*to)));
        }
    }
    reached
}

/// The ends that a call comes to in this way.
fn ends(flow: &Flow, how: How) -> HashSet<Target> {
    let reached = reached(flow, how).into_iter();
    let targets = reached.flat_map(|id| flow.leads(id, how));
    targets.filter(|target| target.state().is_none()).collect()
}

/// Each `return` with how many numbers may be dialled before it, and the most that are
/// dialled on any way. `tell` is told of every state that dials, with how many were
/// dialled before.
pub fn dials(
    flow: &Flow,
    mut tell: impl FnMut(StateId, usize),
) -> (HashSet<(Target, usize)>, usize) {
    let mut returns = HashSet::new();
    let mut most = 0;
    let mut seen = HashSet::from([(flow.start, 0)]);
    let mut open = VecDeque::from([(flow.start, 0)]);
    while let Some((id, dialled)) = open.pop_front() {
        let mut to: Vec<(Target, usize)> = Vec::new();
        match &flow.state(id).kind {
            Kind::Transfer(transfer) => {
                tell(id, dialled);
                let after = dialled + transfer.numbers.len();
                most = most.max(after);
                let leads = flow.leads(id, How::Well).into_iter();
                to.extend(leads.map(|target| (target, after)));
            }
            Kind::Run(run) => {
                tell(id, dialled);
                let exits = &flow.sub(run).exits;
                most = most.max(dialled + exits.most_dials);
                for exit in &exits.returns {
                    let counts = (0..=MAX_DIALS).filter(|count| exit.dials[*count]);
                    let back = run.back(exit.label.as_deref());
                    let back = back.map(|(_, target)| target);
                    to.extend(counts.filter_map(|count| Some((back?, dialled + count))));
                }
            }
            _ => {
                let leads = flow.leads(id, How::Well).into_iter();
                to.extend(leads.map(|target| (target, dialled)));
            }
        }
        for (target, after) in to {
            let after = after.min(MAX_DIALS);
            match target.state() {
                Some(next) if seen.insert((next, after)) => open.push_back((next, after)),
                Some(_) => {}
                None => {
                    returns.insert((target, after));
                }
            }
        }
    }
    (returns, most)
}
