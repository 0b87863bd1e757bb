//! What was seen so far: the calls of a probe, and what came of each.

use std::time::Instant;

use axum::http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};

use super::facts::{Facts, Seen};
use super::ms;
use crate::call::{Direction, EventKey, LegId, SessionId};
use crate::wire::{self, DigitShape};

#[derive(Default)]
pub(super) struct Seeing {
    pub facts: Facts,
    pub calls: Vec<Call>,
    /// A call that was asked for, and of which no session is known yet.
    pub pending: Option<(Plan, Instant)>,
    pub strangers: Vec<SessionId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// Longer and longer tokens, then a bridge to a phone that is on the line already.
    Echo,
    /// No answer.
    Hold,
}

pub(super) struct Call {
    pub plan: Plan,
    pub session: SessionId,
    pub begun: Instant,
    pub first_leg: Option<LegId>,
    pub turns: usize,
    pub token: Option<String>,
    /// When a bridge to the busy phone was answered with.
    pub is_bridging: bool,
    /// The first event that was not answered, and when it came.
    pub held: Option<(EventKey, Instant)>,
    pub has_ended: bool,
}

impl Plan {
    pub fn word(self) -> &'static str {
        match self {
            Plan::Echo => "echo",
            Plan::Hold => "hold",
        }
    }
}

/// What an event is about.
pub(super) struct About<'a> {
    pub session: &'a SessionId,
    pub leg: Option<&'a LegId>,
    pub direction: Option<Direction>,
    pub sip_code: Option<u16>,
}

impl Seeing {
    /// The session of a call, as the platform's answer names it. What was taken for it
    /// before was somebody else's.
    pub fn know(&mut self, plan: Plan, session: &SessionId) {
        self.expect(session);
        if let Some(call) = self.calls.iter_mut().find(|call| call.plan == plan) {
            call.session = session.clone();
        }
    }

    /// A session that may be that of the pending call.
    fn expect(&mut self, session: &SessionId) {
        if self.calls.iter().any(|call| call.session == *session) {
            return;
        }
        if let Some((plan, begun)) = self.pending.take() {
            self.calls.push(Call {
                plan,
                session: session.clone(),
                begun,
                first_leg: None,
                turns: 0,
                token: None,
                is_bridging: false,
                held: None,
                has_ended: false,
            });
        }
    }

    pub fn saw(&mut self, event: &str, status: &str, about: &About<'_>, begun: Instant) {
        if about.direction == Some(Direction::Outbound) {
            self.expect(about.session);
        }
        let call = self
            .calls
            .iter_mut()
            .find(|call| call.session == *about.session);
        let Some(call) = call else {
            let is_first = !self.strangers.contains(about.session);
            if is_first && about.direction == Some(Direction::Inbound) {
                self.strangers.push(about.session.clone());
                self.facts.inbound_first.push(format!("{event} {status}"));
            }
            self.facts.events.push(Seen {
                call: "inbound",
                at_ms: ms(begun.elapsed()),
                event: event.to_owned(),
                status: status.to_owned(),
                leg: None,
                direction: about.direction.map(Direction::word),
                sip_code: about.sip_code,
            });
            return;
        };
        let leg = about.leg.map(|leg| {
            let first = call.first_leg.get_or_insert(*leg);
            if *first == *leg { "A" } else { "B" }
        });
        if call.is_bridging {
            let of = leg.map(|leg| format!(" of leg {leg}")).unwrap_or_default();
            let sip = about.sip_code.map(|code| format!(" (SIP {code})"));
            let told = format!("{event} {status}{of}{}", sip.unwrap_or_default());
            self.facts.after_busy.push(told);
        }
        self.facts.events.push(Seen {
            call: call.plan.word(),
            at_ms: ms(call.begun.elapsed()),
            event: event.to_owned(),
            status: status.to_owned(),
            leg,
            direction: about.direction.map(Direction::word),
            sip_code: about.sip_code,
        });
    }

    pub fn end(&mut self, session: &SessionId, told: String) {
        let call = self.calls.iter_mut().find(|call| call.session == *session);
        if let Some(call) = call {
            call.has_ended = true;
            if let (Plan::Hold, Some(held)) = (call.plan, &mut self.facts.held) {
                held.ended = Some(told);
            }
        }
    }

    pub fn has_ended(&self, session: &SessionId) -> bool {
        let mut calls = self.calls.iter();
        calls.any(|call| call.session == *session && call.has_ended)
    }

    /// Where the registered value is; true where it is anywhere.
    pub fn note_header(&mut self, headers: &HeaderMap, wanted: &SecretString) -> bool {
        let wanted = wanted.expose_secret().as_bytes();
        let mut is_there = false;
        for (name, value) in headers {
            if value.as_bytes() == wanted {
                is_there = true;
                let name = name.as_str().to_owned();
                if !self.facts.auth_header_in.contains(&name) {
                    self.facts.auth_header_in.push(name);
                }
            }
        }
        is_there
    }

    pub fn note_digits(&mut self, body: &[u8]) {
        let place = match wire::digit_shape(body) {
            Some(DigitShape::Object | DigitShape::ObjectOrNothing) => "`eventData.dtmf`",
            Some(DigitShape::Text) => "`eventData` itself",
            Some(DigitShape::Payload) => "`dtmf` of the payload",
            None => return,
        };
        if !self.facts.digits_in.contains(&place) {
            self.facts.digits_in.push(place);
        }
    }
}
