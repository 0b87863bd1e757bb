//! Calls of a project with caps, each an event at a time, under a clock that stands still.

use std::sync::Arc;

use ringflow::call::{
    Action, ActionEvent, Answer, Digits, Direction, EventKey, LegId, Medium, Occasion, Party,
    SessionId,
};
use ringflow::flow::{Catalog, PROJECT_FILE, SourceFile, build};
use ringflow::live::{Answered, Calls, CallsConfig, Clock, Lifetimes};
use ringflow::machine::Answers;
use ringflow::scenario;

pub const A: &str = "+6561110001";
pub const B: &str = "+6561110002";

/// A flow with these numbers to dial, which says how the last of them ended.
pub fn dialling(numbers: &str) -> String {
    format!(
        "flow: desk\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\nstates:\n  main:\n    \
         transfer: {numbers}\n    then: {{say: You talked., then: hangup}}\n    cases:\n      \
         failed: {{say: \"It failed, ${{leg.outcome}}.\", then: hangup}}\n    \
         otherwise: {{say: \"Nobody came, ${{leg.outcome}}.\", then: hangup}}\n"
    )
}

/// These flows under these caps, which are those of `ringflow.yaml`.
pub fn catalog(flow: &str, caps: &str) -> Arc<Catalog> {
    let build = build(&[
        SourceFile::new("flows/desk.yaml", flow),
        SourceFile::new("scripts/slow.rhai", SLOW),
        SourceFile::new(PROJECT_FILE, &format!("transfers: {{{caps}}}\n")),
    ]);
    let errors: Vec<String> = build.diagnostics.iter().map(|d| d.line()).collect();
    assert!(!build.has_errors(), "{}", errors.join("\n"));
    Arc::new(build.catalog)
}

/// More than a turn may compute in place, and less than it may compute at all.
const SLOW: &str = "fn count() { let n = 0; for i in 0..1500 { n += 1; } n }";

pub struct Bench {
    pub calls: Arc<Calls>,
    pub clock: Clock,
}

/// What a turn came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    Dials(String),
    Says(String),
}

pub fn dials(number: &str) -> Turn {
    Turn::Dials(number.to_owned())
}

pub fn says(text: &str) -> Turn {
    Turn::Says(text.to_owned())
}

impl Bench {
    pub fn of(flow: &str, caps: &str) -> Self {
        let clock = Clock::manual("2026-03-02T02:00:00Z".parse().unwrap());
        Bench {
            calls: Calls::new(catalog(flow, caps), config(), clock.clone()),
            clock,
        }
    }

    /// The same flows in a process that was started anew.
    pub fn restarted(&self) -> Self {
        Bench {
            calls: Calls::new(self.calls.catalog(), config(), self.clock.clone()),
            clock: self.clock.clone(),
        }
    }

    pub async fn answer(&self, event: ActionEvent) -> Answer {
        match self.calls.answer(event).await {
            Answered::With(answer) => answer,
            Answered::NoFlow => panic!("the flow answers"),
        }
    }

    /// A new call.
    pub async fn rings(&self, session: &str) -> Turn {
        turn(&self.answer(event(session, 0, 200, None)).await)
    }

    /// The call's next event: the number that was dialled last ended so.
    pub async fn ended(&self, session: &str, nth: usize, sip: u16) -> Turn {
        turn(&self.answer(event(session, nth, sip, None)).await)
    }
}

fn config() -> CallsConfig {
    CallsConfig {
        desk: scenario::desk(Answers::Single),
        lifetimes: Lifetimes::default(),
        max_calls: 10_000,
        script_threads: 1,
        show_digits: false,
        follow_edits: false,
    }
}

pub fn turn(answer: &Answer) -> Turn {
    match &answer.actions()[0] {
        Action::MakeCall { destination, .. } => {
            assert_eq!(answer.dials(), Some(*destination));
            Turn::Dials(destination.to_string())
        }
        Action::Say { text, .. } => Turn::Says(text.as_str().to_owned()),
        Action::PlayFile { url, .. } => Turn::Says(url.as_str().to_owned()),
        other => panic!("{other:?}"),
    }
}

/// The nth event of a session, counted from 0.
pub fn event(session: &str, nth: usize, sip: u16, token: Option<&str>) -> ActionEvent {
    ActionEvent {
        key: EventKey::of_id(&format!("{session}-{nth}")),
        session: SessionId::new(session).unwrap(),
        leg: LegId::of("leg-a"),
        occasion: match nth {
            0 => Occasion::Received,
            _ => Occasion::Completed,
        },
        direction: Direction::Inbound,
        medium: Medium::Pstn,
        source: Party::read("+6591234567"),
        destination: Party::read("+6561115777"),
        source_country: None,
        destination_country: None,
        source_ref: None,
        destination_ref: None,
        seconds: Some(7),
        digits: Digits::read(""),
        sip_code: Some(sip),
        token: token.map(Into::into),
    }
}
