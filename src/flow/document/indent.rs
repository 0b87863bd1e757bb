//! Lines that should stand further right: a key with nothing below it, and behind it
//! keys that would belong there. They are told once, and then read where they belong.

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::source::Span;
use crate::flow::yaml::{Body, Map, Node};

use super::keys;

/// Keys of the file and of a state that hold keys themselves.
const HOLDERS: [&str; 6] = ["vars", "defaults", "states", "keys", "cases", "set"];
/// The same of the file; in a state it is a name that stands behind `hours`.
const OF_THE_FILE: [&str; 1] = ["hours"];

/// Finds such lines in a file, and moves them to where they belong.
pub fn put_right(findings: &mut Findings, root: &mut Node) {
    let Body::Map(file) = &mut root.body else {
        return;
    };
    let holders = [&HOLDERS[..], &OF_THE_FILE].concat();
    in_map(findings, file, &holders, |key| keys::FILE.contains(&key));
    for entry in &mut file.entries {
        let Body::Map(inner) = &mut entry.value.body else {
            continue;
        };
        match entry.key.value.as_str() {
            "states" => {
                for state in &mut inner.entries {
                    if let Body::Map(state) = &mut state.value.body {
                        in_map(findings, state, &HOLDERS, is_state_key);
                    }
                }
            }
            "defaults" => in_map(findings, inner, &HOLDERS, |key| {
                keys::DEFAULTS.contains(&key)
            }),
            _ => {}
        }
    }
}

/// True for a word that is a key, and no key of a telephone.
fn is_state_key(word: &str) -> bool {
    keys::is_key(word) && crate::call::Key::named(word).is_none()
}

fn in_map(
    findings: &mut Findings,
    map: &mut Map,
    holders: &[&str],
    belongs: impl Fn(&str) -> bool,
) {
    let Some(holder) = map.entries.iter().position(|entry| {
        matches!(entry.value.body, Body::Nothing { comment: None })
            && holders.contains(&entry.key.value.as_str())
    }) else {
        return;
    };
    let behind = &map.entries[holder + 1..];
    let count = behind
        .iter()
        .take_while(|entry| !belongs(&entry.key.value))
        .count();
    if count == 0 || map.in_braces {
        return;
    }
    let moved: Vec<_> = map.entries.drain(holder + 1..=holder + count).collect();
    let first = moved[0].key.clone();
    let entry = &mut map.entries[holder];
    let name = &entry.key.value;
    findings
        .add(
            Code::EmptyValue,
            first.at,
            format!("`{}` stands beside `{name}`, not below it", first.value),
        )
        .help(format!(
            "put two more spaces in front of `{}` and of the lines behind it that belong to `{name}`",
            first.value
        ))
        .related(entry.key.at, "so this holds nothing");
    let end = moved.last().map_or(first.at.end, |last| last.value.at.end);
    entry.value = Node {
        at: Span::new(first.at.start, end),
        body: Body::Map(Map {
            entries: moved,
            in_braces: false,
        }),
    };
}
