//! Webhooks as the platform writes them, for whoever plays the platform.

mod notices;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::leg_event::LegStatus;
use super::summary::{EndedLeg, LegName, Summary};
use crate::call::{Country, Direction, Medium, Party, SessionId};

pub use notices::{write_numbers, write_recording};

/// What a webhook tells of one leg.
#[derive(Debug, Clone)]
pub struct LegNews {
    pub event_id: String,
    pub call_id: String,
    pub session: SessionId,
    pub sub_account: String,
    pub direction: Direction,
    pub medium: Medium,
    pub source: Party,
    pub destination: Party,
    pub source_country: Option<Country>,
    pub destination_country: Option<Country>,
    /// How long the leg has been up, in seconds.
    pub seconds: u32,
    pub sip_code: Option<u16>,
    pub timestamp: Timestamp,
}

/// What a call that waits has brought.
#[derive(Clone, Copy)]
pub struct Waits<'a> {
    pub why: Why,
    pub captured: Captured<'a>,
    /// The token of the answer before.
    pub token: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// An inbound call has arrived.
    Arrived,
    /// What was answered before has been done.
    Done,
}

/// What the caller keyed in. It may be a PIN, so it is not printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Captured<'a> {
    /// Nothing was asked.
    NotAsked,
    Nothing,
    Keys(&'a str),
}

/// How a webhook that waits holds what was keyed in. Where nothing was asked, none of
/// them has a field for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigitShape {
    /// `eventData` is an object with `dtmf`, which is `null` where nothing was keyed in.
    Object,
    /// `eventData` is the text itself, a blank where nothing was keyed in.
    Text,
    /// `dtmf` in the payload.
    Payload,
    /// As [`DigitShape::Object`], but without any field where nothing was keyed in.
    ObjectOrNothing,
}

impl DigitShape {
    pub const ALL: [DigitShape; 4] = [
        DigitShape::Object,
        DigitShape::Text,
        DigitShape::Payload,
        DigitShape::ObjectOrNothing,
    ];
}

/// The call waits for its next step (VCA).
pub fn write_action(news: &LegNews, waits: Waits<'_>, shape: DigitShape) -> Vec<u8> {
    let status = match waits.why {
        Why::Arrived => LegStatus::Received.word(),
        Why::Done => "ACTION_COMPLETED",
    };
    let mut payload = LegPayload::of(news, status);
    let keys = match waits.captured {
        Captured::Keys(keys) => Some(keys),
        Captured::Nothing | Captured::NotAsked => None,
    };
    let is_asked = waits.captured != Captured::NotAsked;
    match shape {
        DigitShape::Object if is_asked => {
            payload.event_data = Some(EventData::Object { dtmf: keys })
        }
        DigitShape::Text if is_asked => {
            payload.event_data = Some(EventData::Text(keys.unwrap_or(" ")));
        }
        DigitShape::ObjectOrNothing if keys.is_some() => {
            payload.event_data = Some(EventData::Object { dtmf: keys });
        }
        DigitShape::Payload => payload.dtmf = keys,
        _ => {}
    }
    payload.token = waits.token;
    envelope("CALL_ACTION", "Voice call action", None, payload)
}

/// Progress of a leg (VCS).
pub fn write_status(news: &LegNews, status: &LegStatus) -> Vec<u8> {
    let payload = LegPayload::of(news, status.word());
    envelope("CALL_STATUS", "Voice call status", None, payload)
}

/// A session ended (VSS).
pub fn write_summary(summary: &Summary) -> Vec<u8> {
    let payload = SummaryPayload::of(summary);
    envelope("SESSION_SUMMARY", "Voice session summary", Some(5), payload)
}

/// The same event under another id, as a platform that has sent it twice may name it.
/// `None` where a reader could not tell that it has come before: it holds no token, and is
/// not that of an arrival.
pub fn renamed_event(webhook: &[u8], event_id: &str) -> Option<Vec<u8>> {
    let mut body: Value = serde_json::from_slice(webhook).ok()?;
    let payload = body.get_mut("payload")?.as_object_mut()?;
    let has_token = payload.get("clientActionId").is_some_and(Value::is_string);
    let status = payload.get("callStatus").and_then(Value::as_str);
    let arrives = status == Some(LegStatus::Received.word());
    if !has_token && !arrives {
        return None;
    }
    payload.insert("eventId".to_owned(), event_id.into());
    serde_json::to_vec(&body).ok()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<P> {
    namespace: &'static str,
    event_type: &'static str,
    description: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u8>,
    payload: P,
}

pub(super) fn envelope<P: Serialize>(
    event_type: &'static str,
    description: &'static str,
    version: Option<u8>,
    payload: P,
) -> Vec<u8> {
    let body = Envelope {
        namespace: "VOICE",
        event_type,
        description,
        version,
        payload,
    };
    serde_json::to_vec(&body)
        .expect("memory takes every byte, and a webhook is made of texts and numbers alone")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LegPayload<'a> {
    event_id: &'a str,
    call_id: &'a str,
    session_id: &'a str,
    sub_account_id: &'a str,
    call_status: &'a str,
    #[serde(flatten)]
    ends: Ends<'a>,
    call_duration: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_data: Option<EventData<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dtmf: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sip_code: Option<u16>,
    #[serde(serialize_with = "time")]
    timestamp: Timestamp,
    #[serde(rename = "clientActionId", skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum EventData<'a> {
    Object { dtmf: Option<&'a str> },
    Text(&'a str),
}

/// Both ends of a leg, as each kind of webhook shows them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ends<'a> {
    call_direction: &'static str,
    call_type: &'static str,
    source: String,
    destination: String,
    source_format: &'static str,
    destination_format: &'static str,
    source_country_code: Option<&'a str>,
    destination_country_code: Option<&'a str>,
}

impl<'a> LegPayload<'a> {
    fn of(news: &'a LegNews, status: &'a str) -> Self {
        LegPayload {
            event_id: &news.event_id,
            call_id: &news.call_id,
            session_id: news.session.as_str(),
            sub_account_id: &news.sub_account,
            call_status: status,
            ends: Ends {
                call_direction: direction(news.direction),
                call_type: medium(news.medium),
                source: news.source.to_string(),
                destination: news.destination.to_string(),
                source_format: FORMAT,
                destination_format: FORMAT,
                source_country_code: news.source_country.as_ref().map(Country::as_str),
                destination_country_code: news.destination_country.as_ref().map(Country::as_str),
            },
            call_duration: news.seconds,
            event_data: None,
            dtmf: None,
            sip_code: news.sip_code,
            timestamp: news.timestamp,
            token: None,
        }
    }
}

const FORMAT: &str = "MSISDN";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SummaryPayload<'a> {
    session_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_account_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "some_time")]
    start_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "some_time")]
    end_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_action: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_details: Option<ErrorPayload<'a>>,
    details: Details<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorPayload<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error_msg: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<i64>,
    #[serde(rename = "callFlowRequestId", skip_serializing_if = "Option::is_none")]
    callflow_request: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    call_a: Option<EndedLegPayload<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_b: Option<EndedLegPayload<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EndedLegPayload<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    call_id: Option<&'a str>,
    #[serde(flatten)]
    ends: Ends<'a>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "some_time")]
    initiated_timestamp: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "some_time")]
    connected_timestamp: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "some_time")]
    disconnected_timestamp: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_status: Option<&'a str>,
    call_duration: u32,
}

impl<'a> SummaryPayload<'a> {
    fn of(summary: &'a Summary) -> Self {
        SummaryPayload {
            session_id: summary.session.as_str(),
            sub_account_id: summary.sub_account.as_deref(),
            session_status: summary.status.as_ref().map(|status| status.word()),
            start_time: summary.start,
            end_time: summary.end,
            last_action: summary.last_action.as_ref().map(|action| action.word()),
            call_count: summary.call_count,
            client_request_id: summary.client_request_id.as_deref(),
            error_details: summary.error.as_ref().map(|error| ErrorPayload {
                error_msg: error.message.as_deref(),
                error_code: error.code,
                callflow_request: error.callflow_request.as_deref(),
                action: error.action.as_deref(),
            }),
            details: Details {
                call_a: summary.leg(LegName::A).map(EndedLegPayload::of),
                call_b: summary.leg(LegName::B).map(EndedLegPayload::of),
            },
        }
    }
}

impl<'a> EndedLegPayload<'a> {
    fn of(leg: &'a EndedLeg) -> Self {
        EndedLegPayload {
            call_id: leg.call_id.as_deref(),
            ends: Ends {
                call_direction: direction(leg.direction.unwrap_or(Direction::Inbound)),
                call_type: medium(leg.medium.unwrap_or(Medium::Pstn)),
                source: leg.source.to_string(),
                destination: leg.destination.to_string(),
                source_format: FORMAT,
                destination_format: FORMAT,
                source_country_code: leg.source_country.as_ref().map(Country::as_str),
                destination_country_code: leg.destination_country.as_ref().map(Country::as_str),
            },
            initiated_timestamp: leg.initiated,
            connected_timestamp: leg.connected,
            disconnected_timestamp: leg.disconnected,
            call_status: leg.status.as_ref().map(|status| status.word()),
            call_duration: leg.seconds.unwrap_or(0),
        }
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "INBOUND",
        Direction::Outbound => "OUTBOUND",
    }
}

fn medium(medium: Medium) -> &'static str {
    match medium {
        Medium::Pstn => "PSTN",
        Medium::Voip => "VOIP",
    }
}

pub(super) fn time<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{time:.3}"))
}

pub(super) fn some_time<S: Serializer>(
    some: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match some {
        Some(some) => time(some, serializer),
        None => serializer.serialize_none(),
    }
}
