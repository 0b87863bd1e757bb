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

use crate::call::{Action, Answer, Digits, PhoneNumber, Repetition, TransferOutcome, Value};
use crate::flow::{Assigned, Expression, Flow, Kind, Reads, Speech, State, StateId, Target};
use crate::script::{self, Budget, FaultKind};

use super::render::Heard;
use super::scope::{Candidate, Scope};
use super::session::{Place, Session, Stage};

/// What has happened in the call.
#[derive(Debug, Clone)]
pub enum Cue {
    /// An inbound call arrived.
    Begin,
    /// A call that was started for us has been answered, and what it was started
    /// with is done: the flow's first question was asked, and this was keyed in.
    BeginOutbound { digits: Option<Digits> },
    /// What was answered before is done.
    Done {
        digits: Option<Digits>,
        /// The outcome of the bridge, where one was up.
        leg: Option<TransferOutcome>,
    },
}

/// How many actions that take time an answer may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// One, so that the answer means the same in every reading of the platform.
    Single,
    /// A whole list, for a platform that asks again when it has run out.
    List,
}

/// What the operator has decided for all flows.
#[derive(Debug, Clone)]
pub struct Policy {
    pub answers: Answers,
    /// What is said where a flow has nothing left to say; a `hangup` follows.
    pub last_resort: Action,
}

/// How much a turn may compute, in script operations.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    operations: u64,
    last: bool,
}

impl Allowance {
    /// So little that a turn can run in place; over it nothing has changed.
    pub const FIRST: Allowance = Allowance {
        operations: 2_000,
        last: false,
    };
    /// All that a turn may ever use; over it is a fault of the script.
    pub const FULL: Allowance = Allowance {
        operations: 20_000,
        last: true,
    };
}

/// The outcome of [`step`].
#[derive(Debug)]
pub enum Step {
    Turn(Box<Turn>),
    /// The allowance was not enough, and nothing has changed.
    OverBudget,
}

/// An answer, and what is behind it.
#[derive(Debug)]
pub struct Turn {
    pub answer: Answer,
    pub session: Session,
    /// True where the call is over with this answer.
    pub ended: bool,
    pub faults: Vec<Fault>,
    /// The states that were entered, in order.
    pub path: Vec<StateId>,
}

/// Something of the flow's that failed in a turn. It holds no values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub state: Box<str>,
    pub file: Box<str>,
    /// Line and column, counted from 1.
    pub line: usize,
    pub column: usize,
    pub message: String,
    /// Not the script's doing but the program's.
    pub ours: bool,
}

/// Faults in one turn, and in one call, after which the last resort is said.
const MAX_FAULTS_A_TURN: usize = 3;
const MAX_FAULTS_A_CALL: u8 = 20;

/// Operations that are left when a script has used up all others, so that what is said
/// where `on_error` leads can have values in it. As faults are few, so are these.
const RESERVE: u64 = 1_000;

/// Runs one turn. The session that was handed in stays as it is.
pub fn step(
    session: &Session,
    cue: Cue,
    now: Timestamp,
    allowance: Allowance,
    policy: &Policy,
) -> Step {
    let mut runner = Runner {
        flow: Arc::clone(&session.flow),
        session: session.clone(),
        policy,
        now,
        budget: Budget::new(allowance.operations),
        last_allowance: allowance.last,
        muted: false,
        candidate: None,
        actions: Vec::with_capacity(2),
        held: None,
        ended: false,
        faults: Vec::new(),
        path: Vec::new(),
    };
    match runner.run(cue) {
        Ok(()) => Step::Turn(Box::new(runner.finish())),
        Err(OverBudget) => Step::OverBudget,
    }
}

pub(super) struct OverBudget;

/// What keeps a state from being carried out.
pub(super) enum Trouble {
    OverBudget,
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
    pub(super) flow: Arc<Flow>,
    pub(super) session: Session,
    policy: &'a Policy,
    now: Timestamp,
    budget: Budget,
    last_allowance: bool,
    /// What would be said has been said already.
    muted: bool,
    pub(super) candidate: Option<Candidate>,
    actions: Vec<Action>,
    /// What is spoken next, if nothing comes that it can be joined with.
    held: Option<Held>,
    ended: bool,
    faults: Vec<Fault>,
    path: Vec<StateId>,
}

struct Held {
    action: Action,
    /// The session as it stands when this has been heard.
    after: Session,
    faults: usize,
    path: usize,
}

impl Runner<'_> {
    fn run(&mut self, cue: Cue) -> Result<(), OverBudget> {
        let mut next = self.begin(cue);
        // Checked flows cannot go round without waiting; a bug of ours must not either.
        for _ in 0..4 * self.flow.states().len() + 64 {
            next = match next {
                Ok(Go::Stop) => return Ok(()),
                Ok(Go::On) => self.advance(),
                Err(Trouble::OverBudget) => return Err(OverBudget),
                Err(Trouble::Fault(fault)) => self.fail(fault),
            };
        }
        let fault = self.our_fault("the turn did not come to an end");
        self.faults.push(fault);
        self.last_resort();
        Ok(())
    }

    fn begin(&mut self, cue: Cue) -> Result<Go, Trouble> {
        match cue {
            Cue::Begin => {
                self.path.push(self.session.place.state);
                Ok(Go::On)
            }
            Cue::BeginOutbound { digits } => {
                self.path.push(self.session.place.state);
                self.run_to_first_question()?;
                self.take(digits, None)
            }
            Cue::Done { digits, leg } => self.take(digits, leg),
        }
    }

    /// Runs to the first state that waits, without a word: what leads there was
    /// heard already.
    fn run_to_first_question(&mut self) -> Result<(), Trouble> {
        self.muted = true;
        let result = loop {
            match self.advance() {
                Ok(Go::On) => {}
                Ok(Go::Stop) => break Ok(()),
                Err(Trouble::Fault(fault)) => {
                    if self.fail_muted(fault) {
                        break Ok(());
                    }
                }
                Err(over) => break Err(over),
            }
        };
        self.muted = false;
        result
    }

    fn fail_muted(&mut self, fault: Fault) -> bool {
        matches!(self.fail(fault), Ok(Go::Stop))
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
            Stage::Confirming(entry) => self.judge_confirmation(entry, digits),
            Stage::Dialling(index) => Ok(self.transferred(index, leg)),
            // A text or recording has been heard: on with what comes behind it.
            _ => Ok(Go::On),
        }
    }

    /// Carries out what comes next in the present state.
    fn advance(&mut self) -> Result<Go, Trouble> {
        let flow = Arc::clone(&self.flow);
        let place = self.session.place.clone();
        let state = flow.state(place.state);
        let reads = match place.stage {
            Stage::Enter => state.reads_on_entry,
            _ => state.reads_inside,
        };
        if self.misses(reads) {
            self.go_back(reads);
            return Ok(Go::On);
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
            Stage::Confirm(entry) => self.confirm(state, entry),
            Stage::Dial(index) => self.dial(state, index),
            Stage::Asking | Stage::Confirming(_) | Stage::Dialling(_) => Ok(Go::Stop),
        }
    }

    fn assign(&mut self, state: &State) -> Result<(), Trouble> {
        for line in &state.set {
            let value = self.assigned(&line.value)?;
            // A list or map of the file with values in it, which no script has measured.
            if !script::is_keepable(&value) {
                let message = "the value is larger than 4 KiB or deeper than 8 lists or maps";
                return Err(Trouble::Fault(self.fault(&line.value, message.to_owned())));
            }
            if !self.session.assign(line.var, value) {
                let name = &self.flow.variable(line.var).name;
                let message = format!("the value for `{name}` is not of its type");
                return Err(Trouble::Fault(self.fault(&line.value, message)));
            }
        }
        Ok(())
    }

    fn assigned(&mut self, value: &Assigned) -> Result<Value, Trouble> {
        Ok(match value {
            Assigned::Ready(value) => value.clone(),
            Assigned::Value(expression) => self.evaluate(expression)?,
            Assigned::Text(template) => Value::text(&self.fill_plain(template)?),
            Assigned::List(items) => {
                let items: Result<Vec<_>, _> =
                    items.iter().map(|item| self.assigned(item)).collect();
                Value::List(items?.into())
            }
            Assigned::Map(fields) => {
                let mut map = std::collections::BTreeMap::new();
                for (name, item) in fields {
                    map.insert(name.clone(), self.assigned(item)?);
                }
                Value::Map(Arc::new(map))
            }
        })
    }

    /// Says what a state says, from this piece on.
    fn speak(&mut self, state: &State, piece: u8) -> Result<Go, Trouble> {
        if let Some(speech) = &state.say
            && !self.muted
        {
            let heard = self.hear(&speech.text)?;
            for (index, action) in actions_of(heard, speech).into_iter().enumerate() {
                if index < usize::from(piece) {
                    continue;
                }
                self.session.place.stage = Stage::Say(index.saturating_add(1) as u8);
                if self.emit(action) == Go::Stop {
                    return Ok(Go::Stop);
                }
            }
        }
        self.session.place.stage = Stage::Kind;
        Ok(Go::On)
    }

    fn begin_kind(&mut self, state: &State) -> Result<Go, Trouble> {
        let target = match &state.kind {
            Kind::Plain { then } => *then,
            Kind::Menu(_) | Kind::Ask(..) => {
                self.session.place.stage = Stage::Ask(0);
                return Ok(Go::On);
            }
            Kind::Transfer(_) => {
                self.session.place.stage = Stage::Dial(0);
                return Ok(Go::On);
            }
            Kind::Choose { arms, otherwise } => self.first_that_holds(arms, *otherwise)?,
            Kind::Label {
                expression,
                cases,
                otherwise,
            } => {
                let label = self.evaluate(expression)?.to_string();
                let case = cases.iter().find(|(name, _)| **name == *label);
                case.map_or(*otherwise, |(_, target)| *target)
            }
        };
        Ok(self.go(target))
    }

    fn first_that_holds(
        &mut self,
        arms: &[(Expression, Target)],
        otherwise: Target,
    ) -> Result<Target, Trouble> {
        for (condition, target) in arms {
            if self.holds(condition)? {
                return Ok(*target);
            }
        }
        Ok(otherwise)
    }

    /// Whether a condition holds. Anything but true and false is a fault; nothing,
    /// which a path through a missing field gives, is false.
    pub(super) fn holds(&mut self, condition: &Expression) -> Result<bool, Trouble> {
        match self.evaluate(condition)? {
            Value::Flag(flag) => Ok(flag),
            Value::Nothing => Ok(false),
            other => {
                let message = format!(
                    "a condition is true or false, and this is a {}",
                    other.kind()
                );
                Err(Trouble::Fault(self.fault_at(condition, 0, 0, message)))
            }
        }
    }

    pub(super) fn evaluate(&mut self, expression: &Expression) -> Result<Value, Trouble> {
        let scope = Scope {
            session: &self.session,
            now: self.now,
            candidate: self.candidate.as_ref(),
        };
        let result = expression.program.run(&scope, &mut self.budget);
        result.map_err(|fault| self.trouble(expression, fault))
    }

    fn trouble(&mut self, expression: &Expression, fault: script::Fault) -> Trouble {
        if fault.kind == FaultKind::OverBudget {
            if !self.last_allowance {
                return Trouble::OverBudget;
            }
            self.budget = Budget::new(RESERVE);
        }
        let ours = fault.kind == FaultKind::Deadline;
        let mut found = self.fault_at(expression, fault.line, fault.column, fault.message);
        if let Some(module) = fault.module {
            found.file = format!("scripts/{module}.rhai").into();
            (found.line, found.column) = (fault.line, fault.column);
        }
        Trouble::Fault(Fault { ours, ..found })
    }

    /// Goes where a target says.
    pub(super) fn go(&mut self, target: Target) -> Go {
        match target {
            Target::State(state) => {
                self.session.enter(state);
                self.path.push(state);
                Go::On
            }
            Target::Again(state) => {
                self.session.place = Place {
                    state,
                    stage: Stage::Ask(0),
                };
                Go::On
            }
            Target::Hangup => self.hang_up(),
        }
    }

    pub(super) fn hang_up(&mut self) -> Go {
        if let Some(held) = self.held.take() {
            self.actions.push(held.action);
        }
        self.actions.push(Action::Hangup);
        self.ended = true;
        Go::Stop
    }

    /// A text or recording is to be heard. It is held back, as what comes next may
    /// be joined with it.
    pub(super) fn emit(&mut self, action: Action) -> Go {
        if self.muted {
            return Go::On;
        }
        let action = match &self.held {
            Some(held) => match joined(&held.action, &action) {
                Some(joined) => joined,
                None if self.policy.answers == Answers::Single => return self.send_held(),
                None => {
                    self.actions
                        .extend(self.held.take().map(|held| held.action));
                    action
                }
            },
            None => action,
        };
        self.held = Some(Held {
            action,
            after: self.session.clone(),
            faults: self.faults.len(),
            path: self.path.len(),
        });
        Go::On
    }

    /// An action that waits is to go out; the session must stand behind it already.
    pub(super) fn send(&mut self, action: Action) -> Go {
        if self.muted {
            return Go::Stop;
        }
        let mut action = action;
        if let Some(held) = self.held.take() {
            match joined(&held.action, &action) {
                Some(joined) => action = joined,
                None if self.policy.answers == Answers::Single => {
                    self.held = Some(held);
                    return self.send_held();
                }
                None => self.actions.push(held.action),
            }
        }
        self.actions.push(action);
        Go::Stop
    }

    /// What is held goes out alone, and all that came behind it is undone: it will
    /// be done when the held has been heard.
    fn send_held(&mut self) -> Go {
        if let Some(held) = self.held.take() {
            self.actions.push(held.action);
            self.session = held.after;
            self.faults.truncate(held.faults);
            self.path.truncate(held.path);
        }
        Go::Stop
    }

    /// Something failed in the present state: on to its `on_error`.
    fn fail(&mut self, fault: Fault) -> Result<Go, Trouble> {
        self.faults.push(fault);
        self.session.faults = self.session.faults.saturating_add(1);
        self.candidate = None;
        let too_many =
            self.faults.len() > MAX_FAULTS_A_TURN || self.session.faults > MAX_FAULTS_A_CALL;
        let flow = Arc::clone(&self.flow);
        let target = flow.state(self.session.place.state).on_error;
        let silent = target == Target::Hangup && self.held.is_none();
        if too_many || silent {
            return Ok(self.last_resort());
        }
        Ok(self.go(target))
    }

    fn last_resort(&mut self) -> Go {
        self.held = None;
        self.actions.clear();
        self.actions.push(self.policy.last_resort.clone());
        self.hang_up()
    }

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
        self.path.push(self.session.place.state);
    }

    fn fault(&self, value: &Assigned, message: String) -> Fault {
        match first_expression(value) {
            Some(expression) => self.fault_at(expression, 0, 0, message),
            None => self.our_fault(&message),
        }
    }

    pub(super) fn fault_at(
        &self,
        expression: &Expression,
        line: usize,
        column: usize,
        message: String,
    ) -> Fault {
        let (line, column) = expression.line_column(line, column);
        Fault {
            state: self.session.state_name().into(),
            file: expression.file.path().into(),
            line,
            column,
            message,
            ours: false,
        }
    }

    /// A fault that no place in a file explains.
    pub(super) fn our_fault(&self, message: &str) -> Fault {
        Fault {
            state: self.session.state_name().into(),
            file: self.flow.path().into(),
            line: 0,
            column: 0,
            message: message.to_owned(),
            ours: true,
        }
    }

    pub(super) fn note(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    pub(super) fn ring(&mut self, number: PhoneNumber) {
        self.session.ringing = Some(number);
    }

    fn finish(mut self) -> Turn {
        if self.actions.is_empty() {
            // Cannot happen: a turn stops with an action. If it did, the caller
            // would hear nothing.
            let fault = self.our_fault("the turn had no action");
            self.faults.push(fault);
            self.last_resort();
        }
        let answer =
            Answer::new(std::mem::take(&mut self.actions)).unwrap_or_else(|_| Answer::hangup());
        Turn {
            ended: self.ended,
            answer,
            session: self.session,
            faults: self.faults,
            path: self.path,
        }
    }
}

/// Both as one action, where that is heard the same.
fn joined(first: &Action, second: &Action) -> Option<Action> {
    let Action::Say {
        text,
        voice,
        speed,
        repetition: Repetition::ONCE,
    } = first
    else {
        return None;
    };
    match second {
        Action::Say {
            text: more,
            voice: other_voice,
            speed: other_speed,
            repetition: Repetition::ONCE,
        } if voice == other_voice && speed == other_speed => Some(Action::Say {
            text: text.joined(more)?,
            voice: voice.clone(),
            speed: *speed,
            repetition: Repetition::ONCE,
        }),
        Action::SayAndCapture(capture) if *voice == capture.voice && *speed == capture.speed => {
            capture.led_by(text).map(Action::SayAndCapture)
        }
        _ => None,
    }
}

fn actions_of(heard: Heard, speech: &Speech) -> Vec<Action> {
    match heard {
        Heard::Recording(url) => vec![Action::PlayFile {
            url,
            repetition: speech.repetition,
        }],
        Heard::Spoken(pieces) => pieces
            .into_iter()
            .map(|text| Action::Say {
                text,
                voice: speech.voice.clone(),
                speed: speech.speed,
                repetition: speech.repetition,
            })
            .collect(),
    }
}

fn first_expression(value: &Assigned) -> Option<&Expression> {
    match value {
        Assigned::Ready(_) => None,
        Assigned::Value(expression) => Some(expression),
        Assigned::Text(template) => template.expressions().next(),
        Assigned::List(items) => items.iter().find_map(first_expression),
        Assigned::Map(fields) => fields.iter().find_map(|(_, item)| first_expression(item)),
    }
}
