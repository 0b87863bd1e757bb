//! One session from its first webhook to the last.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use super::answers::{Again, Answers};
use super::caller::{Caller, Deed, Scene};
use super::faults::Happens;
use super::kind::Kind;
use super::manner::{Manner, Session};
use super::pace::Clock;
use super::parcel::{Arrived, Outcome, Parcel};
use super::watch::{Ended, MOST_WRONG, Wrong};
use crate::phone::{Doing, Line, OtherSide, Webhook, WebhookKind};
use crate::platform::Delivery;
use crate::wire;

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

struct Driven<'m> {
    line: Line,
    caller: Box<dyn Caller>,
    manner: &'m Manner,
    clock: Clock,
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
    previous: Option<(Arc<[u8]>, u32)>,
    answers: Answers,
    /// Deeds since anything happened.
    deeds: u32,
    ended: Ended,
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
            Deed::HangUp => self.line.hang_up(),
            Deed::Other(OtherSide::NoAnswer) | Deed::Wait => self.pass(until).await,
            Deed::Other(how) => self.line.other_side(how),
            Deed::Pause(time) => {
                let end = self.line.now().checked_add(time).unwrap_or(until);
                self.pass(end.min(until)).await;
            }
        }
    }

    fn scene<'a>(&self, doing: &'a Doing) -> Scene<'a> {
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

    /// A webhook that waits.
    async fn turn(&mut self, webhook: Webhook) {
        let due = self.due_now();
        self.settle_in_order().await;
        let (turn, happens) = (self.ended.turns, self.happens());
        self.ended.turns += 1;
        let leaves = self.caller.next(&self.scene(&Doing::WaitsForAnswer)) == Deed::HangUp;
        // Of a call that goes on without its caller, the answer is judged all the same.
        let mut aside = leaves.then(|| self.line.clone());
        if leaves {
            self.line.hang_up();
        }
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
    fn notify(&mut self, webhook: Webhook) {
        let kind = Kind::of(webhook.kind);
        let mut happens = self.happens();
        let is_summary = kind == Kind::Vss;
        if is_summary && happens.is_missing || self.target(kind).is_none() {
            return;
        }
        self.answers.summary_is_sent |= is_summary;
        let parcel = Parcel {
            kind,
            bytes: webhook.bytes,
            due: self.due_now(),
            again: None,
            is_again: false,
            happens,
        };
        happens = Happens::default();
        let copy = Parcel {
            is_again: true,
            happens,
            ..parcel.clone()
        };
        if parcel.happens.twice {
            self.send(copy.clone());
        }
        if let Some(turns) = parcel.happens.again {
            self.hold(self.ended.turns + turns, copy);
        }
        match parcel.happens.reordered && !is_summary {
            true => self.hold(self.ended.turns, parcel),
            false => self.send(parcel),
        }
    }

    fn notify_all(&mut self) {
        while let Some(webhook) = self.line.next_webhook() {
            self.notify(webhook);
        }
    }

    fn hold(&mut self, behind: u32, parcel: Parcel) {
        self.held.push(Held { behind, parcel });
    }

    /// Sends what was held until this turn was answered.
    fn release(&mut self, turn: u32) {
        let (free, held) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|held| held.behind <= turn);
        self.held = held;
        for Held { mut parcel, .. } in free {
            parcel.due = Instant::now();
            self.send(parcel);
        }
    }

    fn send(&mut self, parcel: Parcel) {
        let (number, target) = (self.ended.number, self.target(parcel.kind));
        self.under_way.spawn(parcel.deliver(number, target));
    }

    fn target(&self, kind: Kind) -> Option<Arc<Delivery>> {
        self.manner.deliver.target(kind)
    }

    /// What happens to the next webhook.
    fn happens(&mut self) -> Happens {
        let place = self.places;
        self.places += 1;
        self.manner.faults.happens(self.ended.number, place)
    }

    /// Where no time passes, what came first is answered first, so that the same happens
    /// again; else nobody waits.
    async fn settle_in_order(&mut self) {
        if self.clock.is_fast() {
            self.settle().await;
        }
    }

    /// Waits for what is under way.
    async fn settle(&mut self) {
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
    fn due_now(&self) -> Instant {
        match self.places {
            0 => self.due,
            _ => self.clock.due(self.line.now()),
        }
    }

    /// Where no time passes, what went before is no delay of the server's.
    fn due_if_fast(&self, due: Instant) -> Instant {
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

    fn note(&mut self, arrived: Arrived) {
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

    fn note_wrong(&mut self, wrong: Wrong) {
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
