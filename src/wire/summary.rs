//! The summary of a session that ended (VSS).

use jiff::Timestamp;

use super::json::{Raw, fields, words};
use crate::call::{Country, Direction, Ending, LegId, Medium, Party, SessionId};

/// A session ended, and this is what became of it.
#[derive(Debug, Clone)]
pub struct Summary {
    pub session: SessionId,
    pub sub_account: Option<String>,
    pub status: Option<SessionStatus>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub last_action: Option<LastAction>,
    pub call_count: Option<u32>,
    pub client_request_id: Option<String>,
    pub error: Option<SessionError>,
    pub legs: Vec<EndedLeg>,
}

words! {
    /// How a session, or one leg of it, ended.
    SessionStatus {
        Completed: "COMPLETED",
        Busy: "BUSY",
        NoAnswer: "NO_ANSWER",
        Failed: "FAILED",
        Canceled: "CANCELED" | "CANCELLED",
        Error: "ERROR",
        CompletedUnsubscribed: "COMPLETED_UNSUBSCRIBED",
        CompletedUnsubError: "COMPLETED_UNSUB_ERROR",
        UnsubscribedContact: "UNSUBSCRIBED_CONTACT",
    }
}

words! {
    /// The last action that the platform ran.
    LastAction {
        MakeCall: "MAKE_CALL",
        Say: "SAY",
        PlayFile: "PLAY_FILE",
        PlayTts: "PLAY_TTS",
        SayAndCapture: "SAY_AND_CAPTURE",
        Hangup: "HANGUP",
    }
}

/// Why a session ended in an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionError {
    pub message: Option<String>,
    pub code: Option<i64>,
    pub callflow_request: Option<String>,
    pub action: Option<String>,
}

/// One leg of a session that ended.
#[derive(Debug, Clone)]
pub struct EndedLeg {
    pub name: LegName,
    pub leg: LegId,
    pub call_id: Option<String>,
    pub direction: Option<Direction>,
    pub medium: Option<Medium>,
    pub initiated: Option<Timestamp>,
    /// `None` for a leg that was never answered.
    pub connected: Option<Timestamp>,
    pub disconnected: Option<Timestamp>,
    pub source: Party,
    pub destination: Party,
    pub source_format: Option<String>,
    pub destination_format: Option<String>,
    pub source_country: Option<Country>,
    pub destination_country: Option<Country>,
    pub source_ref: Option<String>,
    pub destination_ref: Option<String>,
    pub status: Option<SessionStatus>,
    /// How long the leg was up, in seconds.
    pub seconds: Option<u32>,
    pub quality: Option<CallQuality>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegName {
    /// The caller, or the first person called.
    A,
    /// The party that was bridged to A.
    B,
}

/// How well one leg was heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CallQuality {
    /// The mean opinion score, 1 to 5.
    pub mos: Option<f64>,
    pub packet_loss_rate: Option<f64>,
    pub jitter_ms: Option<f64>,
}

fields! {
    SummaryFields {
        session: b"sessionId",
        sub_account: b"subAccountId",
        status: b"sessionStatus",
        start: b"startTime",
        end: b"endTime",
        last_action: b"lastAction",
        call_count: b"callCount",
        client_request_id: b"clientRequestId",
        error: b"errorDetails",
        details: b"details",
    }
}

fields! {
    ErrorFields {
        message: b"errorMsg",
        code: b"errorCode",
        callflow_request: b"callFlowRequestId",
        action: b"action",
    }
}

fields! {
    Details {
        a: b"callA" | b"CallA",
        b: b"callB" | b"CallB",
    }
}

fields! {
    EndedLegFields {
        call: b"callId",
        direction: b"callDirection",
        call_type: b"callType",
        initiated: b"initiatedTimestamp",
        connected: b"connectedTimestamp",
        disconnected: b"disconnectedTimestamp",
        source: b"source",
        destination: b"destination",
        source_format: b"sourceFormat" | b"SourceFormat",
        destination_format: b"destinationFormat" | b"DestinationFormat",
        source_country: b"sourceCountryCode" | b"SourceCountryCode",
        destination_country: b"destinationCountryCode" | b"DestinationCountryCode",
        source_ref: b"sourceRefId" | b"SourceRefId",
        destination_ref: b"destinationRefId" | b"DestinationRefId",
        status: b"callStatus",
        duration: b"callDuration",
        quality: b"callQuality",
    }
}

fields! {
    QualityFields {
        mos: b"mos",
        packet_loss_rate: b"packetLossRate",
        jitter: b"jitter",
    }
}

impl Summary {
    pub(super) fn read(fields: SummaryFields<'_>) -> Option<Self> {
        let details: Details<'_> = fields.details.object().unwrap_or_default();
        let legs = [(LegName::A, details.a), (LegName::B, details.b)];
        Some(Summary {
            session: fields.session.session()?,
            sub_account: fields.sub_account.owned_text(),
            status: SessionStatus::read(fields.status),
            start: fields.start.time(),
            end: fields.end.time(),
            last_action: LastAction::read(fields.last_action),
            call_count: fields.call_count.whole(),
            client_request_id: fields.client_request_id.owned_text(),
            error: SessionError::read(fields.error),
            legs: legs
                .into_iter()
                .filter_map(|(name, leg)| EndedLeg::read(name, leg))
                .collect(),
        })
    }

    /// How the session ended, as flows read it.
    pub fn ending(&self) -> Ending {
        let word = self.status.as_ref().map_or("unknown", SessionStatus::word);
        let outcome = match &self.status {
            // As the outcome of a leg is called.
            Some(SessionStatus::Canceled) => "cancelled".to_owned(),
            _ => word.to_ascii_lowercase(),
        };
        let whole = self.start.zip(self.end);
        let whole = whole.map(|(start, end)| end.duration_since(start).as_secs().max(0));
        Ending {
            outcome,
            seconds: match whole {
                Some(seconds) => u32::try_from(seconds).ok(),
                None => self.leg(LegName::A).and_then(|leg| leg.seconds),
            },
        }
    }

    /// The leg of this name, if there was one.
    pub fn leg(&self, name: LegName) -> Option<&EndedLeg> {
        self.legs.iter().find(|leg| leg.name == name)
    }
}

impl SessionError {
    fn read(raw: Raw<'_>) -> Option<Self> {
        let fields: ErrorFields<'_> = raw.object()?;
        Some(SessionError {
            message: fields.message.owned_text(),
            code: fields.code.whole(),
            callflow_request: fields.callflow_request.owned_text(),
            action: fields.action.owned_text(),
        })
    }
}

impl EndedLeg {
    fn read(name: LegName, raw: Raw<'_>) -> Option<Self> {
        let fields: EndedLegFields<'_> = raw.object()?;
        let call_id = fields.call.owned_text();
        Some(EndedLeg {
            name,
            leg: LegId::of(call_id.as_deref().unwrap_or_default()),
            call_id,
            direction: fields.direction.direction(),
            medium: fields.call_type.medium(),
            initiated: fields.initiated.time(),
            connected: fields.connected.time(),
            disconnected: fields.disconnected.time(),
            source: fields.source.party(),
            destination: fields.destination.party(),
            source_format: fields.source_format.owned_text(),
            destination_format: fields.destination_format.owned_text(),
            source_country: fields.source_country.country(),
            destination_country: fields.destination_country.country(),
            source_ref: fields.source_ref.owned_text(),
            destination_ref: fields.destination_ref.owned_text(),
            status: SessionStatus::read(fields.status),
            seconds: fields.duration.whole(),
            quality: CallQuality::read(fields.quality),
        })
    }
}

impl CallQuality {
    fn read(raw: Raw<'_>) -> Option<Self> {
        let fields: QualityFields<'_> = raw.object()?;
        Some(CallQuality {
            mos: fields.mos.number(),
            packet_loss_rate: fields.packet_loss_rate.number(),
            jitter_ms: fields.jitter.number(),
        })
    }
}
