//! What the log says of calls. At the default level a call is two lines, and its
//! faults. Messages are constants, data goes into fields, and no field holds what a
//! secret capture brought.

use std::sync::Arc;

use jiff::Timestamp;
use tracing::{debug, error, info, warn};

use crate::call::{ActionEvent, Direction, Found, Method, PhoneNumber, SessionId};
use crate::flow::{At, Flow};
use crate::machine::{Base, Call, Fault, Opening, Reply, Session, entered};

use super::calls::Summary;
use super::slot::Slot;

/// How a call began, kept for the line that tells of its end.
#[derive(Debug)]
pub(super) struct Begun {
    base: Arc<Base>,
}

impl Begun {
    /// `None` for a call that is over already, which none is when it begins.
    pub fn of(call: &Call) -> Option<Self> {
        let session = call.session()?;
        Some(Begun {
            base: Arc::clone(session.base()),
        })
    }

    /// Of a call that we have started, which may be over with that.
    pub fn started(session: &Session) -> Self {
        Begun {
            base: Arc::clone(session.base()),
        }
    }

    pub fn session(&self) -> &SessionId {
        &self.base.facts.id
    }

    /// The flow the call is in.
    pub fn flow(&self) -> &Flow {
        &self.base.flow
    }

    /// Our number, as far as it is one.
    pub fn dialled(&self) -> Option<PhoneNumber> {
        self.base.facts.dialled.number()
    }

    /// Takes note of the revision that the call has gone over to.
    pub fn moved(&mut self, call: &Call) {
        if let Some(session) = call.session() {
            self.base = Arc::clone(session.base());
        }
    }

    /// `rebuilt` is one of which only the token was left.
    pub fn log(&self, rebuilt: bool) {
        info!(
            session = %self.base.facts.id,
            flow = self.base.flow.name(),
            revision = %self.base.flow.revision(),
            caller = %self.base.facts.caller,
            dialled = %self.base.facts.dialled,
            direction = self.base.facts.direction.word(),
            rebuilt,
            "call begins"
        );
    }

    pub fn log_end(&self, call: &Call, status: &str, error: Option<&str>, now: Timestamp) {
        info!(
            session = %self.base.facts.id,
            flow = self.base.flow.name(),
            status,
            error,
            turns = call.turns(),
            seconds = now.duration_since(self.base.facts.started()).as_secs(),
            state = call.session().map(|session| session.state_name()),
            "call ends"
        );
    }
}

pub(super) fn no_flow(event: &ActionEvent) {
    let ours = match event.direction {
        Direction::Inbound => &event.destination,
        Direction::Outbound => &event.source,
    };
    let number = ours.to_string();
    let help = if number.is_empty() {
        "the webhook names no number of ours; write `\"*\"` in `numbers` of a flow to take such calls"
    } else {
        "add the number to `numbers` of a flow, or write `\"*\"` there to take every other number"
    };
    warn!(session = %event.session, number, help, "no flow answers this number");
}

pub(super) fn turn(
    slot: &Slot,
    call: &Call,
    event: &ActionEvent,
    reply: &Reply,
    show_digits: bool,
) {
    if let Reply::Fresh { faults, .. } = reply {
        for fault in faults {
            self::fault(call, fault);
        }
    }
    if !tracing::enabled!(tracing::Level::DEBUG) {
        return;
    }
    let (kind, states) = match reply {
        Reply::Fresh { path, .. } => {
            let names = slot.with_begun(|begun| {
                let name = |at: At| begun.base.flow.shown_state(at);
                entered(path).map(name).collect::<Vec<_>>().join(" ")
            });
            ("fresh", names.unwrap_or_default())
        }
        Reply::Repeated(_) => ("repeated", String::new()),
        Reply::Over(_) => ("over", String::new()),
        Reply::OverBudget | Reply::LookUp(_) | Reply::Transfer(_) => return,
    };
    debug!(
        session = %event.session,
        turn = call.turns(),
        kind,
        digits = %shown_digits(event, reply, show_digits),
        states,
        "vca answered"
    );
}

/// What was keyed in, as far as the log may say it: how many keys, unless the
/// operator has asked for more and the entry is not secret.
fn shown_digits(event: &ActionEvent, reply: &Reply, show_digits: bool) -> String {
    let Some(digits) = &event.digits else {
        return String::new();
    };
    match reply {
        Reply::Fresh { secret: false, .. } if show_digits => digits.as_str().to_owned(),
        _ => "*".repeat(digits.as_str().chars().count()),
    }
}

fn fault(call: &Call, fault: &Fault) {
    let place = format!("{}:{}:{}", fault.file, fault.line, fault.column);
    if fault.ours {
        error!(session = %call.id(), state = &*fault.state, place, fault = fault.message, "the program failed in a turn");
    } else {
        warn!(session = %call.id(), state = &*fault.state, place, fault = fault.message, "a script failed in a turn");
    }
}

/// A script failed in what is done when a call is over.
pub(super) fn end_fault(session: &SessionId, fault: &Fault) {
    let place = format!("{}:{}:{}", fault.file, fault.line, fault.column);
    if fault.ours {
        error!(session = %session, place, fault = fault.message, "the program failed at the end of a call");
    } else {
        warn!(session = %session, place, fault = fault.message, "a script failed at the end of a call");
    }
}

pub(super) fn record(session: &SessionId, flow: &str, record: &str) {
    info!(session = %session, flow, record, "a call's record");
}

/// What came of telling somebody of a call; of the address the host alone.
pub(super) fn told(session: &SessionId, flow: &str, (method, host): (Method, &str), found: &Found) {
    let method = method.word();
    match found {
        Found::Answered { status, .. } if (200..300).contains(status) => {
            info!(session = %session, flow, method, host, status, "the end of a call was told");
        }
        Found::Answered { status, .. } => {
            warn!(session = %session, flow, method, host, status, "the end of a call was refused");
        }
        Found::Failed(failure) => {
            let failure = failure.word();
            warn!(session = %session, flow, method, host, failure, "the end of a call could not be told");
        }
    }
}

/// What failed in the first turn of a call that we start.
pub(super) fn opened(opening: &Opening) {
    for fault in &opening.faults {
        self::fault(&opening.call, fault);
    }
}

/// A first webhook was taken for that of another call of the same numbers.
pub(super) fn mistaken(taken: &SessionId, session: &SessionId) {
    warn!(
        session = %session,
        taken = %taken,
        help = "somebody else starts calls with the same numbers; both are answered from the beginning of the flow",
        "another call was taken for the one that was asked for"
    );
}

pub(super) fn broken_turn(event: &ActionEvent) {
    error!(session = %event.session, "a turn broke; the caller hears the last resort");
}

pub(super) fn unknown_ended(session: &SessionId, summary: &Summary) {
    info!(session = %session, status = summary.status, error = summary.error, "call ends, and was not known");
}

/// Transfers of a state did not begin, so many since it was told last.
pub(super) fn capped(flow: &str, state: &str, cap: &str, most: u32, times: u64) {
    warn!(
        flow,
        state,
        cap,
        most,
        times,
        help = "see who calls; if they are meant, raise the cap in `ringflow.yaml`",
        "too many transfers in a minute: they are not dialled, and count as failed"
    );
}

pub(super) fn full(most: usize, going: usize, live: usize) {
    warn!(
        most,
        going,
        live,
        help = "raise `--max-calls` if there is memory",
        "too many calls are kept; the oldest go"
    );
}
