//! What a probe records: raw facts, and never what was keyed in.

use serde::Serialize;

/// All of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Facts {
    /// The headers in which the registered value arrived.
    pub auth_header_in: Vec<String>,
    /// What came back of each `clientActionId`.
    pub echo: Vec<Echo>,
    /// Where digits stand in a CALL_ACTION.
    pub digits_in: Vec<&'static str>,
    /// What came after a leg B that was busy, or was to be.
    pub after_busy: Vec<String>,
    /// An answer that was held back.
    pub held: Option<Held>,
    /// The first events of calls that came in meanwhile.
    pub inbound_first: Vec<String>,
    /// Everything that arrived, in order.
    pub events: Vec<Seen>,
}

/// A `clientActionId` and what came of it, in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Echo {
    pub sent: usize,
    /// `None` where none came back.
    pub came_back: Option<usize>,
    /// The very text.
    pub whole: bool,
}

/// What the platform does where no answer comes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Held {
    /// After so many milliseconds the connection was closed; `None` where it was kept for
    /// as long as the answer was held back.
    pub given_up_after_ms: Option<u64>,
    /// For so long it was held back.
    pub held_for_ms: u64,
    pub repeats: Vec<Repeat>,
    /// How the session ended, and with which error.
    pub ended: Option<String>,
}

/// A CALL_ACTION that came while one was not answered, or after that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repeat {
    /// Behind the one that was not answered.
    pub after_ms: u64,
    /// It has the same `eventId`.
    pub same_event: bool,
}

/// One webhook that arrived.
#[derive(Debug, Clone, Serialize)]
pub struct Seen {
    /// `echo`, `hold` or `inbound`.
    pub call: &'static str,
    /// Since the call was asked for, or since the probe began.
    pub at_ms: u64,
    pub event: String,
    pub status: String,
    /// `A` for the leg that was seen first in the session.
    pub leg: Option<&'static str>,
    pub direction: Option<&'static str>,
    pub sip_code: Option<u16>,
}

impl Facts {
    /// The facts in sentences.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        lines.push(match self.auth_header_in.as_slice() {
            [] => "the registered header did not arrive".to_owned(),
            names => format!("the registered header arrives in `{}`", names.join("`, `")),
        });
        for echo in &self.echo {
            let sent = echo.sent;
            lines.push(match echo.came_back {
                _ if echo.whole => {
                    format!("a `clientActionId` of {sent} characters comes back whole")
                }
                Some(len) => format!("of a `clientActionId` of {sent} characters {len} come back"),
                None => format!("a `clientActionId` of {sent} characters does not come back"),
            });
        }
        if self.echo.is_empty() {
            lines.push("whether a `clientActionId` comes back was not seen".to_owned());
        }
        lines.push(match self.digits_in.as_slice() {
            [] => "no CALL_ACTION had a field for digits".to_owned(),
            places => format!("digits stand in {}", places.join(" and ")),
        });
        lines.push(match self.after_busy.as_slice() {
            [] => "what comes after a busy leg B was not seen".to_owned(),
            events => format!("after a leg B that was busy: {}", events.join(", then ")),
        });
        match &self.held {
            None => lines.push("how long an answer is waited for was not seen".to_owned()),
            Some(held) => lines.extend(held.lines()),
        }
        lines.push(match self.inbound_first.first() {
            None => "nobody called meanwhile, so the first event of an inbound call was not seen"
                .to_owned(),
            Some(first) => format!("an inbound call begins with {first}"),
        });
        lines
    }
}

impl Held {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![match self.given_up_after_ms {
            Some(ms) => format!(
                "a CALL_ACTION that is not answered is given up after {ms} ms, by the platform or \
                 by what stands between"
            ),
            None => format!(
                "a CALL_ACTION that is not answered was not given up within {} ms",
                self.held_for_ms
            ),
        }];
        for repeat in &self.repeats {
            let ms = repeat.after_ms;
            let which = if repeat.same_event {
                "the same"
            } else {
                "another"
            };
            lines.push(format!(
                "after {ms} ms it came again, with {which} `eventId`"
            ));
        }
        if self.repeats.is_empty() {
            lines.push("it was not repeated".to_owned());
        }
        if let Some(ended) = &self.ended {
            lines.push(format!("that session ended as {ended}"));
        }
        lines
    }
}
