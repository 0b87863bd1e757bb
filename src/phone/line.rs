//! One session: the platform, the caller and whoever is dialled.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::account::Account;
use super::capture::{Capturing, Here};
use super::judge::{Judge, Request};
use super::leg::{Leg, after};
use super::order::Order;
use super::refused::Refused;
use super::rules::Rules;
use super::unique;
use crate::call::{Country, Direction, Key, Party, SessionId};
use crate::wire::{
    DigitShape, LastAction, Recording, RecordingStatus, SessionStatus, Why, write_recording,
};

/// A call that arrives.
#[derive(Debug, Clone)]
pub struct Start {
    /// The caller; a text that is no number is shown as it is.
    pub from: String,
    /// The virtual number that was dialled.
    pub to: String,
    /// The session's id, 1 to 64 characters; any other text is replaced by a UUID.
    pub session: String,
    pub at: Timestamp,
    /// The caller's country, by its two letters.
    pub country: Option<String>,
}

/// One session from its first webhook to its summary, in virtual time.
#[derive(Clone)]
pub struct Line {
    pub(super) rules: Rules,
    pub(super) account: Account,
    pub(super) session: SessionId,
    pub(super) now: Timestamp,
    pub(super) begun: Timestamp,
    pub(super) phase: Phase,
    /// What is left of the list of actions.
    pub(super) orders: VecDeque<Order>,
    pub(super) a: Leg,
    /// The leg that was dialled last.
    pub(super) b: Option<Leg>,
    pub(super) legs: u32,
    pub(super) events: u32,
    /// The token of the latest answer, until it has been echoed.
    pub(super) token: Option<String>,
    /// What the last capture since the latest answer brought.
    pub(super) captured: Option<Option<String>>,
    /// Keys that wait for something that listens.
    pub(super) keys: VecDeque<char>,
    pub(super) queue: VecDeque<Webhook>,
    pub(super) last: Option<Webhook>,
    /// A webhook that waits has been handed out and has no answer yet.
    pub(super) is_open: bool,
    pub(super) heard: Vec<Heard>,
    pub(super) last_action: Option<LastAction>,
    pub(super) error: Option<(i32, String)>,
    pub(super) request_id: Option<String>,
    /// How many `makeCall` were taken.
    pub(super) calls: usize,
    pub(super) valid_until: Option<Timestamp>,
    /// How many seconds each recording has.
    pub(super) recorded: Vec<u32>,
}

#[derive(Clone)]
pub(super) enum Phase {
    /// For an answer, to a webhook that may not have been handed out yet.
    Waiting,
    /// The same, for an answer that nobody hears: the caller has left.
    Left,
    Saying {
        ends: Timestamp,
    },
    Capturing(Capturing),
    /// The first person called is rung.
    RingingA {
        ends: Timestamp,
    },
    RingingB {
        ends: Timestamp,
    },
    Talking {
        ends: Timestamp,
    },
    Over(Ending),
}

/// What goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// A webhook waits to be delivered, or for its answer.
    WaitsForAnswer,
    /// Something is spoken or played. In a prompt, keys may count all the same.
    Speaking,
    Listening,
    /// This number is rung.
    Ringing(String),
    /// The caller talks to this number.
    Talking(String),
    Over(Ending),
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By a `hangup` of ours.
    HungUp,
    CallerHungUp,
    /// The caller has left while the other side rang.
    CallerGaveUp,
    /// Nobody took the bridge, and the platform ends the call for that.
    NobodyThere,
    /// The person called first did not take the call.
    NotAnswered,
    /// The time to start the call has passed while it rang.
    Expired,
    /// The answer was refused, or there was none.
    Refused,
}

impl Ending {
    /// It, for people.
    pub fn words(self) -> &'static str {
        match self {
            Ending::HungUp => "hung up",
            Ending::CallerHungUp => "the caller hangs up",
            Ending::CallerGaveUp => "the caller gives up",
            Ending::NobodyThere | Ending::NotAnswered => "nobody is there",
            Ending::Expired | Ending::Refused => "the line is dead",
        }
    }
}

/// What the caller notices. `Asked` is the prompt of a capture.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    Said {
        text: String,
        voice: String,
        speed: f64,
        repetition: u32,
    },
    Played {
        url: String,
        repetition: u32,
    },
    Asked {
        text: String,
        voice: String,
        speed: f64,
        max_digits: usize,
    },
    Dialled {
        from: String,
        to: String,
    },
    HungUp,
}

/// What the dialled party does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherSide {
    /// Takes the call, and hangs up after this many seconds. A first person called
    /// stays for the callflow.
    Answers {
        seconds: u32,
    },
    Busy,
    /// Lets it ring until [`Line::until`].
    NoAnswer,
    Fails,
}

/// A webhook to be delivered.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    pub kind: WebhookKind,
    /// The body. It may hold what was keyed in.
    pub bytes: Arc<[u8]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookKind {
    /// The call waits: the answer is handed to [`Line::answered`].
    Action,
    /// Progress of a leg; the answer means nothing.
    Status,
    /// The session ended; the answer means nothing.
    Summary,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} of {} bytes", self.kind, self.bytes.len())
    }
}

/// For how long a phone rings before nobody is taken to be there.
const RING: SignedDuration = SignedDuration::from_secs(30);

impl Line {
    /// A call that arrives at one of our numbers.
    pub fn call_in(start: Start, rules: Rules) -> Line {
        Line::call_in_to(Account::default(), start, rules)
    }

    /// The same to a number of this account.
    pub fn call_in_to(account: Account, start: Start, rules: Rules) -> Line {
        let session = session(&start.session);
        let a = Leg {
            call_id: unique::id(session.as_str(), "leg", 0),
            direction: Direction::Inbound,
            source: Party::read(&start.from),
            destination: Party::read(&start.to),
            source_country: start.country.as_deref().and_then(Country::read),
            initiated: start.at,
            connected: None,
            disconnected: None,
            status: SessionStatus::Completed,
            sip_code: 200,
            is_recorded: false,
        };
        let mut line = Line::new(session, a, rules, start.at).with_account(account);
        line.ask(Why::Arrived);
        line
    }

    /// A call that a request starts: its first `makeCall` is rung, and the rest runs
    /// once that is answered. A request that the platform does not take is refused at
    /// once, and there is no call.
    pub fn call_out(
        request: &[u8],
        session_id: &str,
        at: Timestamp,
        rules: Rules,
        account: Account,
    ) -> Result<Line, Refused> {
        let judge = Judge {
            rules: &rules,
            account: &account,
            calls: 0,
        };
        let Request {
            orders,
            id,
            valid_until,
        } = judge.request(request, at)?;
        let mut orders = VecDeque::from(orders);
        let Some(Order::Call { from, to, records }) = orders.pop_front() else {
            let rule = "Invalid Callflow : First action should be a MakeCall action";
            return Err(Refused::new(Refused::FIRST, rule));
        };
        let session = session(session_id);
        let mut a = Leg::dialled(unique::id(session.as_str(), "leg", 0), from, to, at);
        a.is_recorded = records;
        let mut line = Line::new(session, a, rules, at);
        line.account = account;
        line.request_id = id;
        line.valid_until = valid_until;
        line.calls = 1 + calls_in(&orders);
        line.orders = orders;
        line.last_action = Some(LastAction::MakeCall);
        line.phase = Phase::RingingA {
            ends: valid_until.map_or(after(at, RING), |until| until.min(after(at, RING))),
        };
        line.tell_initiated(true);
        Ok(line)
    }

    fn new(session: SessionId, a: Leg, rules: Rules, at: Timestamp) -> Line {
        Line {
            rules,
            account: Account::default(),
            session,
            now: at,
            begun: at,
            phase: Phase::Waiting,
            orders: VecDeque::new(),
            a,
            b: None,
            legs: 1,
            events: 0,
            token: None,
            captured: None,
            keys: VecDeque::new(),
            queue: VecDeque::new(),
            last: None,
            is_open: false,
            heard: Vec::new(),
            last_action: None,
            error: None,
            request_id: None,
            calls: 0,
            valid_until: None,
            recorded: Vec::new(),
        }
    }

    /// The same line, judged by what this account may do.
    pub fn with_account(mut self, account: Account) -> Line {
        self.account = account;
        self
    }

    /// The same line, whose webhooks hold what was keyed in in this shape.
    pub fn with_digits(mut self, shape: DigitShape) -> Line {
        self.rules.digits = shape;
        self
    }

    pub fn session(&self) -> &str {
        self.session.as_str()
    }

    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Who calls on the first leg, and who is called: of a call that we start, our number
    /// and the person.
    pub fn parties(&self) -> (&Party, &Party) {
        (&self.a.source, &self.a.destination)
    }

    /// Until when a call that we start may be taken, where the request said so.
    pub fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }

    /// The oldest webhook that is due, once. One that waits stays open until
    /// [`Line::answered`].
    pub fn next_webhook(&mut self) -> Option<Webhook> {
        let webhook = self.queue.pop_front()?;
        if webhook.kind == WebhookKind::Action {
            self.is_open = true;
            self.last = Some(webhook.clone());
        }
        Some(webhook)
    }

    /// The last webhook that waited, for delivering it again.
    pub fn last_webhook(&self) -> Option<&Webhook> {
        self.last.as_ref()
    }

    /// The answer to the open webhook; without one it means nothing. One that the
    /// platform does not take ends the session with the status ERROR.
    pub fn answered(&mut self, status: u16, body: &[u8]) -> Result<(), Refused> {
        if !std::mem::take(&mut self.is_open) {
            return Ok(());
        }
        let is_left = matches!(self.phase, Phase::Left);
        if !is_left && !matches!(self.phase, Phase::Waiting) {
            return Ok(());
        }
        let judge = Judge {
            rules: &self.rules,
            account: &self.account,
            calls: match self.rules.counts_calls_of_session {
                true => self.calls,
                false => 0,
            },
        };
        let answer = match status {
            200 => judge.answer(body),
            _ => Err(Refused::new(
                Refused::CONNECTIVITY,
                format!("the answer to a webhook is HTTP 200, and this one was {status}"),
            )),
        };
        match answer {
            Ok(_) if is_left => self.end_left(),
            Ok((orders, token)) => {
                self.orders = orders.into();
                self.calls += calls_in(&self.orders);
                self.token = token;
                self.go_on_answered();
            }
            Err(refused) => {
                self.end_refused(&refused);
                return Err(refused);
            }
        }
        Ok(())
    }

    /// There is no answer to the open webhook: the server was not reached, or took too
    /// long. The session ends with the status ERROR.
    pub fn unanswered(&mut self, why: &str) -> Refused {
        self.is_open = false;
        let refused = Refused::new(Refused::CONNECTIVITY, why);
        if !matches!(self.phase, Phase::Over(_)) {
            self.end_refused(&refused);
        }
        refused
    }

    pub fn doing(&self) -> Doing {
        match &self.phase {
            Phase::Waiting | Phase::Left => Doing::WaitsForAnswer,
            Phase::Saying { .. } => Doing::Speaking,
            Phase::Capturing(capturing) if capturing.is_listening() => Doing::Listening,
            Phase::Capturing(_) => Doing::Speaking,
            Phase::RingingA { .. } => Doing::Ringing(self.a.destination.to_string()),
            Phase::RingingB { .. } => Doing::Ringing(self.dialled()),
            Phase::Talking { .. } => Doing::Talking(self.dialled()),
            Phase::Over(ending) => Doing::Over(*ending),
        }
    }

    /// True where a key that is pressed now counts for what is asked.
    pub fn takes_keys(&self) -> bool {
        matches!(&self.phase, Phase::Capturing(capturing) if capturing.takes_keys(&self.rules))
    }

    fn dialled(&self) -> String {
        let b = self.b.as_ref();
        b.map_or_else(String::new, |leg| leg.destination.to_string())
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// When something happens by itself: a prompt or a conversation is over, a time has
    /// run out. `None` while an answer is waited for, and behind the end.
    pub fn until(&self) -> Option<Timestamp> {
        match &self.phase {
            Phase::Waiting | Phase::Left | Phase::Over(_) => None,
            Phase::Saying { ends }
            | Phase::RingingA { ends }
            | Phase::RingingB { ends }
            | Phase::Talking { ends } => Some(*ends),
            Phase::Capturing(capturing) => Some(capturing.until()),
        }
    }

    /// Time goes on to `time`, or to [`Line::until`] where that is before it, and what is
    /// due then happens. A time that has passed changes nothing.
    pub fn pass_until(&mut self, time: Timestamp) {
        match self.until() {
            Some(until) if until <= time => {
                self.now = self.now.max(until);
                self.happen();
            }
            _ => self.now = self.now.max(time),
        }
    }

    /// The caller presses `0`–`9`, `*` or `#`; any other character is no key. A key that
    /// nothing listens for is kept or lost, by the rules.
    pub fn press(&mut self, key: char) {
        if Key::pressed(key).is_none() || matches!(self.phase, Phase::Over(_)) {
            return;
        }
        if self.takes_keys() || self.rules.keeps_keys {
            self.keys.push_back(key);
        }
        self.feed();
    }

    /// The caller hangs up. A first person called who is rung refuses the call.
    pub fn hang_up(&mut self) {
        self.caller_leaves();
    }

    /// The party that is rung does this; while nobody is rung it means nothing.
    pub fn other_side(&mut self, how: OtherSide) {
        match self.phase {
            Phase::RingingA { .. } => self.first_party(how),
            Phase::RingingB { .. } => self.dialled_party(how),
            _ => {}
        }
    }

    /// What the caller has noticed since this was asked last.
    pub fn take_heard(&mut self) -> Vec<Heard> {
        std::mem::take(&mut self.heard)
    }

    /// The webhooks that tell of recordings. The platform sends them when it has stored what
    /// it recorded, which is some time after the session's end: whoever drives the line
    /// asks for them then.
    pub fn recordings(&self) -> Vec<Arc<[u8]>> {
        let recordings = (0..).zip(&self.recorded).map(|(number, seconds)| {
            let session = self.session.as_str();
            let id = unique::id(session, "recording", number);
            let recording = Recording {
                session: self.session.clone(),
                file_path: Some(format!("recordings/{id}.mp3")),
                recording_id: Some(id),
                sub_account: Some(self.account.name.clone()),
                seconds: Some(*seconds),
                status: Some(RecordingStatus::UploadCompleted),
            };
            write_recording(&recording).into()
        });
        recordings.collect()
    }

    pub(super) fn rings_until(&self) -> Timestamp {
        after(self.now, RING)
    }

    pub(super) fn here(&mut self) -> Here<'_> {
        Here {
            rules: &self.rules,
            now: self.now,
            heard: &mut self.heard,
        }
    }
}

fn session(text: &str) -> SessionId {
    SessionId::new(text)
        .or_else(|| SessionId::new(&unique::id(text, "session", 0)))
        .expect("a UUID has 36 characters")
}

fn calls_in(orders: &VecDeque<Order>) -> usize {
    let is_call = |order: &&Order| matches!(order, Order::Call { .. });
    orders.iter().filter(is_call).count()
}
