//! What is told about one leg: the call that waits (VCA) and progress (VCS), which
//! have the same fields.

use std::sync::Arc;

use jiff::Timestamp;

use super::json::{Raw, fields, words};
use crate::call::{
    ActionEvent, Country, Digits, Direction, EventKey, LegId, Medium, Occasion, Party, Progress,
    StatusEvent,
};

fields! {
    LegFields {
        event: b"eventId",
        call: b"callId",
        session: b"sessionId",
        sub_account: b"subAccountId",
        status: b"callStatus",
        direction: b"callDirection",
        call_type: b"callType",
        source: b"source",
        destination: b"destination",
        source_format: b"sourceFormat",
        destination_format: b"destinationFormat",
        source_country: b"sourceCountryCode",
        destination_country: b"destinationCountryCode",
        source_ref: b"sourceRefId",
        destination_ref: b"destinationRefId",
        duration: b"callDuration",
        event_data: b"eventData",
        dtmf: b"dtmf",
        sip_code: b"sipCode",
        timestamp: b"timestamp",
        token: b"clientActionId",
    }
}

fields! {
    Captured {
        dtmf: b"dtmf",
    }
}

/// Progress of one leg, which asks nothing of us.
#[derive(Debug, Clone)]
pub struct Status {
    /// What a call makes of it.
    pub event: StatusEvent,
    pub key: EventKey,
    pub status: Option<LegStatus>,
    pub sub_account: Option<String>,
    pub medium: Medium,
    pub source: Party,
    pub source_format: Option<String>,
    pub destination_format: Option<String>,
    pub source_country: Option<Country>,
    pub destination_country: Option<Country>,
    pub source_ref: Option<Arc<str>>,
    pub destination_ref: Option<Arc<str>>,
    /// What was keyed in, where the status tells.
    pub digits: Option<Digits>,
    pub token: Option<Arc<str>>,
    pub timestamp: Option<Timestamp>,
}

words! {
    /// How far a leg has come, in the platform's words.
    LegStatus {
        Initiated: "CALL_INITIATED",
        Received: "CALL_RECEIVED",
        Connected: "CALL_CONNECTED",
        Disconnected: "CALL_DISCONNECTED",
        Updated: "CALL_UPDATED",
        DtmfReceived: "DTMF_RECEIVED",
    }
}

impl Status {
    pub(super) fn read(fields: LegFields<'_>, body: &[u8]) -> Option<Self> {
        let status = LegStatus::read(fields.status);
        Some(Status {
            event: StatusEvent {
                session: fields.session.session()?,
                leg: fields.leg(),
                progress: progress(status.as_ref()),
                direction: fields.direction(),
                destination: fields.destination.party(),
                sip_code: fields.sip_code(),
                seconds: fields.duration.whole(),
            },
            key: fields.key(body),
            status,
            sub_account: fields.sub_account.owned_text(),
            medium: fields.medium(),
            source: fields.source.party(),
            source_format: fields.source_format.owned_text(),
            destination_format: fields.destination_format.owned_text(),
            source_country: fields.source_country.country(),
            destination_country: fields.destination_country.country(),
            source_ref: shared(fields.source_ref),
            destination_ref: shared(fields.destination_ref),
            digits: fields.digits(),
            token: shared(fields.token),
            timestamp: fields.timestamp.time(),
        })
    }

    /// The first event of an inbound call that this status stands for, where an
    /// account has its calls announced by a status. `None` for every other status.
    pub fn as_action(&self) -> Option<ActionEvent> {
        let event = &self.event;
        let announces =
            event.progress == Progress::Received && event.direction == Direction::Inbound;
        announces.then(|| ActionEvent {
            key: self.key,
            session: event.session.clone(),
            leg: event.leg,
            occasion: Occasion::Received,
            direction: event.direction,
            medium: self.medium,
            source: self.source.clone(),
            destination: event.destination.clone(),
            source_country: self.source_country,
            destination_country: self.destination_country,
            source_ref: self.source_ref.clone(),
            destination_ref: self.destination_ref.clone(),
            seconds: event.seconds,
            // Nothing was asked yet that these could answer.
            digits: None,
            sip_code: event.sip_code,
            token: self.token.clone(),
        })
    }
}

fn progress(status: Option<&LegStatus>) -> Progress {
    match status {
        Some(LegStatus::Initiated) => Progress::Initiated,
        Some(LegStatus::Received) => Progress::Received,
        Some(LegStatus::Connected) => Progress::Connected,
        Some(LegStatus::Disconnected) => Progress::Disconnected,
        _ => Progress::Other,
    }
}

/// The event of a call that waits, or `None` where its session is missing: all else
/// can be done without.
pub(super) fn action(fields: LegFields<'_>, body: &[u8]) -> Option<ActionEvent> {
    Some(ActionEvent {
        key: fields.key(body),
        session: fields.session.session()?,
        leg: fields.leg(),
        occasion: fields.occasion(),
        direction: fields.direction(),
        medium: fields.medium(),
        source: fields.source.party(),
        destination: fields.destination.party(),
        source_country: fields.source_country.country(),
        destination_country: fields.destination_country.country(),
        source_ref: shared(fields.source_ref),
        destination_ref: shared(fields.destination_ref),
        seconds: fields.duration.whole(),
        digits: fields.digits(),
        sip_code: fields.sip_code(),
        token: shared(fields.token),
    })
}

impl LegFields<'_> {
    fn key(&self, body: &[u8]) -> EventKey {
        match self.event.text() {
            Some(id) if !id.is_empty() => EventKey::of_id(&id),
            _ => EventKey::of_body(body),
        }
    }

    /// The leg; all legs without an id are the same one.
    fn leg(&self) -> LegId {
        LegId::of(&self.call.text().unwrap_or_default())
    }

    fn occasion(&self) -> Occasion {
        match self.status.is_word("CALL_RECEIVED") {
            true => Occasion::Received,
            false => Occasion::Completed,
        }
    }

    /// Inbound where it is not told: the number that was dialled is then the one that
    /// finds the flow.
    fn direction(&self) -> Direction {
        self.direction.direction().unwrap_or(Direction::Inbound)
    }

    fn medium(&self) -> Medium {
        self.call_type.medium().unwrap_or(Medium::Pstn)
    }

    /// A final status of the leg. What is no SIP status, a 0 say, tells nothing.
    fn sip_code(&self) -> Option<u16> {
        let code = self.sip_code.whole()?;
        (100..700).contains(&code).then_some(code)
    }

    /// What was keyed in. The current platform puts it into an object in `eventData`,
    /// the version before made it the `eventData`, and some send it beside that.
    fn digits(&self) -> Option<Digits> {
        let captured: Raw<'_> = match self.event_data.object::<Captured<'_>>() {
            Some(captured) => captured.dtmf,
            None => self.event_data,
        };
        let read = |raw: Raw<'_>| Digits::read(&raw.text()?);
        read(captured).or_else(|| read(self.dtmf))
    }
}

fn shared(raw: Raw<'_>) -> Option<Arc<str>> {
    let text = raw.text()?;
    (!text.is_empty()).then(|| text.into())
}
