//! A phone call that reads as sentences: what the caller hears and presses, held
//! against the state machine, its ledger and the answers as bytes. In memory, and in
//! virtual time.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "all of it is for tests")]
#![allow(clippy::wrong_self_convention, reason = "`is_asked` is a sentence")]

pub mod platform;
pub mod server;
pub mod webhook;

use std::sync::Arc;

use ringflow::flow::SourceFile;
use ringflow::machine::{Answers, Waiting};
use serde_json::Value;

use server::{Answered, Server};
use webhook::Webhook;

/// What every flow of these tests begins with, unless it says so itself.
const HEAD: &str = "flow: test\nnumbers: [+6561115777]\n";
const VOICE: &str = "voice: en-US-One\n";

/// How webhooks come and what is done with answers.
#[derive(Debug, Clone, Copy)]
pub struct Delivery {
    pub answers: Answers,
    /// The platform asks after each action that takes time, and its new answer
    /// replaces the rest; else it asks when the list has run out.
    pub after_each_action: bool,
    pub twice: bool,
    /// Between any two webhooks the memory is lost.
    pub restarts: bool,
}

impl Delivery {
    pub const PLAIN: Delivery = Delivery {
        answers: Answers::Single,
        after_each_action: false,
        twice: false,
        restarts: false,
    };
}

/// The story is the same however its webhooks are delivered.
pub fn in_every_delivery(flow: &str, story: impl Fn(Conversation) -> Conversation) {
    in_deliveries(flow, &[false], &story);
}

/// The story is the same, even where nothing but the token is left between any two
/// webhooks.
pub fn even_after_restarts(flow: &str, story: impl Fn(Conversation) -> Conversation) {
    in_deliveries(flow, &[false, true], &story);
}

fn in_deliveries(flow: &str, restarts: &[bool], story: &impl Fn(Conversation) -> Conversation) {
    for &restarts in restarts {
        for twice in [false, true] {
            for (answers, after_each_action) in [
                (Answers::Single, false),
                (Answers::Single, true),
                (Answers::List, false),
            ] {
                story(Conversation::with(flow).delivered(Delivery {
                    answers,
                    after_each_action,
                    twice,
                    restarts,
                }));
            }
        }
    }
}

pub struct Conversation {
    files: Vec<Arc<SourceFile>>,
    delivery: Delivery,
    /// The first webhook.
    first: Webhook,
    server: Option<Server>,
    /// How many webhooks were sent.
    sent: usize,
    token: Option<String>,
    tokens: Vec<Option<String>>,
    /// The present answer, and which of its actions is under way.
    actions: Vec<Value>,
    at: usize,
    /// How much of the present action's text the test has heard.
    heard: Option<usize>,
    faults: Vec<String>,
    transcript: Vec<String>,
}

/// Setting up.
impl Conversation {
    /// A call to the number of this flow, which may leave out its name, number and
    /// voice.
    pub fn with(flow: &str) -> Self {
        Conversation {
            files: vec![flow_file(flow)],
            delivery: Delivery::PLAIN,
            first: Webhook::arrived(),
            server: None,
            sent: 0,
            token: None,
            tokens: Vec::new(),
            actions: Vec::new(),
            at: 0,
            heard: None,
            faults: Vec::new(),
            transcript: Vec::new(),
        }
    }

    /// Functions that the flow can call as `tools::name`.
    pub fn tools(mut self, script: &str) -> Self {
        let file = SourceFile::new("scripts/tools.rhai", script);
        self.files.push(file);
        self
    }

    pub fn delivered(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    pub fn in_lists(mut self) -> Self {
        self.delivery.answers = Answers::List;
        self
    }

    /// The call was started for us, and this was keyed in at its first question.
    pub fn started_for_us(mut self, digits: Option<&str>) -> Self {
        self.first = Webhook {
            digits: digits.map(str::to_owned),
            ..Webhook::completed(0, None).outbound()
        };
        self
    }

    /// The first webhook is this one.
    pub fn beginning_with(mut self, first: Webhook) -> Self {
        self.first = first;
        self
    }
}

/// What the caller hears, in order.
impl Conversation {
    /// This is a part of what is spoken next.
    #[track_caller]
    pub fn hears(mut self, part: &str) -> Self {
        self.begin();
        loop {
            let from = self.heard.unwrap_or(0);
            let text = spoken(self.present()).unwrap_or_default();
            if let Some(found) = text[from..].find(part) {
                self.heard = Some(from + found + part.len());
                return self;
            }
            if self.heard.is_none() || !passes(self.present()) {
                self.wrong(&format!("the caller does not hear `{part}`"));
            }
            self.go_on();
        }
    }

    /// Exactly this is said, and nothing is asked.
    #[track_caller]
    pub fn is_told(self, text: &str) -> Self {
        self.next("say", "text", text)
    }

    /// Exactly this is said, and keys are collected behind it.
    #[track_caller]
    pub fn is_asked(self, prompt: &str) -> Self {
        self.next("sayAndCapture", "promptMessage", prompt)
    }

    /// This recording is played.
    #[track_caller]
    pub fn is_played(self, url: &str) -> Self {
        self.next("playFile", "fileUrl", url)
    }

    /// This number is dialled.
    #[track_caller]
    pub fn is_put_through_to(self, number: &str) -> Self {
        self.next("makeCall", "destination", number)
    }

    /// We hang up, and whatever still comes is answered with nothing but that.
    #[track_caller]
    pub fn hangs_up(mut self) -> Self {
        self.begin();
        if self.heard.is_some() && self.present()["action"] != "hangup" {
            self.go_on();
        }
        if self.present()["action"] != "hangup" {
            self.wrong("we do not hang up");
        }
        if self.delivery.restarts && self.token.is_none() {
            // Nothing is left by which the call could be known.
            return self;
        }
        self.send(Webhook::completed(self.sent, self.token.as_deref()));
        if self.actions != [serde_json::json!({"action": "hangup"})] {
            self.wrong("the call is over, and the answer is no hangup");
        }
        self
    }

    /// A field of the action under way, as the platform gets it.
    #[track_caller]
    pub fn with_field(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.begin();
        let value = value.into();
        if self.present()["params"][field] != value {
            self.wrong(&format!("`{field}` is not {value}"));
        }
        self
    }

    /// The action under way does not have this field.
    #[track_caller]
    pub fn without_field(mut self, field: &str) -> Self {
        self.begin();
        if self.present()["params"].get(field).is_some() {
            self.wrong(&format!("`{field}` is there"));
        }
        self
    }

    #[track_caller]
    fn next(mut self, action: &str, field: &str, value: &str) -> Self {
        self.begin();
        if self.heard.is_some() {
            if !passes(self.present()) {
                self.wrong(&format!("no {action} `{value}` comes without the caller"));
            }
            self.go_on();
        }
        let present = self.present();
        if present["action"] != action || present["params"][field] != value {
            self.wrong(&format!("the next action is no {action} `{value}`"));
        }
        self.heard = Some(value.len());
        self
    }
}

/// What the caller and the platform do.
impl Conversation {
    /// Listens to what is said, and keys this in when asked.
    #[track_caller]
    pub fn press(mut self, digits: &str) -> Self {
        self.listen_until("sayAndCapture");
        self.send(Webhook::completed(self.sent, self.token.as_deref()).with_digits(digits));
        self
    }

    #[track_caller]
    pub fn stay_silent(mut self) -> Self {
        self.listen_until("sayAndCapture");
        self.send(Webhook::completed(self.sent, self.token.as_deref()));
        self
    }

    /// The bridge ends with this SIP status, which the webhook tells.
    #[track_caller]
    pub fn bridge_ends(self, sip_code: u16) -> Self {
        self.bridge_ends_as(|webhook, _| Webhook {
            sip_code: Some(sip_code),
            ..webhook
        })
    }

    /// The bridge ends, as this changed webhook tells. It is handed the number too.
    #[track_caller]
    pub fn bridge_ends_as(mut self, change: impl Fn(Webhook, &str) -> Webhook) -> Self {
        self.listen_until("makeCall");
        let number = self.ringing();
        let webhook = Webhook::completed(self.sent, self.token.as_deref());
        self.send(change(webhook, &number));
        self
    }

    /// A status webhook tells how the dialled leg ended.
    #[track_caller]
    pub fn leg_ended(mut self, sip_code: u16) -> Self {
        self.listen_until("makeCall");
        let status = Webhook::leg_b_ended(self.sent, &self.ringing(), sip_code);
        self.sent += 1;
        self.notify(&status)
    }

    #[track_caller]
    pub fn notify(mut self, status: &Webhook) -> Self {
        self.begin();
        self.transcript.push(format!("  ({})", status.status));
        self.server_mut().notify(&status.bytes());
        self
    }

    /// Any webhook at all.
    #[track_caller]
    pub fn gets(mut self, webhook: Webhook) -> Self {
        self.begin();
        self.send(webhook);
        self
    }

    /// A webhook made from the tokens of the answers so far, the latest last.
    #[track_caller]
    pub fn gets_with(mut self, make: impl Fn(usize, &[Option<String>]) -> Webhook) -> Self {
        self.begin();
        let webhook = make(self.sent, &self.tokens);
        self.send(webhook);
        self
    }

    /// The memory is lost; only the token is left.
    #[track_caller]
    pub fn restart(mut self) -> Self {
        self.begin();
        self.server_mut().restart();
        self.transcript.push("  (restart)".into());
        self
    }

    /// The memory is lost, and this flow is served instead.
    #[track_caller]
    pub fn restart_with(mut self, flow: &str) -> Self {
        self = self.restart();
        let files = [flow_file(flow)];
        self.server_mut().deploy(&files);
        self
    }

    /// The summary of the session comes.
    #[track_caller]
    pub fn is_summed_up(mut self) -> Self {
        self.begin();
        self.server_mut()
            .call
            .as_mut()
            .expect("the call is known")
            .close();
        self.transcript.push("  (summary)".into());
        self
    }

    /// The call is begun, and nothing is said about what is heard.
    #[track_caller]
    pub fn listen(mut self) -> Self {
        self.begin();
        self
    }
}

/// What can be seen of the call from inside.
impl Conversation {
    #[track_caller]
    pub fn is_in(mut self, state: &str) -> Self {
        self.begin();
        let call = self.server_mut().call.as_ref();
        let found = call.and_then(|call| call.session()).map(|s| s.state_name());
        if found != Some(state) {
            let found = found.unwrap_or("no state").to_owned();
            self.wrong(&format!("the call is in {found}, not in {state}"));
        }
        self
    }

    /// So many faults came up, and each of their messages holds one of these texts.
    #[track_caller]
    pub fn with_faults(self, parts: &[&str]) -> Self {
        let fit = self.faults.iter().zip(parts).all(|(f, p)| f.contains(p));
        if self.faults.len() != parts.len() || !fit {
            self.wrong(&format!("the faults are {:#?}", self.faults));
        }
        self
    }

    #[track_caller]
    pub fn waits_for(mut self, what: Waiting) -> Self {
        self.begin();
        let found = self.server_mut().call.as_ref().map(|call| call.waiting());
        if found != Some(what) {
            self.wrong(&format!("the call waits for {found:?}, not for {what:?}"));
        }
        self
    }

    pub fn tokens(&self) -> &[Option<String>] {
        &self.tokens
    }

    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("the call has begun")
    }
}

/// How it runs.
impl Conversation {
    #[track_caller]
    fn begin(&mut self) {
        if self.server.is_none() {
            self.server = Some(Server::with(&self.files, self.delivery.answers));
            let first = self.first.clone();
            self.send(first);
        }
    }

    fn server_mut(&mut self) -> &mut Server {
        self.server.as_mut().expect("the call has begun")
    }

    fn present(&self) -> &Value {
        &self.actions[self.at]
    }

    fn ringing(&self) -> String {
        let number = self.present()["params"]["destination"].as_str();
        number.expect("a number is dialled").to_owned()
    }

    #[track_caller]
    fn listen_until(&mut self, action: &str) {
        self.begin();
        while self.present()["action"] != action {
            if !passes(self.present()) {
                self.wrong(&format!("no {action} comes without the caller"));
            }
            self.go_on();
        }
    }

    /// The present action is over by itself.
    #[track_caller]
    fn go_on(&mut self) {
        let more = self.at + 1 < self.actions.len();
        if more && !self.delivery.after_each_action {
            self.at += 1;
            self.heard = None;
        } else {
            self.send(Webhook::completed(self.sent, self.token.as_deref()));
        }
    }

    #[track_caller]
    fn send(&mut self, webhook: Webhook) {
        if self.delivery.restarts && self.sent > 0 {
            self.server_mut().restart();
        }
        self.sent += 1;
        let pressed = match &webhook.digits {
            Some(digits) => format!(" {digits}"),
            None => String::new(),
        };
        self.transcript
            .push(format!("> {}{pressed}", webhook.status));
        let body = webhook.bytes();
        self.server_mut().wait();
        let Answered {
            bytes,
            faults,
            path,
            flow,
            fresh,
            ..
        } = self.server_mut().post(&body);
        if let Some(flow) = flow {
            let names: Vec<String> = path.iter().map(|at| flow.shown_state(*at)).collect();
            self.transcript.push(format!("  ({})", names.join(" → ")));
        }
        self.faults.extend(faults.iter().map(|fault| {
            assert!(!fault.ours, "{fault:?}");
            format!(
                "{}:{}:{} {}",
                fault.state, fault.line, fault.column, fault.message
            )
        }));
        if self.delivery.twice {
            let again = self.server_mut().post(&body);
            assert_eq!(again.bytes, bytes, "the same webhook, another answer");
            assert!(!again.fresh, "the same webhook was answered anew");
        }
        self.take(&bytes, fresh);
    }

    #[track_caller]
    fn take(&mut self, bytes: &[u8], fresh: bool) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        self.transcript.push(format!("< {text}"));
        let body = match platform::refusal(bytes) {
            Ok(body) => body,
            Err(why) => self.wrong(&format!("the platform refuses: {why}")),
        };
        self.actions = body["callflow"].as_array().cloned().unwrap_or_default();
        let lasting = self.actions.iter().filter(|a| a["action"] != "hangup");
        if self.delivery.answers == Answers::Single && lasting.count() > 1 {
            self.wrong("the answer holds more than one action that takes time");
        }
        self.at = 0;
        self.heard = None;
        self.token = body["clientActionId"].as_str().map(str::to_owned);
        if fresh {
            self.tokens.push(self.token.clone());
        }
    }

    #[track_caller]
    fn wrong(&self, what: &str) -> ! {
        let transcript = self.transcript.join("\n");
        panic!("{what}\n{:?}\n{transcript}", self.delivery);
    }
}

/// True where an action is over without the caller or somebody else.
fn passes(action: &Value) -> bool {
    matches!(action["action"].as_str(), Some("say" | "playFile"))
}

fn spoken(action: &Value) -> Option<&str> {
    let params = &action["params"];
    params["text"].as_str().or(params["promptMessage"].as_str())
}

fn flow_file(flow: &str) -> Arc<SourceFile> {
    let has = |key: &str| flow.lines().any(|line| line.starts_with(key));
    let head = if has("flow:") { "" } else { HEAD };
    let speaks = has("voice:") || has("languages:");
    let voice = if speaks { "" } else { VOICE };
    SourceFile::new("flows/test.yaml", &format!("{head}{voice}{flow}"))
}

/// A server of this flow that no call has come to.
pub fn fresh_server(flow: &str) -> Server {
    Server::with(&[flow_file(flow)], Answers::Single)
}

pub fn fresh_server_with(flow: &str, tools: &str) -> Server {
    let tools = SourceFile::new("scripts/tools.rhai", tools);
    Server::with(&[flow_file(flow), tools], Answers::Single)
}
