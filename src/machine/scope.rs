//! What an expression can read: the flow's variables and what is known of the call.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::call::{Country, Ending, Party, Value};
use crate::flow::VarId;
use crate::script::{Context, Rows};

use super::session::Session;

/// An entry that is being judged, before it is kept.
#[derive(Clone)]
pub(super) struct Candidate {
    pub entry: Arc<str>,
    /// Under which name it will be kept.
    pub save: Option<VarId>,
}

pub(super) struct Scope<'a> {
    pub session: &'a Session,
    pub now: Timestamp,
    pub candidate: Option<&'a Candidate>,
    /// How the call ended, where it did.
    pub ending: Option<&'a Ending>,
}

impl Context for Scope<'_> {
    fn variable(&self, name: &str) -> Value {
        if let Some(var) = self.session.flow().variable_named(name) {
            return self.flow_variable(var);
        }
        match name {
            "input" => self.input(),
            "caller" => self.caller(),
            "dialled" => self.dialled(),
            "session" => self.session(),
            "leg" => self.leg(),
            "now" => self.now(),
            "lang" => Value::text(self.lang()),
            name => self
                .ending
                .map_or(Value::Nothing, |end| self.end(end, name)),
        }
    }

    fn visits(&self, state: &str) -> u32 {
        let Some(id) = self.session.flow().state_named(state) else {
            return 0;
        };
        u32::from(self.session.visits(id))
    }

    fn rows(&self) -> Arc<dyn Rows> {
        self.session.flow().tables().clone()
    }

    fn lang(&self) -> &str {
        self.session.lang_name()
    }

    fn zone(&self) -> &TimeZone {
        self.session.flow().zone()
    }
}

impl Scope<'_> {
    fn flow_variable(&self, var: VarId) -> Value {
        match self.candidate {
            Some(candidate) if candidate.save == Some(var) => {
                let value = Value::Text(Arc::clone(&candidate.entry));
                let variable = self.session.flow().variable(var);
                variable.accept(value).unwrap_or_default()
            }
            _ => self.session.var(var).clone(),
        }
    }

    /// What is known of a call that is over.
    fn end(&self, ending: &Ending, name: &str) -> Value {
        match name {
            "outcome" => Value::text(&ending.outcome),
            "duration" => {
                let started = self.session.facts().started();
                let since = self.now.duration_since(started).as_secs().max(0);
                Value::Int(ending.seconds.map_or(since, i64::from))
            }
            "path" => {
                let flow = self.session.flow();
                let entered = self.session.entered().iter();
                Value::List(
                    entered
                        .map(|id| Value::text(&flow.state(*id).name))
                        .collect(),
                )
            }
            _ => Value::Nothing,
        }
    }

    fn input(&self) -> Value {
        match self.candidate {
            Some(candidate) => Value::Text(Arc::clone(&candidate.entry)),
            None => Value::text(self.session.input.as_str().unwrap_or_default()),
        }
    }

    fn caller(&self) -> Value {
        let facts = self.session.facts();
        let mut fields = party(&facts.caller, facts.caller_country);
        let known = facts.caller.number().is_some();
        fields.insert("known".into(), Value::Flag(known));
        map(fields)
    }

    fn dialled(&self) -> Value {
        let facts = self.session.facts();
        let mut fields = party(&facts.dialled, facts.dialled_country);
        let reference = facts.dialled_ref.as_ref();
        let reference = reference.map(|text| &***text).unwrap_or_default();
        fields.insert("ref".into(), Value::text(reference));
        map(fields)
    }

    fn session(&self) -> Value {
        let facts = self.session.facts();
        let started = facts
            .started()
            .to_zoned_datetime(self.session.flow().zone().clone());
        map(BTreeMap::from([
            ("id".into(), Value::text(facts.id.as_str())),
            ("direction".into(), Value::text(facts.direction.word())),
            ("type".into(), Value::text(facts.medium.word())),
            (
                "started".into(),
                Value::text(&started.strftime("%Y-%m-%dT%H:%M:%S").to_string()),
            ),
        ]))
    }

    fn leg(&self) -> Value {
        let (outcome, sip_code, seconds) = match self.session.leg() {
            Some(leg) => (leg.outcome.word(), leg.sip_code, leg.seconds),
            None => ("", 0, 0),
        };
        map(BTreeMap::from([
            ("outcome".into(), Value::text(outcome)),
            ("sip_code".into(), Value::Int(i64::from(sip_code))),
            ("seconds".into(), Value::Int(i64::from(seconds))),
        ]))
    }

    /// The time in the flow's zone, by its parts and as texts.
    fn now(&self) -> Value {
        let now = self
            .now
            .to_zoned_datetime(self.session.flow().zone().clone());
        let weekday = match now.weekday() {
            Weekday::Monday => "mon",
            Weekday::Tuesday => "tue",
            Weekday::Wednesday => "wed",
            Weekday::Thursday => "thu",
            Weekday::Friday => "fri",
            Weekday::Saturday => "sat",
            Weekday::Sunday => "sun",
        };
        map(BTreeMap::from([
            ("year".into(), Value::Int(i64::from(now.year()))),
            ("month".into(), Value::Int(i64::from(now.month()))),
            ("day".into(), Value::Int(i64::from(now.day()))),
            ("hour".into(), Value::Int(i64::from(now.hour()))),
            ("minute".into(), Value::Int(i64::from(now.minute()))),
            ("weekday".into(), Value::text(weekday)),
            (
                "date".into(),
                Value::text(&now.strftime("%Y-%m-%d").to_string()),
            ),
            (
                "time".into(),
                Value::text(&now.strftime("%H:%M").to_string()),
            ),
        ]))
    }
}

fn party(party: &Party, country: Option<Country>) -> BTreeMap<Box<str>, Value> {
    let country = country.as_ref().map(Country::as_str).unwrap_or_default();
    BTreeMap::from([
        ("number".into(), Value::text(&party.to_string())),
        ("country".into(), Value::text(country)),
    ])
}

fn map(fields: BTreeMap<Box<str>, Value>) -> Value {
    Value::Map(Arc::new(fields))
}
