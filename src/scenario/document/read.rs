//! A test file, from its text to scenarios of a flow.

use std::sync::Arc;

use crate::call::PhoneNumber;
use crate::flow::yaml::{self, Body, Entry, Map, Node};
use crate::flow::{Code, Findings, Flow, Located, Span, did_you_mean, written};
use crate::machine::Sides;

use super::super::backend::Stub;
use super::names::Names;
use super::values::{self, When};
use super::{Scenario, Survives, TestFile, steps, stubs, tables};

/// Who calls where nobody is named.
pub(super) const USUAL_CALLER: &str = "+6591234567";

/// The flow of a test file, by its name.
pub enum Wanted {
    Flow(Arc<Flow>),
    /// There is a flow of this name, which does not compile and was told so.
    Broken,
    /// There is none; these are there.
    Unknown(Vec<String>),
}

/// Reads a test file. `None` where it is for no flow that runs; all that is wrong with
/// it is in `findings`.
pub fn read(
    findings: &mut Findings,
    usual_flow: &str,
    find: impl Fn(&str) -> Wanted,
) -> Option<TestFile> {
    let Some(root) = yaml::read(findings, is_key) else {
        if !findings.have_errors() {
            findings
                .add(Code::MissingKey, Span::default(), "the file is empty")
                .help("a test file begins with `flow: NAME` and `scenarios:`");
        }
        return None;
    };
    let map = map_of(findings, &root, "a test file")?;
    let keys = tables::names(tables::FILE);
    let all_known = refuse_unknown(findings, map, &keys, "the keys of a test file are");
    let flow = flow(findings, map, usual_flow, find);
    let stubs = entry(map, "stubs").map(|entry| stubs::stubs(findings, &entry.value));
    let from = entry(map, "from").and_then(|entry| values::caller(findings, &entry.value));
    let at = entry(map, "at").and_then(|entry| values::when(findings, &entry.value));
    let outbound =
        entry(map, "direction").and_then(|entry| values::outbound(findings, &entry.value));
    let Some(scenarios) = entry(map, "scenarios") else {
        let first = Span::new(root.at.start, root.at.start + 1);
        if all_known {
            findings
                .add(Code::MissingKey, first, "the file has no `scenarios`")
                .help("write them under `scenarios:`, each with `- name:` and `call:`");
        }
        return None;
    };
    let flow = flow?;
    let names = Names { flow: &flow };
    let mut sides = Sides::default();
    if let Some(split) = entry(map, "split") {
        names.sides(findings, &split.value, &mut sides);
    }
    let file_stubs = stubs.unwrap_or_default();
    let usual = Usual {
        from: from.unwrap_or_else(|| USUAL_CALLER.to_owned()),
        at: at.unwrap_or_else(When::usual),
        sides,
        outbound: outbound.unwrap_or(false),
        stubs: file_stubs.clone(),
        names,
    };
    let scenarios = scenario_list(findings, &scenarios.value, &usual);
    Some(TestFile {
        file: Arc::clone(findings.file()),
        flow,
        scenarios,
        stubs: file_stubs.into(),
    })
}

/// Reads nothing but the `stubs` of all scenarios.
pub fn read_stubs(findings: &mut Findings) -> Vec<Stub> {
    let root = yaml::read(findings, is_key);
    let map = root
        .as_ref()
        .and_then(|root| map_of(findings, root, "a test file"));
    let written = map.and_then(|map| entry(map, "stubs"));
    written.map_or_else(Vec::new, |entry| stubs::stubs(findings, &entry.value))
}

pub(super) fn is_key(word: &str) -> bool {
    let mut known = tables::FILE.iter().chain(tables::SCENARIO);
    known.any(|key| key.name == word)
}

fn flow(
    findings: &mut Findings,
    map: &Map,
    usual_flow: &str,
    find: impl Fn(&str) -> Wanted,
) -> Option<Arc<Flow>> {
    let name = match entry(map, "flow") {
        Some(entry) => written::word(findings, &entry.value, "flow")?,
        None => Located::new(usual_flow.to_owned(), Span::default()),
    };
    match find(&name.value) {
        Wanted::Flow(flow) => Some(flow),
        Wanted::Broken => None,
        Wanted::Unknown(known) => {
            let help = match known.is_empty() {
                true => "the project has no flow that is read; write one into `flows/`".to_owned(),
                false => {
                    let known = known.iter().map(String::as_str);
                    did_you_mean(&name.value, known, "the flows are")
                }
            };
            findings
                .add(
                    Code::UnknownFlow,
                    name.at,
                    format!("there is no flow `{}` to test", name.value),
                )
                .help(help);
            None
        }
    }
}

/// What holds for all scenarios of a file.
struct Usual<'a> {
    from: String,
    at: When,
    sides: Sides,
    outbound: bool,
    stubs: Vec<Stub>,
    names: Names<'a>,
}

fn scenario_list(findings: &mut Findings, node: &Node, usual: &Usual<'_>) -> Vec<Scenario> {
    let Body::List(items) = &node.body else {
        findings
            .add(
                Code::WrongShape,
                node.at,
                format!("`scenarios` is a list, and this is {}", node.shape()),
            )
            .help("begin each scenario with `- name:`");
        return Vec::new();
    };
    let mut all: Vec<Scenario> = Vec::new();
    for item in items {
        let Some(scenario) = scenario(findings, item, usual) else {
            continue;
        };
        let name = &scenario.name;
        if let Some(other) = all.iter().find(|other| other.name.value == name.value) {
            findings
                .add(
                    Code::DuplicateKey,
                    name.at,
                    format!("two scenarios are called `{}`", name.value),
                )
                .help("give one of the two another name")
                .related(other.name.at, "the first is here");
        }
        all.push(scenario);
    }
    all
}

fn scenario(findings: &mut Findings, node: &Node, usual: &Usual<'_>) -> Option<Scenario> {
    let map = map_of(findings, node, "a scenario")?;
    let keys = tables::names(tables::SCENARIO);
    let all_known = refuse_unknown(findings, map, &keys, "the keys of a scenario are");
    let names = &usual.names;
    let get = |key: &str| entry(map, key).map(|entry| &entry.value);
    let mut required = |key: &str, help: &str| {
        let found = entry(map, key);
        if found.is_none() && all_known {
            let first = map.entries.first().map_or(node.at, |entry| entry.key.at);
            findings
                .add(
                    Code::MissingKey,
                    first,
                    format!("the scenario has no `{key}`"),
                )
                .help(help);
        }
        found
    };
    let name = required(
        "name",
        "say what it shows, as in `name: silence gives up politely`",
    );
    let call = required(
        "call",
        "write its steps, as in `call: [hears: Welcome, press: 1]`",
    );
    let name = name.and_then(|entry| written::text(findings, &entry.value, "name"));
    let steps = call.map(|entry| steps::steps(findings, &entry.value, Some(names)));
    let from = get("from").and_then(|node| values::caller(findings, node));
    let when = get("at").and_then(|node| values::when(findings, node));
    let when = when.unwrap_or_else(|| usual.at.clone());
    let (at, shown_at) = when.in_zone(names.flow.zone()).unwrap_or_default();
    let never = get("never").map(|node| steps::never(findings, node, Some(names)));
    let strict = get("strict").and_then(|node| values::flag(findings, node, "strict"));
    let faults = get("faults").and_then(|node| values::only_true(findings, node, "faults"));
    let states = get("states").map(|node| names.states(findings, node));
    let vars = get("vars").map(|node| names.expected(findings, node));
    let given = get("with").map(|node| names.given(findings, node));
    let outbound = get("direction").and_then(|node| values::outbound(findings, node));
    let outbound = outbound.unwrap_or(usual.outbound);
    let from = from.unwrap_or_else(|| usual.from.clone());
    if outbound && from.parse::<PhoneNumber>().is_err() {
        let at = entry(map, "from").map_or(node.at, |entry| entry.value.at);
        findings
            .add(
                Code::BadValue,
                at,
                format!("`{from}` is nobody who can be called"),
            )
            .help("write the number of the person, as in `from: +6591234567`");
    }
    let mut sides = usual.sides.clone();
    if let Some(split) = get("split") {
        names.sides(findings, split, &mut sides);
    }
    let mut stubs = get("stubs").map_or_else(Vec::new, |node| stubs::stubs(findings, node));
    stubs.extend_from_slice(&usual.stubs);
    let survives = survives(findings, map);
    Some(Scenario {
        name: name?.map(|scalar| scalar.text.trim().to_owned()),
        from,
        at,
        shown_at,
        steps: steps?,
        never: never.unwrap_or_default(),
        strict: strict.unwrap_or(false),
        states,
        vars: vars.unwrap_or_default(),
        survives,
        faults: faults.is_some(),
        sides,
        outbound,
        given: given.unwrap_or_default(),
        stubs: stubs.into(),
    })
}

/// Under what it is run again. Who names fewer than all says why.
fn survives(findings: &mut Findings, map: &Map) -> Survives {
    let because =
        entry(map, "because").and_then(|entry| written::text(findings, &entry.value, "because"));
    let Some(named) = entry(map, "survives") else {
        return Survives::ALL;
    };
    let mut survives = Survives {
        duplicates: false,
        restarts: false,
        reload: false,
        lost: false,
    };
    let items = match &named.value.body {
        Body::List(items) => items.as_slice(),
        _ => std::slice::from_ref(&named.value),
    };
    for item in items {
        let Some(word) = written::word(findings, item, "survives") else {
            continue;
        };
        match word.value.as_str() {
            "duplicates" => survives.duplicates = true,
            "restarts" => survives.restarts = true,
            "reload" => survives.reload = true,
            "lost" => survives.lost = true,
            other => {
                let help = did_you_mean(other, Survives::WORDS, "a call survives");
                findings
                    .add(
                        Code::BadValue,
                        word.at,
                        format!("`{other}` is nothing that a call survives"),
                    )
                    .help(help);
                return Survives::ALL;
            }
        }
    }
    if survives != Survives::ALL && because.is_none() {
        findings
            .add(
                Code::MissingKey,
                named.key.at,
                "a scenario that survives less than everything says why",
            )
            .help("write `because: REASON` below it, or take `survives` out");
    }
    survives
}

pub(super) fn entry<'a>(map: &'a Map, key: &str) -> Option<&'a Entry> {
    map.entries.iter().find(|entry| entry.key.value == key)
}

pub fn map_of<'a>(findings: &mut Findings, node: &'a Node, what: &str) -> Option<&'a Map> {
    if let Body::Map(map) = &node.body {
        return Some(map);
    }
    let message = format!(
        "{what} holds keys with values, and this is {}",
        node.shape()
    );
    findings
        .add(Code::WrongShape, node.at, message)
        .help("write each key on a line of its own, with `: ` between it and its value");
    None
}

/// Reports keys that are not among `known`. False where there was one: what seems to be
/// missing may be it.
pub fn refuse_unknown(
    findings: &mut Findings,
    map: &Map,
    known: &[&'static str],
    otherwise: &str,
) -> bool {
    if map.in_braces && written::comma_cut(findings, map, known) {
        return false;
    }
    let mut all_known = true;
    for entry in &map.entries {
        let key = entry.key.value.as_str();
        if !known.contains(&key) {
            all_known = false;
            let help = did_you_mean(key, known.iter().copied(), otherwise);
            findings
                .add(
                    Code::UnknownKey,
                    entry.key.at,
                    format!("there is no key `{key}` here"),
                )
                .help(help);
        }
    }
    all_known
}
