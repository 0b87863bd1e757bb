//! One session from its first webhook to the last.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::caller::{Caller, Deed, Scene};
use super::faults::Faults;
use super::kind::{Deliver, Kind};
use super::pace::{Clock, Pace};
use super::watch::{Ended, MOST_WRONG, TurnTaken, Watch, Wrong};
use crate::phone::{Doing, Ending, Heard, Line, OtherSide, Webhook, WebhookKind};
use crate::platform::Delivered;

/// How sessions are driven, the same for all of a run.
#[derive(Clone)]
pub struct Manner {
    pub deliver: Arc<dyn Deliver>,
    pub pace: Pace,
    pub faults: Faults,
    pub watch: Arc<dyn Watch>,
    /// What was heard is kept for [`Ended::heard`].
    pub keeps_heard: bool,
    /// The most webhooks of one session that wait for an answer; then its caller hangs up.
    pub most_turns: u32,
}

impl Manner {
    /// Sessions at this pace in which nothing goes wrong and nobody looks.
    pub fn new(deliver: Arc<dyn Deliver>, pace: Pace) -> Self {
        Manner {
            deliver,
            pace,
            faults: Faults::NONE,
            watch: Arc::new(super::Unwatched),
            keeps_heard: false,
            most_turns: 500,
        }
    }
}

/// A session that is to be driven.
pub struct Session {
    pub line: Line,
    pub caller: Box<dyn Caller>,
    /// Which of a run it is. What goes wrong in it depends on this.
    pub number: u64,
    /// When its first webhook should go out; without it, at once. One that begins late is
    /// measured from then.
    pub due: Option<std::time::Instant>,
}

impl Session {
    /// A session that begins at once.
    pub fn new(line: Line, caller: Box<dyn Caller>) -> Self {
        Session {
            line,
            caller,
            number: 0,
            due: None,
        }
    }
}

/// How many deeds of a caller may follow each other without anything happening.
const MOST_DEEDS: u32 = 200;

/// Drives a session to its end: delivers what is due and hands back the answers, lets time
/// pass, and lets the caller act. Everything that it sends has been answered, or has failed,
/// when it is done.
pub async fn drive(session: Session, manner: &Manner) -> Ended {
    let begun = Instant::now();
    let due = session.due.map_or(begun, Instant::from_std);
    let line = session.line;
    let mut driven = Driven {
        clock: Clock::new(manner.pace, due, line.now()),
        is_first: matches!(line.doing(), Doing::Ringing(_)),
        line,
        caller: session.caller,
        manner,
        due,
        notices: JoinSet::new(),
        deeds: 0,
        ended: Ended {
            number: session.number,
            session: String::new(),
            ending: Ending::Refused,
            status: None,
            lasted: SignedDuration::ZERO,
            turns: 0,
            requests: 0,
            wrong: Vec::new(),
            wrong_answers: 0,
            heard: Vec::new(),
            recorded: Vec::new(),
            verdict: Ok(()),
            took: Duration::ZERO,
        },
    };
    driven.ended.session = driven.line.session().to_owned();
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
    /// What waits for no answer, under way.
    notices: JoinSet<TurnTaken>,
    /// Deeds since anything happened.
    deeds: u32,
    ended: Ended,
}

impl Driven<'_> {
    async fn run(&mut self) {
        loop {
            self.hear();
            self.gather();
            if let Some(webhook) = self.line.next_webhook() {
                self.deeds = 0;
                match webhook.kind {
                    WebhookKind::Action => self.turn(&webhook).await,
                    WebhookKind::Status | WebhookKind::Summary => self.notify(webhook).await,
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
    async fn turn(&mut self, webhook: &Webhook) {
        let due = self.due_now();
        self.settle_in_order().await;
        self.ended.turns += 1;
        let (taken, body) = self.post(Kind::Vca, &webhook.bytes, due).await;
        if let Some(now) = self.clock.now() {
            self.line.pass_until(now);
        }
        let wrong = match (&taken.status, &taken.wrong) {
            (Some(status), _) => self.line.answered(*status, &body).err().map(Wrong::Refused),
            (None, Some(Wrong::None { why })) => {
                self.line.unanswered(why);
                taken.wrong.clone()
            }
            (None, wrong) => wrong.clone(),
        };
        self.note(TurnTaken { wrong, ..taken });
        if self.ended.turns >= self.manner.most_turns {
            self.line.hang_up();
        }
    }

    /// What waits for no answer: the call goes on meanwhile.
    async fn notify(&mut self, webhook: Webhook) {
        let due = self.due_now();
        self.settle_in_order().await;
        let kind = Kind::of(webhook.kind);
        let Some(target) = self.manner.deliver.target(kind) else {
            return;
        };
        let number = self.ended.number;
        self.ended.requests += 1;
        self.notices.spawn(async move {
            let sent = Instant::now();
            let delivered = target.post(&webhook.bytes).await;
            taken(number, kind, due, sent, &delivered)
        });
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
        while let Some(done) = self.notices.join_next().await {
            if let Ok(taken) = done {
                self.note(taken);
            }
        }
    }

    /// Takes what has arrived meanwhile.
    fn gather(&mut self) {
        while let Some(done) = self.notices.try_join_next() {
            if let Ok(taken) = done {
                self.note(taken);
            }
        }
    }

    async fn post(&mut self, kind: Kind, bytes: &[u8], due: Instant) -> (TurnTaken, Vec<u8>) {
        let number = self.ended.number;
        let sent = Instant::now();
        let delivered = match self.manner.deliver.target(kind) {
            Some(target) => {
                self.ended.requests += 1;
                target.post(bytes).await
            }
            None => Err(format!("no webhook is registered for {}", kind.word())),
        };
        let taken = taken(number, kind, due, sent, &delivered);
        (taken, delivered.map_or_else(|_| Vec::new(), |d| d.body))
    }

    /// When what is delivered now was due.
    fn due_now(&self) -> Instant {
        match self.clock.is_fast() && self.ended.turns > 0 {
            true => Instant::now(),
            false => self.clock.due(self.line.now()).max(self.due),
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

    fn note(&mut self, taken: TurnTaken) {
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

    async fn finish(mut self) -> Ended {
        self.settle().await;
        self.ended.status = self.line.status();
        self.ended.lasted = self.line.lasted();
        self.ended.recorded = self.line.recorded().to_vec();
        self.ended.verdict = self.caller.verdict();
        self.ended.took = self.due.elapsed();
        self.manner.watch.ended(&self.ended);
        self.ended
    }
}

fn taken(
    number: u64,
    kind: Kind,
    due: Instant,
    sent: Instant,
    delivered: &Result<Delivered, String>,
) -> TurnTaken {
    TurnTaken {
        number,
        kind,
        is_again: false,
        due: due.into_std(),
        sent: sent.into_std(),
        over: Instant::now().into_std(),
        status: delivered.as_ref().ok().map(|delivered| delivered.status),
        wrong: match delivered {
            Err(why) => Some(Wrong::None { why: why.clone() }),
            Ok(Delivered { status, .. }) if *status != 200 => Some(Wrong::Status {
                kind,
                status: *status,
            }),
            Ok(_) => None,
        },
    }
}
