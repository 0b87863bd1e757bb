//! How the platform runs a list of actions.

use jiff::SignedDuration;

use super::capture::{Captured, Capturing, Here, say};
use super::leg::{Leg, after};
use super::line::{Ending, Heard, Line, OtherSide, Phase};
use super::order::Order;
use super::rules::AsksAgain;
use super::{speech, unique};
use crate::wire::{LastAction, LegStatus, SessionStatus, Why};

impl Line {
    /// An answer was taken. The first one takes up the call.
    pub(super) fn go_on_answered(&mut self) {
        if self.a.connected.is_none() {
            self.a.connect(self.now);
            self.tell(true, LegStatus::Connected);
        }
        self.captured = None;
        self.go_on();
    }

    /// Begins the next action, or asks where there is none.
    fn go_on(&mut self) {
        let Some(order) = self.orders.pop_front() else {
            self.ask(Why::Done);
            return;
        };
        match order {
            Order::Say(speech) => {
                self.last_action = Some(LastAction::Say);
                let ends = say(&speech, &mut self.here());
                self.phase = Phase::Saying { ends };
            }
            Order::Play { url, repetition } => {
                self.last_action = Some(LastAction::PlayFile);
                self.heard.push(Heard::Played { url, repetition });
                self.phase = Phase::Saying {
                    ends: after(self.now, speech::recording(repetition)),
                };
            }
            Order::Capture(capture) => {
                self.last_action = Some(LastAction::SayAndCapture);
                let capturing = Capturing::begin(capture, &mut self.here());
                self.phase = Phase::Capturing(capturing);
                self.feed();
            }
            Order::Call { from, to, records } => {
                self.last_action = Some(LastAction::MakeCall);
                let call_id = unique::id(self.session.as_str(), "leg", self.legs);
                self.legs += 1;
                let mut b = Leg::dialled(call_id, from, to, self.now);
                b.is_recorded = records;
                self.b = Some(b);
                self.heard.push(Heard::Dialled {
                    from: from.to_string(),
                    to: to.to_string(),
                });
                self.phase = Phase::RingingB {
                    ends: self.rings_until(),
                };
                self.tell_initiated(false);
            }
            Order::HangUp => {
                self.last_action = Some(LastAction::Hangup);
                self.heard.push(Heard::HungUp);
                self.end(Ending::HungUp);
            }
        }
    }

    /// An action is done. Behind a bridge or a text, a lone `hangup` is not asked about.
    fn finished(&mut self) {
        let asks = match self.rules.asks_again {
            AsksAgain::AfterTheList => false,
            AsksAgain::AfterEachAction => !matches!(self.orders.front(), Some(Order::HangUp)),
        };
        if asks {
            self.orders.clear();
        }
        self.go_on();
    }

    /// What happens at [`Line::until`].
    pub(super) fn happen(&mut self) {
        match &mut self.phase {
            Phase::Saying { .. } => self.finished(),
            Phase::Capturing(capturing) => {
                let mut here = Here {
                    rules: &self.rules,
                    now: self.now,
                    heard: &mut self.heard,
                };
                let captured = capturing.happen(&mut here);
                self.take(captured);
                self.feed();
            }
            Phase::RingingA { .. } => match self.valid_until {
                Some(until) if until <= self.now => self.end_expired(),
                _ => self.first_party_lost(SessionStatus::NoAnswer, NO_ANSWER),
            },
            Phase::RingingB { .. } => self.bridge_failed(SessionStatus::NoAnswer, NO_ANSWER),
            Phase::Talking { .. } => {
                self.end_b(SessionStatus::Completed, OK);
                self.finished();
            }
            Phase::Waiting | Phase::Left | Phase::Over(_) => {}
        }
    }

    /// Gives the keys that wait to what listens.
    pub(super) fn feed(&mut self) {
        while let Phase::Capturing(capturing) = &mut self.phase
            && capturing.takes_keys(&self.rules)
            && let Some(key) = self.keys.pop_front()
        {
            let mut here = Here {
                rules: &self.rules,
                now: self.now,
                heard: &mut self.heard,
            };
            let captured = capturing.press(key, &mut here);
            self.take(captured);
        }
    }

    fn take(&mut self, captured: Option<Captured>) {
        if let Some(Captured(keys)) = captured {
            self.captured = Some(keys);
            self.finished();
        }
    }

    /// What the first person called does.
    pub(super) fn first_party(&mut self, how: OtherSide) {
        match how {
            OtherSide::Answers { .. } => {
                self.a.connect(self.now);
                self.tell(true, LegStatus::Connected);
                self.go_on();
            }
            OtherSide::Busy => self.first_party_lost(SessionStatus::Busy, BUSY),
            OtherSide::Fails => self.first_party_lost(SessionStatus::Failed, FAILED),
            OtherSide::NoAnswer => {}
        }
    }

    fn first_party_lost(&mut self, status: SessionStatus, sip_code: u16) {
        self.a.end(status, sip_code, self.now);
        self.tell(true, LegStatus::Disconnected);
        self.end(Ending::NotAnswered);
    }

    /// What the party dialled by a bridge does.
    pub(super) fn dialled_party(&mut self, how: OtherSide) {
        match how {
            OtherSide::Answers { seconds } => {
                if let Some(b) = &mut self.b {
                    b.connect(self.now);
                }
                let talk = SignedDuration::from_secs(seconds.into());
                self.phase = Phase::Talking {
                    ends: after(self.now, talk),
                };
                self.tell(false, LegStatus::Connected);
            }
            OtherSide::Busy => self.bridge_failed(SessionStatus::Busy, BUSY),
            OtherSide::Fails => self.bridge_failed(SessionStatus::Failed, FAILED),
            OtherSide::NoAnswer => {}
        }
    }

    fn bridge_failed(&mut self, status: SessionStatus, sip_code: u16) {
        self.end_b(status, sip_code);
        match self.rules.busy_ends {
            true => self.end(Ending::NobodyThere),
            false => self.finished(),
        }
    }

    pub(super) fn end_b(&mut self, status: SessionStatus, sip_code: u16) {
        if let Some(b) = &mut self.b {
            b.end(status, sip_code, self.now);
            self.recorded.extend(b.recording(self.now));
        }
        self.tell(false, LegStatus::Disconnected);
    }

    pub(super) fn caller_leaves(&mut self) {
        match self.phase {
            Phase::Over(_) | Phase::Left => {}
            Phase::RingingA { .. } => self.first_party_lost(SessionStatus::Failed, DECLINED),
            Phase::RingingB { .. } => {
                self.a.end(SessionStatus::Canceled, CANCELLED, self.now);
                self.end_b(SessionStatus::Canceled, CANCELLED);
                if self.rules.cancel_asks {
                    self.orders.clear();
                    self.ask(Why::Done);
                    self.phase = Phase::Left;
                } else {
                    self.end(Ending::CallerGaveUp);
                }
            }
            Phase::Talking { .. } => {
                self.end_b(SessionStatus::Completed, OK);
                self.end(Ending::CallerHungUp);
            }
            _ => self.end(Ending::CallerHungUp),
        }
    }
}

const OK: u16 = 200;
const BUSY: u16 = 486;
const NO_ANSWER: u16 = 480;
const CANCELLED: u16 = 487;
const FAILED: u16 = 404;
const DECLINED: u16 = 603;
