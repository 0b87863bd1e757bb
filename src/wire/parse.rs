//! The envelope: which kind of webhook a body is.

use serde::Deserialize;

use super::json::{Raw, fields};
use super::leg_event::{self, LegFields, Status};
use super::numbers::NumberUpdate;
use super::recording::Recording;
use super::summary::Summary;
use super::unreadable::{Unreadable, type_name};
use crate::call::ActionEvent;

/// Every webhook of the platform, told apart by `eventType` in the body.
#[derive(Debug, Clone)]
pub enum Webhook {
    /// The call waits for its next step.
    Action(ActionEvent),
    /// Progress of a leg.
    Status(Status),
    /// The session ended.
    Summary(Summary),
    /// A recording was uploaded.
    Recording(Recording),
    /// Virtual numbers changed.
    Numbers(NumberUpdate),
    /// A type that we do not know, which needs nothing but a friendly answer.
    Unknown { event_type: String },
}

/// Reads a body, whatever it was said to be.
///
/// A body whose type is missing is taken for what its payload looks like, and one of
/// an unknown type for a call that waits if it looks like that: a caller who hears
/// nothing is worse than an event too many.
pub fn parse(body: &[u8]) -> Result<Webhook, Unreadable> {
    read(body).map_err(|reason| Unreadable::find(body, reason))
}

/// The envelope of a body about a leg, as nearly all are. It is read together with its
/// payload, which saves going over that twice.
#[derive(Deserialize)]
struct LegEnvelope<'a> {
    #[serde(rename = "eventType", borrow)]
    event_type: Raw<'a>,
    #[serde(borrow)]
    payload: LegFields<'a>,
}

fields! {
    Envelope {
        event_type: b"eventType",
        payload: b"payload",
    }
}

fields! {
    /// The fields that tell what a payload is when its type does not.
    Features {
        session: b"sessionId",
        call_status: b"callStatus",
        session_status: b"sessionStatus",
        recording: b"recordingId",
        numbers: b"virtualNumbers",
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Action,
    Status,
    Summary,
    Recording,
    Numbers,
}

const NAMES: [(&str, Kind); 5] = [
    ("CALL_ACTION", Kind::Action),
    ("CALL_STATUS", Kind::Status),
    ("SESSION_SUMMARY", Kind::Summary),
    ("CALL_RECORDING_STATUS", Kind::Recording),
    ("VIRTUAL_NUMBER_UPDATE", Kind::Numbers),
];

const NO_TYPE: &str = "`eventType` is missing";
const NO_PAYLOAD: &str = "`payload` is no object";
const NO_SESSION: &str = "`payload.sessionId` is not a text of 1 to 64 characters";

fn read(body: &[u8]) -> Result<Webhook, String> {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = std::str::from_utf8(text).map_err(|e| not_utf8(text, e.valid_up_to()))?;
    match read_leg(text, body) {
        Some(webhook) => Ok(webhook),
        None => read_any(text, body),
    }
}

/// A body about a leg in which nothing is odd.
fn read_leg(text: &str, body: &[u8]) -> Option<Webhook> {
    let LegEnvelope {
        event_type,
        payload,
    } = serde_json::from_str(text).ok()?;
    match named(&event_type.text()?)? {
        Kind::Action => leg_event::action(payload, body).map(Webhook::Action),
        Kind::Status => Status::read(payload, body).map(Webhook::Status),
        _ => None,
    }
}

fn read_any(text: &str, body: &[u8]) -> Result<Webhook, String> {
    let Envelope {
        event_type,
        payload,
    } = serde_json::from_str(text).map_err(|e| not_json(&e))?;
    let written = event_type.text();
    let kind = match written.as_deref().and_then(named) {
        Some(kind) => kind,
        None => {
            let name = written.as_deref().and_then(type_name);
            match (guess(payload), name) {
                (Some(Kind::Action), _) => Kind::Action,
                (_, Some(event_type)) => return Ok(Webhook::Unknown { event_type }),
                (Some(kind), None) => kind,
                (None, None) => return Err(NO_TYPE.into()),
            }
        }
    };
    match kind {
        Kind::Action => leg_event::action(fields_of(payload)?, body).map(Webhook::Action),
        Kind::Status => Status::read(fields_of(payload)?, body).map(Webhook::Status),
        Kind::Summary => Summary::read(fields_of(payload)?).map(Webhook::Summary),
        Kind::Recording => Recording::read(fields_of(payload)?).map(Webhook::Recording),
        Kind::Numbers => {
            return Ok(Webhook::Numbers(NumberUpdate::read(fields_of(payload)?)));
        }
    }
    .ok_or_else(|| NO_SESSION.into())
}

fn fields_of<'a, T: serde::Deserialize<'a>>(payload: Raw<'a>) -> Result<T, String> {
    payload.object().ok_or_else(|| NO_PAYLOAD.into())
}

fn named(event_type: &str) -> Option<Kind> {
    let event_type = event_type.trim();
    NAMES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(event_type))
        .map(|(_, kind)| *kind)
}

fn guess(payload: Raw<'_>) -> Option<Kind> {
    let has: Features<'_> = payload.object()?;
    let status = has.call_status;
    let waits = status.is_word("CALL_RECEIVED") || status.is_word("ACTION_COMPLETED");
    if waits && has.session.session().is_some() {
        Some(Kind::Action)
    } else if status.text().is_some() {
        Some(Kind::Status)
    } else if has.session_status.text().is_some() {
        Some(Kind::Summary)
    } else if has.recording.text().is_some() {
        Some(Kind::Recording)
    } else if !has.numbers.list().is_empty() {
        Some(Kind::Numbers)
    } else {
        None
    }
}

fn not_utf8(text: &[u8], at: usize) -> String {
    let before = &text[..at];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before
        .iter()
        .rev()
        .take_while(|byte| **byte != b'\n')
        .count()
        + 1;
    format!("the JSON is not UTF-8 at line {line} column {column}")
}

/// A fault of the grammar in the reader's own words, which hold no value of the body;
/// those for a wrong type could, so they are not used.
fn not_json(e: &serde_json::Error) -> String {
    if e.is_data() {
        "the JSON is no object".into()
    } else {
        format!("the JSON is broken: {e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_reading_a_leg_agree() {
        let folder = format!("{}/tests/webhooks", env!("CARGO_MANIFEST_DIR"));
        let mut count = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let body = std::fs::read_to_string(file.unwrap().path()).unwrap();
            if let Some(webhook) = read_leg(&body, body.as_bytes()) {
                let other = read_any(&body, body.as_bytes()).unwrap();
                assert_eq!(format!("{webhook:?}"), format!("{other:?}"));
                count += 1;
            }
        }
        assert!(count > 15, "{count} bodies about a leg");
    }
}
