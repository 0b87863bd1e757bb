//! What the platform's documentation leaves open, found out with two calls to a phone of
//! the operator's: a listener for webhooks that answers by a plan, and records what comes.

mod facts;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Notify;

use crate::call::{
    Action, ActionEvent, Answer, Capture, DigitLimit, Direction, EventKey, LegId, Occasion,
    PhoneNumber, Repetition, SessionId, Speed, SpokenText, Voice,
};
use crate::platform::Api;
use crate::wire::{self, DigitShape, Webhook, api::render_request};

pub use facts::{Echo, Facts, Held, Repeat, Seen};

/// The lengths of `clientActionId` that are tried.
const LENGTHS: [usize; 3] = [64, 128, 255];
/// How long a call may take that is answered at once.
const LONGEST_CALL: Duration = Duration::from_secs(180);

const PROMPT: &str = "This is a test of your telephone platform. Press 1, or wait.";
const GOES_ON: &str = "The test goes on.";
const LATER: &str = "Please call again later.";

/// What is called, and how.
pub struct ProbeConfig {
    /// A number of the account.
    pub from: PhoneNumber,
    /// A phone in the operator's hand.
    pub to: PhoneNumber,
    pub voice: Voice,
    /// What webhooks were registered with.
    pub auth_header: SecretString,
    /// For how long an answer is held back.
    pub hold: Duration,
}

/// A probe, from its first webhook to its last.
pub struct Probe {
    config: ProbeConfig,
    begun: Instant,
    /// Held for a look or a note, never over an await, so a plain lock.
    state: Mutex<Seeing>,
    /// A session has ended.
    ended: Notify,
    is_found: AtomicBool,
}

#[derive(Default)]
struct Seeing {
    facts: Facts,
    calls: Vec<Call>,
    /// A call that was asked for, and of which no session is known yet.
    pending: Option<(Plan, Instant)>,
    strangers: Vec<SessionId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// Longer and longer tokens, then a bridge to a phone that is on the line already.
    Echo,
    /// No answer.
    Hold,
}

struct Call {
    plan: Plan,
    session: SessionId,
    begun: Instant,
    first_leg: Option<LegId>,
    turns: usize,
    token: Option<String>,
    /// When a bridge to the busy phone was answered with.
    is_bridging: bool,
    /// The first event that was not answered, and when it came.
    held: Option<(EventKey, Instant)>,
    has_ended: bool,
}

/// What a webhook is answered with.
enum Reply {
    Callflow(Answer),
    /// Later, if anybody still waits then.
    Hold,
    Nothing,
}

impl Probe {
    pub fn new(config: ProbeConfig) -> Arc<Self> {
        Arc::new(Probe {
            config,
            begun: Instant::now(),
            state: Mutex::default(),
            ended: Notify::new(),
            is_found: AtomicBool::new(false),
        })
    }

    /// What listens for webhooks, on every path, and says on `/readyz` that it is there.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/readyz", get(ready))
            .fallback(post(webhook))
            .with_state(Arc::clone(self))
    }

    /// True once somebody has asked here whether it is ready.
    pub fn is_found(&self) -> bool {
        self.is_found.load(Ordering::Acquire)
    }

    /// Places the calls one after the other. Each line says what was not as planned.
    pub async fn run(&self, api: &Api) -> Vec<String> {
        let mut troubles = Vec::new();
        for plan in [Plan::Echo, Plan::Hold] {
            if let Err(trouble) = self.call(api, plan).await {
                troubles.push(format!("{}: {trouble}", plan.word()));
            }
        }
        troubles
    }

    /// What is known by now.
    pub fn facts(&self) -> Facts {
        self.seeing().facts.clone()
    }

    async fn call(&self, api: &Api, plan: Plan) -> Result<(), String> {
        let request = render_request(
            &self.begins()?,
            &format!("ringflow-probe-{}", plan.word()),
            None,
        );
        self.seeing().pending = Some((plan, Instant::now()));
        let started = match api.start_call(&request).await {
            Ok(created) => created,
            Err(error) => {
                self.seeing().pending = None;
                return Err(error.to_string());
            }
        };
        let Some(session) = SessionId::new(&started.session_id) else {
            return Err("the platform's answer names a session by what cannot be an id".to_owned());
        };
        self.seeing().know(plan, &session);
        let most = match plan {
            Plan::Echo => LONGEST_CALL,
            Plan::Hold => LONGEST_CALL + self.config.hold,
        };
        let over = async {
            loop {
                let ended = self.ended.notified();
                tokio::pin!(ended);
                // From here on nothing that ends is missed.
                ended.as_mut().enable();
                if self.seeing().has_ended(&session) {
                    return;
                }
                ended.await;
            }
        };
        tokio::time::timeout(most, over).await.map_err(|_| {
            format!(
                "no summary of the session came within {} seconds",
                most.as_secs()
            )
        })
    }

    /// The callflow of a call that is started: the phone rings, and a key is asked for.
    fn begins(&self) -> Result<Answer, String> {
        let text = |text| SpokenText::new(text).map_err(|limit| limit.to_string());
        let capture = Capture::new(
            text(PROMPT)?,
            self.config.voice.clone(),
            Speed::NORMAL,
            DigitLimit::OneKey,
            5_000,
        );
        let capture = capture.map_err(|limit| limit.to_string())?;
        Answer::new([self.bridge(), Action::SayAndCapture(capture)])
            .map_err(|limit| limit.to_string())
    }

    fn bridge(&self) -> Action {
        Action::MakeCall {
            source: self.config.from,
            destination: self.config.to,
            record: false,
        }
    }

    fn says(&self, text: &str) -> Option<Action> {
        Some(Action::Say {
            text: SpokenText::new(text).ok()?,
            voice: self.config.voice.clone(),
            speed: Speed::NORMAL,
            repetition: Repetition::ONCE,
        })
    }

    fn seeing(&self) -> MutexGuard<'_, Seeing> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, headers: &HeaderMap, body: &[u8]) -> Reply {
        let mut seeing = self.seeing();
        let is_ours = seeing.note_header(headers, &self.config.auth_header);
        match wire::parse(body) {
            Ok(Webhook::Action(event)) => self.waits(&mut seeing, &event, body, is_ours),
            Ok(Webhook::Status(status)) => {
                let word = status
                    .status
                    .as_ref()
                    .map_or("", |status| status.word())
                    .to_owned();
                let event = &status.event;
                let about = About {
                    session: &event.session,
                    leg: Some(&event.leg),
                    direction: Some(event.direction),
                    sip_code: event.sip_code,
                };
                seeing.saw("CALL_STATUS", &word, &about, self.begun);
                Reply::Nothing
            }
            Ok(Webhook::Summary(summary)) => {
                let status = summary.status.as_ref().map_or("", |status| status.word());
                let error = summary.error.as_ref().and_then(|error| error.code);
                let told = match error {
                    Some(code) => format!("{status} ({code})"),
                    None => status.to_owned(),
                };
                let about = About {
                    session: &summary.session,
                    leg: None,
                    direction: None,
                    sip_code: None,
                };
                seeing.saw("SESSION_SUMMARY", &told, &about, self.begun);
                seeing.end(&summary.session, told);
                self.ended.notify_waiters();
                Reply::Nothing
            }
            _ => Reply::Nothing,
        }
    }

    /// A call waits for its next step.
    fn waits(&self, seeing: &mut Seeing, event: &ActionEvent, body: &[u8], is_ours: bool) -> Reply {
        let word = match event.occasion {
            Occasion::Received => "CALL_RECEIVED",
            _ => "ACTION_COMPLETED",
        };
        let about = About {
            session: &event.session,
            leg: Some(&event.leg),
            direction: Some(event.direction),
            sip_code: event.sip_code,
        };
        seeing.saw("CALL_ACTION", word, &about, self.begun);
        let Some(at) = seeing
            .calls
            .iter()
            .position(|call| call.session == event.session)
        else {
            // Somebody calls a number of the account just now.
            let later = self.says(LATER).filter(|_| is_ours);
            let later = later.and_then(|later| Answer::new([later, Action::Hangup]).ok());
            return Reply::Callflow(later.unwrap_or_else(Answer::hangup));
        };
        seeing.note_digits(body);
        let Seeing { facts, calls, .. } = seeing;
        let call = &mut calls[at];
        call.turns += 1;
        match call.plan {
            Plan::Echo => Reply::Callflow(self.echo(facts, call, event)),
            Plan::Hold => hold(facts, call, event),
        }
    }

    /// The next token, then a bridge, then the end.
    fn echo(&self, facts: &mut Facts, call: &mut Call, event: &ActionEvent) -> Answer {
        if let Some(sent) = call.token.take() {
            let back = event.token.as_deref();
            facts.echo.push(Echo {
                sent: sent.len(),
                came_back: back.map(|back| back.chars().count()),
                whole: back == Some(&sent),
            });
        }
        let goes_on = self.says(GOES_ON).and_then(|say| Answer::new([say]).ok());
        match (LENGTHS.get(call.turns - 1), goes_on) {
            (Some(len), Some(answer)) => {
                let token = token(*len);
                call.token = Some(token.clone());
                answer.with_token(token)
            }
            _ if !call.is_bridging => {
                call.is_bridging = true;
                Answer::new([self.bridge()]).unwrap_or_else(|_| Answer::hangup())
            }
            _ => Answer::hangup(),
        }
    }

    /// Waits for as long as the answer is held back; whoever goes away meanwhile is noted.
    async fn hold_back(&self) {
        let mut gone = Gone {
            probe: self,
            begun: Instant::now(),
            is_done: false,
        };
        tokio::time::sleep(self.config.hold).await;
        gone.is_done = true;
    }
}

impl Plan {
    fn word(self) -> &'static str {
        match self {
            Plan::Echo => "echo",
            Plan::Hold => "hold",
        }
    }
}

/// The first one is never answered in time; what comes then ends the call.
fn hold(facts: &mut Facts, call: &mut Call, event: &ActionEvent) -> Reply {
    match call.held {
        None => {
            call.held = Some((event.key, Instant::now()));
            facts.held = Some(Held::default());
            Reply::Hold
        }
        Some((first, since)) => {
            if let Some(held) = &mut facts.held {
                held.repeats.push(Repeat {
                    after_ms: ms(since.elapsed()),
                    same_event: first == event.key,
                });
            }
            Reply::Callflow(Answer::hangup())
        }
    }
}

/// What an event is about.
struct About<'a> {
    session: &'a SessionId,
    leg: Option<&'a LegId>,
    direction: Option<Direction>,
    sip_code: Option<u16>,
}

impl Seeing {
    /// The session of a call, as the platform's answer names it. What was taken for it
    /// before was somebody else's.
    fn know(&mut self, plan: Plan, session: &SessionId) {
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

    fn saw(&mut self, event: &str, status: &str, about: &About<'_>, begun: Instant) {
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

    fn end(&mut self, session: &SessionId, told: String) {
        let call = self.calls.iter_mut().find(|call| call.session == *session);
        if let Some(call) = call {
            call.has_ended = true;
            if let (Plan::Hold, Some(held)) = (call.plan, &mut self.facts.held) {
                held.ended = Some(told);
            }
        }
    }

    fn has_ended(&self, session: &SessionId) -> bool {
        let mut calls = self.calls.iter();
        calls.any(|call| call.session == *session && call.has_ended)
    }

    /// Where the registered value is; true where it is anywhere.
    fn note_header(&mut self, headers: &HeaderMap, wanted: &SecretString) -> bool {
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

    fn note_digits(&mut self, body: &[u8]) {
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

/// Notes when whoever waits for an answer goes away before it comes.
struct Gone<'a> {
    probe: &'a Probe,
    begun: Instant,
    is_done: bool,
}

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        let after = ms(self.begun.elapsed());
        if let Some(held) = &mut self.probe.seeing().facts.held {
            held.held_for_ms = after;
            held.given_up_after_ms = (!self.is_done).then_some(after);
        }
    }
}

async fn ready(State(probe): State<Arc<Probe>>) -> &'static str {
    probe.is_found.store(true, Ordering::Release);
    "yes\n"
}

async fn webhook(State(probe): State<Arc<Probe>>, headers: HeaderMap, body: Bytes) -> Response {
    let answer = match probe.take(&headers, &body) {
        Reply::Nothing => return StatusCode::OK.into_response(),
        Reply::Callflow(answer) => answer,
        Reply::Hold => {
            probe.hold_back().await;
            Answer::hangup()
        }
    };
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, wire::render(&answer)).into_response()
}

/// A token of so many characters, of those that a token is made of.
fn token(len: usize) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    let signs = SIGNS.iter().cycle().take(len);
    signs.map(|sign| char::from(*sign)).collect()
}

fn ms(time: Duration) -> u64 {
    time.as_millis() as u64
}
