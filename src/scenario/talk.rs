//! The phone and the engine face to face: webhooks go one way, answers the other, and
//! time passes wherever nobody has to do anything.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::call::SessionId;
use crate::flow::Catalog;
use crate::machine::Fault;
use crate::phone::{Account, Doing, Heard, Line, OtherSide, Rules, ShownLeg, Start, WebhookKind};

use super::delivery::{Answering, Delivery, Run};
use super::document::Leg;
use super::engine::{Engine, Traced};
use super::lost;

/// The most webhooks of one run; a scenario is a few dozen.
const MOST_WEBHOOKS: usize = 1_000;

/// Why a run cannot go on.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Broken {
    #[error("the platform refuses the answer: {0}")]
    Refused(String),
    #[error("the same webhook was answered in two different ways")]
    AnsweredDifferently,
    #[error("the call could not be read back from its bytes: {0}")]
    Unreadable(String),
    #[error("the call does not come to an end")]
    Endless,
    #[error("the call cannot be started: there is nobody to call")]
    NotStarted,
    #[error("nothing answers the look-up `{0}`; write `- {1}: {2}` with a `json` under `stubs`")]
    NoStub(String, &'static str, String),
    #[error("`{0}` may change something, and was made twice for one webhook")]
    MadeTwice(String),
    /// A script or the program failed in a state.
    #[error("`{}` could not be carried out: {}", .0.state, .0.message)]
    Fault(Fault),
}

impl Broken {
    /// The place in a flow or script file that is the reason, as `file:line:column`.
    pub fn place(&self) -> Option<String> {
        match self {
            Broken::Fault(fault) if fault.line > 0 => {
                Some(format!("{}:{}:{}", fault.file, fault.line, fault.column))
            }
            _ => None,
        }
    }
}

/// A turn of a run, with what was said and done around it.
#[derive(Debug, Clone)]
pub struct Turn {
    pub traced: Traced,
    /// How much had been heard when its webhook came.
    pub heard_before: usize,
    /// What the caller or the other side did since the turn before.
    pub acts: Acts,
    /// Nothing but the token was left when its webhook came.
    pub forgot: bool,
}

/// What was done between two webhooks that wait.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acts {
    pub pressed: String,
    pub leg: Option<Leg>,
}

/// One run of a call.
pub struct Talk<'a, A> {
    pub line: Line,
    pub answering: A,
    pub heard: Vec<Heard>,
    pub turns: Vec<Turn>,
    pub broken: Option<Broken>,
    run: Run,
    /// Faults are as they should be.
    faults: bool,
    /// Nothing is done to the call any more between its webhooks.
    spared: bool,
    reload: Option<Reload<'a>>,
    /// Webhooks that waited, and all.
    asked: usize,
    webhooks: usize,
    acts: Acts,
    /// The call was forgotten since the turn before.
    forgot: bool,
    /// Keys were pressed that have brought no webhook yet.
    entry_is_open: bool,
}

/// The flows that replace those that a call began with.
#[derive(Clone, Copy)]
pub struct Reload<'a> {
    pub catalog: &'a Arc<Catalog>,
    /// In front of which webhook that waits, counted from 0.
    pub before: usize,
}

/// Who calls whom, and when.
pub struct Caller<'a> {
    /// The person: who calls, or who is called.
    pub from: &'a str,
    /// Our number.
    pub to: String,
    pub at: Timestamp,
    pub begins: Begins,
}

/// How a call begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    ByCaller,
    /// We call, and the person takes the call at once.
    Taken,
    /// We call, and what the person does is the first step.
    Ringing,
}

impl<'a, A: Answering> Talk<'a, A> {
    pub fn new(
        caller: &Caller<'_>,
        mut answering: A,
        run: Run,
        faults: bool,
        reload: Option<Reload<'a>>,
    ) -> Self {
        let start = Start {
            from: caller.from.to_owned(),
            to: caller.to.clone(),
            session: "5ce9a210-0000-4000-8000-000000000001".to_owned(),
            at: caller.at,
            country: None,
        };
        let rules = Rules {
            asks_again: run.asks_again,
            // Who called is in no token: where the event behind a bridge shows the other
            // leg, nothing is left to tell it from.
            bridge_shows: match run.delivery {
                Delivery::Lost => ShownLeg::AWithOutcomeOfB,
                _ => Rules::default().bridge_shows,
            },
            ..Rules::default()
        };
        let (line, broken) = match caller.begins {
            Begins::ByCaller => (Line::call_in(start, rules), None),
            Begins::Taken | Begins::Ringing => called_out(caller, start, rules, answering.engine()),
        };
        let mut talk = Talk {
            line,
            answering,
            heard: Vec::new(),
            turns: Vec::new(),
            broken,
            run,
            faults,
            spared: false,
            reload,
            asked: 0,
            webhooks: 0,
            acts: Acts::default(),
            forgot: false,
            entry_is_open: false,
        };
        // What starts a call is a turn before its first webhook.
        talk.note_turns();
        talk
    }

    /// Only the token is left between the webhooks of this run.
    pub fn is_lost(&self) -> bool {
        self.run.delivery == Delivery::Lost
    }

    pub fn is_over(&self) -> bool {
        self.broken.is_some() || matches!(self.line.doing(), Doing::Over(_))
    }

    /// Goes on until somebody has to do something, or the call is over.
    pub fn settle(&mut self) {
        self.finish_entry();
        self.go_on();
    }

    fn go_on(&mut self) {
        loop {
            self.deliver_all();
            if self.broken.is_some() {
                return;
            }
            match (self.line.doing(), self.line.until()) {
                (Doing::Speaking, Some(until)) => self.line.pass_until(until),
                _ => return,
            }
        }
    }

    fn deliver_all(&mut self) {
        while self.broken.is_none()
            && let Some(webhook) = self.line.next_webhook()
        {
            self.webhooks += 1;
            if self.webhooks > MOST_WEBHOOKS {
                self.broken = Some(Broken::Endless);
                return;
            }
            self.hear();
            let waits = webhook.kind == WebhookKind::Action;
            if let Err(broken) = self.deliver(&webhook.bytes, waits) {
                self.broken.get_or_insert(broken);
            }
            if waits {
                self.asked += 1;
                self.entry_is_open = false;
            }
        }
        self.hear();
    }

    fn hear(&mut self) {
        self.heard.extend(self.line.take_heard());
    }

    fn deliver(&mut self, body: &[u8], waits: bool) -> Result<(), Broken> {
        self.come_between(waits)?;
        let now = self.line.now();
        let response = self.answering.post(body, now);
        if self.run.delivery == Delivery::Duplicates && self.answering.post(body, now) != response {
            return Err(Broken::AnsweredDifferently);
        }
        self.note_turns();
        self.check_look_ups()?;
        if self.run.delivery == Delivery::Lost && waits {
            self.spared |= lost::leaves_the_way(&self.turns);
        }
        if waits {
            let answered = self.line.answered(response.status, &response.body);
            answered.map_err(|refused| Broken::Refused(refused.to_string()))?;
        }
        let ends = self.answering.engine().take_end_faults();
        if let Some(fault) = ends.into_iter().next().filter(|_| !self.faults) {
            return Err(Broken::Fault(fault));
        }
        match self
            .turns
            .last()
            .and_then(|turn| turn.traced.faults.first())
        {
            Some(fault) if waits && !self.faults => Err(Broken::Fault(fault.clone())),
            _ => Ok(()),
        }
    }

    /// What happens to the call in front of a webhook.
    fn come_between(&mut self, waits: bool) -> Result<(), Broken> {
        if self.webhooks == 1 || self.spared {
            return Ok(());
        }
        match self.run.delivery {
            Delivery::Plain | Delivery::Duplicates => {}
            Delivery::Restarts => {
                let kept = self.answering.keep_and_read();
                kept.map_err(Broken::Unreadable)?;
            }
            Delivery::Reload => {
                if let Some(reload) = self.reload
                    && self.asked >= reload.before
                {
                    self.reload = None;
                    self.answering.serve(Arc::clone(reload.catalog));
                }
            }
            // What starts a call has no token: before the first question of the platform
            // whoever has started it knows it.
            Delivery::Lost if self.asked == 0 => {}
            // What waits for no answer brings no token with which the call is found again.
            Delivery::Lost if !waits => {}
            Delivery::Lost => {
                self.answering.forget();
                self.forgot = true;
            }
        }
        Ok(())
    }

    /// Every look-up is one that the test knows, and none that changes something is made
    /// twice while nothing is lost.
    fn check_look_ups(&mut self) -> Result<(), Broken> {
        let delivery = self.run.delivery;
        let backend = &self.answering.engine().backend;
        if let Some((method, url)) = backend.unanswered() {
            let shown = format!("{} {url}", method.word());
            let (address, _) = url.split_once('?').unwrap_or((url, ""));
            let pattern = match address == url {
                true => url.clone(),
                false => format!("{address}*"),
            };
            return Err(Broken::NoStub(shown, method.word(), pattern));
        }
        if matches!(delivery, Delivery::Restarts | Delivery::Lost) {
            return Ok(());
        }
        match backend.made_twice() {
            Some(looked) => Err(Broken::MadeTwice(format!(
                "{} {}",
                looked.method.word(),
                looked.url
            ))),
            None => Ok(()),
        }
    }

    fn note_turns(&mut self) {
        for traced in self.answering.engine().take_trace() {
            self.turns.push(Turn {
                traced,
                heard_before: self.heard.len(),
                acts: std::mem::take(&mut self.acts),
                forgot: std::mem::take(&mut self.forgot),
            });
        }
    }

    /// Presses keys, one after the other.
    pub fn press(&mut self, keys: &str) {
        let asked = self.asked;
        for key in keys.chars() {
            self.line.press(key);
        }
        self.acts.pressed.push_str(keys);
        self.deliver_all();
        self.entry_is_open = self.asked == asked && self.line.doing() == Doing::Listening;
    }

    /// An entry that has not come to its end is over when its time is.
    pub fn finish_entry(&mut self) {
        if self.entry_is_open {
            self.silence();
        }
    }

    /// Says nothing until the platform stops waiting for keys.
    pub fn silence(&mut self) {
        let asked = self.asked;
        while self.asked == asked && !self.is_over() {
            match (self.line.doing(), self.line.until()) {
                (Doing::Listening | Doing::Speaking, Some(until)) => self.line.pass_until(until),
                _ => break,
            }
            self.deliver_all();
        }
        self.entry_is_open = false;
        self.go_on();
    }

    /// Time passes, whatever goes on.
    pub fn wait(&mut self, ms: u32) {
        let end = self.line.now() + SignedDuration::from_millis(i64::from(ms));
        self.deliver_all();
        while self.line.now() < end && !self.is_over() {
            self.line.pass_until(end);
            self.deliver_all();
        }
        self.entry_is_open &= self.line.doing() == Doing::Listening;
    }

    /// The dialled party does this.
    pub fn leg(&mut self, leg: Leg) {
        self.acts.leg = Some(leg);
        match leg {
            Leg::Answered { seconds } => self.line.other_side(OtherSide::Answers { seconds }),
            Leg::Busy => self.line.other_side(OtherSide::Busy),
            Leg::NoAnswer => self.line.other_side(OtherSide::NoAnswer),
            Leg::Failed => self.line.other_side(OtherSide::Fails),
            Leg::Cancelled => self.line.hang_up(),
        }
        let asked = self.asked;
        self.deliver_all();
        while let (Doing::Ringing(_) | Doing::Talking(_), Some(until)) =
            (self.line.doing(), self.line.until())
            && self.asked == asked
            && self.broken.is_none()
        {
            self.line.pass_until(until);
            self.deliver_all();
        }
        self.go_on();
    }

    pub fn hang_up(&mut self) {
        self.line.hang_up();
        self.deliver_all();
    }
}

/// A call that we start. The line of one that cannot be started
/// is that of a call which nobody answers.
fn called_out(
    caller: &Caller<'_>,
    start: Start,
    rules: Rules,
    engine: &mut Engine,
) -> (Line, Option<Broken>) {
    let parties = (caller.to.parse().ok(), caller.from.parse().ok());
    let session = SessionId::new(&start.session);
    let request = match (parties, &session) {
        ((Some(ours), Some(person)), Some(session)) => {
            engine.call_out(session, (ours, person), caller.at)
        }
        _ => None,
    };
    let Some(request) = request else {
        return (Line::call_in(start, rules), Some(Broken::NotStarted));
    };
    let line = Line::call_out(
        &request,
        &start.session,
        caller.at,
        rules,
        Account::default(),
    );
    match line {
        Ok(mut line) => {
            if caller.begins == Begins::Taken {
                line.other_side(OtherSide::Answers { seconds: 0 });
            }
            (line, None)
        }
        Err(refused) => (
            Line::call_in(start, rules),
            Some(Broken::Refused(refused.to_string())),
        ),
    }
}
