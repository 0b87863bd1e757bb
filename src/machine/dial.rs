//! The beginning of a call that we start ourselves.

use jiff::Timestamp;

use crate::call::{Action, Answer, Direction, LookUp, Medium, Party, PhoneNumber, SessionId};

use super::call::{Call, Desk, Phase};
use super::outside::Outside;
use super::session::{Facts, Session, lot};
use super::step::step;
use super::turn::{Allowance, Cue, Fault, Path, Step, Transferring};

/// A call that is to be started.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The call as it waits for its first event.
    pub call: Call,
    /// What starts it: a transfer to the person, and what the flow does first once that is
    /// answered. It has no token: what starts a call does not know its session yet.
    pub callflow: Answer,
    pub faults: Vec<Fault>,
    /// The way it took from state to state.
    pub path: Path,
    /// A look-up that is to be begun now, while the person hears the answer.
    pub begun: Option<Box<LookUp>>,
    /// The session of a call that is over with this, as it was left.
    pub last: Option<Box<Session>>,
}

impl Facts {
    /// Those of a call from our number to a person.
    pub fn of_outbound(
        id: SessionId,
        ours: PhoneNumber,
        person: PhoneNumber,
        now: Timestamp,
    ) -> Self {
        let caller = Party::Number(person);
        Facts {
            direction: Direction::Outbound,
            medium: Medium::Pstn,
            lot: lot(&caller, &id),
            id,
            caller,
            caller_country: None,
            dialled: Party::Number(ours),
            dialled_country: None,
            dialled_ref: None,
            leg: None,
            started_ms: now.as_millisecond(),
        }
    }
}

/// Why a call has no opening yet.
#[derive(Debug)]
pub enum Unopened {
    /// The allowance was not enough.
    OverBudget,
    /// This has to be looked up first.
    LookUp(Box<LookUp>),
    /// It begins with this transfer, of which it has to be asked first whether it may.
    Transfer(Transferring),
}

impl Opening {
    /// Runs a session to where it waits first, for a call from our number to this person.
    ///
    /// # Errors
    /// What is missing: with it, the same is run again at the same time.
    pub fn of(
        session: &Session,
        (ours, person): (PhoneNumber, PhoneNumber),
        now: Timestamp,
        allowance: Allowance,
        desk: &Desk,
        outside: &Outside<'_>,
    ) -> Result<Self, Unopened> {
        let cue = (0, Cue::Begin);
        let turn = match step(session, cue, now, allowance, &desk.policy, outside) {
            Step::Turn(turn) => turn,
            Step::OverBudget => return Err(Unopened::OverBudget),
            Step::LookUp(look_up) => return Err(Unopened::LookUp(look_up)),
        };
        if let Some(number) = turn.answer.dials()
            && outside.may_dial(number).is_none()
        {
            return Err(Unopened::Transfer(Transferring::of(number, &turn.session)));
        }
        let first = Action::MakeCall {
            source: ours,
            destination: person,
            record: false,
        };
        let actions = std::iter::once(first).chain(turn.answer.actions().iter().cloned());
        // A flow answers with one action that takes time, so two dials are the most.
        let callflow = Answer::new(actions).unwrap_or_else(|_| Answer::hangup());
        let (phase, last) = match turn.ended {
            true => (Phase::over(&turn.session), Some(Box::new(turn.session))),
            false => (Phase::Live(Box::new(turn.session)), None),
        };
        Ok(Opening {
            call: Call::started(phase),
            callflow,
            faults: turn.faults,
            path: turn.path,
            begun: turn.begun,
            last,
        })
    }

    /// The session that it has for this call is known: from now on the call and what it
    /// looks up go by that id.
    pub fn rename(&mut self, id: &SessionId) {
        self.call.rename(id);
        if let Some(last) = &mut self.last {
            last.rename(id);
        }
        let key = self.call.session().and_then(Session::awaited_key);
        if let (Some(begun), Some(key)) = (&mut self.begun, key) {
            begun.key = key;
        }
    }
}
