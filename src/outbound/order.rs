//! What is ordered, and whether it can be done.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::call::{PhoneNumber, Value};
use crate::flow::{Catalog, Flow, VarId, VarType, did_you_mean};
use crate::live::Pair;

/// For how long a call may be started where nobody says so, in seconds.
pub const VALID_FOR_S: u64 = 60 * 60;
/// The longest time in which one may be started, in seconds.
const MAX_VALID_FOR_S: u64 = 7 * 24 * 60 * 60;

/// A call that is to be started. It may hold secrets, so it is never shown.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallOrder {
    pub flow: String,
    /// Who is called.
    pub to: String,
    /// One of the flow's own numbers; the first of them where it is left out.
    #[serde(default)]
    pub from: Option<String>,
    /// Variables that are set when the call begins.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
    /// How long the call may be started from now on, in seconds; an hour where it is left
    /// out.
    #[serde(default)]
    pub valid_for_s: Option<u64>,
    /// The text of a scenario, whose caller takes the call. Only an emulator has such
    /// callers.
    #[serde(default)]
    pub caller: Option<String>,
}

/// Why an order is not carried out, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefused {
    /// There is no such flow, or no such job.
    #[error("{0}")]
    Unknown(String),
    #[error("{0}")]
    Wrong(String),
    /// The server has no access to the platform's API, or is stopping.
    #[error("{0}")]
    Unable(String),
    #[error("too many calls are under way; wait until some are over")]
    Full,
    #[error("it cannot be kept: {0}")]
    NotKept(String),
}

/// A call that can be started.
#[derive(Clone)]
pub(super) struct Placed {
    pub flow: Arc<Flow>,
    /// Our number, and the person's.
    pub pair: Pair,
    pub values: Vec<(VarId, Value)>,
    valid_for: SignedDuration,
}

impl Placed {
    /// The order of a call of these flows.
    pub fn of(order: &CallOrder, catalog: &Catalog) -> Result<Self, OrderRefused> {
        let flow = flow(catalog, &order.flow)?;
        let wrong = OrderRefused::Wrong;
        let to = number("to", &order.to).map_err(wrong)?;
        let from = source(&flow, catalog, order.from.as_deref()).map_err(wrong)?;
        let mut values = Vec::new();
        for (name, value) in &order.with {
            values.push(accepted(&flow, name, value).map_err(wrong)?);
        }
        Ok(Placed {
            flow,
            pair: (from, to),
            values,
            valid_for: valid_for(order.valid_for_s).map_err(wrong)?,
        })
    }

    /// Until when it may be started, if it is ordered now.
    pub fn until(&self, now: Timestamp) -> Timestamp {
        let until = now.checked_add(self.valid_for).unwrap_or(Timestamp::MAX);
        // The platform is told whole seconds.
        Timestamp::from_second(until.as_second()).unwrap_or(until)
    }
}

/// The flow of this name.
pub(super) fn flow(catalog: &Catalog, name: &str) -> Result<Arc<Flow>, OrderRefused> {
    if let Some(flow) = catalog.named(name) {
        return Ok(Arc::clone(flow));
    }
    let known = catalog.flows().iter().map(|flow| flow.name());
    let help = match catalog.is_empty() {
        true => "none is live".to_owned(),
        false => did_you_mean(name, known, "the flows are"),
    };
    Err(OrderRefused::Unknown(format!(
        "there is no flow `{name}`; {help}"
    )))
}

pub(super) fn number(what: &str, text: &str) -> Result<PhoneNumber, String> {
    text.parse().map_err(|error| {
        format!("`{what}` is no phone number, `{text}`: {error}; write one such as `+6591234567`")
    })
}

/// The number that is called from: one that leads back to the flow, so that the call finds
/// it again when the server has forgotten it.
pub(super) fn source(
    flow: &Arc<Flow>,
    catalog: &Catalog,
    from: Option<&str>,
) -> Result<PhoneNumber, String> {
    let name = flow.name();
    let own: Vec<String> = flow.numbers().iter().map(ToString::to_string).collect();
    let Some(from) = from.filter(|from| !from.trim().is_empty()) else {
        return match flow.numbers().first() {
            Some(first) => Ok(*first),
            None if flow.takes_any() => Err(format!(
                "`{name}` takes every number and names none; say from which of yours to call, \
                 as in `--from +6561115777`"
            )),
            None => Err(format!(
                "`{name}` has no number to call from; write one of your virtual numbers into \
                 its `numbers`"
            )),
        };
    };
    let from = number("from", from)?;
    let answers = catalog.answering(Some(from));
    if answers.is_some_and(|answers| answers.name() == name) {
        return Ok(from);
    }
    let help = match own.as_slice() {
        [] if flow.takes_any() => "another flow has it".to_owned(),
        [] => "it has none; write the number into its `numbers`".to_owned(),
        own => format!("it has {}", own.join(", ")),
    };
    Err(format!(
        "`{from}` is no number of `{name}`, so the call could not find its flow; {help}"
    ))
}

/// A variable and the value that it is given. The value is not in the error: it may be a
/// secret.
pub(super) fn accepted(flow: &Flow, name: &str, value: &str) -> Result<(VarId, Value), String> {
    let Some(var) = flow.variable_named(name) else {
        let known = flow.variables().iter().map(|var| &*var.name);
        let help = match flow.variables().is_empty() {
            true => "it has none".to_owned(),
            false => did_you_mean(name, known, "they are"),
        };
        return Err(format!(
            "`{}` has no variable `{name}`; {help}",
            flow.name()
        ));
    };
    match flow.variable(var).accept(Value::text(value)) {
        Some(value) => Ok((var, value)),
        None => Err(format!(
            "the value for `{name}` is not of its type: {}",
            takes(flow.variable(var).kind)
        )),
    }
}

fn takes(kind: Option<VarType>) -> &'static str {
    match kind {
        Some(VarType::Number) => "it takes a number",
        Some(VarType::Flag) => "it takes `true` or `false`",
        Some(VarType::Digits) => "it takes digits alone",
        Some(VarType::List | VarType::Map) => "it takes more than a text, and is set by the flow",
        Some(VarType::Text) | None => "it takes a text of up to 4096 bytes",
    }
}

pub(super) fn valid_for(seconds: Option<u64>) -> Result<SignedDuration, String> {
    match seconds.unwrap_or(VALID_FOR_S) {
        seconds @ 1..=MAX_VALID_FOR_S => Ok(SignedDuration::from_secs(seconds as i64)),
        _ => Err("the time in which a call may be started is 1 s to 7 days".to_owned()),
    }
}
