//! Single values of a flow file: texts, durations, numbers, bounds. The place
//! decides the type; the text is always as it was written.

use crate::call::{Capture, PhoneNumber, Repetition, Speed, Voice};

use super::{TextDoc, ValueDoc};
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, quoted};
use crate::flow::prompts::prompt_id;
use crate::flow::source::{Located, Span};
use crate::flow::yaml::{Body, Map, Node, Scalar, Style};

/// The one text that a key holds. Reports anything else, and a text that YAML cut.
pub fn text(findings: &mut Findings, node: &Node, key: &str) -> Option<TextDoc> {
    match &node.body {
        Body::Scalar(scalar) if scalar.text.trim().is_empty() => {
            findings
                .add(Code::EmptyValue, node.at, format!("`{key}` is empty"))
                .help(what_belongs(key));
            None
        }
        Body::Scalar(scalar) => {
            let stuck = scalar.text.strip_prefix('-').filter(|rest| {
                scalar.style == Style::Plain && rest.starts_with(char::is_alphabetic)
            });
            if let Some(rest) = stuck {
                let word = rest.split_whitespace().next().unwrap_or_default();
                findings
                    .add(
                        Code::WrongShape,
                        Span::new(node.at.start, node.at.start + 1),
                        "a line of a list has a space behind its `-`",
                    )
                    .help(format!("write `- {word}`, or put the text in quotes"));
                return None;
            }
            let mut scalar = scalar.clone();
            if prompt_id(&scalar.text).is_some() {
                // Behind the id of a prompt a remark is harmless.
                scalar.comment = None;
            }
            if let Some(comment) = scalar.comment {
                cut_at_comment(findings, key, node.at, comment, &scalar.text);
            }
            Some(Located::new(scalar, node.at))
        }
        Body::Nothing { comment: Some(at) } => {
            findings
                .add(
                    Code::TextCut,
                    *at,
                    format!("`{key}` is empty, since everything behind ` #` is a comment"),
                )
                .help("put the text in quotes, or under `|`")
                .hears = is_heard(key).then(|| "a caller would hear nothing".to_owned());
            None
        }
        Body::Nothing { comment: None } => {
            let shown = key_in_front(findings, node.at, key);
            findings
                .add(Code::EmptyValue, shown, format!("`{key}` is empty"))
                .help(what_belongs(key));
            None
        }
        Body::Map(map) if map.in_braces => {
            findings
                .add(
                    Code::WrongShape,
                    node.at,
                    format!("`{key}` is a text, and `{{` begins something else"),
                )
                .help("put the text in quotes, or under `|` on lines of its own");
            None
        }
        Body::Map(_) => {
            findings
                .add(
                    Code::WrongShape,
                    node.at,
                    format!("`{key}` is a text, and this is {}", node.shape()),
                )
                .help("a text with `: ` in it goes in quotes, or under `|` on lines of its own");
            None
        }
        Body::List(_) => {
            findings
                .add(
                    Code::WrongShape,
                    node.at,
                    format!("`{key}` is one text, and this is a list"),
                )
                .help("write one text: several lines of it go under `|`, and one that begins with `[` in quotes");
            None
        }
    }
}

/// What to write where a key has nothing behind it.
fn what_belongs(key: &str) -> String {
    match key {
        "say" | "menu" | "ask" | "no_input" | "no_match" | "invalid" | "confirm"
        | "while_waiting" => {
            format!("write a text, as in `{key}: Good morning.`")
        }
        "if" | "valid" | "choose" => {
            format!("write an expression, as in `{key}: now.hour < 12`")
        }
        "http" => {
            "write what is asked for, as in `http: GET https://crm.example.com/orders`".to_owned()
        }
        "then" | "otherwise" | "give_up" | "on_error" => {
            format!("write where the call goes, as in `{key}: hangup`, or a state's name")
        }
        _ if is_keypad_key(key) => {
            format!("write where the call goes, as in `{key}: hangup`, or take the key out")
        }
        _ => "write its value behind it, or take the key out".to_owned(),
    }
}

fn is_keypad_key(key: &str) -> bool {
    matches!(key, "star" | "hash") || key.len() == 1 && key.bytes().all(|b| b.is_ascii_digit())
}

/// A key with nothing behind it.
pub fn empty(findings: &mut Findings, at: Span, key: &str) {
    let shown = key_in_front(findings, at, key);
    findings
        .add(Code::EmptyValue, shown, format!("`{key}` is empty"))
        .help("write a value behind it, or take the key out");
}

/// A key with nothing below it that should hold keys itself.
fn empty_map(findings: &mut Findings, at: Span, key: &str, example: &str) {
    let shown = key_in_front(findings, at, key);
    findings
        .add(Code::EmptyValue, shown, format!("`{key}` is empty"))
        .help(format!(
            "write its lines below it, further right, as in `{example}`"
        ));
}

/// The key in front of a place where its value should be, else the place.
fn key_in_front(findings: &Findings, at: Span, key: &str) -> Span {
    let text = findings.file().text();
    let before = text.get(..at.start).unwrap_or_default();
    let end = before.trim_end().trim_end_matches(':').trim_end().len();
    let start = end.saturating_sub(key.len());
    if text.get(start..end) == Some(key) {
        Span::new(start, end)
    } else {
        at
    }
}

fn cut_at_comment(findings: &mut Findings, key: &str, at: Span, comment: Span, left: &str) {
    findings
        .add(
            Code::TextCut,
            comment,
            format!("YAML ends the text of `{key}` at ` #`, and the rest is lost"),
        )
        .help("put the whole text in quotes, or under `|`; a remark goes on a line of its own")
        .related(at, "what is left of the text")
        .hears = would_hear(key, left);
}

/// True for keys whose text callers hear.
fn is_heard(key: &str) -> bool {
    matches!(
        key,
        "say" | "menu" | "ask" | "no_input" | "no_match" | "invalid" | "confirm" | "while_waiting"
    )
}

/// What a caller would hear of a text that was cut.
fn would_hear(key: &str, left: &str) -> Option<String> {
    is_heard(key).then(|| format!("a caller would hear: {}", quoted(left)))
}

/// The same for a single word, behind which a remark is harmless.
pub fn word(findings: &mut Findings, node: &Node, key: &str) -> Option<Located<String>> {
    let Body::Scalar(scalar) = &node.body else {
        return text(findings, node, key).map(|text| text.map(|scalar| scalar.text));
    };
    if scalar.text.trim().is_empty() {
        empty(findings, node.at, key);
        return None;
    }
    Some(Located::new(scalar.text.trim().to_owned(), node.at))
}

/// `true` or `false`.
pub fn flag(findings: &mut Findings, node: &Node, key: &str) -> Option<bool> {
    let word = word(findings, node, key)?;
    match word.value.as_str() {
        "true" => Some(true),
        "false" => Some(false),
        other => {
            let is_yes = ["yes", "on", "y", "1"]
                .iter()
                .any(|yes| other.eq_ignore_ascii_case(yes));
            findings
                .add(
                    Code::BadValue,
                    word.at,
                    format!("`{key}` is `true` or `false`"),
                )
                .help(format!("write `{key}: {is_yes}`, or take the line out"));
            None
        }
    }
}

/// A text or a list of texts that are phone numbers: a remark behind one is harmless.
pub fn numbers(findings: &mut Findings, node: &Node, key: &str) -> Vec<TextDoc> {
    let mut node = node.clone();
    let items = match &mut node.body {
        Body::List(items) => items.as_mut_slice(),
        _ => std::slice::from_mut(&mut node),
    };
    for item in items {
        if let Body::Scalar(scalar) = &mut item.body
            && !scalar.text.contains("${")
        {
            scalar.comment = None;
        }
    }
    texts(findings, &node, key)
}

/// What to write instead of a text that is no phone number.
pub fn number_help(written: &str, otherwise: &str) -> String {
    let numbers: Vec<String> = written
        .split([',', ';', '/'])
        .map(|part| {
            part.chars()
                .filter(|c| !"-.()".contains(*c))
                .collect::<String>()
        })
        .map(|part| part.trim().to_owned())
        .collect();
    let good = |part: &String| part.parse::<PhoneNumber>().is_ok();
    match numbers.as_slice() {
        [one] if good(one) => format!("write it with digits and spaces alone: `{one}`"),
        [_, _, ..] if numbers.iter().all(good) => {
            format!("several numbers are a list: `[{}]`", numbers.join(", "))
        }
        _ => format!("write it with its country code, {otherwise}"),
    }
}

/// A text or a list of texts.
pub fn texts(findings: &mut Findings, node: &Node, key: &str) -> Vec<TextDoc> {
    match &node.body {
        Body::List(items) if items.is_empty() => {
            empty(findings, node.at, key);
            Vec::new()
        }
        Body::List(items) => items
            .iter()
            .filter_map(|item| text(findings, item, key))
            .collect(),
        _ => text(findings, node, key).into_iter().collect(),
    }
}

/// The keys of a map, or a report that it is none.
pub fn map<'a>(
    findings: &mut Findings,
    node: &'a Node,
    key: &str,
    example: &str,
) -> Option<&'a Map> {
    match &node.body {
        Body::Map(map) => Some(map),
        Body::Nothing { .. } => {
            empty_map(findings, node.at, key, example);
            None
        }
        _ => {
            let help = match &node.body {
                Body::List(_) => {
                    format!("write its lines without `- ` in front, as in `{example}`")
                }
                Body::Scalar(scalar) => match glued(&scalar.text) {
                    Some(fixed) => format!("write a space behind the `:`, as in `{fixed}`"),
                    None => format!("write them on lines of their own, as in `{example}`"),
                },
                _ => format!("write them on lines of their own, as in `{example}`"),
            };
            findings
                .add(
                    Code::WrongShape,
                    node.at,
                    format!(
                        "`{key}` holds keys with values, and this is {}",
                        node.shape()
                    ),
                )
                .help(help);
            None
        }
    }
}

/// What to write for a key with a text stuck to its colon.
pub fn glued_key(key: &str) -> Option<String> {
    let (word, rest) = key.split_once(':')?;
    (super::keys::is_key(word) && !rest.is_empty())
        .then(|| format!("write a space behind the `:`, as in `{word}: {rest}`"))
}

/// `key:value` as it should be, where that is what a text is.
fn glued(text: &str) -> Option<String> {
    let first = text.split_whitespace().next()?;
    let (key, value) = first.split_once(':')?;
    (!key.is_empty() && !value.is_empty()).then(|| format!("{key}: {value}"))
}

/// A value of `set`, or a default.
pub fn value(findings: &mut Findings, node: &Node, key: &str) -> Option<ValueDoc> {
    match &node.body {
        // An empty text in quotes is a value like any other.
        Body::Scalar(scalar) if scalar.text.is_empty() && scalar.style == Style::Quoted => {
            Some(ValueDoc::Text(Located::new(scalar.clone(), node.at)))
        }
        Body::Scalar(_) | Body::Nothing { .. } => text(findings, node, key).map(ValueDoc::Text),
        Body::List(items) => Some(ValueDoc::List(
            items
                .iter()
                .filter_map(|item| value(findings, item, key))
                .collect(),
        )),
        Body::Map(map) if map.in_braces && is_lone_text(map) => {
            let written = &map.entries[0].key.value;
            findings
                .add(
                    Code::WrongShape,
                    node.at,
                    "in braces stand keys with values",
                )
                .help(format!(
                    "write `${{{written}}}` for a value, or put a text in quotes"
                ));
            None
        }
        Body::Map(map) => {
            if map.in_braces {
                comma_cut(findings, map, &[]);
            }
            Some(ValueDoc::Map(
                map.entries
                    .iter()
                    .filter_map(|entry| {
                        Some((
                            entry.key.clone(),
                            value(findings, &entry.value, &entry.key.value)?,
                        ))
                    })
                    .collect(),
            ))
        }
    }
}

/// True for braces around a word or two, as in `{n + 1}`.
fn is_lone_text(map: &Map) -> bool {
    matches!(map.entries.as_slice(), [only] if matches!(only.value.body, Body::Nothing { .. }))
}

/// Reports a text in braces that ended at a comma: what follows the comma has
/// become a key without a value. True where one was found.
pub fn comma_cut(findings: &mut Findings, map: &Map, known: &[&str]) -> bool {
    let lost = map.entries.windows(2).find(|pair| {
        let [text, rest] = pair else { return false };
        matches!(rest.value.body, Body::Nothing { .. })
            && matches!(
                &text.value.body,
                Body::Scalar(Scalar {
                    style: Style::Plain,
                    ..
                })
            )
            && !known.contains(&rest.key.value.as_str())
    });
    let Some([text, rest]) = lost else {
        return false;
    };
    let left = match &text.value.body {
        Body::Scalar(scalar) => would_hear(&text.key.value, &scalar.text),
        _ => None,
    };
    let message = format!(
        "inside `{{…}}` a comma ends the text of `{}`",
        text.key.value
    );
    findings
        .add(Code::TextCut, rest.key.at, message)
        .help("put the text in quotes, or the keys on lines of their own")
        .related(text.value.at, "what is left of the text")
        .hears = left;
    true
}

/// A duration with its unit, in milliseconds: as long as a caller may pause.
pub fn duration_ms(findings: &mut Findings, node: &Node, key: &str) -> Option<Located<u32>> {
    duration_of(findings, node, key, Capture::WAIT_MS, "from 500ms to 60s")
}

/// A duration with its unit and within bounds, in milliseconds. `bounds` are told in
/// words too.
pub fn duration_of(
    findings: &mut Findings,
    node: &Node,
    key: &str,
    range: std::ops::RangeInclusive<u32>,
    bounds: &str,
) -> Option<Located<u32>> {
    let word = word(findings, node, key)?;
    let text = word.value.as_str();
    let split = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let scale = match unit.trim() {
        "ms" => 1.0,
        "s" => 1000.0,
        "m" => 60_000.0,
        _ => f64::NAN,
    };
    if unit.is_empty() && number.parse::<f64>().is_ok() {
        findings
            .add(Code::BadValue, word.at, format!("`{text}` has no unit"))
            .help(format!(
                "write `{key}: {text}s`, with `s` for seconds or `ms` for thousandths of one"
            ));
        return None;
    }
    let ms = number.parse::<f64>().unwrap_or(f64::NAN) * scale;
    if ms.fract() == 0.0 && (f64::from(*range.start())..=f64::from(*range.end())).contains(&ms) {
        return Some(Located::new(ms as u32, word.at));
    }
    findings
        .add(
            Code::BadValue,
            word.at,
            format!("`{text}` is no time {bounds}"),
        )
        .help("write a number and its unit, such as `5s` or `1500ms`");
    None
}

/// A whole number within bounds.
pub fn whole(
    findings: &mut Findings,
    node: &Node,
    key: &str,
    bounds: std::ops::RangeInclusive<u8>,
) -> Option<Located<u8>> {
    let word = word(findings, node, key)?;
    match word.value.parse::<u8>() {
        Ok(number) if bounds.contains(&number) => Some(Located::new(number, word.at)),
        _ => {
            let message = format!(
                "`{key}` is a whole number from {} to {}",
                bounds.start(),
                bounds.end()
            );
            findings.add(Code::BadValue, word.at, message).help(format!(
                "write a number such as `{key}: {}`",
                bounds.start().max(&2)
            ));
            None
        }
    }
}

/// The heaviest weight, and the most sides, of a `split`.
const MAX_WEIGHT: u32 = 1_000_000;
const MAX_SIDES: usize = 100;

/// Whole numbers by label, of which one at least is above 0. Empty where one of them
/// cannot be read.
pub fn weights(findings: &mut Findings, node: &Node) -> Vec<(Located<String>, u32)> {
    let example = "{new: 20, old: 80}";
    let Some(map) = map(findings, node, "split", &format!("split: {example}")) else {
        return Vec::new();
    };
    let mut sides = Vec::new();
    for entry in &map.entries {
        let label = &entry.key;
        // The first that cannot be read tells enough: the others are written alike.
        let Some(word) = word(findings, &entry.value, &label.value) else {
            return Vec::new();
        };
        match word.value.parse::<u32>() {
            Ok(weight) if weight <= MAX_WEIGHT => sides.push((label.clone(), weight)),
            _ => {
                let bare = word.value.trim_end_matches('%').trim_end();
                let help = match bare.parse::<u32>() {
                    Ok(weight) if weight <= MAX_WEIGHT => {
                        format!(
                            "write `{}: {bare}`; weights are parts of their sum",
                            label.value
                        )
                    }
                    _ => format!(
                        "write a number from 0 to {MAX_WEIGHT} for each side, as in `{example}`; they are parts of their sum"
                    ),
                };
                let message = format!("the weight of `{}` is no whole number", label.value);
                findings.add(Code::BadValue, word.at, message).help(help);
                return Vec::new();
            }
        }
    }
    if let Some((extra, _)) = sides.get(MAX_SIDES) {
        findings
            .add(
                Code::TooMany,
                extra.at,
                format!("a `split` has at most {MAX_SIDES} sides"),
            )
            .help("take some out, or split again in a state behind this one");
        return Vec::new();
    }
    if sides.iter().all(|(_, weight)| *weight == 0) {
        let message = "no side of this `split` has a weight above 0, so no caller gets any";
        findings
            .add(Code::BadValue, node.at, message)
            .help(format!("give one of them a weight, as in `{example}`"));
        return Vec::new();
    }
    sides
}

pub fn voice(findings: &mut Findings, node: &Node) -> Option<Located<Voice>> {
    // One that cannot be read is there all the same, and none is missing.
    let unread = || {
        Voice::new("unread")
            .ok()
            .map(|voice| Located::new(voice, node.at))
    };
    let Some(word) = word(findings, node, "voice") else {
        return unread();
    };
    match Voice::new(&word.value) {
        Ok(voice) => Some(Located::new(voice, word.at)),
        Err(limit) => {
            findings
                .add(Code::BadValue, word.at, limit.to_string())
                .help("write the code that the platform lists for the voice, as in `voice: en-US-BenjaminRUS`");
            unread()
        }
    }
}

pub fn speed(findings: &mut Findings, node: &Node) -> Option<Located<Speed>> {
    let word = word(findings, node, "speed")?;
    match Speed::new(word.value.parse().unwrap_or(f64::NAN)) {
        Ok(speed) => Some(Located::new(speed, word.at)),
        Err(limit) => {
            findings
                .add(Code::BadValue, word.at, limit.to_string())
                .help("1 is the usual speed; slower is `speed: 0.8`, faster `speed: 1.2`");
            None
        }
    }
}

pub fn repetition(findings: &mut Findings, node: &Node) -> Option<Located<Repetition>> {
    let word = word(findings, node, "repetition")?;
    match Repetition::new(word.value.parse().unwrap_or(0)) {
        Ok(repetition) => Some(Located::new(repetition, word.at)),
        Err(limit) => {
            findings
                .add(Code::BadValue, word.at, limit.to_string())
                .help("write how often it is heard in a row, as in `repetition: 2`");
            None
        }
    }
}

/// `8`, or `6-8`: how many digits an entry has.
pub fn digit_range(findings: &mut Findings, node: &Node) -> Option<Located<(u8, u8)>> {
    let word = word(findings, node, "digits")?;
    let parts: Vec<_> = word
        .value
        .split('-')
        .map(|part| part.trim().parse::<u8>())
        .collect();
    let range = match parts.as_slice() {
        [Ok(exact)] => (*exact, *exact),
        [Ok(least), Ok(most)] => (*least, *most),
        _ => (0, 0),
    };
    if 1 <= range.0 && range.0 <= range.1 && range.1 <= Capture::MAX_DIGITS {
        return Some(Located::new(range, word.at));
    }
    if 1 <= range.1 && range.1 < range.0 && range.0 <= Capture::MAX_DIGITS {
        findings
            .add(
                Code::BadValue,
                word.at,
                "the smaller number stands in front",
            )
            .help(format!("write `digits: {}-{}`", range.1, range.0));
        return None;
    }
    findings
        .add(
            Code::BadValue,
            word.at,
            "`digits` is a number from 1 to 25, or two of them with `-` between",
        )
        .help("write `digits: 8` for exactly 8, or `digits: 6-8` for 6 to 8");
    None
}
