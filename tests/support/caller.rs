//! A conversation as the caller has it, with the platform in between.

use std::collections::VecDeque;

use axum::http::StatusCode;
use ringflow::machine::Answers;
use serde_json::Value;

use super::answer::accepted;
use super::server::{Response, Server, Setup};
use super::webhook::{Leg, SHAPES, Shape, Style, Way, Webhook, summary};

/// When the platform asks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// When the list has run out.
    List,
    /// After each action; the new answer replaces the rest of the list.
    Action,
}

/// All that the platform leaves open.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    pub shape: Shape,
    pub way: Way,
    pub reading: Reading,
    /// How often each webhook is sent.
    pub times: usize,
    /// Behind a bridge the called leg is shown.
    pub shows_other_leg: bool,
    /// Before each webhook, all that is left of the call is its token.
    pub is_forgotten: bool,
    pub index: usize,
}

pub const PLAIN: Variant = Variant {
    shape: Shape::Object,
    way: Way::Inbound,
    reading: Reading::List,
    times: 1,
    shows_other_leg: false,
    is_forgotten: false,
    index: 0,
};

/// Has a conversation in every way that the platform leaves open.
pub fn in_every_way(number: &str, conversation: impl Fn(Call<'_>)) {
    in_each_way(number, false, conversation);
}

/// In every way, and in every way once more with the memory gone before each webhook.
pub fn in_every_way_and_forgotten(number: &str, conversation: impl Fn(Call<'_>)) {
    in_each_way(number, false, &conversation);
    in_each_way(number, true, &conversation);
}

fn in_each_way(number: &str, is_forgotten: bool, conversation: impl Fn(Call<'_>)) {
    let mut index = 0;
    for answers in [Answers::Single, Answers::List] {
        let server = Setup {
            answers,
            ..Setup::shipped()
        };
        let server = server.start();
        for way in [Way::Inbound, Way::Outbound] {
            for shape in SHAPES {
                for reading in [Reading::List, Reading::Action] {
                    // Who has whole lists sent knows how they are read.
                    if answers == Answers::List && reading == Reading::Action {
                        continue;
                    }
                    for times in [1, 2] {
                        let variant = Variant {
                            shape,
                            way,
                            reading,
                            times,
                            shows_other_leg: index / 2 % 2 == 1,
                            is_forgotten,
                            index,
                        };
                        conversation(server.call(number, variant));
                        index += 1;
                    }
                }
            }
        }
    }
    assert_eq!(index, 48);
}

impl Server {
    /// A call of this number, or one from it, not yet begun.
    pub fn call(&self, number: &str, variant: Variant) -> Call<'_> {
        // The platform has asked the first question of a call that was started by us.
        let state = match variant.way {
            Way::Inbound => Waiting::ToRing,
            Way::Outbound => Waiting::Asked,
        };
        Call {
            server: self,
            variant,
            session: format!("session-{}-{}", variant.index, self.calls().len()),
            number: number.to_owned(),
            sent: 0,
            token: None,
            rest: VecDeque::new(),
            heard: String::new(),
            is_heard: variant.way == Way::Inbound,
            state,
            story: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Waiting {
    ToRing,
    Asked,
    Bridged(String),
    Over,
}

pub struct Call<'a> {
    server: &'a Server,
    pub variant: Variant,
    pub session: String,
    number: String,
    sent: usize,
    pub token: Option<String>,
    /// What is left of the callflow.
    rest: VecDeque<Value>,
    /// What the caller has heard since the last entry.
    heard: String,
    /// What the platform said before our first answer is not known.
    is_heard: bool,
    state: Waiting,
    story: Vec<String>,
}

const CALLER: &str = "+6591234567";

impl Call<'_> {
    /// The call arrives. One that was started by us has been asked already.
    pub fn rings(mut self) -> Self {
        if self.state == Waiting::ToRing {
            self.next(None, 200);
        }
        self
    }

    pub fn hears(self, part: &str) -> Self {
        assert!(
            !self.is_heard || self.heard.contains(part),
            "not heard: {part}\n{self:?}"
        );
        self
    }

    /// Hears this and nothing else.
    pub fn hears_only(self, text: &str) -> Self {
        assert_eq!(self.heard.trim(), text, "{self:?}");
        self
    }

    pub fn press(mut self, keys: &str) -> Self {
        assert_eq!(self.state, Waiting::Asked, "nothing was asked\n{self:?}");
        self.heard.clear();
        self.is_heard = true;
        self.story.push(format!("presses {keys}"));
        self.next(Some(keys), 200);
        self
    }

    pub fn silent(mut self) -> Self {
        assert_eq!(self.state, Waiting::Asked, "nothing was asked\n{self:?}");
        self.heard.clear();
        self.is_heard = true;
        self.story.push("is silent".to_owned());
        self.next(None, 200);
        self
    }

    pub fn dialled(self, number: &str) -> Self {
        assert_eq!(self.state, Waiting::Bridged(number.to_owned()), "{self:?}");
        self
    }

    /// The bridge has ended, or has not come about.
    pub fn leg_ends(mut self, sip_code: u16) -> Self {
        assert!(matches!(self.state, Waiting::Bridged(_)), "{self:?}");
        self.heard.clear();
        self.story.push(format!("the leg ends with {sip_code}"));
        self.next(None, sip_code);
        self
    }

    /// The called leg's own end is told.
    pub fn told_of_leg(self, sip_code: u16) -> Self {
        let Waiting::Bridged(called) = &self.state else {
            panic!("nobody was called\n{self:?}");
        };
        let leg = Leg {
            event: format!("status-{}-{}", self.session, self.sent),
            session: &self.session,
            call: "leg-b",
            status: "CALL_DISCONNECTED",
            way: Way::Outbound,
            source: &self.number,
            destination: called,
            digits: None,
            sip_code,
            seconds: 0,
            token: None,
        };
        let response = self.server.post(&leg.progress(self.style()));
        assert_eq!((response.status, response.body.len()), (StatusCode::OK, 0));
        self
    }

    pub fn hung_up(self) -> Self {
        assert_eq!(self.state, Waiting::Over, "{self:?}");
        self
    }

    /// The summary comes, and then a webhook that is late.
    pub fn ends(self) {
        let webhook = summary(&self.session, "COMPLETED", self.variant.index);
        for _ in 0..self.variant.times {
            let response = self.server.post(&webhook);
            assert_eq!((response.status, response.body.len()), (StatusCode::OK, 0));
        }
        let late = self.webhook(Some("1"), 200);
        let (actions, _) = accepted(&self.server.post(&late).body);
        assert_eq!(actions.len(), 1, "{self:?}");
        assert_eq!(actions[0]["action"], "hangup", "{self:?}");
    }

    /// The webhook that comes next.
    pub fn webhook(&self, digits: Option<&str>, sip_code: u16) -> Webhook {
        let is_first = self.sent == 0;
        let inbound = self.variant.way == Way::Inbound;
        let (source, destination) = match inbound {
            true => (CALLER, self.number.as_str()),
            false => (self.number.as_str(), CALLER),
        };
        let mut leg = Leg {
            event: format!("event-{}-{}", self.session, self.sent),
            session: &self.session,
            call: "leg-a",
            status: match is_first && inbound {
                true => "CALL_RECEIVED",
                false => "ACTION_COMPLETED",
            },
            way: self.variant.way,
            source,
            destination,
            digits,
            sip_code,
            seconds: self.sent as u32,
            token: self.token.as_deref(),
        };
        if let (Waiting::Bridged(called), true) = (&self.state, self.variant.shows_other_leg) {
            leg.call = "leg-b";
            leg.way = Way::Outbound;
            (leg.source, leg.destination) = (&self.number, called);
        }
        leg.action(self.style())
    }

    fn style(&self) -> Style {
        Style {
            shape: self.variant.shape,
            turn: self.variant.index + self.sent,
        }
    }

    /// The platform asks for the next step, and takes it up to where it waits.
    fn next(&mut self, digits: Option<&str>, sip_code: u16) {
        let mut answer = self.send(digits, sip_code);
        loop {
            self.rest = answer.into();
            if self.go_on() {
                return;
            }
            answer = self.send(None, 200);
        }
    }

    /// Runs what is left of the callflow; false where the platform asks again.
    fn go_on(&mut self) -> bool {
        while let Some(action) = self.rest.pop_front() {
            let text = |name: &str| action["params"][name].as_str().unwrap_or("?").to_owned();
            match action["action"].as_str() {
                Some("say") => self.hear(&text("text")),
                Some("playFile") => self.hear(&text("fileUrl")),
                Some("sayAndCapture") => {
                    self.hear(&text("promptMessage"));
                    self.state = Waiting::Asked;
                }
                Some("makeCall") => {
                    assert_eq!(text("source"), self.number, "{self:?}");
                    self.state = Waiting::Bridged(text("destination"));
                }
                _ => {
                    self.story.push("is hung up on".to_owned());
                    self.state = Waiting::Over;
                    return true;
                }
            }
            let is_spoken = matches!(action["action"].as_str(), Some("say" | "playFile"));
            if !is_spoken {
                assert!(
                    self.rest.is_empty(),
                    "what follows is not reached\n{self:?}"
                );
                return true;
            }
            if self.variant.reading == Reading::Action {
                return false;
            }
        }
        false
    }

    fn hear(&mut self, text: &str) {
        self.story.push(format!("hears {text}"));
        self.heard.push_str(text);
        self.heard.push(' ');
    }

    fn send(&mut self, digits: Option<&str>, sip_code: u16) -> Vec<Value> {
        assert!(self.sent < 100, "the call does not end\n{self:?}");
        let webhook = self.webhook(digits, sip_code);
        if self.variant.is_forgotten {
            self.server.forget_calls();
        }
        let response = self.server.post(&webhook);
        for _ in 1..self.variant.times {
            assert_eq!(
                self.server.post(&webhook),
                response,
                "another answer\n{self:?}"
            );
        }
        self.sent += 1;
        self.state = Waiting::Asked;
        self.take(&response)
    }

    fn take(&mut self, response: &Response) -> Vec<Value> {
        let (actions, token) = accepted_by_platform(response);
        if self.server.answers == Answers::Single {
            let takes_time = |action: &&Value| action["action"] != "hangup";
            assert!(actions.iter().filter(takes_time).count() <= 1, "{self:?}");
        }
        self.token = token;
        actions
    }
}

/// A VCA's answer, which is one whatever has happened.
pub fn accepted_by_platform(response: &Response) -> (Vec<Value>, Option<String>) {
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(response.content_type.as_deref(), Some("application/json"));
    accepted(&response.body)
}

impl std::fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:?}", self.variant)?;
        for line in &self.story {
            writeln!(f, "  {line}")?;
        }
        write!(f, "  and now: {:?}", self.state)
    }
}
