//! What answers the look-ups of a test: a method with an address, and an answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::call::{LookUpFailure, Method, Value};
use crate::flow::yaml::{Body, Node, Style};
use crate::flow::{Code, Findings, did_you_mean, written};

use super::super::backend::{Stub, StubAnswer};
use super::read::{map_of, refuse_unknown};
use super::{tables, values};

const EXAMPLE: &str = "write `- GET: https://crm.example.com/*`, and `json:` or `status:` below it";

pub fn stubs(findings: &mut Findings, node: &Node) -> Vec<Stub> {
    let Body::List(items) = &node.body else {
        findings
            .add(
                Code::WrongShape,
                node.at,
                format!("`stubs` is a list, and this is {}", node.shape()),
            )
            .help(EXAMPLE);
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| stub(findings, item))
        .collect()
}

fn stub(findings: &mut Findings, node: &Node) -> Option<Stub> {
    let map = map_of(findings, node, "a stub")?;
    let keys = tables::names(tables::STUB);
    if !refuse_unknown(findings, map, &keys, "the keys of a stub are") {
        return None;
    }
    let get = |key: &str| map.entries.iter().find(|entry| entry.key.value == key);
    let named = Method::ALL.into_iter().filter_map(|method| {
        let entry = get(method.word())?;
        Some((method, entry))
    });
    let named: Vec<_> = named.collect();
    let [(method, entry)] = named.as_slice() else {
        let at = named.get(1).map_or(node.at, |(_, entry)| entry.key.at);
        let message = match named.is_empty() {
            true => "this stub says nothing of what it answers",
            false => "a stub answers one method, and this is a second one",
        };
        findings.add(Code::MissingKey, at, message).help(EXAMPLE);
        return None;
    };
    let url = written::word(findings, &entry.value, method.word())?.value;
    let status = get("status").map(|entry| status(findings, &entry.value));
    let json = get("json").map(|entry| json(&entry.value));
    let text = get("text");
    let fails = get("fails").map(|entry| failure(findings, &entry.value));
    let after = get("after").map(|entry| values::duration(findings, &entry.value, "after"));
    let both = match (text, get("fails")) {
        (Some(other), _) if json.is_some() => Some((other, "`text` and `json`")),
        (_, Some(other)) if json.is_some() || text.is_some() || status.is_some() => {
            Some((other, "an answer and `fails`"))
        }
        _ => None,
    };
    if let Some((other, what)) = both {
        findings
            .add(
                Code::MisplacedKey,
                other.key.at,
                format!("a stub has {what} at once"),
            )
            .help("take one of the two out");
        return None;
    }
    let text = match text {
        Some(text) => Some(written::text(findings, &text.value, "text")?),
        None => None,
    };
    let answer = match fails {
        Some(failure) => StubAnswer::Fails(failure?),
        None => StubAnswer::Answers {
            status: match status {
                Some(status) => status?,
                None => 200,
            },
            json,
            text: text.map(|text| text.value.text.into()),
        },
    };
    let after_ms = match after {
        Some(after) => after?,
        None => 0,
    };
    Some(Stub {
        method: *method,
        url,
        answer,
        after_ms,
    })
}

/// A method and an address, of which `*` is any part.
pub fn request(findings: &mut Findings, node: &Node) -> Option<(Method, String)> {
    let word = written::word(findings, node, "looked_up")?;
    let (method, url) = word.value.split_once(' ').unwrap_or((&word.value, ""));
    let known = Method::ALL.into_iter().find(|known| known.word() == method);
    match known {
        Some(method) if !url.trim().is_empty() => Some((method, url.trim().to_owned())),
        _ => {
            let message = format!("`{}` is no method with an address", word.value);
            findings
                .add(Code::BadValue, word.at, message)
                .help("write `looked_up: GET https://crm.example.com/*`");
            None
        }
    }
}

fn status(findings: &mut Findings, node: &Node) -> Option<u16> {
    let word = written::word(findings, node, "status")?;
    let status = word.value.parse::<u16>().ok();
    let status = status.filter(|status| (200..=599).contains(status));
    if status.is_none() {
        findings
            .add(
                Code::BadValue,
                word.at,
                format!("`{}` is no status of an answer", word.value),
            )
            .help("write one from 200 to 599, as in `status: 404`");
    }
    status
}

fn failure(findings: &mut Findings, node: &Node) -> Option<LookUpFailure> {
    let word = written::word(findings, node, "fails")?;
    let mut all = LookUpFailure::ALL.into_iter();
    let known = all.find(|failure| failure.word() == word.value);
    if known.is_none() {
        let words = LookUpFailure::ALL.map(LookUpFailure::word);
        findings
            .add(
                Code::BadValue,
                word.at,
                format!("`{}` is no way in which a look-up fails", word.value),
            )
            .help(did_you_mean(&word.value, words, "a look-up fails as"));
    }
    known
}

/// A value as JSON has it: a number or flag without quotes is one, and `null` nothing.
fn json(node: &Node) -> Value {
    match &node.body {
        Body::Nothing { .. } => Value::Nothing,
        Body::Scalar(scalar) if scalar.style == Style::Plain => plain(scalar.text.trim()),
        Body::Scalar(scalar) => Value::text(&scalar.text),
        Body::List(items) => Value::List(items.iter().map(json).collect()),
        Body::Map(map) => {
            let fields = map.entries.iter().map(|entry| {
                let name: Box<str> = entry.key.value.as_str().into();
                (name, json(&entry.value))
            });
            Value::Map(Arc::new(fields.collect::<BTreeMap<_, _>>()))
        }
    }
}

fn plain(text: &str) -> Value {
    let is_number = {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let whole = digits.split('.').next().unwrap_or_default();
        // `0123` is no number of JSON.
        digits.starts_with(|c: char| c.is_ascii_digit())
            && (whole == "0" || !whole.starts_with('0'))
    };
    match text {
        "true" => Value::Flag(true),
        "false" => Value::Flag(false),
        "null" | "~" => Value::Nothing,
        _ if is_number => {
            let whole = text.parse().ok().map(Value::Int);
            let number = whole.or_else(|| text.parse().ok().map(Value::Float));
            number.unwrap_or_else(|| Value::text(text))
        }
        _ => Value::text(text),
    }
}
