//! One session from its first webhook to the last.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use super::answers::Answers;
use super::caller::{Caller, Deed, Scene};
use super::faults::Happens;
use super::kind::Kind;
use super::manner::{Manner, Session};
use super::pace::Clock;
use super::parcel::{Arrived, Outcome, Parcel};
use super::watch::{Ended, MOST_WRONG, Wrong};
use crate::phone::{Doing, Line, OtherSide, WebhookKind};
use crate::platform::Delivery;

/// How many deeds of a caller may follow each other without anything happening.
const MOST_DEEDS: u32 = 200;

/// Drives a session to its end: delivers what is due and hands back the answers, lets time
/// pass, and lets the caller act. Everything that it sends has been answered, or has failed,
/// when it is done.
pub async fn drive(session: Session, manner: &Manner) -> Ended {
    let due = session.due.map_or_else(Instant::now, Instant::from_std);
    let line = match manner.faults.shape(session.number) {
        Some(shape) => session.line.with_digits(shape),
        None => session.line,
    };
    let mut driven = Driven {
        clock: Clock::new(manner.pace, due, line.now()),
        is_first: matches!(line.doing(), Doing::Ringing(_)),
        ended: Ended::begun(session.number, line.session()),
        line,
        caller: session.caller,
        manner,
        due,
        places: 0,
        under_way: JoinSet::new(),
        held: Vec::new(),
        previous: None,
        answers: Answers::default(),
        deeds: 0,
    };
    driven.run().await;
    driven.finish().await
}

pub(super) struct Driven<'m> {
    pub(super) line: Line,
    pub(super) caller: Box<dyn Caller>,
    pub(super) manner: &'m Manner,
    pub(super) clock: Clock,
    due: Instant,
    /// The person who was called first is rung.
    is_first: bool,
    /// How many webhooks the line has handed out.
    places: u32,
    /// What the call does not wait for.
    under_way: JoinSet<Outcome>,
    /// What comes later than it should, or once more.
    held: Vec<Held>,
    /// The webhook of the turn before.
    pub(super) previous: Option<(Arc<[u8]>, u32)>,
    pub(super) answers: Answers,
    /// Deeds since anything happened.
    deeds: u32,
    pub(super) ended: Ended,
}

/// A parcel that goes out behind the answer to this turn, or behind the end.
struct Held {
    behind: u32,
    parcel: Parcel,
}

impl Driven<'_> {
    async fn run(&mut self) {
        loop {
            self.hear();
            self.gather();
            if let Some(webhook) = self.line.next_webhook() {
                self.deeds = 0;
                match webhook.kind {
                    WebhookKind::Action => self.turn(webhook).await,
                    WebhookKind::Status | WebhookKind::Summary => {
                        self.settle_in_order().await;
                        self.notify(webhook);
                    }
                }
                continue;
            }
            match self.line.doing() {
                Doing::Over(ending) => {
                    self.ended.ending = ending;
                    return;
                }
                Doing::WaitsForAnswer => {
                    // Its webhook has been delivered, so this cannot last.
                    let refused = self.line.unanswered("there is nothing to be answered");
                    self.note_wrong(Wrong::Refused(refused));
                }
                doing => self.act(&doing).await,
            }
        }
    }

    /// The caller does something, or time passes.
    async fn act(&mut self, doing: &Doing) {
        self.is_first &= matches!(doing, Doing::Ringing(_));
        let Some(until) = self.line.until() else {
            return self.line.hang_up();
        };
        self.deeds += 1;
        let deed = match self.deeds {
            // One who presses keys that nobody takes must not do so for ever.
            MOST_DEEDS.. => Deed::Wait,
            _ => self.caller.next(&self.scene(doing)),
        };
        match deed {
            Deed::Press(key) => self.line.press(key),
            Deed::Keys(keys) => keys.chars().for_each(|key| self.line.press(key)),
            Deed::HangUp => self.line.hang_up(),
            Deed::Other(OtherSide::NoAnswer) | Deed::Wait => self.pass(until).await,
            Deed::Other(how) => self.line.other_side(how),
            Deed::Pause(time) => {
                let end = self.line.now().checked_add(time).unwrap_or(until);
                self.pass(end.min(until)).await;
            }
        }
    }

    pub(super) fn scene<'a>(&self, doing: &'a Doing) -> Scene<'a> {
        Scene {
            doing,
            is_first: self.is_first,
            takes_keys: self.line.takes_keys(),
            now: self.line.now(),
            until: self.line.until(),
        }
    }

    async fn pass(&mut self, time: Timestamp) {
        self.clock.wait_until(time).await;
        if self.line.until().is_some_and(|until| until <= time) {
            self.deeds = 0;
        }
        self.line.pass_until(time);
    }

    pub(super) fn notify_all(&mut self) {
        while let Some(webhook) = self.line.next_webhook() {
            self.notify(webhook);
        }
    }

    pub(super) fn hold(&mut self, behind: u32, parcel: Parcel) {
        self.held.push(Held { behind, parcel });
    }

    /// Sends what was held until this turn was answered.
    pub(super) fn release(&mut self, turn: u32) {
        let (free, held) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|held| held.behind <= turn);
        self.held = held;
        for Held { mut parcel, .. } in free {
            parcel.due = Instant::now();
            self.send(parcel);
        }
    }

    pub(super) fn send(&mut self, parcel: Parcel) {
        let (number, target) = (self.ended.number, self.target(parcel.kind));
        self.under_way.spawn(parcel.deliver(number, target));
    }

    pub(super) fn target(&self, kind: Kind) -> Option<Arc<Delivery>> {
        self.manner.deliver.target(kind)
    }

    /// What happens to the next webhook.
    pub(super) fn happens(&mut self) -> Happens {
        let place = self.places;
        self.places += 1;
        self.manner.faults.happens(self.ended.number, place)
    }

    /// Where no time passes, what came first is answered first, so that the same happens
    /// again; else nobody waits.
    pub(super) async fn settle_in_order(&mut self) {
        if self.clock.is_fast() {
            self.settle().await;
        }
    }

    /// Waits for what is under way.
    pub(super) async fn settle(&mut self) {
        while let Some(done) = self.under_way.join_next().await {
            self.take(done);
        }
    }

    /// Takes what has arrived meanwhile.
    fn gather(&mut self) {
        while let Some(done) = self.under_way.try_join_next() {
            self.take(done);
        }
    }

    fn take(&mut self, done: Result<Outcome, JoinError>) {
        match done {
            Ok(outcome) => {
                self.ended.requests += outcome.requests;
                for arrived in outcome.arrived {
                    self.note(arrived);
                }
            }
            Err(broken) => self.note_wrong(Wrong::None {
                why: format!("a delivery broke: {broken}"),
            }),
        }
    }

    /// When what is delivered now was due.
    pub(super) fn due_now(&self) -> Instant {
        match self.places {
            0 => self.due,
            _ => self.clock.due(self.line.now()),
        }
    }

    /// Where no time passes, what went before is no delay of the server's.
    pub(super) fn due_if_fast(&self, due: Instant) -> Instant {
        match self.clock.is_fast() && self.ended.turns > 1 {
            true => Instant::now(),
            false => due,
        }
    }

    fn hear(&mut self) {
        let heard = self.line.take_heard();
        if heard.is_empty() {
            return;
        }
        self.deeds = 0;
        self.caller.heard(&heard);
        if self.manner.keeps_heard {
            self.ended.heard.extend(heard);
        }
    }

    pub(super) fn note(&mut self, arrived: Arrived) {
        let mut taken = arrived.taken;
        if let Some(again) = arrived.again
            && taken.wrong.is_none()
        {
            taken.wrong = self.answers.judge(again, &arrived.body);
        }
        self.manner.watch.turn(&taken);
        if let Some(wrong) = taken.wrong {
            self.note_wrong(wrong);
        }
    }

    pub(super) fn note_wrong(&mut self, wrong: Wrong) {
        self.ended.wrong_answers += 1;
        if self.ended.wrong.len() < MOST_WRONG {
            self.ended.wrong.push(wrong);
        }
    }

    /// Nothing more comes of the call: what is left goes out, in order.
    async fn finish(mut self) -> Ended {
        self.settle().await;
        for held in std::mem::take(&mut self.held) {
            let mut parcel = held.parcel;
            parcel.due = Instant::now();
            self.send(parcel);
            self.settle_in_order().await;
        }
        self.settle().await;
        for bytes in self.line.recordings() {
            if self.target(Kind::Vru).is_some() {
                self.send(Parcel {
                    kind: Kind::Vru,
                    bytes,
                    due: Instant::now(),
                    again: None,
                    is_again: false,
                    happens: Happens::default(),
                });
            }
        }
        self.settle().await;
        self.ended.status = self.line.status();
        self.ended.lasted = self.line.lasted();
        self.ended.recordings = self.line.recordings();
        self.ended.verdict = self.caller.verdict();
        self.ended.took = self.due.elapsed();
        self.manner.watch.ended(&self.ended);
        self.ended
    }
}
