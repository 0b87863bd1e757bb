//! The steps of a conversation, one word with its value each.

use crate::flow::yaml::{Body, Map, Node};
use crate::flow::{Code, Findings, Located, did_you_mean};

use super::names::Names;
use super::tables::{self, Shape};
use super::values;
use super::{Never, Step};

/// The steps of a list. Without the names of a flow, what speaks of the inside of a call is
/// left out, and so is a step that is wrong.
pub fn steps(
    findings: &mut Findings,
    node: &Node,
    names: Option<&Names<'_>>,
) -> Vec<Located<Step>> {
    let Body::List(items) = &node.body else {
        findings
            .add(
                Code::WrongShape,
                node.at,
                format!("`call` is a list of steps, and this is {}", node.shape()),
            )
            .help("write each step on a line of its own, as in `- press: 1`");
        return Vec::new();
    };
    if items.is_empty() {
        findings
            .add(Code::EmptyValue, node.at, "`call` is empty")
            .help("write each step on a line of its own, as in `- hears: Welcome`");
    }
    items
        .iter()
        .filter_map(|item| step(findings, item, names))
        .collect()
}

fn step(findings: &mut Findings, node: &Node, names: Option<&Names<'_>>) -> Option<Located<Step>> {
    let flow = names.map(|names| names.flow);
    let map = match &node.body {
        Body::Map(map) => map,
        Body::Scalar(scalar) => {
            no_step(findings, node, scalar.text.trim());
            return None;
        }
        _ => {
            findings
                .add(
                    Code::WrongShape,
                    node.at,
                    format!(
                        "a step is one word with its value, and this is {}",
                        node.shape()
                    ),
                )
                .help("write `- WORD: VALUE`, as in `- press: 1`");
            return None;
        }
    };
    let [only] = map.entries.as_slice() else {
        let second = map.entries.get(1).map_or(node.at, |entry| entry.key.at);
        findings
            .add(
                Code::WrongShape,
                second,
                "a step has one word, and this is a second one",
            )
            .help("write it as a step of its own, with `- ` in front");
        return None;
    };
    let (key, value) = (only.key.value.as_str(), &only.value);
    let step = match key {
        "hears" => Step::Hears(values::pattern(findings, value, key, flow)?.value),
        "press" => Step::Press(values::keys(findings, value)?),
        "silence" => values::only_true(findings, value, key).map(|()| Step::Silence)?,
        "dialled" => Step::Dialled(values::number(findings, value, key)?),
        "leg" => Step::Leg(values::leg(findings, value)?),
        "wait" => Step::Wait(values::duration(findings, value, key)?),
        "hangs_up" => values::only_true(findings, value, key).map(|()| Step::HangsUp)?,
        "hung_up" => values::only_true(findings, value, key).map(|()| Step::HungUp)?,
        "looked_up" => {
            let (method, url) = super::stubs::request(findings, value)?;
            names.map(|_| Step::LookedUp(method, url))?
        }
        "vars" => Step::Vars(names?.expected(findings, value)),
        _ => {
            findings
                .add(
                    Code::UnknownKey,
                    only.key.at,
                    format!("there is no step `{key}`"),
                )
                .help(did_you_mean(
                    key,
                    tables::names(tables::STEP),
                    "the steps are",
                ));
            return None;
        }
    };
    Some(Located::new(step, only.key.at))
}

/// A text where a step should be: a word without its value, or the rest of a text that
/// was cut at a comma.
fn no_step(findings: &mut Findings, node: &Node, text: &str) {
    // Some steps have nothing to say but that they happen.
    let mut bare = tables::STEP.iter().filter(|key| key.shape == Shape::True);
    let help = if bare.any(|key| key.name == text) {
        format!("write `{text}: true`")
    } else if let Some((word, value)) = text.split_once(':') {
        format!("write a space behind the `:`, as in `{word}: {value}`")
    } else {
        "inside `[…]` a comma ends the text in front of it: put that text in quotes, or the steps on lines of their own".to_owned()
    };
    findings
        .add(
            Code::WrongShape,
            node.at,
            format!("`{text}` is no step, which is a word with its value"),
        )
        .help(help);
}

/// `{hears: …}`, `{dialled: …}`, or a list of those.
pub fn never(
    findings: &mut Findings,
    node: &Node,
    names: Option<&Names<'_>>,
) -> Vec<Located<Never>> {
    match &node.body {
        Body::Map(map) => never_in(findings, map, names),
        Body::List(items) => {
            let mut all = Vec::new();
            for item in items {
                match &item.body {
                    Body::Map(map) => all.extend(never_in(findings, map, names)),
                    _ => wrong_never(findings, item),
                }
            }
            all
        }
        _ => {
            wrong_never(findings, node);
            Vec::new()
        }
    }
}

fn never_in(findings: &mut Findings, map: &Map, names: Option<&Names<'_>>) -> Vec<Located<Never>> {
    let flow = names.map(|names| names.flow);
    let mut all = Vec::new();
    for entry in &map.entries {
        let never = match entry.key.value.as_str() {
            "hears" => values::pattern(findings, &entry.value, "hears", flow)
                .map(|pattern| Never::Hears(pattern.value)),
            "dialled" => values::number(findings, &entry.value, "dialled").map(Never::Dialled),
            other => {
                findings
                    .add(
                        Code::UnknownKey,
                        entry.key.at,
                        format!("there is no key `{other}` in `never`"),
                    )
                    .help(did_you_mean(
                        other,
                        tables::names(tables::NEVER),
                        "the keys are",
                    ));
                None
            }
        };
        all.extend(never.map(|never| Located::new(never, entry.key.at)));
    }
    all
}

fn wrong_never(findings: &mut Findings, node: &Node) {
    findings
        .add(
            Code::WrongShape,
            node.at,
            "`never` says what must not be heard or dialled",
        )
        .help("write `never: {hears: WORDS}`, or a list of those");
}
