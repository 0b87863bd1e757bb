//! A call as bytes and back: what a journal stores, and what makes a restart whole.
//!
//! The layout is written by hand and begins with its version; names stand for
//! states and variables, so that another revision of the flow can read them. The
//! bytes hold what callers keyed in, secrets included: whoever stores them guards them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::call::{
    Action, Answer, Capture, Country, DigitLimit, Direction, EventKey, FileUrl, LegId, Medium,
    Party, PhoneNumber, Repetition, SessionId, Speed, SpokenText, TransferOutcome, Value, Voice,
};
use crate::flow::{Catalog, Flow, Lot, Revision, VarId};

use super::call::{Call, Phase};
use super::codec::{Reader, Writer};
use super::session::{Begun, Counters, Facts, Place, Session, Stage, lot};
use super::token::{failure_code, failure_of, outcome_code, outcome_of};

/// The version that is written. Every older one can be read.
const VERSION: u8 = 5;
/// The first version that holds the caller's lot, and how often a call was sent back.
const SECOND: u8 = 2;
/// The first version that holds the language.
const THIRD: u8 = 3;

/// The stages of what is said after a failure, one for each kind, from here on.
const WORDING: u8 = 20;

/// Why bytes are no call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the stored call has version {0}, which this program does not know")]
    Version(u8),
    #[error("the stored call is damaged")]
    Damaged,
    #[error("the stored call is in a flow `{0}` that is not there any more")]
    NoFlow(String),
}

impl Call {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.u8(VERSION);
        out.text(self.id.as_str());
        out.u16(self.turns);
        out.count(self.answers.len());
        for (key, answer) in &self.answers {
            out.u64(key.as_u64());
            write_answer(&mut out, answer);
        }
        out.count(self.known.len());
        for key in &self.known {
            out.u64(key.as_u64());
        }
        out.option(self.leg, write_leg);
        match &self.phase {
            Phase::Over => out.flag(false),
            Phase::Live(session) => {
                out.flag(true);
                write_session(&mut out, session);
            }
        }
        out.finish()
    }

    /// The call that [`Call::to_bytes`] wrote. Where its flow has another revision
    /// now, the state of the same name is taken if it is of the same kind, and else
    /// the call begins anew; no variable is lost.
    pub fn from_bytes(bytes: &[u8], catalog: &Catalog) -> Result<Self, Unreadable> {
        let mut read = Reader::new(bytes);
        let version = match read.u8() {
            Some(version @ 1..=VERSION) => version,
            Some(other) => return Err(Unreadable::Version(other)),
            None => return Err(Unreadable::Damaged),
        };
        let head = read_head(&mut read).ok_or(Unreadable::Damaged)?;
        let phase = if read.flag().ok_or(Unreadable::Damaged)? {
            Phase::Live(Box::new(read_session(
                &mut read, version, &head.id, catalog,
            )?))
        } else {
            Phase::Over
        };
        if !read.is_empty() {
            return Err(Unreadable::Damaged);
        }
        Ok(Call { phase, ..head })
    }
}

fn read_head(read: &mut Reader<'_>) -> Option<Call> {
    let id = SessionId::new(read.text()?)?;
    let turns = read.u16()?;
    let answers = list(read, |read| {
        Some((EventKey::from_u64(read.u64()?), read_answer(read)?))
    })?;
    let known = list(read, |read| read.u64().map(EventKey::from_u64))?;
    let leg = read.option(read_leg)?;
    Some(Call {
        id,
        phase: Phase::Over,
        turns,
        answers,
        known,
        leg,
    })
}

fn list<T, C: FromIterator<T>>(
    read: &mut Reader<'_>,
    mut item: impl FnMut(&mut Reader<'_>) -> Option<T>,
) -> Option<C> {
    let count = read.count()?;
    (0..count).map(|_| item(read)).collect()
}

fn write_session(out: &mut Writer, session: &Session) {
    let flow = session.flow();
    out.text(flow.name());
    out.u64(flow.revision().0);
    write_facts(out, session.facts());
    out.count(flow.variables().len());
    for (index, variable) in flow.variables().iter().enumerate() {
        let var = VarId(index as u8);
        out.text(&variable.name);
        out.flag(session.set.contains(var));
        out.flag(session.lost.contains(var));
        write_value(out, &session.vars[index]);
    }
    out.text(&flow.state(session.place.state).name);
    write_stage(out, &session.place.stage);
    let counters = session.counters;
    for counter in [
        counters.failures,
        counters.prompts,
        counters.refusals,
        counters.streak,
    ] {
        out.u8(counter);
    }
    out.option(session.input.as_deref(), Writer::text);
    out.option(session.leg, write_leg);
    out.option(session.ringing, |out, number| out.u64(number.as_u64()));
    let visited: Vec<_> = flow
        .state_ids()
        .map(|id| (id, session.visits(id)))
        .filter(|(_, visits)| *visits > 0)
        .collect();
    out.count(visited.len());
    for (id, visits) in visited {
        out.text(&flow.state(id).name);
        out.u16(visits);
    }
    out.u8(session.faults);
    out.u8(session.counters.sent_back);
    out.text(session.lang_name());
}

fn read_session(
    read: &mut Reader<'_>,
    version: u8,
    id: &SessionId,
    catalog: &Catalog,
) -> Result<Session, Unreadable> {
    let name = read.text().ok_or(Unreadable::Damaged)?;
    let flow = catalog
        .named(name)
        .ok_or_else(|| Unreadable::NoFlow(name.to_owned()))?;
    read_session_of(read, version, id, flow).ok_or(Unreadable::Damaged)
}

fn read_session_of(
    read: &mut Reader<'_>,
    version: u8,
    id: &SessionId,
    flow: &Arc<Flow>,
) -> Option<Session> {
    let same_revision = Revision(read.u64()?) == flow.revision();
    let facts = read_facts(read, version, id)?;
    let mut session = Session::begin(flow, facts);
    session.forget_visits();
    for _ in 0..read.count()? {
        let var = flow.variable_named(read.text()?);
        let (set, lost) = (read.flag()?, read.flag()?);
        let value = read_value(read, 0)?;
        // One that the flow no longer has, or has with another type, is left out.
        if let Some(var) = var
            && set
            && session.assign(var, value)
            && lost
        {
            session.lost.insert(var);
        }
    }
    let state = flow.state_named(read.text()?);
    let stage = read_stage(read)?;
    session.counters = Counters {
        failures: read.u8()?,
        prompts: read.u8()?,
        refusals: read.u8()?,
        streak: read.u8()?,
        sent_back: 0,
    };
    session.input = read.option(|read| read.text().map(Arc::from))?;
    session.leg = read.option(read_leg)?;
    session.ringing = read.option(|read| PhoneNumber::from_u64(read.u64()?).ok())?;
    for _ in 0..read.count()? {
        let state = flow.state_named(read.text()?);
        let visits = read.u16()?;
        if let Some(state) = state {
            session.set_visits(state, visits);
        }
    }
    session.faults = read.u8()?;
    if version >= SECOND {
        session.counters.sent_back = read.u8()?;
    }
    if version >= THIRD {
        // One that the flow no longer has cannot be spoken.
        session.lang = flow.language_named(read.text()?).unwrap_or_default();
    }
    match state.filter(|state| same_revision || stage.fits(&flow.state(*state).kind)) {
        Some(state) => session.place = Place { state, stage },
        None => session.start_over(),
    }
    Some(session)
}

/// The stage of a look-up, which version 5 is the first to know.
const LOOKING: u8 = 9;

fn write_stage(out: &mut Writer, stage: &Stage) {
    if let Stage::Looking(begun) = stage {
        out.u8(LOOKING);
        out.u8(begun.nth);
        out.u16(begun.turn);
        out.option(begun.since, |out, since| {
            out.u64(since.as_millisecond() as u64);
        });
        return;
    }
    let (code, index, entry) = match stage {
        Stage::Enter => (0, 0, ""),
        Stage::Say(n) => (1, *n, ""),
        Stage::Kind => (2, 0, ""),
        Stage::Ask(n) => (3, *n, ""),
        Stage::Asking => (4, 0, ""),
        Stage::Confirm(entry, n) => (5, *n, &**entry),
        Stage::Confirming(entry) => (6, 0, &**entry),
        Stage::Dial(n) => (7, *n, ""),
        Stage::Dialling(n) => (8, *n, ""),
        Stage::Wording(failure, n) => (WORDING + failure_code(*failure), *n, ""),
        Stage::Looking(_) => return,
    };
    out.u8(code);
    out.u8(index);
    out.text(entry);
}

fn read_stage(read: &mut Reader<'_>) -> Option<Stage> {
    let (code, n) = (read.u8()?, read.u8()?);
    if code == LOOKING {
        return Some(Stage::Looking(Begun {
            nth: n,
            turn: read.u16()?,
            since: read.option(|read| Timestamp::from_millisecond(read.u64()? as i64).ok())?,
        }));
    }
    let entry = read.text()?;
    Some(match code {
        0 => Stage::Enter,
        1 => Stage::Say(n),
        2 => Stage::Kind,
        3 => Stage::Ask(n),
        4 => Stage::Asking,
        5 => Stage::Confirm(entry.into(), n),
        6 => Stage::Confirming(entry.into()),
        7 => Stage::Dial(n),
        8 => Stage::Dialling(n),
        code => Stage::Wording(failure_of(code.checked_sub(WORDING)?)?, n),
    })
}

fn write_facts(out: &mut Writer, facts: &Facts) {
    out.flag(facts.direction == Direction::Outbound);
    out.flag(facts.medium == Medium::Voip);
    write_party(out, &facts.caller);
    out.text(country_text(&facts.caller_country));
    write_party(out, &facts.dialled);
    out.text(country_text(&facts.dialled_country));
    out.option(facts.dialled_ref.as_deref(), Writer::text);
    out.option(facts.leg, |out, leg| out.u64(leg.as_u64()));
    out.u64(facts.started.as_millisecond() as u64);
    out.u16(facts.lot.0);
}

fn read_facts(read: &mut Reader<'_>, version: u8, id: &SessionId) -> Option<Facts> {
    let mut facts = Facts {
        id: id.clone(),
        direction: if read.flag()? {
            Direction::Outbound
        } else {
            Direction::Inbound
        },
        medium: if read.flag()? {
            Medium::Voip
        } else {
            Medium::Pstn
        },
        caller: read_party(read)?,
        caller_country: Country::read(read.text()?),
        dialled: read_party(read)?,
        dialled_country: Country::read(read.text()?),
        dialled_ref: read.option(|read| read.text().map(Arc::from))?,
        leg: read.option(|read| read.u64().map(LegId::from_u64))?,
        started: Timestamp::from_millisecond(read.u64()? as i64).ok()?,
        lot: Lot(0),
    };
    facts.lot = match version {
        ..SECOND => lot(&facts.caller, id),
        _ => Lot(read.u16()?),
    };
    Some(facts)
}

fn country_text(country: &Option<Country>) -> &str {
    country.as_ref().map(Country::as_str).unwrap_or_default()
}

fn write_party(out: &mut Writer, party: &Party) {
    match party {
        Party::Number(number) => {
            out.flag(true);
            out.u64(number.as_u64());
        }
        Party::Text(text) => {
            out.flag(false);
            out.text(text);
        }
    }
}

fn read_party(read: &mut Reader<'_>) -> Option<Party> {
    Some(if read.flag()? {
        Party::Number(PhoneNumber::from_u64(read.u64()?).ok()?)
    } else {
        Party::Text(read.text()?.into())
    })
}

fn write_leg(out: &mut Writer, leg: TransferOutcome) {
    out.u8(outcome_code(leg.outcome));
    out.u16(leg.sip_code);
    out.u32(leg.seconds);
}

fn read_leg(read: &mut Reader<'_>) -> Option<TransferOutcome> {
    Some(TransferOutcome {
        outcome: outcome_of(read.u8()?)?,
        sip_code: read.u16()?,
        seconds: read.u32()?,
    })
}

fn write_value(out: &mut Writer, value: &Value) {
    match value {
        Value::Nothing => out.u8(0),
        Value::Flag(flag) => {
            out.u8(1);
            out.flag(*flag);
        }
        Value::Int(number) => {
            out.u8(2);
            out.u64(*number as u64);
        }
        Value::Float(number) => {
            out.u8(3);
            out.u64(number.to_bits());
        }
        Value::Text(text) => {
            out.u8(4);
            out.text(text);
        }
        Value::List(items) => {
            out.u8(5);
            out.count(items.len());
            items.iter().for_each(|item| write_value(out, item));
        }
        Value::Map(fields) => {
            out.u8(6);
            out.count(fields.len());
            for (name, item) in fields.iter() {
                out.text(name);
                write_value(out, item);
            }
        }
    }
}

/// The deepest that lists and maps lie in each other; scripts give less.
const MAX_DEPTH: usize = 32;

fn read_value(read: &mut Reader<'_>, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match read.u8()? {
        0 => Value::Nothing,
        1 => Value::Flag(read.flag()?),
        2 => Value::Int(read.u64()? as i64),
        3 => Value::Float(f64::from_bits(read.u64()?)),
        4 => Value::text(read.text()?),
        5 => Value::List(list::<_, Arc<[Value]>>(read, |read| {
            read_value(read, depth + 1)
        })?),
        6 => {
            let fields: BTreeMap<Box<str>, Value> = list(read, |read| {
                Some((Box::from(read.text()?), read_value(read, depth + 1)?))
            })?;
            Value::Map(Arc::new(fields))
        }
        _ => return None,
    })
}

fn write_answer(out: &mut Writer, answer: &Answer) {
    out.option(answer.token(), Writer::text);
    out.count(answer.actions().len());
    for action in answer.actions() {
        write_action(out, action);
    }
}

fn read_answer(read: &mut Reader<'_>) -> Option<Answer> {
    let token = read.option(|read| read.text().map(Arc::from))?;
    let actions: Vec<Action> = list(read, read_action)?;
    let answer = Answer::new(actions).ok()?;
    Some(match token {
        Some(token) => answer.with_token(token),
        None => answer,
    })
}

/// A transfer that is recorded. One that is not is written as it always was.
const RECORDED: u8 = 5;

fn write_action(out: &mut Writer, action: &Action) {
    match action {
        Action::Say {
            text,
            voice,
            speed,
            repetition,
        } => {
            out.u8(0);
            out.text(text.as_str());
            out.text(voice.as_str());
            out.u64(speed.times().to_bits());
            out.u8(repetition.times());
        }
        Action::PlayFile { url, repetition } => {
            out.u8(1);
            out.text(url.as_str());
            out.u8(repetition.times());
        }
        Action::SayAndCapture(capture) => {
            out.u8(2);
            out.text(capture.prompt.as_str());
            out.text(capture.voice.as_str());
            out.u64(capture.speed.times().to_bits());
            out.u8(match capture.limit() {
                DigitLimit::OneKey => 0,
                DigitLimit::UpTo(most) => most,
            });
            out.u32(capture.digit_timeout_ms());
        }
        Action::MakeCall {
            source,
            destination,
            record,
        } => {
            out.u8(if *record { RECORDED } else { 3 });
            out.u64(source.as_u64());
            out.u64(destination.as_u64());
        }
        Action::Hangup => out.u8(4),
    }
}

fn read_action(read: &mut Reader<'_>) -> Option<Action> {
    Some(match read.u8()? {
        0 => Action::Say {
            text: SpokenText::new(read.text()?).ok()?,
            voice: Voice::new(read.text()?).ok()?,
            speed: Speed::new(f64::from_bits(read.u64()?)).ok()?,
            repetition: Repetition::new(u64::from(read.u8()?)).ok()?,
        },
        1 => Action::PlayFile {
            url: FileUrl::new(read.text()?).ok()?,
            repetition: Repetition::new(u64::from(read.u8()?)).ok()?,
        },
        2 => {
            let prompt = SpokenText::new(read.text()?).ok()?;
            let voice = Voice::new(read.text()?).ok()?;
            let speed = Speed::new(f64::from_bits(read.u64()?)).ok()?;
            let limit = match read.u8()? {
                0 => DigitLimit::OneKey,
                most => DigitLimit::UpTo(most),
            };
            let wait_ms = read.u32()?;
            Action::SayAndCapture(Capture::new(prompt, voice, speed, limit, wait_ms).ok()?)
        }
        code @ (3 | RECORDED) => Action::MakeCall {
            source: PhoneNumber::from_u64(read.u64()?).ok()?,
            destination: PhoneNumber::from_u64(read.u64()?).ok()?,
            record: code == RECORDED,
        },
        4 => Action::Hangup,
        _ => return None,
    })
}
