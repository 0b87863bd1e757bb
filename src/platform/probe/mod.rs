//! What the platform's documentation leaves open, found out with two calls to a phone of
//! the operator's: a listener for webhooks that answers by a plan, and records what comes.

mod answers;
mod facts;
mod listener;
mod seeing;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use tokio::sync::Notify;

use crate::call::{
    Action, Answer, Capture, DigitLimit, PhoneNumber, Repetition, SessionId, Speed, SpokenText,
    Voice,
};
use crate::platform::Api;
use crate::wire::api::render_request;

use seeing::{Plan, Seeing};

pub use facts::{Echo, Facts, Held, Repeat, Seen};

/// How long a call may take that is answered at once.
const LONGEST_CALL: Duration = Duration::from_secs(180);

const PROMPT: &str = "This is a test of your telephone platform. Press 1, or wait.";

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
}

/// In whole milliseconds.
fn ms(time: Duration) -> u64 {
    time.as_millis() as u64
}
