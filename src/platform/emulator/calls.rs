//! The calls: those that a request starts, and those of our own callers.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use tokio::runtime::Handle;

use super::Emulator;
use super::config::Takes;
use super::handset::Rings;
use super::story::{self, Story};
use crate::phone::{Account, Line, Refused, Start};
use crate::platform::drive::{Caller, Kind, Manner, Session, drive};
use crate::wire::api::RecordingEntry;
use crate::wire::{Recording, Webhook, parse};

/// A call that was started by a request.
pub(super) struct CallOut {
    pub session: String,
    pub valid_until: Option<Timestamp>,
}

/// A call of one of our callers.
pub struct CallIn {
    pub from: String,
    pub to: String,
    pub subaccount: String,
    pub caller: Box<dyn Caller>,
}

impl Emulator {
    /// Starts a call by the body of a request. `None` where there are too many.
    pub(super) fn call_out(
        self: &Arc<Self>,
        subaccount: &str,
        body: &[u8],
    ) -> Result<Option<CallOut>, Refused> {
        let session = self.new_id("session");
        let account = Account {
            numbers: self.config.numbers.allowed(),
            has_webhook: self.registry.target(subaccount, Kind::Vca).is_some(),
            ..self.account(subaccount)
        };
        let now = self.config.clock.now();
        let line = Line::call_out(body, &session, now, self.config.rules, account)?;
        if !self.sessions.begin(&session, subaccount) {
            return Ok(None);
        }
        let call = CallOut {
            session,
            valid_until: line.valid_until(),
        };
        let to = line.parties().1.number();
        let brought = to.and_then(|to| self.brought.take(to));
        match (brought, &self.config.takes) {
            (Some(caller), _) => self.spawn(subaccount, line, caller),
            (None, Takes::Caller(make)) => {
                let caller = make(self.calls.load(Ordering::Relaxed));
                self.spawn(subaccount, line, caller);
            }
            (None, Takes::Person(ring)) => {
                let targets = self.targets(subaccount);
                ring(Rings::new(
                    Arc::clone(self),
                    targets,
                    line,
                    Handle::current(),
                ));
            }
        }
        Ok(Some(call))
    }

    /// Makes a call of one of our callers, from its beginning to its end. `None` where
    /// there are too many.
    pub async fn call_in(self: &Arc<Self>, call: CallIn) -> Option<Story> {
        let session = self.new_id("session");
        if !self.sessions.begin(&session, &call.subaccount) {
            return None;
        }
        let start = Start {
            from: call.from,
            to: call.to,
            session,
            at: self.config.clock.now(),
            country: None,
        };
        let line = Line::call_in_to(self.account(&call.subaccount), start, self.config.rules);
        Some(self.drive(&call.subaccount, line, call.caller).await)
    }

    /// A subaccount whose calls have somewhere to ask, as soon as there is one.
    pub async fn subaccount_that_asks(&self) -> String {
        self.registry.first_that_asks().await
    }

    fn account(&self, subaccount: &str) -> Account {
        Account {
            name: subaccount.to_owned(),
            numbers: self.config.numbers.allowed(),
            ..Account::default()
        }
    }

    fn spawn(self: &Arc<Self>, subaccount: &str, line: Line, caller: Box<dyn Caller>) {
        let (emulator, subaccount) = (Arc::clone(self), subaccount.to_owned());
        tokio::spawn(async move { emulator.drive(&subaccount, line, caller).await });
    }

    async fn drive(&self, subaccount: &str, line: Line, caller: Box<dyn Caller>) -> Story {
        let (from, to) = line.parties();
        let (from, to) = (from.to_string(), to.to_string());
        let manner = Manner {
            faults: self.config.faults,
            ..Manner::new(self.targets(subaccount), self.config.pace)
        };
        let session = Session {
            number: self.calls.fetch_add(1, Ordering::Relaxed),
            ..Session::new(line, caller)
        };
        let ended = drive(session, &manner).await;
        self.over(&ended.session, &ended.recordings);
        let story = story::of(from, to, &ended);
        (self.config.told)(story.clone());
        story
    }

    /// A session is over: what was recorded of it is kept for a while.
    pub(super) fn over(&self, session: &str, recordings: &[Arc<[u8]>]) {
        let entries = recordings
            .iter()
            .filter_map(|webhook| match parse(webhook) {
                Ok(Webhook::Recording(recording)) => Some(entry(recording)),
                _ => None,
            });
        self.sessions.end(session, entries.collect());
    }
}

/// A recording as the API lists it.
fn entry(recording: Recording) -> RecordingEntry {
    let file = recording.file_path;
    RecordingEntry {
        recording_id: recording.recording_id.unwrap_or_default(),
        session_id: recording.session.as_str().to_owned(),
        sub_account_id: recording.sub_account.unwrap_or_default(),
        status: recording
            .status
            .map(|status| status.word().to_owned())
            .unwrap_or_default(),
        external_file_url: file.map(|file| format!("https://storage.example.com/{file}")),
        duration: recording.seconds,
        start_recording_time: None,
    }
}
