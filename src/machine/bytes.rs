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
use crate::flow::{Catalog, Flow, Lot, Revision, StateId, VarId};

use super::call::{Call, Phase};
use super::codec::{Reader, Writer};
use super::input::Input;
use super::kept::Kept;
use super::session::{Begun, Counters, Facts, Place, Session, Stage, lot};
use super::token::{failure_code, failure_of, outcome_code, outcome_of};

/// The version that is written where nothing is done when the call is over. Every older
/// one can be read.
const VERSION: u8 = 5;
/// The first version that holds the caller's lot, and how often a call was sent back.
const SECOND: u8 = 2;
/// The first version that holds the language.
const THIRD: u8 = 3;
/// The first version that holds the flows that wait for a sub-flow.
const FOURTH: u8 = 4;
/// The version that holds, behind everything else, what the end of a call needs.
const SIXTH: u8 = 6;

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
        let at_end = self.at_end();
        out.u8(if at_end.is_some() { SIXTH } else { VERSION });
        out.text(self.id().as_str());
        out.u16(self.turns);
        let none = Kept::default();
        let kept = self.kept.as_deref().unwrap_or(&none);
        out.count(kept.count());
        for (key, answer) in kept.answers() {
            out.u64(key.as_u64());
            write_answer(&mut out, &answer);
        }
        out.count(kept.known().len());
        for key in kept.known() {
            out.u64(key.as_u64());
        }
        out.option(self.leg, write_leg);
        match &self.phase {
            Phase::Over(_) => out.flag(false),
            Phase::Live(session) => {
                out.flag(true);
                write_session(&mut out, session);
            }
        }
        if let Some(session) = at_end {
            self.write_end(&mut out, session);
        }
        out.finish()
    }

    /// The call that [`Call::to_bytes`] wrote. Where its flow has another revision
    /// now, the state of the same name is taken if it is of the same kind, and else
    /// the call begins anew; no variable is lost.
    pub fn from_bytes(bytes: &[u8], catalog: &Catalog) -> Result<Self, Unreadable> {
        let mut read = Reader::new(bytes);
        let version = match read.u8() {
            Some(version @ 1..=SIXTH) => version,
            Some(other) => return Err(Unreadable::Version(other)),
            None => return Err(Unreadable::Damaged),
        };
        let head = read_head(&mut read).ok_or(Unreadable::Damaged)?;
        let id = head.id().clone();
        let mut phase = if read.flag().ok_or(Unreadable::Damaged)? {
            Phase::Live(Box::new(read_session(&mut read, version, &id, catalog)?))
        } else {
            Phase::over_with(id.clone(), None)
        };
        if version >= SIXTH {
            read_end(&mut read, version, &id, catalog, &mut phase)?;
        }
        if !read.is_empty() {
            return Err(Unreadable::Damaged);
        }
        Ok(Call { phase, ..head })
    }
}

impl Call {
    /// The session, where its flow wants something done when the call is over.
    fn at_end(&self) -> Option<&Session> {
        let session = self.phase.last_session();
        session.filter(|session| session.root().on_end().is_some())
    }

    /// The session also where the call is over, and the states that it went through.
    fn write_end(&self, out: &mut Writer, session: &Session) {
        if let Phase::Over(_) = &self.phase {
            write_session(out, session);
        }
        out.count(session.entered().len());
        for state in session.entered() {
            out.text(&session.root().state(*state).name);
        }
    }
}

fn read_end(
    read: &mut Reader<'_>,
    version: u8,
    id: &SessionId,
    catalog: &Catalog,
    phase: &mut Phase,
) -> Result<(), Unreadable> {
    if let Phase::Over(over) = phase {
        over.last = Some(Box::new(read_session(read, version, id, catalog)?));
    }
    let names: Option<Vec<String>> = list(read, |read| read.text().map(str::to_owned));
    let names = names.ok_or(Unreadable::Damaged)?;
    let session = match phase {
        Phase::Live(session) => Some(session),
        Phase::Over(over) => over.last.as_mut(),
    };
    if let Some(session) = session {
        session.entered_by_name(names.iter().map(String::as_str));
    }
    Ok(())
}

fn read_head(read: &mut Reader<'_>) -> Option<Call> {
    let id = SessionId::new(read.text()?)?;
    let turns = read.u16()?;
    let answers: Vec<(EventKey, Answer)> = list(read, |read| {
        Some((EventKey::from_u64(read.u64()?), read_answer(read)?))
    })?;
    let known: Vec<EventKey> = list(read, |read| read.u64().map(EventKey::from_u64))?;
    let is_empty = answers.is_empty() && known.is_empty();
    let kept = Kept::restored(&answers, known)?;
    let leg = read.option(read_leg)?;
    Some(Call {
        phase: Phase::over_with(id, None),
        kept: (!is_empty).then(|| Box::new(kept)),
        turns,
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
    out.text(session.root().name());
    out.u64(session.root().revision().0);
    write_facts(out, session.facts());
    let mut levels = session.levels();
    let innermost = levels.pop();
    out.count(levels.len());
    for level in &levels {
        out.text(level.state_name());
        let sub = level.flow().run_in(level.place.state);
        out.text(sub.map_or("", |(_, sub)| sub.name()));
        write_level(out, level);
        write_counters(out, level.counters);
        out.option(level.input.as_str(), Writer::text);
        write_visits(out, level);
        out.text(level.lang_name());
    }
    let session = innermost.as_ref().unwrap_or(session);
    write_level(out, session);
    out.text(session.state_name());
    write_stage(out, &session.place.stage);
    write_counters(out, session.counters);
    out.option(session.input.as_str(), Writer::text);
    out.option(session.leg(), write_leg);
    out.option(session.ringing(), |out, number| out.u64(number.as_u64()));
    write_visits(out, session);
    out.u8(session.faults);
    out.u8(session.counters.sent_back);
    out.text(session.lang_name());
}

/// The variables of the flow that runs.
fn write_level(out: &mut Writer, session: &Session) {
    let flow = session.flow();
    out.count(flow.variables().len());
    for (index, variable) in flow.variables().iter().enumerate() {
        let var = VarId(index as u8);
        out.text(&variable.name);
        out.flag(session.set.contains(var));
        out.flag(session.lost.contains(var));
        write_value(out, session.var(var));
    }
}

fn write_counters(out: &mut Writer, counters: Counters) {
    for counter in [
        counters.failures,
        counters.prompts,
        counters.refusals,
        counters.streak,
    ] {
        out.u8(counter);
    }
}

fn read_counters(read: &mut Reader<'_>) -> Option<Counters> {
    Some(Counters {
        failures: read.u8()?,
        prompts: read.u8()?,
        refusals: read.u8()?,
        streak: read.u8()?,
        sent_back: 0,
    })
}

fn write_visits(out: &mut Writer, session: &Session) {
    let flow = session.flow();
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

/// The variables of a flow, by name, each with whether it was set and is lost.
type Level = Vec<(Box<str>, bool, bool, Value)>;

fn read_level(read: &mut Reader<'_>) -> Option<Level> {
    list(read, |read| {
        let name = read.text()?.into();
        Some((name, read.flag()?, read.flag()?, read_value(read, 0)?))
    })
}

fn read_visits(read: &mut Reader<'_>) -> Option<Vec<(Box<str>, u16)>> {
    list(read, |read| Some((read.text()?.into(), read.u16()?)))
}

impl Session {
    /// Takes over what was stored of the flow that runs.
    fn take(&mut self, level: Level, visits: &[(Box<str>, u16)]) {
        let flow = Arc::clone(self.flow());
        self.forget_visits();
        for (name, set, lost, value) in level {
            // One that the flow no longer has, or has with another type, is left out.
            if let Some(var) = flow.variable_named(&name)
                && set
                && self.assign(var, value)
                && lost
            {
                self.lost.insert(var);
            }
        }
        for (name, visits) in visits {
            if let Some(state) = flow.state_named(name) {
                self.set_visits(state, *visits);
            }
        }
    }

    /// Takes over what was stored of a flow that waits, and goes into the one that it
    /// runs. False where it does not run that any more.
    fn take_waiting(&mut self, waiting: Waiting) -> bool {
        self.take(waiting.level, &waiting.visits);
        (self.counters, self.input) = (waiting.counters, waiting.input);
        let flow = Arc::clone(self.flow());
        self.lang = flow.language_named(&waiting.lang).unwrap_or_default();
        let state = flow.state_named(&waiting.state);
        let Some((state, (_, sub))) = state.and_then(|id| Some((id, flow.run_in(id)?))) else {
            return false;
        };
        self.place = Place {
            state,
            stage: Stage::Kind,
        };
        if *sub.name() != *waiting.sub {
            return false;
        }
        self.descend();
        true
    }
}

/// What is stored of a flow that waits for a sub-flow.
struct Waiting {
    /// The state that runs the sub-flow, and its name.
    state: Box<str>,
    sub: Box<str>,
    level: Level,
    counters: Counters,
    input: Input,
    visits: Vec<(Box<str>, u16)>,
    /// The name of the language that is spoken there.
    lang: Box<str>,
}

fn read_waiting(read: &mut Reader<'_>) -> Option<Waiting> {
    Some(Waiting {
        state: read.text()?.into(),
        sub: read.text()?.into(),
        level: read_level(read)?,
        counters: read_counters(read)?,
        input: Input::from(read.option(Reader::text)?),
        visits: read_visits(read)?,
        lang: read.text()?.into(),
    })
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
    session.set_entered(&[]);
    let waiting: Vec<Waiting> = match version {
        FOURTH.. => list(read, read_waiting)?,
        _ => Vec::new(),
    };
    let is_whole = waiting
        .into_iter()
        .all(|waiting| session.take_waiting(waiting));
    let level = read_level(read)?;
    let state: Box<str> = read.text()?.into();
    let stage = read_stage(read)?;
    let counters = read_counters(read)?;
    let input = Input::from(read.option(Reader::text)?);
    session.set_leg(read.option(read_leg)?);
    session.ring(read.option(|read| PhoneNumber::from_u64(read.u64()?).ok())?);
    let visits = read_visits(read)?;
    session.faults = read.u8()?;
    let sent_back = match version {
        SECOND.. => read.u8()?,
        _ => 0,
    };
    let lang = match version {
        THIRD.. => read.text()?,
        _ => "",
    };
    if is_whole {
        session.take(level, &visits);
        session.input = input;
        let flow = Arc::clone(session.flow());
        // One that the flow no longer has cannot be spoken.
        session.lang = flow.language_named(lang).unwrap_or_default();
        let fits = |state: &StateId| same_revision || stage.fits(&flow.state(*state).kind);
        if let Some(state) = flow.state_named(&state).filter(fits) {
            session.counters = Counters {
                sent_back,
                ..counters
            };
            session.place = Place { state, stage };
            return Some(session);
        }
    }
    // Not to be found in the flow as it is now: with the sub-flow anew, or from the
    // beginning.
    session.counters.streak = counters.streak;
    session.counters.sent_back = sent_back;
    let outermost = session.outermost();
    let runs = outermost.flow().run_in(outermost.place.state).is_some();
    if !runs || (is_whole && session.outer.is_none()) {
        session.start_over();
        return Some(session);
    }
    session = outermost;
    session.enter(session.place.state);
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
        Stage::Confirm(entry, n) => (5, *n, &***entry),
        Stage::Confirming(entry) => (6, 0, &***entry),
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
        return Some(Stage::Looking(Box::new(Begun {
            nth: n,
            turn: read.u16()?,
            since: read.option(|read| Timestamp::from_millisecond(read.u64()? as i64).ok())?,
        })));
    }
    let entry = read.text()?;
    Some(match code {
        0 => Stage::Enter,
        1 => Stage::Say(n),
        2 => Stage::Kind,
        3 => Stage::Ask(n),
        4 => Stage::Asking,
        5 => Stage::Confirm(Box::new(entry.into()), n),
        6 => Stage::Confirming(Box::new(entry.into())),
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
    out.option(
        facts.dialled_ref.as_ref().map(|text| &***text),
        Writer::text,
    );
    out.option(facts.leg, |out, leg| out.u64(leg.as_u64()));
    out.u64(facts.started_ms as u64);
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
        dialled_ref: read.option(|read| read.text().map(|text| Box::new(text.into())))?,
        leg: read.option(|read| read.u64().map(LegId::from_u64))?,
        started_ms: Timestamp::from_millisecond(read.u64()? as i64)
            .ok()?
            .as_millisecond(),
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
