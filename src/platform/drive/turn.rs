//! A webhook of a session on its way, with all that a fault makes of it.

use std::sync::Arc;

use super::answers::Again;
use super::caller::Deed;
use super::faults::Happens;
use super::kind::Kind;
use super::parcel::{Outcome, Parcel};
use super::session::Driven;
use super::watch::Wrong;
use crate::phone::{Doing, Line, Webhook};
use crate::wire;

impl Driven<'_> {
    /// A webhook that waits.
    pub(super) async fn turn(&mut self, webhook: Webhook) {
        let due = self.due_now();
        self.settle_in_order().await;
        let (turn, happens) = (self.ended.turns, self.happens());
        self.ended.turns += 1;
        // Of a call that its caller leaves now, the answer is judged all the same.
        let mut aside = self.leave();
        let leaves = aside.is_some();
        if leaves && happens.reordered {
            self.notify_all();
            self.settle().await;
        }
        let parcel = Parcel {
            kind: Kind::Vca,
            bytes: webhook.bytes,
            due: self.due_if_fast(due),
            again: None,
            is_again: false,
            happens,
        };
        self.send_copies(turn, &parcel);
        let main = parcel
            .clone()
            .deliver(self.ended.number, self.target(Kind::Vca));
        if leaves {
            self.notify_all();
        }
        let outcome = main.await;
        if let Some(now) = self.clock.now() {
            self.line.pass_until(now);
        }
        self.take_answer(outcome, turn, aside.as_mut());
        self.previous = Some((parcel.bytes, turn));
        self.release(turn);
        if self.ended.turns >= self.manner.most_turns {
            self.line.hang_up();
        }
    }

    /// The caller hangs up while the answer is thought about, if that is what is wanted: the
    /// line as it was before that. One who has left before cannot.
    fn leave(&mut self) -> Option<Line> {
        if self.caller.next(&self.scene(&Doing::WaitsForAnswer)) != Deed::HangUp {
            return None;
        }
        let before = self.line.clone();
        self.line.hang_up();
        matches!(self.line.doing(), Doing::Over(_)).then_some(before)
    }

    /// The line is answered, with what has come last. All others are held against the first.
    fn take_answer(&mut self, outcome: Outcome, turn: u32, aside: Option<&mut Line>) {
        self.ended.requests += outcome.requests;
        let first = outcome.arrived.first();
        let given = first.filter(|first| first.taken.status == Some(200));
        self.answers.give(given.map(|given| &*given.body));
        let line = aside.unwrap_or(&mut self.line);
        let refused = match outcome.arrived.last() {
            None => Some(line.unanswered("it was not delivered")),
            Some(last) => match (last.taken.status, &last.taken.wrong) {
                (_, Some(Wrong::None { why })) => {
                    line.unanswered(why);
                    None
                }
                (Some(status), _) => line.answered(status, &last.body).err(),
                (None, _) => None,
            },
        };
        let last = outcome.arrived.len().saturating_sub(1);
        let mut refused = refused.map(Wrong::Refused);
        for (at, mut arrived) in outcome.arrived.into_iter().enumerate() {
            if at > 0 {
                arrived.again = Some(Again {
                    turn,
                    same_id: true,
                });
            }
            if at == last && arrived.taken.wrong.is_none() {
                arrived.taken.wrong = refused.take();
            }
            self.note(arrived);
        }
        if let Some(wrong) = refused.filter(|_| self.ended.wrong_answers == 0) {
            self.note_wrong(wrong);
        }
    }

    /// What a fault sends beside a webhook that waits, or behind it.
    fn send_copies(&mut self, turn: u32, parcel: &Parcel) {
        let happens = parcel.happens;
        let copy = |bytes: &Arc<[u8]>, turn, same_id| Parcel {
            bytes: Arc::clone(bytes),
            again: Some(Again { turn, same_id }),
            is_again: true,
            happens: Happens::default(),
            ..parcel.clone()
        };
        if happens.twice {
            self.send(copy(&parcel.bytes, turn, true));
        }
        if let Some(turns) = happens.again {
            let parcel = copy(&parcel.bytes, turn, true);
            self.hold(turn + turns, parcel);
        }
        if let Some(turns) = happens.renamed
            && let Some(renamed) = wire::renamed_event(&parcel.bytes, &uuid(happens.other_id))
        {
            let parcel = copy(&renamed.into(), turn, false);
            match turns {
                0 => self.send(parcel),
                turns => self.hold(turn + turns, parcel),
            }
        }
        if happens.reordered
            && let Some((bytes, before)) = self.previous.take()
        {
            self.send(copy(&bytes, before, true));
        }
    }

    /// What waits for no answer: the call goes on meanwhile.
    pub(super) fn notify(&mut self, webhook: Webhook) {
        let kind = Kind::of(webhook.kind);
        let (due, happens) = (self.due_now(), self.happens());
        let is_summary = kind == Kind::Vss;
        if is_summary && happens.is_missing || self.target(kind).is_none() {
            return;
        }
        self.answers.summary_is_sent |= is_summary;
        let parcel = Parcel {
            kind,
            bytes: webhook.bytes,
            due,
            again: None,
            is_again: false,
            happens,
        };
        let copy = Parcel {
            is_again: true,
            happens: Happens::default(),
            ..parcel.clone()
        };
        if happens.twice {
            self.send(copy.clone());
        }
        if let Some(turns) = happens.again {
            self.hold(self.ended.turns + turns, copy);
        }
        match happens.reordered && !is_summary {
            true => self.hold(self.ended.turns, parcel),
            false => self.send(parcel),
        }
    }
}

/// A number in the form of a UUID.
fn uuid(number: u128) -> String {
    let hex = format!("{number:032x}");
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}
