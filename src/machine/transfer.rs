//! Transfers: dialling the numbers of a list in order, and reading how each ended.

use crate::call::{Action, LegOutcome, PhoneNumber, TransferOutcome};
use crate::flow::{Dial, Edge, Kind, State, Transfer};

use super::session::Stage;
use super::step::{Go, Runner, Trouble};

impl Runner<'_> {
    /// Dials the number at `index`. One that may not be dialled counts as failed, be it for
    /// the flow's own reasons or since too many transfers began just now.
    pub(super) fn dial(&mut self, state: &State, index: u8) -> Result<Go, Trouble> {
        let Kind::Transfer(transfer) = &state.kind else {
            return Ok(self.go_out_on_error(state));
        };
        let Some(dial) = transfer.numbers.get(usize::from(index)) else {
            return Ok(self.go(Edge::Failed, transfer.failed));
        };
        // What the platform has dialled already is not asked for.
        let (is_asked, outside) = (!self.muted, self.outside);
        let is_refused = |number| is_asked && outside.may_dial(number) == Some(false);
        let destination = self.number(dial, true)?;
        let destination = destination.filter(|number| !is_refused(*number));
        let source = self.source(transfer)?;
        let (Some(destination), Some(source)) = (destination, source) else {
            let failed = TransferOutcome {
                outcome: LegOutcome::Failed,
                sip_code: 0,
                seconds: 0,
            };
            return Ok(self.next_number(transfer, index, failed));
        };
        self.session.place.stage = Stage::Dialling(index);
        self.session.ring(Some(destination));
        Ok(self.send(Action::MakeCall {
            source,
            destination,
            record: transfer.record,
        }))
    }

    /// The number to dial, or `None` where it may not be dialled or is none.
    fn number(&mut self, dial: &Dial, guarded: bool) -> Result<Option<PhoneNumber>, Trouble> {
        let template = match dial {
            Dial::Fixed(number) => return Ok(Some(*number)),
            Dial::Computed(template) => template,
        };
        let filled = self.fill_plain(template)?;
        let message = match filled.parse::<PhoneNumber>() {
            Ok(number) if !guarded || self.flow.may_dial(number) => return Ok(Some(number)),
            Ok(_) => "the computed number begins with none of `allow_dial`",
            Err(_) => "what was computed is no phone number with its country code",
        };
        let fault = match template.expressions().next() {
            Some(expression) => self.fault_at(expression, 0, 0, message.to_owned()),
            None => self.our_fault(message),
        };
        self.note(fault);
        Ok(None)
    }

    /// What the called party sees: `from`, else our number, else the flow's first.
    fn source(&mut self, transfer: &Transfer) -> Result<Option<PhoneNumber>, Trouble> {
        if let Some(from) = &transfer.from
            && let Some(number) = self.number(from, false)?
        {
            return Ok(Some(number));
        }
        let dialled = self.session.facts().dialled.number();
        let source = dialled.or(self.root.numbers().first().copied());
        if source.is_none() {
            let fault = self
                .our_fault("there is no virtual number to call from; give the transfer a `from`");
            self.note(fault);
        }
        Ok(source)
    }

    /// A transfer has ended. Where nothing is told of it, a conversation is assumed:
    /// to ring somebody once more would be worse.
    pub(super) fn transferred(&mut self, index: u8, leg: Option<TransferOutcome>) -> Go {
        let flow = self.flow;
        let state = flow.state(self.session.place.state);
        let Kind::Transfer(transfer) = &state.kind else {
            return self.go_out_on_error(state);
        };
        let leg = leg.unwrap_or(TransferOutcome {
            outcome: LegOutcome::Completed,
            sip_code: 0,
            seconds: 0,
        });
        match leg.outcome {
            // The caller has left: nobody is to be rung for them, and nobody hears.
            LegOutcome::Cancelled => {
                self.session.set_leg(Some(leg));
                self.hang_up()
            }
            LegOutcome::Completed => {
                self.session.set_leg(Some(leg));
                self.session.ring(None);
                self.session.counters.streak = 0;
                self.go(Edge::Then, transfer.then)
            }
            _ => self.next_number(transfer, index, leg),
        }
    }

    fn next_number(&mut self, transfer: &Transfer, index: u8, leg: TransferOutcome) -> Go {
        self.session.set_leg(Some(leg));
        self.session.ring(None);
        if usize::from(index) + 1 < transfer.numbers.len() {
            self.session.place.stage = Stage::Dial(index + 1);
            return Go::On;
        }
        let (edge, target) = match leg.outcome {
            LegOutcome::Busy => (Edge::Busy, transfer.busy),
            LegOutcome::NoAnswer => (Edge::NoAnswer, transfer.no_answer),
            _ => (Edge::Failed, transfer.failed),
        };
        self.go(edge, target)
    }
}
