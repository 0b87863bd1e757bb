//! What has to hold of a call as a whole: its variables, the states it went through, and
//! what must never be.

use crate::call::Value;
use crate::flow::{At, Flow, Span};
use crate::machine::{Session, entered};
use crate::phone::Heard;

use super::document::{Expected, Never, Scenario};
use super::talk::Turn;
use super::words::{shown, words};

/// What does not hold, and where in the test file.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmet {
    pub at: Span,
    pub what: String,
    /// The place in a flow or script file that is the reason, as `file:line:column`.
    pub place: Option<String>,
}

pub fn unmet(at: Span, what: String) -> Result<(), Unmet> {
    Err(Unmet {
        at,
        what,
        place: None,
    })
}

/// The variables are as they are expected. The value of a secret one is not told.
pub fn vars(flow: &Flow, session: Option<&Session>, vars: &[Expected]) -> Result<(), Unmet> {
    let session = session.filter(|session| session.root().name() == flow.name());
    let session = session.map(Session::outermost);
    let session = session.as_ref();
    for expected in vars {
        let variable = flow.variable(expected.var);
        let name = &variable.name;
        let Some(session) = session else {
            return unmet(
                expected.at,
                format!("there is no call in which `{name}` is"),
            );
        };
        if session.holds(expected.var, &Value::text(&expected.value)) {
            continue;
        }
        let is = match session.shown(expected.var) {
            _ if variable.secret => "something else, which is secret".to_owned(),
            is if is.is_empty() => "nothing".to_owned(),
            is => format!("`{is}`"),
        };
        let what = match variable.secret {
            true => format!("`{name}` is {is}"),
            false => format!("`{name}` is {is}, and not `{}`", expected.value),
        };
        return unmet(expected.at, what);
    }
    Ok(())
}

/// Nothing is heard or dialled that must never be.
pub fn never(scenario: &Scenario, heard: &[Heard], turns: &[Turn]) -> Result<(), Unmet> {
    for never in &scenario.never {
        let met = |(index, heard): &(usize, &Heard)| match (&never.value, heard) {
            (Never::Hears(pattern), heard) => {
                let spoken = spoken(turns, *index);
                words(heard).is_some_and(|words| pattern.end_in(&words, 0, &spoken).is_some())
            }
            (Never::Dialled(number), Heard::Dialled { to, .. }) => *to == number.to_string(),
            (Never::Dialled(_), _) => false,
        };
        if let Some((_, heard)) = heard.iter().enumerate().find(met) {
            return unmet(never.at, format!("this must never be: {}", shown(heard)));
        }
    }
    Ok(())
}

/// The languages that were spoken when this was heard, by their names.
pub fn spoken(turns: &[Turn], heard: usize) -> Vec<Box<str>> {
    let before = turns.iter().rev().find(|turn| turn.heard_before <= heard);
    before.map(|turn| turn.traced.spoken()).unwrap_or_default()
}

/// The call went through the states that are expected, and through no others.
pub fn states(scenario: &Scenario, flow: &Flow, turns: &[Turn]) -> Result<(), Unmet> {
    let Some(expected) = &scenario.states else {
        return Ok(());
    };
    let walked = turns.iter().flat_map(|turn| entered(&turn.traced.path));
    let walked: Vec<At> = walked.collect();
    let name = |at: At| flow.shown_state(at);
    for (index, state) in expected.iter().enumerate() {
        let wanted = name(state.value);
        let what = match walked.get(index) {
            Some(id) if *id == state.value => continue,
            Some(id) => format!("the call comes to `{}`, and not to `{wanted}`", name(*id)),
            None => format!("the call does not come to `{wanted}`"),
        };
        return unmet(state.at, what);
    }
    match walked.get(expected.len()) {
        None => Ok(()),
        Some(id) => {
            let last = expected.last().map_or(scenario.name.at, |state| state.at);
            unmet(last, format!("the call goes on to `{}`", name(*id)))
        }
    }
}
