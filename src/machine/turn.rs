//! What goes into a turn and what comes out of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::call::{Action, Answer, Digits, LookUp, PhoneNumber, TransferOutcome};
use crate::flow::{At, Edge, Flow, PartId, StateId, VarId};

use super::session::Session;

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
    /// Something has come that could not be read.
    Garbled,
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
    /// Sides that every caller gets, in tests. A server has none.
    pub sides: Sides,
}

/// The sides that are forced upon all callers, by the names of the states that split
/// them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sides(BTreeMap<Box<str>, Box<str>>);

impl Sides {
    /// From now on every caller gets the side with this label in this state.
    pub fn force(&mut self, state: &str, label: &str) {
        self.0.insert(state.into(), label.into());
    }

    /// The label that is forced in a state.
    pub fn of(&self, state: &str) -> Option<&str> {
        self.0.get(state).map(|label| &**label)
    }

    /// All of them, states with labels, by the names of the states.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(state, label)| (&**state, &**label))
    }
}

/// How much a turn may compute, in script operations.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    pub(super) operations: u64,
    pub(super) last: bool,
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

/// The outcome of [`step`](super::step). It is looked at once and taken apart, so
/// the difference in size costs less than a box.
#[derive(Debug)]
#[expect(clippy::large_enum_variant)]
pub enum Step {
    Turn(Turn),
    /// The turn needs this look-up first, and nothing has changed: it is to be run again
    /// from its start, with what was found.
    LookUp(Box<LookUp>),
    /// The allowance was not enough, and nothing has changed.
    OverBudget,
}

/// The way that a call took in a turn, most often a step or two.
pub type Path = SmallVec<[Passage; 4]>;

/// One step of a call's way from state to state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    /// The flow of the bundle in which both states are.
    pub part: PartId,
    /// The state the call was in; where it began, the one it began in.
    pub from: StateId,
    pub way: Way,
    /// The state that was entered; `None` where the call was hung up, or stays.
    pub to: Option<StateId>,
}

/// How a call came from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// The call begins.
    Begin,
    /// A sub-flow begins.
    Enter,
    /// One of the ways out of the state before.
    Out(Edge),
    /// Back to where something is collected that a restart has lost.
    Back,
    /// No way at all: this variable was lost and is computed again, and the call stays
    /// where it is.
    Again(VarId),
}

/// The states that were entered on a way, in order.
pub fn entered(path: &[Passage]) -> impl Iterator<Item = At> + '_ {
    path.iter().filter_map(|passage| {
        let state = passage.to?;
        Some(At {
            part: passage.part,
            state,
        })
    })
}

/// An answer, and what is behind it.
#[derive(Debug)]
pub struct Turn {
    pub answer: Answer,
    pub session: Session,
    /// True where the call is over with this answer.
    pub ended: bool,
    pub faults: Vec<Fault>,
    /// The way it took from state to state.
    pub path: Path,
    /// A look-up that is to be begun now, while the caller hears the answer.
    pub begun: Option<Box<LookUp>>,
}

/// A transfer that is about to begin.
#[derive(Debug, Clone)]
pub struct Transferring {
    pub number: PhoneNumber,
    /// The state that transfers, and its flow.
    pub state: StateId,
    pub flow: Arc<Flow>,
}

impl Transferring {
    /// The transfer to this number that a session has come to.
    pub(super) fn of(number: PhoneNumber, session: &Session) -> Self {
        Transferring {
            number,
            state: session.place.state,
            flow: Arc::clone(session.flow()),
        }
    }
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
