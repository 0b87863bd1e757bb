//! One scenario of a test file, read without the flow that it is for.

use super::read::{USUAL_CALLER, entry, is_key, map_of};
use super::{Never, Step, steps, values};
use crate::flow::yaml::{self, Body, Map};
use crate::flow::{Code, Findings, Located, Span};

/// What a telephone needs of a scenario.
pub struct Alone {
    pub name: String,
    pub from: String,
    pub outbound: bool,
    pub steps: Vec<Located<Step>>,
    pub never: Vec<Located<Never>>,
}

/// The scenario of this name, or the first. `None` where there is none; what is wrong with it
/// is in `findings`. The other scenarios are not looked at.
pub fn alone(findings: &mut Findings, name: Option<&str>) -> Option<Alone> {
    let root = yaml::read(findings, is_key)?;
    let map = map_of(findings, &root, "a test file")?;
    let Body::List(items) = &entry(map, "scenarios")?.value.body else {
        return None;
    };
    let maps = items.iter().filter_map(|item| match &item.body {
        Body::Map(map) => Some(map),
        _ => None,
    });
    let named = |map: &&Map| name.is_none() || name_of(map).as_deref() == name;
    let scenario = maps.into_iter().find(named)?;
    let Some(call) = entry(scenario, "call") else {
        let at = scenario
            .entries
            .first()
            .map_or(Span::default(), |first| first.key.at);
        findings
            .add(Code::MissingKey, at, "the scenario has no `call`")
            .help("write its steps, as in `call: [hears: Welcome, press: 1]`");
        return None;
    };
    let steps = steps::steps(findings, &call.value, None);
    let never = entry(scenario, "never");
    let never = never.map(|never| steps::never(findings, &never.value, None));
    // A scenario's own before those of the file.
    let found = |key| entry(scenario, key).or_else(|| entry(map, key));
    let from = found("from").and_then(|from| values::caller(findings, &from.value));
    let outbound = found("direction").and_then(|way| values::outbound(findings, &way.value));
    Some(Alone {
        name: name_of(scenario).unwrap_or_default(),
        from: from.unwrap_or_else(|| USUAL_CALLER.to_owned()),
        outbound: outbound.unwrap_or(false),
        steps,
        never: never.unwrap_or_default(),
    })
}

fn name_of(scenario: &Map) -> Option<String> {
    // What is wrong with a name is told by whoever checks the file.
    match &entry(scenario, "name")?.value.body {
        Body::Scalar(scalar) => Some(scalar.text.trim().to_owned()),
        _ => None,
    }
}
