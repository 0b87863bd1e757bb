//! What can happen in a call, in our own words. The platform's names for it live
//! in `wire` alone.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroU64;
use std::sync::Arc;

use super::digits::Digits;
use super::number::Party;
use super::session_id::SessionId;

/// The call waits for its next step.
#[derive(Debug, Clone)]
pub struct ActionEvent {
    pub key: EventKey,
    pub session: SessionId,
    /// The leg this event is about, which after a bridge may be either.
    pub leg: LegId,
    pub occasion: Occasion,
    /// Of the leg, which is that of the session on its first event alone.
    pub direction: Direction,
    pub medium: Medium,
    pub source: Party,
    pub destination: Party,
    pub source_country: Option<Country>,
    pub destination_country: Option<Country>,
    pub source_ref: Option<Arc<str>>,
    pub destination_ref: Option<Arc<str>>,
    /// How long the leg has been up, in seconds.
    pub seconds: Option<u32>,
    /// What was keyed in; `None` where nothing was, or nothing was asked for.
    pub digits: Option<Digits>,
    /// The final SIP status of the leg.
    pub sip_code: Option<u16>,
    /// What came back of our previous answer's token, whatever it holds.
    pub token: Option<Arc<str>>,
}

/// Progress of one leg, which asks nothing of us.
#[derive(Debug, Clone)]
pub struct StatusEvent {
    pub session: SessionId,
    pub leg: LegId,
    pub progress: Progress,
    pub direction: Direction,
    pub destination: Party,
    pub sip_code: Option<u16>,
    /// How long the leg was up, in seconds.
    pub seconds: Option<u32>,
}

/// How far a leg has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Initiated,
    Received,
    Connected,
    Disconnected,
    /// Something else about a leg that stays as it is.
    Other,
}

/// Why the call waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// An inbound call has arrived.
    Received,
    /// What we answered before has been done.
    Completed,
    /// Something has come for this session that could not be read. Nothing of the
    /// event but its session, its key and its token means anything.
    Garbled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    pub fn word(self) -> &'static str {
        match self {
            Direction::Inbound => "inbound",
            Direction::Outbound => "outbound",
        }
    }
}

/// What carries a leg. Over VOIP the parties may be user ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    Pstn,
    Voip,
}

impl Medium {
    pub fn word(self) -> &'static str {
        match self {
            Medium::Pstn => "pstn",
            Medium::Voip => "voip",
        }
    }
}

/// A country by its two letters (ISO 3166-1 alpha-2).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country([u8; 2]);

impl Country {
    pub fn read(text: &str) -> Option<Self> {
        match text.trim().as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Country([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a country is made of ASCII letters alone")
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What tells one event from another: a hash of the event's own id, or of its
/// whole body where it has none, so that the same bytes are the same event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventKey(u64);

impl EventKey {
    pub fn of_id(id: &str) -> Self {
        EventKey(hash(&(0u8, id)))
    }

    pub fn of_body(body: &[u8]) -> Self {
        EventKey(hash(&(1u8, body)))
    }

    /// The key as a number, for keeping it.
    pub fn as_u64(self) -> u64 {
        self.0
    }

    /// The key that [`EventKey::as_u64`] gave as a number.
    pub fn from_u64(key: u64) -> Self {
        EventKey(key)
    }
}

/// One leg of a call, by a hash of the platform's id for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LegId(NonZeroU64);

impl LegId {
    pub fn of(call_id: &str) -> Self {
        LegId::from_u64(hash(call_id))
    }

    pub fn as_u64(self) -> u64 {
        self.0.get()
    }

    pub fn from_u64(id: u64) -> Self {
        LegId(NonZeroU64::new(id).unwrap_or(NonZeroU64::MIN))
    }
}

/// The same in every process of one build, as a session that is written and read
/// back must still know its events.
fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
