//! The token that travels with every answer and comes back with the next webhook:
//! what a call needs to be found again when the process that knew it is gone.
//!
//! It is at most 64 characters of base64url: 12 bytes of HMAC-SHA-256 over the
//! session id and the body, and nothing else, since the event behind a bridge may
//! show the other leg; and up to 36 bytes of body. It holds no value of a variable.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use smallvec::SmallVec;

use crate::call::{Direction, LegOutcome, SessionId, TransferOutcome};
use crate::flow::{Failure, Kind, LangId, Lot, Revision, VarSet};

use super::codec::{Reader, Writer};
use super::kept::{MAX_SEALED, Sealed};
use super::session::Counters;

type HmacSha256 = Hmac<Sha256>;

/// The length of the signature, in bytes.
const MAC: usize = 12;
/// The longest body, in bytes, so that a token has at most 64 characters.
const MAX_BODY: usize = MAX_SEALED - MAC;
/// The low half of the first byte, which a change of the layout changes. The first
/// layout is written wherever it holds all that there is.
const FIRST: u8 = 1;
/// The layout of a call that has left the first of its flow's languages, or is in a
/// sub-flow.
const SECOND: u8 = 2;

/// The keys that sign tokens: the first signs, all are accepted.
#[derive(Clone)]
pub struct TokenKeys {
    keys: Vec<HmacSha256>,
}

impl std::fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} token keys>", self.keys.len())
    }
}

/// Why a text is no list of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    #[error("a token key is 64 characters of `0`-`9` and `a`-`f`, which is 32 bytes")]
    Form,
    #[error("there are more than two token keys")]
    TooMany,
}

impl TokenKeys {
    /// Reads one key, or two with a comma between them while keys are rotated.
    pub fn read(text: &str) -> Result<Self, BadKey> {
        let keys: Vec<&str> = text.split(',').map(str::trim).collect();
        if keys.len() > 2 {
            return Err(BadKey::TooMany);
        }
        let keys: Result<Vec<_>, _> = keys.into_iter().map(key_of).collect();
        Ok(TokenKeys { keys: keys? })
    }

    pub(super) fn seal(&self, session: &SessionId, memo: &Memo) -> Sealed {
        let mut sealed = Writer::with_capacity(MAC + MAX_BODY);
        sealed.bytes(&[0; MAC]);
        memo.write(&mut sealed);
        let mut sealed = sealed.finish();
        debug_assert!(
            sealed.len() <= MAC + MAX_BODY,
            "a token has at most 64 characters"
        );
        let (mac, body) = sealed.split_at_mut(MAC);
        if let Some(key) = self.keys.first() {
            mac.copy_from_slice(&sign(key, session, body)[..MAC]);
        }
        Sealed::new(&sealed)
    }

    /// What a token holds; `None` for one that is not ours, or of another session.
    pub(super) fn open(&self, session: &SessionId, token: &str) -> Option<Memo> {
        // What is longer than any token of ours does not fit, and is none.
        let mut bytes = [0; MAC + MAX_BODY];
        let length = URL_SAFE_NO_PAD.decode_slice(token, &mut bytes).ok()?;
        let (mac, body) = bytes[..length].split_at_checked(MAC)?;
        let ours = self.keys.iter().any(|key| {
            let mut hmac = key.clone();
            hmac.update(session.as_str().as_bytes());
            hmac.update(&[0]);
            hmac.update(body);
            hmac.verify_truncated_left(mac).is_ok()
        });
        if !ours {
            return None;
        }
        Memo::from_body(body)
    }
}

fn key_of(hex: &str) -> Result<HmacSha256, BadKey> {
    if hex.len() != 64 || !hex.is_ascii() {
        return Err(BadKey::Form);
    }
    let bytes: Result<Vec<u8>, _> = (0..32)
        .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16))
        .collect();
    let bytes = bytes.map_err(|_| BadKey::Form)?;
    HmacSha256::new_from_slice(&bytes).map_err(|_| BadKey::Form)
}

fn sign(key: &HmacSha256, session: &SessionId, body: &[u8]) -> [u8; 32] {
    let mut hmac = key.clone();
    hmac.update(session.as_str().as_bytes());
    hmac.update(&[0]);
    hmac.update(body);
    hmac.finalize().into_bytes().into()
}

/// What a token holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Memo {
    pub direction: Direction,
    /// The beginning of the bundle's revision.
    pub revision: RevisionMark,
    /// The states that run a sub-flow in which the call is, the outermost first, each by
    /// half of the hash of its name.
    pub stack: SmallVec<[u16; 4]>,
    /// A hash of the flow's name.
    pub flow: u32,
    /// A hash of the state's name, so that it can be found in another revision.
    pub state: u32,
    /// What kind of state it is, which it may not be any more in another revision.
    pub kind: KindMark,
    pub turn: u16,
    pub stage: StageMark,
    pub counters: Counters,
    /// Faults in the whole call, up to 31.
    pub faults: u8,
    /// The language that is spoken, of the running flow.
    pub lang: LangId,
    /// Variables of the running flow that were ever set; `None` where there was no room.
    pub set: Option<VarSet>,
    pub leg: Option<TransferOutcome>,
    /// What the caller drew, where the flow has a `split`: behind a bridge the number
    /// may not be seen any more.
    pub lot: Option<Lot>,
}

/// As much of a revision as a token has room for: its first 4 bytes, or 2 of them in a
/// token that holds more of other things.
#[derive(Debug, Clone, Copy)]
pub(super) struct RevisionMark {
    high: u16,
    low: Option<u16>,
}

impl RevisionMark {
    pub fn of(revision: Revision) -> Self {
        RevisionMark {
            high: (revision.0 >> 48) as u16,
            low: Some((revision.0 >> 32) as u16),
        }
    }

    /// True where this may be the mark of a revision.
    pub fn is_of(self, revision: Revision) -> bool {
        self == RevisionMark::of(revision)
    }
}

/// Two are the same where they agree in what both have.
impl PartialEq for RevisionMark {
    fn eq(&self, other: &Self) -> bool {
        let agree = match (self.low, other.low) {
            (Some(low), Some(other)) => low == other,
            _ => true,
        };
        self.high == other.high && agree
    }
}

/// A kind of state, as a number from 0 to 15 that stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KindMark(u8);

impl KindMark {
    pub fn of(kind: &Kind) -> Self {
        KindMark(match kind {
            Kind::Plain { .. } => 0,
            Kind::Menu(_) => 1,
            Kind::Ask(..) => 2,
            Kind::Transfer(_) => 3,
            Kind::Choose { .. } | Kind::Label { .. } => 4,
            Kind::Http(_) => 5,
            Kind::Split(_) => 6,
            Kind::Hours(_) => 7,
            Kind::Run(_) => 8,
        })
    }
}

/// How far a call has come in a state, without the entry that it may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StageMark {
    Enter,
    Say(u8),
    Kind,
    Ask(u8),
    Asking,
    /// An entry waits to be confirmed, which is lost with the memory.
    Confirming,
    Dial(u8),
    Dialling(u8),
    /// The call was answered with a `hangup`.
    Over,
    /// Something is looked up: how many turns ago it was begun, at most 31, and how many
    /// look-ups its state had made before in that turn, at most 7.
    Looking {
        ago: u8,
        nth: u8,
    },
    /// This piece of what is said after a failure of this kind.
    Wording(Failure, u8),
}

impl StageMark {
    fn code(self) -> (u8, u8) {
        match self {
            StageMark::Enter => (0, 0),
            StageMark::Say(n) => (1, n),
            StageMark::Kind => (2, 0),
            StageMark::Ask(n) => (3, n),
            StageMark::Asking => (4, 0),
            StageMark::Confirming => (5, 0),
            StageMark::Dial(n) => (6, n),
            StageMark::Dialling(n) => (7, n),
            StageMark::Over => (8, 0),
            StageMark::Looking { ago, nth } => (9, ago.min(31) << 3 | nth.min(7)),
            StageMark::Wording(failure, n) => (WORDING, failure_code(failure) << 6 | n & PIECE),
        }
    }

    fn of(code: u8, n: u8) -> Option<Self> {
        Some(match code {
            0 => StageMark::Enter,
            1 => StageMark::Say(n),
            2 => StageMark::Kind,
            3 => StageMark::Ask(n),
            4 => StageMark::Asking,
            5 => StageMark::Confirming,
            6 => StageMark::Dial(n),
            7 => StageMark::Dialling(n),
            8 => StageMark::Over,
            9 => StageMark::Looking {
                ago: n >> 3,
                nth: n & 7,
            },
            WORDING => StageMark::Wording(failure_of(n >> 6)?, n & PIECE),
            _ => return None,
        })
    }
}

/// The stage of what is said after a failure: its index holds the kind of failure in its
/// upper 2 bits, and the piece in the others, as a state has at most 32 languages.
const WORDING: u8 = 12;
const PIECE: u8 = 63;

const OUTBOUND: u8 = 1;
const HAS_LEG: u8 = 2;
/// The call was sent back, or something of it failed.
const HAS_TROUBLE: u8 = 4;
const HAS_LOT: u8 = 8;

/// One byte counts both: in its low 3 bits how often the call was sent back, and in the
/// others its faults. Both end a call before they are larger than that.
const MOST_SENT_BACK: u8 = 7;
const MOST_FAULTS: u8 = 31;

/// Of the second layout: a byte with the language follows.
const HAS_LANG: u8 = 1;
/// Of the second layout: the set of variables was left out.
const NO_SET: u8 = 2;
/// Of the second layout: how many flows wait, in the upper half of the byte.
const STACK: u8 = 4;
/// The most flows that wait for each other, as a token has room for.
pub(super) const MAX_STACK: usize = 7;

/// What of a memo there is room for.
struct Room {
    leg: Option<TransferOutcome>,
    lot: Option<Lot>,
    /// How many bytes of the set are written; `None` where it is left out.
    set: Option<usize>,
}

impl Memo {
    /// The first layout has 21 bytes, the second 20 with one more for the language and 2
    /// for each flow that waits; in both 5 more where there was a transfer, one where the
    /// call was sent back or something failed, 2 where the flow has a `split`, and the set
    /// of variables without its empty end, at most 8. What does not fit into 36 is left
    /// out: first the lot, which is that of the number again, or of the session where the
    /// number cannot be seen; then the set, which is that of all variables; then the
    /// transfer.
    fn write(&self, body: &mut Writer) {
        let room = self.room();
        let (stage, index) = self.stage.code();
        let mut flags = 0;
        if self.direction == Direction::Outbound {
            flags |= OUTBOUND;
        }
        if self.trouble() > 0 {
            flags |= HAS_TROUBLE;
        }
        if room.leg.is_some() {
            flags |= HAS_LEG;
        }
        if room.lot.is_some() {
            flags |= HAS_LOT;
        }
        let is_second = self.is_second();
        let version = if is_second { SECOND } else { FIRST };
        body.u8(self.kind.0 << 4 | version);
        body.u8(flags << 4 | stage);
        body.u8(index);
        if is_second {
            let lang = if self.has_lang() { HAS_LANG } else { 0 };
            let no_set = if room.set.is_none() { NO_SET } else { 0 };
            body.u8((self.stack.len().min(MAX_STACK) as u8) << STACK | lang | no_set);
        }
        body.u16(self.revision.high);
        if !is_second {
            body.u16(self.revision.low.unwrap_or_default());
        }
        body.u32(self.flow);
        body.u32(self.state);
        body.u16(self.turn);
        body.u8(self.counters.failures.min(15) << 4 | self.counters.refusals.min(15));
        body.u8(self.counters.prompts);
        body.u8(self.counters.streak);
        if let Some(leg) = room.leg {
            body.u8(outcome_code(leg.outcome));
            body.u16(leg.sip_code);
            body.u16(leg.seconds.min(u32::from(u16::MAX)) as u16);
        }
        if self.trouble() > 0 {
            body.u8(self.trouble());
        }
        if self.has_lang() {
            body.u8(self.lang.0);
        }
        for hash in self.stack.iter().take(MAX_STACK) {
            body.u16(*hash);
        }
        if let Some(Lot(lot)) = room.lot {
            body.u16(lot);
        }
        if let (Some(set), Some(used)) = (self.set, room.set) {
            body.bytes(&set.0.to_le_bytes()[..used]);
        }
    }

    fn has_lang(&self) -> bool {
        self.lang != LangId::default()
    }

    fn is_second(&self) -> bool {
        self.has_lang()
            || !self.stack.is_empty()
            || self.set.is_none()
            || self.revision.low.is_none()
    }

    fn room(&self) -> Room {
        let fixed = match self.is_second() {
            false => 21,
            true => 20 + usize::from(self.has_lang()) + 2 * self.stack.len().min(MAX_STACK),
        } + usize::from(self.trouble() > 0);
        let leg = if self.leg.is_some() { 5 } else { 0 };
        let set = self.set.map(|set| 8 - set.0.leading_zeros() as usize / 8);
        let set = set.filter(|used| fixed + leg + used <= MAX_BODY);
        let has_all = set.is_some() || self.set.is_none();
        let has_room = has_all && fixed + leg + set.unwrap_or(0) + 2 <= MAX_BODY;
        Room {
            leg: self.leg.filter(|_| fixed + leg <= MAX_BODY),
            lot: self.lot.filter(|_| has_room),
            set,
        }
    }

    fn trouble(&self) -> u8 {
        self.faults.min(MOST_FAULTS) << 3 | self.counters.sent_back.min(MOST_SENT_BACK)
    }

    fn from_body(body: &[u8]) -> Option<Self> {
        let mut body = Reader::new(body);
        let first = body.u8()?;
        let is_second = match first & 15 {
            FIRST => false,
            SECOND => true,
            _ => return None,
        };
        let kind = KindMark(first >> 4);
        let head = body.u8()?;
        let index = body.u8()?;
        let extra = if is_second { body.u8()? } else { 0 };
        let levels = extra >> STACK;
        if extra & 15 & !(HAS_LANG | NO_SET) != 0 || usize::from(levels) > MAX_STACK {
            return None;
        }
        let revision = RevisionMark {
            high: body.u16()?,
            low: match is_second {
                false => Some(body.u16()?),
                true => None,
            },
        };
        let flow = body.u32()?;
        let state = body.u32()?;
        let turn = body.u16()?;
        let tries = body.u8()?;
        let mut counters = Counters {
            failures: tries >> 4,
            refusals: tries & 15,
            prompts: body.u8()?,
            streak: body.u8()?,
            sent_back: 0,
        };
        let flags = head >> 4;
        let leg = if flags & HAS_LEG != 0 {
            Some(TransferOutcome {
                outcome: outcome_of(body.u8()?)?,
                sip_code: body.u16()?,
                seconds: u32::from(body.u16()?),
            })
        } else {
            None
        };
        let trouble = match flags & HAS_TROUBLE {
            0 => 0,
            _ => body.u8()?,
        };
        counters.sent_back = trouble & MOST_SENT_BACK;
        let lang = match extra & HAS_LANG {
            0 => LangId::default(),
            _ => LangId(body.u8()?),
        };
        let stack = (0..levels).map(|_| body.u16()).collect::<Option<_>>()?;
        let lot = match flags & HAS_LOT {
            0 => None,
            _ => Some(Lot(body.u16()?)),
        };
        let mut set = [0; 8];
        for (to, from) in set.iter_mut().zip(body.rest()) {
            *to = *from;
        }
        let set = VarSet(u64::from_le_bytes(set));
        Some(Memo {
            direction: if flags & OUTBOUND != 0 {
                Direction::Outbound
            } else {
                Direction::Inbound
            },
            revision,
            flow,
            state,
            kind,
            turn,
            stage: StageMark::of(head & 15, index)?,
            counters,
            faults: trouble >> 3,
            lang,
            set: (extra & NO_SET == 0).then_some(set),
            leg,
            lot,
            stack,
        })
    }
}

/// A kind of failure, as a number from 0 to 3 that stays the same.
pub(super) fn failure_code(failure: Failure) -> u8 {
    match failure {
        Failure::NoInput => 0,
        Failure::NoMatch => 1,
        Failure::Invalid => 2,
    }
}

pub(super) fn failure_of(code: u8) -> Option<Failure> {
    Some(match code {
        0 => Failure::NoInput,
        1 => Failure::NoMatch,
        2 => Failure::Invalid,
        _ => return None,
    })
}

pub(super) fn outcome_code(outcome: LegOutcome) -> u8 {
    match outcome {
        LegOutcome::Completed => 0,
        LegOutcome::Busy => 1,
        LegOutcome::NoAnswer => 2,
        LegOutcome::Cancelled => 3,
        LegOutcome::Failed => 4,
    }
}

pub(super) fn outcome_of(code: u8) -> Option<LegOutcome> {
    Some(match code {
        0 => LegOutcome::Completed,
        1 => LegOutcome::Busy,
        2 => LegOutcome::NoAnswer,
        3 => LegOutcome::Cancelled,
        4 => LegOutcome::Failed,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use proptest::prelude::*;

    fn keys(hex: char) -> TokenKeys {
        TokenKeys::read(&hex.to_string().repeat(64)).unwrap()
    }

    fn session(id: &str) -> SessionId {
        SessionId::new(id).unwrap()
    }

    fn sealed(keys: &TokenKeys) -> Arc<str> {
        let sealed = keys.seal(&session("s1"), &memo(3, 4, true));
        sealed.text().unwrap()
    }

    fn memo(set: u64, stage: u8, leg: bool) -> Memo {
        whole(set, stage, leg, (0, 0))
    }

    fn whole(set: u64, stage: u8, leg: bool, (sent_back, faults): (u8, u8)) -> Memo {
        Memo {
            direction: Direction::Outbound,
            revision: RevisionMark::of(Revision(0x0102_0304_0000_0000)),
            lang: LangId(0),
            flow: 5,
            state: 6,
            kind: KindMark(3),
            turn: 7,
            stage: StageMark::of(
                stage,
                if [1, 3, 6, 7, 9, 12].contains(&stage) {
                    9
                } else {
                    0
                },
            )
            .unwrap(),
            counters: Counters {
                failures: 9,
                prompts: 3,
                refusals: 2,
                streak: 12,
                sent_back,
            },
            set: Some(VarSet(set)),
            stack: SmallVec::new(),
            faults,
            leg: leg.then_some(TransferOutcome {
                outcome: LegOutcome::Busy,
                sip_code: 486,
                seconds: 65_535,
            }),
            lot: leg.then_some(Lot(0xabcd)),
        }
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_opened(
            set in prop_oneof![any::<u64>(), any::<u64>().prop_map(|set| set >> 8)],
            stage in prop_oneof![0..=9u8, Just(12)],
            leg: bool,
            lang in prop_oneof![Just(0), any::<u8>()],
            trouble in prop_oneof![Just((0, 0)), (0..=MOST_SENT_BACK, 0..=MOST_FAULTS)],
            lot: Option<u16>,
        ) {
            let (keys, session) = (keys('a'), session("s1"));
            let lang = LangId(lang);
            let mut memo = Memo { lot: lot.map(Lot), lang, ..whole(set, stage, leg, trouble) };
            let token = keys.seal(&session, &memo).text().unwrap();
            prop_assert!(token.len() <= 64);
            prop_assert!(token.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)));
            // Nothing but the lot is left out, and only where all of it does not fit.
            if leg && trouble != (0, 0) && set >> 56 > 0 {
                memo.lot = None;
            }
            prop_assert_eq!(keys.open(&session, &token), Some(memo));
        }

        #[test]
        fn what_there_is_no_room_for_is_left_out_and_the_rest_is_opened(
            set in prop_oneof![any::<u64>(), any::<u64>().prop_map(|set| set >> 40)],
            leg: bool,
            lang in prop_oneof![Just(0), any::<u8>()],
            trouble in prop_oneof![Just((0, 0)), (0..=MOST_SENT_BACK, 0..=MOST_FAULTS)],
            lot: Option<u16>,
            stack in proptest::collection::vec(any::<u16>(), 1..=MAX_STACK),
        ) {
            let (keys, session) = (keys('a'), session("s1"));
            let mut memo = Memo {
                lot: lot.map(Lot),
                lang: LangId(lang),
                stack: stack.into(),
                ..whole(set, 4, leg, trouble)
            };
            let token = keys.seal(&session, &memo).text().unwrap();
            prop_assert!(token.len() <= 64);
            let opened = keys.open(&session, &token).expect("it is ours");
            // First the lot is left out, then the set, then the transfer.
            prop_assert!(opened.set.is_some() || opened.lot.is_none());
            prop_assert!(opened.leg == memo.leg || opened.set.is_none());
            (memo.lot, memo.leg) = (opened.lot, opened.leg);
            memo.set = memo.set.filter(|_| opened.set.is_some());
            prop_assert_eq!(opened, memo);
        }

        #[test]
        fn no_other_text_opens(text in "\\PC{0,80}") {
            prop_assert_eq!(keys('a').open(&session("s1"), &text), None);
        }
    }

    #[test]
    fn a_changed_or_foreign_token_counts_as_none() {
        let token = sealed(&keys('a'));
        assert_eq!(keys('b').open(&session("s1"), &token), None);
        assert_eq!(keys('a').open(&session("s2"), &token), None);
        for at in 0..token.len() {
            let mut changed = token.as_bytes().to_vec();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(keys('a').open(&session("s1"), &changed), None, "{at}");
        }
    }

    #[test]
    fn a_second_key_is_accepted_and_does_not_sign() {
        let both = format!("{},{}", "b".repeat(64), "a".repeat(64));
        let both = TokenKeys::read(&both).unwrap();
        let old = sealed(&keys('a'));
        assert!(both.open(&session("s1"), &old).is_some());
        let new = sealed(&both);
        assert!(keys('b').open(&session("s1"), &new).is_some());
        assert!(keys('a').open(&session("s1"), &new).is_none());
    }

    #[test]
    fn a_key_is_32_bytes_in_hex() {
        for bad in ["", "ab", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(TokenKeys::read(bad).err(), Some(BadKey::Form), "{bad}");
        }
        let three = ["a".repeat(64), "b".repeat(64), "c".repeat(64)].join(",");
        assert_eq!(TokenKeys::read(&three).err(), Some(BadKey::TooMany));
    }
}
