//! The webhooks that the platform sends while a session goes on.

use super::leg::Leg;
use super::line::{Line, Phase, Webhook, WebhookKind};
use super::rules::ShownLeg;
use super::unique;
use crate::call::Medium;
use crate::wire::{
    Captured, LastAction, LegNews, LegStatus, Waits, Why, write_action, write_status,
};

impl Line {
    /// The call waits for its next step.
    pub(super) fn ask(&mut self, why: Why) {
        let news = self.shown(why);
        let bytes = match (why, self.rules.arrives_as_status) {
            (Why::Arrived, true) => write_status(&news, &LegStatus::Received),
            _ => {
                let token = self.token.take();
                let waits = Waits {
                    why,
                    captured: match &self.captured {
                        None => Captured::NotAsked,
                        Some(None) => Captured::Nothing,
                        Some(Some(keys)) => Captured::Keys(keys),
                    },
                    token: token.as_deref(),
                };
                write_action(&news, waits, self.rules.digits)
            }
        };
        self.captured = None;
        self.send(WebhookKind::Action, bytes);
        self.phase = Phase::Waiting;
    }

    /// Progress of the caller's leg or of the dialled one, where it is told.
    pub(super) fn tell(&mut self, is_a: bool, status: LegStatus) {
        if !self.rules.tells_status {
            return;
        }
        let leg = match (is_a, &self.b) {
            (true, _) => self.a.clone(),
            (false, Some(b)) => b.clone(),
            (false, None) => return,
        };
        let news = self.news(&leg);
        self.send(WebhookKind::Status, write_status(&news, &status));
    }

    pub(super) fn tell_initiated(&mut self, is_a: bool) {
        self.tell(is_a, LegStatus::Initiated);
    }

    pub(super) fn send(&mut self, kind: WebhookKind, bytes: Vec<u8>) {
        self.queue.push_back(Webhook {
            kind,
            bytes: bytes.into(),
        });
    }

    /// What a call that waits shows: the caller's leg, or another behind a bridge.
    fn shown(&mut self, why: Why) -> LegNews {
        let is_bridged = why == Why::Done && self.last_action == Some(LastAction::MakeCall);
        let a = self.a.clone();
        let (leg, outcome) = match (&self.b, self.rules.bridge_shows) {
            (Some(b), ShownLeg::B) if is_bridged => (b.clone(), b.clone()),
            (Some(b), ShownLeg::AWithOutcomeOfB) if is_bridged => (a, b.clone()),
            _ => (a.clone(), a),
        };
        LegNews {
            sip_code: Some(outcome.sip_code),
            seconds: outcome.seconds(self.now),
            ..self.news(&leg)
        }
    }

    fn news(&mut self, leg: &Leg) -> LegNews {
        let session = self.session.as_str();
        let event_id = unique::id(session, "event", self.events);
        self.events += 1;
        LegNews {
            event_id,
            call_id: leg.call_id.clone(),
            session: self.session.clone(),
            sub_account: self.account.name.clone(),
            direction: leg.direction,
            medium: Medium::Pstn,
            source: leg.source.clone(),
            destination: leg.destination.clone(),
            source_country: leg.source_country,
            destination_country: None,
            seconds: leg.seconds(self.now),
            sip_code: Some(leg.sip_code),
            timestamp: self.now,
        }
    }
}
