//! One turn: from what has happened to the next answer.
//!
//! The flow runs from state to state until something has to be waited for. An
//! answer holds one action that takes time, and behind it at most `hangup`, so it
//! means the same whether the platform asks again after every action or when the
//! list has run out. What is spoken is therefore held back until it shows whether
//! it can be joined with what comes next; where it cannot, it goes out alone, and
//! the session is set back to where it stood behind it.

use std::sync::Arc;

use jiff::Timestamp;
use smallvec::SmallVec;

use crate::call::{Action, Answer, Digits, Ending, LookUp, TransferOutcome};
use crate::flow::{
    At, Edge, Expression, Flow, Kind, OpenOrClosed, PartId, Split, State, StateId, Target,
};
use crate::script::Budget;

use super::outside::Outside;
use super::scope::Candidate;
use super::session::{Place, Session, Stage, running};
use super::speak::Held;
use super::turn::{Allowance, Cue, Fault, Passage, Path, Policy, Step, Turn, Way};

/// Faults in one turn, and in one call, after which the last resort is said.
const MAX_FAULTS_A_TURN: usize = 3;
const MAX_FAULTS_A_CALL: u8 = 20;

/// Runs one turn, the call's `turn`-th, counted from 0. The session that was handed in
/// stays as it is.
pub fn step(
    session: &Session,
    (turn, cue): (u16, Cue),
    now: Timestamp,
    allowance: Allowance,
    policy: &Policy,
    outside: &Outside<'_>,
) -> Step {
    let turn = (policy, outside, turn);
    let mut runner = Runner::new(session, session.clone(), turn, now, allowance);
    runner.first = matches!(cue, Cue::Begin);
    runner.stand();
    match runner.run(cue) {
        Ok(()) => Step::Turn(runner.finish()),
        Err(Unfinished::OverBudget) => Step::OverBudget,
        Err(Unfinished::LookUp(look_up)) => Step::LookUp(look_up),
    }
}

/// Why a turn cannot be run to its end as it is.
pub(super) enum Unfinished {
    OverBudget,
    /// This has to be known first.
    LookUp(Box<LookUp>),
}

/// What keeps a state from being carried out.
pub(super) enum Trouble {
    Unfinished(Unfinished),
    Fault(Fault),
}

/// Whether the turn goes on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Go {
    On,
    /// The answer is complete.
    Stop,
}

pub(super) struct Runner<'a> {
    /// By reference: counting who holds a flow that all calls share costs more than
    /// most of a turn.
    pub(super) root: &'a Arc<Flow>,
    /// The one that runs: that, or a sub-flow.
    pub(super) flow: &'a Flow,
    part: PartId,
    /// The running flow has come to a `return` with this label.
    pub(super) returning: Option<Option<u16>>,
    pub(super) session: Session,
    pub(super) policy: &'a Policy,
    pub(super) outside: &'a Outside<'a>,
    /// Which turn of the call it is.
    pub(super) turn: u16,
    /// The states in which this turn has looked something up.
    pub(super) looked_up: SmallVec<[At; 2]>,
    pub(super) begun: Option<Box<LookUp>>,
    pub(super) now: Timestamp,
    pub(super) budget: Budget,
    pub(super) last_allowance: bool,
    /// What would be said has been said already.
    pub(super) muted: bool,
    pub(super) candidate: Option<Candidate>,
    pub(super) actions: SmallVec<[Action; 2]>,
    /// The whole answer, where it is the same for all callers.
    pub(super) ready: Option<Answer>,
    /// What is spoken next, if nothing comes that it can be joined with.
    pub(super) held: Option<Held>,
    ended: bool,
    pub(super) faults: Vec<Fault>,
    pub(super) path: Path,
    /// Nothing has been heard in the call before this turn.
    first: bool,
    /// A state could not be carried out, and the call went to its `on_error`.
    went_wrong: bool,
    /// A text whose values left nothing to say, should the call end without a word.
    pub(super) unsaid: Option<Fault>,
    /// How the call ended, where it did.
    pub(super) ending: Option<&'a Ending>,
}

impl<'a> Runner<'a> {
    pub(super) fn new(
        begins: &'a Session,
        session: Session,
        (policy, outside, turn): (&'a Policy, &'a Outside<'a>, u16),
        now: Timestamp,
        allowance: Allowance,
    ) -> Self {
        Runner {
            root: begins.root(),
            flow: begins.flow(),
            part: PartId::ROOT,
            returning: None,
            session,
            policy,
            outside,
            turn,
            looked_up: SmallVec::new(),
            begun: None,
            now,
            budget: Budget::new(allowance.operations),
            last_allowance: allowance.last,
            muted: false,
            candidate: None,
            actions: SmallVec::new(),
            ready: None,
            held: None,
            ended: false,
            faults: Vec::new(),
            path: Path::new(),
            first: false,
            went_wrong: false,
            unsaid: None,
            ending: None,
        }
    }
}

impl Runner<'_> {
    fn run(&mut self, cue: Cue) -> Result<(), Unfinished> {
        let next = self.begin(cue);
        self.run_on(next)
    }

    /// Goes from state to state until something has to be waited for.
    fn run_on(&mut self, next: Result<Go, Trouble>) -> Result<(), Unfinished> {
        let mut next = next;
        // Checked flows cannot go round without waiting; a bug of ours must not either.
        let states: usize = self.root.parts().map(|(_, flow)| flow.states().len()).sum();
        for _ in 0..4 * states + 64 {
            next = match next {
                Ok(Go::Stop) => return Ok(()),
                Ok(Go::On) => self.advance(),
                Err(Trouble::Unfinished(unfinished)) => return Err(unfinished),
                Err(Trouble::Fault(fault)) => self.fail(fault),
            };
        }
        let fault = self.our_fault("the turn did not come to an end");
        self.faults.push(fault);
        self.last_resort();
        Ok(())
    }

    fn begin(&mut self, cue: Cue) -> Result<Go, Trouble> {
        if self.is_sent_around() {
            return Ok(self.last_resort());
        }
        match cue {
            Cue::Begin => {
                let start = self.session.place.state;
                self.note_way(start, Way::Begin, Some(start));
                Ok(Go::On)
            }
            Cue::BeginOutbound { digits } => {
                let start = self.session.place.state;
                self.note_way(start, Way::Begin, Some(start));
                self.run_to_first_question()?;
                self.take(digits, None)
            }
            Cue::Done { digits, leg } => self.take(digits, leg),
            Cue::Garbled => Ok(self.go_on_error()),
        }
    }

    /// Runs to the first state that waits, without a word: what leads there was
    /// heard already.
    fn run_to_first_question(&mut self) -> Result<(), Trouble> {
        self.muted = true;
        let waits = self.run_on(Ok(Go::On));
        self.muted = false;
        waits.map_err(Trouble::Unfinished)
    }

    /// Takes what came back for the action that was waited for.
    fn take(
        &mut self,
        digits: Option<Digits>,
        leg: Option<TransferOutcome>,
    ) -> Result<Go, Trouble> {
        if self.ended {
            return Ok(Go::Stop);
        }
        self.actions.clear();
        match self.session.place.stage.clone() {
            Stage::Asking => self.judge(digits),
            Stage::Confirming(entry) => self.judge_confirmation(*entry, digits),
            Stage::Dialling(index) => Ok(self.transferred(index, leg)),
            // A text or recording has been heard: on with what comes behind it, or to see
            // whether what is looked up has been found.
            _ => Ok(Go::On),
        }
    }

    /// Carries out what comes next in the present state.
    fn advance(&mut self) -> Result<Go, Trouble> {
        if let Some(label) = self.returning.take() {
            return self.come_back(label);
        }
        let flow = self.flow;
        let place = self.session.place.clone();
        let state = flow.state(place.state);
        let reads = match place.stage {
            Stage::Enter => state.reads_on_entry,
            _ => state.reads_inside,
        };
        if self.misses(reads) && !self.compute_again(reads)? {
            return Ok(match (&state.kind, &place.stage) {
                // It was asked for, and is not asked for anew: nobody knows what came of it.
                (Kind::Http(http), Stage::Looking(_))
                    if http.request.method.changes_something() =>
                {
                    self.go(Edge::Otherwise, http.otherwise)
                }
                _ => self.go_back(reads),
            });
        }
        match place.stage {
            Stage::Enter => {
                self.assign(state)?;
                self.session.place.stage = Stage::Say(0);
                Ok(Go::On)
            }
            Stage::Say(piece) => self.speak(state, piece),
            Stage::Kind => self.begin_kind(state),
            Stage::Ask(piece) => self.ask(state, piece),
            Stage::Wording(failure, piece) => self.wording(state, failure, piece),
            Stage::Confirm(entry, piece) => self.confirm(state, *entry, piece),
            Stage::Dial(index) => self.dial(state, index),
            Stage::Looking(begun) => self.look_on(state, *begun),
            Stage::Asking | Stage::Confirming(_) | Stage::Dialling(_) => Ok(Go::Stop),
        }
    }

    fn begin_kind(&mut self, state: &State) -> Result<Go, Trouble> {
        let (edge, target) = match &state.kind {
            Kind::Plain { then } => (Edge::Then, *then),
            Kind::Menu(_) | Kind::Ask(..) => {
                self.session.place.stage = Stage::Ask(0);
                return Ok(Go::On);
            }
            Kind::Transfer(_) => {
                self.session.place.stage = Stage::Dial(0);
                return Ok(Go::On);
            }
            Kind::Http(http) => return self.begin_look_up(state, http),
            Kind::Choose { arms, otherwise } => self.first_that_holds(arms, *otherwise)?,
            Kind::Label {
                expression,
                cases,
                otherwise,
            } => {
                let label = self.evaluate(expression)?.to_string();
                let mut cases = cases.iter().zip(0..);
                let case = cases.find(|((name, _), _)| **name == *label);
                case.map_or((Edge::Otherwise, *otherwise), |((_, target), at)| {
                    (Edge::Case(at), *target)
                })
            }
            Kind::Split(split) => {
                let at = self.side(state, split);
                let side = split.sides.get(usize::from(at));
                let target = side.map_or(state.on_error, |side| side.target);
                (Edge::Case(at), target)
            }
            Kind::Hours(by) => self.open_or_closed(by),
            Kind::Run(run) => return self.run_sub_flow(run),
        };
        Ok(self.go(edge, target))
    }

    /// The side that this caller gets: the one that a test asks for, else their own.
    fn side(&self, state: &State, split: &Split) -> u16 {
        let forced = self.policy.sides.of(&state.name);
        forced
            .and_then(|label| split.side_named(label))
            .unwrap_or_else(|| {
                split.side_of(self.session.facts().lot, self.flow.name(), &state.name)
            })
    }

    fn first_that_holds(
        &mut self,
        arms: &[(Expression, Target)],
        otherwise: Target,
    ) -> Result<(Edge, Target), Trouble> {
        for ((condition, target), at) in arms.iter().zip(0..) {
            if self.holds(condition)? {
                return Ok((Edge::Arm(at), *target));
            }
        }
        Ok((Edge::Otherwise, otherwise))
    }

    /// By what an operator has decided, else by the exception that has a case, else by
    /// whether it is open.
    fn open_or_closed(&self, by: &OpenOrClosed) -> (Edge, Target) {
        let hours = self.flow.hours_of(by.hours);
        let decided = self.outside.overrides;
        let decided = decided.of(self.flow.name(), hours.name(), self.now);
        let is_open = match decided {
            Some(decided) => decided.open,
            None => {
                let verdict = hours.judge(self.now);
                let mut cases = by.cases.iter().zip(0..);
                let case = cases.find(|(case, _)| Some(case.exception) == verdict.exception);
                if let Some((case, at)) = case {
                    return (Edge::Case(at), case.target);
                }
                verdict.open
            }
        };
        match is_open {
            true => (Edge::Then, by.open),
            false => (Edge::Otherwise, by.closed),
        }
    }

    /// Goes where a target says, out of the present state by this way.
    pub(super) fn go(&mut self, edge: Edge, target: Target) -> Go {
        let from = self.session.place.state;
        match target {
            Target::State(state) => {
                self.session.enter(state);
                self.note_way(from, Way::Out(edge), Some(state));
                Go::On
            }
            Target::Again(state) => {
                self.note_way(from, Way::Out(edge), None);
                self.session.place = Place {
                    state,
                    stage: Stage::Ask(0),
                };
                Go::On
            }
            Target::Hangup => {
                self.note_way(from, Way::Out(edge), None);
                self.hang_up()
            }
            Target::Return(label) => {
                self.note_way(from, Way::Out(edge), None);
                if self.session.outer.is_none() {
                    return self.hang_up();
                }
                self.returning = Some(label);
                Go::On
            }
        }
    }

    /// Takes up the flow in which the session is.
    pub(super) fn stand(&mut self) {
        self.flow = running(self.root, self.session.outer.as_deref());
        self.part = match self.session.outer {
            None => PartId::ROOT,
            Some(_) => self.root.part_of(self.flow),
        };
    }

    pub(super) fn note_way(&mut self, from: StateId, way: Way, to: Option<StateId>) {
        let part = self.part;
        self.path.push(Passage {
            part,
            from,
            way,
            to,
        });
    }

    /// Out of a state that cannot be what it is taken for.
    pub(super) fn go_out_on_error(&mut self, state: &State) -> Go {
        self.go(Edge::OnError, state.on_error)
    }

    /// Ends the call. Where something went wrong on the way here, the caller does not
    /// hear the line go dead without a word.
    pub(super) fn hang_up(&mut self) -> Go {
        if self.held.is_none() && self.actions.is_empty() {
            let unsaid = self.unsaid.take().filter(|_| self.first);
            if self.went_wrong || unsaid.is_some() {
                self.faults.extend(unsaid);
                self.actions.push(self.policy.last_resort.clone());
            }
        }
        if let Some(held) = self.held.take() {
            self.actions.push(held.action);
        }
        self.actions.push(Action::Hangup);
        self.ended = true;
        Go::Stop
    }

    /// Something failed in the present state: on to its `on_error`.
    fn fail(&mut self, fault: Fault) -> Result<Go, Trouble> {
        self.faults.push(fault);
        Ok(self.go_on_error())
    }

    /// On to the `on_error` of the present state; where nothing would be heard there,
    /// or too much has failed, the last resort is.
    pub(super) fn go_on_error(&mut self) -> Go {
        self.session.faults = self.session.faults.saturating_add(1);
        self.candidate = None;
        self.went_wrong = true;
        let too_many =
            self.faults.len() > MAX_FAULTS_A_TURN || self.session.faults > MAX_FAULTS_A_CALL;
        if !too_many && let Some(go) = self.fail_sub_flow() {
            return go;
        }
        let flow = self.flow;
        let target = flow.state(self.session.place.state).on_error;
        let silent = target == Target::Hangup && self.held.is_none();
        if too_many || silent {
            let from = self.session.place.state;
            self.note_way(from, Way::Out(Edge::OnError), None);
            return self.last_resort();
        }
        self.go(Edge::OnError, target)
    }

    pub(super) fn last_resort(&mut self) -> Go {
        self.held = None;
        self.actions.clear();
        self.actions.push(self.policy.last_resort.clone());
        self.hang_up()
    }

    pub(super) fn note(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    fn finish(mut self) -> Turn {
        if self.actions.is_empty() && self.ready.is_none() {
            // Cannot happen: a turn stops with an action. If it did, the caller
            // would hear nothing.
            let fault = self.our_fault("the turn had no action");
            self.faults.push(fault);
            self.last_resort();
        }
        let answer = self.ready.take().unwrap_or_else(|| {
            let actions = std::mem::take(&mut self.actions);
            Answer::new(actions).unwrap_or_else(|_| Answer::hangup())
        });
        Turn {
            ended: self.ended,
            answer,
            session: self.session,
            faults: self.faults,
            path: self.path,
            begun: self.begun,
        }
    }
}
