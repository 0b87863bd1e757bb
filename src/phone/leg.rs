//! One leg of a session.

use jiff::{SignedDuration, Timestamp};

use crate::call::{Country, Direction, LegId, Medium, Party, PhoneNumber};
use crate::wire::{EndedLeg, LegName, SessionStatus};

#[derive(Clone)]
pub(super) struct Leg {
    pub call_id: String,
    pub direction: Direction,
    pub source: Party,
    pub destination: Party,
    pub source_country: Option<Country>,
    pub initiated: Timestamp,
    pub connected: Option<Timestamp>,
    pub disconnected: Option<Timestamp>,
    pub status: SessionStatus,
    /// Its SIP status as it is now, which is final once it has ended.
    pub sip_code: u16,
    /// What is said on it is recorded.
    pub is_recorded: bool,
}

impl Leg {
    pub fn dialled(call_id: String, from: PhoneNumber, to: PhoneNumber, now: Timestamp) -> Self {
        Leg {
            call_id,
            direction: Direction::Outbound,
            source: Party::Number(from),
            destination: Party::Number(to),
            source_country: None,
            initiated: now,
            connected: None,
            disconnected: None,
            status: SessionStatus::Completed,
            sip_code: 180,
            is_recorded: false,
        }
    }

    /// For how many whole seconds the leg has been up.
    pub fn seconds(&self, now: Timestamp) -> u32 {
        let Some(connected) = self.connected else {
            return 0;
        };
        let up = self.disconnected.unwrap_or(now).duration_since(connected);
        up.as_secs().try_into().unwrap_or(0)
    }

    /// How many seconds of it were recorded; `None` where nothing was.
    pub fn recording(&self, now: Timestamp) -> Option<u32> {
        let is_there = self.is_recorded && self.connected.is_some();
        is_there.then(|| self.seconds(now))
    }

    pub fn connect(&mut self, now: Timestamp) {
        self.connected = Some(now);
        self.sip_code = 200;
    }

    pub fn end(&mut self, status: SessionStatus, sip_code: u16, now: Timestamp) {
        self.status = status;
        self.sip_code = sip_code;
        self.disconnected = Some(now);
    }

    pub fn is_over(&self) -> bool {
        self.disconnected.is_some()
    }

    pub fn ended(&self, name: LegName, now: Timestamp) -> EndedLeg {
        EndedLeg {
            name,
            leg: LegId::of(&self.call_id),
            call_id: Some(self.call_id.clone()),
            direction: Some(self.direction),
            medium: Some(Medium::Pstn),
            initiated: Some(self.initiated),
            connected: self.connected,
            disconnected: self.disconnected,
            source: self.source.clone(),
            destination: self.destination.clone(),
            source_format: None,
            destination_format: None,
            source_country: self.source_country,
            destination_country: None,
            source_ref: None,
            destination_ref: None,
            status: Some(self.status.clone()),
            seconds: Some(self.seconds(now)),
            quality: None,
        }
    }
}

/// A time that much later, or the last there is.
pub(super) fn after(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.checked_add(duration).unwrap_or(Timestamp::MAX)
}
