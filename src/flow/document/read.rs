//! The file's own keys: name, numbers, variables, defaults, and the list of states.

use std::borrow::Cow;
use std::sync::Arc;

use crate::call::{Key, PhoneNumber};
use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::source::{Located, Span};
use crate::flow::suggest::{did_you_mean, nearest};
use crate::flow::yaml::{self, Body, Entry, Map, Node};

use super::hours;
use super::indent;
use super::keys::{self, is_good_name};
use super::languages;
use super::on_end;
use super::states::States;
use super::values;
use super::{AskingRules, DefaultsDoc, Document, NumberDoc, TargetDoc, ValueDoc, VarDoc, VarType};

/// Reads a flow file. `None` where nothing can be made of it; all that is wrong
/// with its shape is in `findings`.
pub fn read(findings: &mut Findings) -> Option<Document> {
    let root = yaml::read(findings, keys::is_key);
    let file = Arc::clone(findings.file());
    let Some(root) = root else {
        if !findings.have_errors() {
            findings
                .add(Code::NotAFlow, Span::default(), "the file is empty")
                .help("a flow begins with `flow: NAME`, `numbers:` and `states:`");
        }
        return None;
    };
    let mut root = root;
    indent::put_right(findings, &mut root);
    let Body::Map(map) = &root.body else {
        findings
            .add(
                Code::NotAFlow,
                root.at,
                format!(
                    "a flow file holds keys with values, and this is {}",
                    root.shape()
                ),
            )
            .help("a flow begins with `flow: NAME`, `numbers:` and `states:`");
        return None;
    };
    let map = &*respelled(findings, map, keys::FILE);
    let all_known = refuse_unknown(findings, map, keys::FILE, "the keys of a flow file are");
    let get = |key: &str| entry(map, key);

    let name = get("flow").and_then(|e| flow_name(findings, e));
    let numbers = get("numbers")
        .map(|e| numbers(findings, &e.value))
        .unwrap_or_default();
    let start = get("start").and_then(|e| values::word(findings, &e.value, "start"));
    let voice = get("voice").and_then(|e| values::voice(findings, &e.value));
    let languages = get("languages").map(|e| languages::of_file(findings, &e.value));
    if let (Some(voice), Some(_)) = (get("voice"), get("languages")) {
        findings
            .add(
                Code::MisplacedKey,
                voice.key.at,
                "a file has `voice` or `languages`, and this has both",
            )
            .help("take this out: each language has a voice of its own");
    }
    let zone = get("zone").and_then(|e| values::word(findings, &e.value, "zone"));
    let vars = get("vars")
        .map(|e| vars(findings, &e.value))
        .unwrap_or_default();
    let hours_entry = get("hours");
    let hours = hours_entry
        .map(|e| hours::read(findings, &e.value))
        .unwrap_or_default();
    let allow_dial = get("allow_dial").map(|e| allow_dial(findings, &e.value));
    let on_end = get("on_end").and_then(|e| on_end::read(findings, &e.value));

    let mut states = States::default();
    let states_entry = get("states");
    if let Some(entry) = states_entry {
        states.read_all(findings, &entry.value);
    } else if all_known {
        findings
            .add(
                Code::MissingKey,
                first_line(&root),
                "the file has no `states`",
            )
            .help("write the states under `states:`, each with its name and what it does");
    }
    let defaults = get("defaults")
        .map(|e| defaults(findings, &mut states, &e.value))
        .unwrap_or_default();
    Some(Document {
        file,
        name,
        numbers,
        start,
        voice,
        languages,
        zone,
        vars,
        defaults,
        unread_hours: !all_known || (hours_entry.is_some() && hours.is_empty()),
        hours,
        allow_dial,
        on_end,
        unread_vars: findings.lost_variables(),
        states: states.finish(),
    })
}

/// The entry with this key.
pub(super) fn entry<'a>(map: &'a Map, key: &str) -> Option<&'a Entry> {
    map.entries.iter().find(|entry| entry.key.value == key)
}

fn first_line(node: &Node) -> Span {
    Span::new(node.at.start, node.at.start + 1)
}

/// The map with every key that is but misspelt under its right name, so that nothing
/// seems to be missing; each is reported.
pub(super) fn respelled<'a>(
    findings: &mut Findings,
    map: &'a Map,
    known: &[&'static str],
) -> Cow<'a, Map> {
    let mut right = Cow::Borrowed(map);
    for (index, written) in map.entries.iter().enumerate() {
        let key = written.key.value.as_str();
        let elsewhere = keys::is_key(key) && !keys::VARIABLE.contains(&key);
        if known.contains(&key) || elsewhere || values::glued_key(key).is_some() {
            continue;
        }
        let Some(meant) = nearest(key, known.iter().copied()) else {
            continue;
        };
        let follows_text = map.in_braces && matches!(written.value.body, Body::Nothing { .. });
        if entry(&right, meant).is_some() || follows_text {
            continue;
        }
        findings
            .add(
                Code::UnknownKey,
                written.key.at,
                format!("there is no key `{key}` here"),
            )
            .help(format!("did you mean `{meant}`?"));
        right.to_mut().entries[index].key.value = meant.to_owned();
    }
    right
}

/// Reports keys that are not among `known`, with the nearest that is. False where
/// there was one, or a text was cut: what seems to be missing may then be it.
pub(super) fn refuse_unknown(
    findings: &mut Findings,
    map: &Map,
    known: &[&'static str],
    otherwise: &str,
) -> bool {
    if map.in_braces && values::comma_cut(findings, map, known) {
        return false;
    }
    let mut all_known = true;
    for entry in &map.entries {
        let key = entry.key.value.as_str();
        if known.contains(&key) {
            continue;
        }
        all_known = false;
        findings
            .add(
                Code::UnknownKey,
                entry.key.at,
                format!("there is no key `{key}` here"),
            )
            .help(
                values::glued_key(key)
                    .unwrap_or_else(|| did_you_mean(key, known.iter().copied(), otherwise)),
            );
    }
    all_known
}

fn flow_name(findings: &mut Findings, entry: &Entry) -> Option<Located<String>> {
    let name = values::word(findings, &entry.value, "flow")?;
    let good = name.value.split('/').all(is_good_name);
    if good {
        return Some(name);
    }
    findings
        .add(
            Code::BadName,
            name.at,
            format!("`{}` cannot name a flow", name.value),
        )
        .help("use letters, digits, `_` and `-`, beginning with a letter; one `/` can stand between two parts");
    None
}

fn numbers(findings: &mut Findings, node: &Node) -> Vec<Located<NumberDoc>> {
    let mut numbers: Vec<Located<NumberDoc>> = Vec::new();
    for text in values::numbers(findings, node, "numbers") {
        let written = text.value.text.trim();
        let number = if written == "*" {
            NumberDoc::Any
        } else {
            match written.parse::<PhoneNumber>() {
                Ok(number) => NumberDoc::Number(number),
                Err(reason) => {
                    findings
                        .add(
                            Code::BadNumber,
                            text.at,
                            format!("`{written}` is no phone number: {reason}"),
                        )
                        .help(values::number_help(
                            written,
                            "as in `+6561115777`, or `\"*\"` for every other number",
                        ));
                    continue;
                }
            }
        };
        if numbers.iter().any(|other| other.value == number) {
            findings
                .add(
                    Code::DuplicateNumber,
                    text.at,
                    format!("`{written}` stands in this list twice"),
                )
                .help("take one out");
            continue;
        }
        numbers.push(Located::new(number, text.at));
    }
    numbers
}

fn allow_dial(findings: &mut Findings, node: &Node) -> Vec<Located<String>> {
    let mut prefixes = Vec::new();
    for text in values::numbers(findings, node, "allow_dial") {
        let written = text.value.text.trim();
        let digits: String = written
            .strip_prefix('+')
            .unwrap_or(written)
            .chars()
            .filter(|c| *c != ' ')
            .collect();
        let good = (1..=15).contains(&digits.len())
            && digits.chars().all(|c| c.is_ascii_digit())
            && !digits.starts_with('0');
        if good {
            prefixes.push(Located::new(digits, text.at));
        } else {
            findings
                .add(Code::BadNumber, text.at, format!("`{written}` is not the beginning of a phone number"))
                .help("write a country code and as many more digits as you like, as in `+65` or `+656111`");
        }
    }
    prefixes
}

fn vars(findings: &mut Findings, node: &Node) -> Vec<VarDoc> {
    let Some(map) = values::map(findings, node, "vars", "account: digits") else {
        return Vec::new();
    };
    map.entries
        .iter()
        .filter_map(|entry| var(findings, entry))
        .collect()
}

/// `name: secret digits`, or `name: {type: secret digits, default: 1}`.
fn var(findings: &mut Findings, entry: &Entry) -> Option<VarDoc> {
    let name = entry.key.clone();
    // One of which the type cannot be read is declared all the same, and takes
    // whatever is put into it.
    let unread = |secret: bool| VarDoc {
        name: name.clone(),
        kind: None,
        secret,
        default: None,
    };
    let right;
    let (type_node, default) = match &entry.value.body {
        Body::Map(map) => {
            right = respelled(findings, map, keys::VARIABLE);
            let map = &*right;
            let all_known = refuse_unknown(findings, map, keys::VARIABLE, "a variable has");
            let default = self::entry(map, "default")
                .and_then(|e| values::value(findings, &e.value, "default"));
            let Some(kind) = self::entry(map, "type") else {
                if all_known {
                    findings
                        .add(
                            Code::MissingKey,
                            name.at,
                            format!("`{}` has no `type`", name.value),
                        )
                        .help("write what it holds, as in `type: number`");
                }
                return Some(unread(false));
            };
            (&kind.value, default)
        }
        _ => (&entry.value, None),
    };
    let Some(word) = values::word(findings, type_node, &name.value) else {
        return Some(unread(false));
    };
    let parts: Vec<_> = word.value.split_whitespace().collect();
    let (secret, kind) = match parts.as_slice() {
        ["secret"] => (true, Some(VarType::Text)),
        ["secret", kind] => (true, VarType::named(kind)),
        [kind] => (false, VarType::named(kind)),
        _ => (false, None),
    };
    let Some(kind) = kind else {
        let typed = parts.last().copied().unwrap_or_default();
        findings
            .add(
                Code::BadType,
                word.at,
                format!("there is no type `{}`", word.value),
            )
            .help(type_help(&parts, typed));
        let meant_secret = |part: &&str| nearest(part, ["secret"]).is_some();
        return Some(unread(secret || parts.iter().any(meant_secret)));
    };
    Some(VarDoc {
        name,
        kind: Some(kind),
        secret,
        default,
    })
}

/// What to write instead of a type that there is not.
fn type_help(parts: &[&str], typed: &str) -> String {
    match parts {
        [kind, value] if VarType::named(kind).is_some() => {
            format!("a value to begin with is written as `{{type: {kind}, default: {value}}}`")
        }
        ["secret", _] => did_you_mean(typed, VarType::WORDS, "the types are"),
        [first, ..] if nearest(first, ["secret"]).is_some() => "did you mean `secret`?".to_owned(),
        _ => did_you_mean(typed, VarType::WORDS, "the types are"),
    }
}

fn defaults(findings: &mut Findings, states: &mut States, node: &Node) -> DefaultsDoc {
    let Some(map) = values::map(findings, node, "defaults", "tries: 3") else {
        return DefaultsDoc::default();
    };
    let map = &*respelled(findings, map, keys::DEFAULTS);
    let all_known = refuse_unknown(findings, map, keys::DEFAULTS, "the keys of `defaults` are");
    let get = |key: &str| entry(map, key).map(|entry| &entry.value);
    let owner = Located::new("defaults".to_owned(), node.at);
    let mut target = |findings: &mut Findings, key: &str| {
        get(key).and_then(|node| states.target(findings, node, &owner, None, key))
    };
    let give_up = target(findings, "give_up");
    let otherwise = target(findings, "otherwise");
    let on_error = target(findings, "on_error");
    let unread_target = (get("give_up").is_some() && give_up.is_none())
        || (get("otherwise").is_some() && otherwise.is_none());
    DefaultsDoc {
        unread_target: unread_target || !all_known,
        asking: asking_rules(findings, map),
        give_up,
        otherwise,
        on_error,
        keys: get("keys")
            .map(|node| menu_keys(findings, states, node, &owner, None))
            .unwrap_or_default(),
        speed: get("speed").and_then(|node| values::speed(findings, node)),
        repetition: get("repetition").and_then(|node| values::repetition(findings, node)),
        patience: get("patience")
            .and_then(|node| values::whole(findings, node, "patience", 1..=99)),
    }
}

/// The rules of asking that a state or `defaults` sets.
pub(super) fn asking_rules(findings: &mut Findings, map: &Map) -> AskingRules {
    let get = |key: &str| entry(map, key).map(|entry| &entry.value);
    let wording = |findings: &mut Findings, key: &str| {
        get(key)
            .map(|node| values::texts(findings, node, key))
            .unwrap_or_default()
    };
    let no_input = wording(findings, "no_input");
    let no_match = wording(findings, "no_match");
    let invalid = wording(findings, "invalid");
    AskingRules {
        tries: get("tries").and_then(|node| values::whole(findings, node, "tries", 1..=9)),
        wait_ms: get("wait").and_then(|node| values::duration_ms(findings, node, "wait")),
        no_input,
        no_match,
        invalid,
    }
}

/// `keys:` of a state or of `defaults`.
pub(super) fn menu_keys(
    findings: &mut Findings,
    states: &mut States,
    node: &Node,
    owner: &Located<String>,
    parent: Option<usize>,
) -> Vec<(Located<Key>, TargetDoc)> {
    let Some(map) = values::map(findings, node, "keys", "1: hours") else {
        return Vec::new();
    };
    let mut keys: Vec<(Located<Key>, TargetDoc)> = Vec::new();
    for entry in &map.entries {
        let written = entry.key.value.trim();
        let Some(key) = Key::named(written) else {
            let number = [
                "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
            ]
            .iter()
            .position(|word| written.eq_ignore_ascii_case(word));
            let help = match written.to_lowercase().as_str() {
                "*" | "asterisk" => "write `star`".to_owned(),
                "#" | "pound" => "write `hash`".to_owned(),
                _ if number.is_some() => format!("write `{}`", number.unwrap_or_default()),
                _ => "the keys of a telephone are `0` to `9`, `star` and `hash`".to_owned(),
            };
            findings
                .add(
                    Code::BadValue,
                    entry.key.at,
                    format!("`{written}` is no key of a telephone"),
                )
                .help(help);
            continue;
        };
        let role = format!("keys.{}", key.name());
        if let Some(target) = states.target(findings, &entry.value, owner, parent, &role) {
            keys.push((Located::new(key, entry.key.at), target));
        }
    }
    keys
}

impl ValueDoc {
    /// The entries of a list or map, with all inside it.
    pub fn entries(&self) -> usize {
        match self {
            ValueDoc::Text(_) => 0,
            ValueDoc::List(items) => items.iter().map(|item| 1 + item.entries()).sum(),
            ValueDoc::Map(fields) => fields.iter().map(|(_, item)| 1 + item.entries()).sum(),
        }
    }

    /// Where the value begins.
    pub fn at(&self) -> Span {
        match self {
            ValueDoc::Text(text) => text.at,
            ValueDoc::List(items) => items.first().map(ValueDoc::at).unwrap_or_default(),
            ValueDoc::Map(fields) => fields.first().map(|(key, _)| key.at).unwrap_or_default(),
        }
    }
}
