//! Single values of a test file: numbers, durations, times, keys.

use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;

use crate::call::PhoneNumber;
use crate::flow::yaml::{Body, Node};
use crate::flow::{Code, Findings, Flow, Located, did_you_mean, prompt_id, written};

use super::super::pattern::Pattern;
use super::tables::DIRECTIONS;
use super::{Leg, tables};

/// When a scenario's call begins.
#[derive(Debug, Clone)]
pub enum When {
    /// A time with its offset.
    Exact(Timestamp, String),
    /// A time of the flow's zone.
    Local(DateTime),
}

impl When {
    /// Monday 2 March 2026, 10:00.
    pub fn usual() -> When {
        When::Local(date(2026, 3, 2).at(10, 0, 0, 0))
    }

    /// The instant, and the time as it is typed. `None` for a time outside of what a
    /// clock can show.
    pub fn in_zone(&self, zone: &TimeZone) -> Option<(Timestamp, String)> {
        match self {
            When::Exact(instant, written) => Some((*instant, written.clone())),
            When::Local(local) => {
                let instant = zone.to_timestamp(*local).ok()?;
                let offset = zone.to_offset(instant);
                let shown = instant.display_with_offset(offset).to_string();
                Some((instant, shown))
            }
        }
    }
}

pub fn when(findings: &mut Findings, node: &Node) -> Option<When> {
    let word = written::word(findings, node, "at")?;
    let text = word.value.as_str();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(When::Exact(instant, text.replacen(' ', "T", 1)));
    }
    // A date alone would be midnight, which nobody means.
    if text.contains(':')
        && let Ok(local) = text.parse::<DateTime>()
    {
        return Some(When::Local(local));
    }
    findings
        .add(Code::BadValue, word.at, format!("`{text}` is no date with a time"))
        .help("write `2026-03-02T10:00:00+08:00`, or `2026-03-02T10:00:00` for the time of the flow's zone");
    None
}

/// A caller: a number, or one word for a withheld one.
pub fn caller(findings: &mut Findings, node: &Node) -> Option<String> {
    let word = written::word(findings, node, "from")?;
    let text = word.value.as_str();
    if let Ok(number) = text.parse::<PhoneNumber>() {
        return Some(number.to_string());
    }
    let is_word = text.chars().all(|c| c.is_ascii_alphabetic());
    if is_word {
        return Some(text.to_owned());
    }
    findings
        .add(
            Code::BadNumber,
            word.at,
            format!("`{text}` is no phone number"),
        )
        .help("write it with its country code, as in `+6591234567`, or `anonymous` for a caller whose number is withheld");
    None
}

pub fn number(findings: &mut Findings, node: &Node, key: &str) -> Option<PhoneNumber> {
    let word = written::word(findings, node, key)?;
    match word.value.parse::<PhoneNumber>() {
        Ok(number) => Some(number),
        Err(reason) => {
            let message = format!("`{}` is no phone number: {reason}", word.value);
            findings
                .add(Code::BadNumber, word.at, message)
                .help("write it with its country code, as in `+6561110001`");
            None
        }
    }
}

/// What is heard: a part of a text, `<id>` of a prompt where the flow is known, or `/…/`.
pub fn pattern(
    findings: &mut Findings,
    node: &Node,
    key: &str,
    flow: Option<&Flow>,
) -> Option<Located<Pattern>> {
    let text = written::text(findings, node, key)?;
    let words = text.value.text.trim();
    if let Some(id) = prompt_id(words) {
        let Some(flow) = flow else {
            let message = format!("what the prompt `{id}` says is not known here");
            findings
                .add(Code::UnknownPrompt, text.at, message)
                .help("write a part of what is heard");
            return None;
        };
        let pattern = Pattern::of_prompt(flow, id);
        if pattern.is_none() {
            unsaid(findings, &text, id, flow);
        }
        return pattern.map(|pattern| Located::new(pattern, text.at));
    }
    match Pattern::read(words) {
        Ok(pattern) => Some(Located::new(pattern, text.at)),
        Err(reason) => {
            let message = format!("`{words}` is no regular expression: {reason}");
            findings
                .add(Code::BadValue, text.at, message)
                .help("write a part of the text without `/` around it");
            None
        }
    }
}

/// A prompt that no call of this flow can hear, or that cannot be told from others.
fn unsaid<T>(findings: &mut Findings, text: &Located<T>, id: &str, flow: &Flow) {
    let ids = flow.parts().flat_map(|(_, part)| part.prompts().ids());
    if ids.clone().any(|other| other == id) {
        findings
            .add(
                Code::UnknownPrompt,
                text.at,
                format!(
                    "the prompt `{id}` is nothing but a value, so it cannot be told from others"
                ),
            )
            .help("write a part of what is heard");
        return;
    }
    let help = match ids.clone().next() {
        Some(_) => did_you_mean(id, ids, "the prompts that it says are"),
        None => "write a part of the text itself".to_owned(),
    };
    findings
        .add(
            Code::UnknownPrompt,
            text.at,
            format!("`{}` does not say the prompt `{id}`", flow.name()),
        )
        .help(help);
}

/// `true`, and nothing else: what is not so is not written.
pub fn only_true(findings: &mut Findings, node: &Node, key: &str) -> Option<()> {
    let word = written::word(findings, node, key)?;
    if word.value == "true" {
        return Some(());
    }
    let message = format!("`{key}` is `true`, or it is not there");
    findings
        .add(Code::BadValue, word.at, message)
        .help(format!("write `{key}: true`, or take the line out"));
    None
}

pub fn flag(findings: &mut Findings, node: &Node, key: &str) -> Option<bool> {
    let word = written::word(findings, node, key)?;
    match word.value.as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => {
            let message = format!("`{key}` is `true` or `false`");
            findings
                .add(Code::BadValue, word.at, message)
                .help(format!("write `{key}: true`"));
            None
        }
    }
}

/// True for a call that we start.
pub fn outbound(findings: &mut Findings, node: &Node) -> Option<bool> {
    let word = written::word(findings, node, "direction")?;
    let [inbound, outbound] = DIRECTIONS;
    if word.value == inbound || word.value == outbound {
        return Some(word.value == outbound);
    }
    let help = did_you_mean(&word.value, DIRECTIONS, "a call is");
    findings
        .add(
            Code::BadValue,
            word.at,
            format!("`{}` is no direction", word.value),
        )
        .help(help);
    None
}

/// Keys of a telephone in the order in which they are pressed.
pub fn keys(findings: &mut Findings, node: &Node) -> Option<String> {
    // `#` in front is a remark of YAML's, and nothing is left of it.
    let text = written::text(findings, node, "press")?;
    let keys = match text.value.text.trim() {
        "star" => "*",
        "hash" => "#",
        keys => keys,
    };
    let good = |key: char| key.is_ascii_digit() || key == '*' || key == '#';
    if keys.chars().all(good) && keys.len() <= 64 {
        return Some(keys.to_owned());
    }
    let message = format!("`{keys}` is nothing that a telephone has keys for");
    findings
        .add(Code::BadValue, text.at, message)
        .help("write `0` to `9`, `*` and `#` in the order in which they are pressed, or `star` or `hash` for one of those alone");
    None
}

/// A time with its unit, in ms: at most a day.
pub fn duration(findings: &mut Findings, node: &Node, key: &str) -> Option<u32> {
    const MOST_MS: f64 = 86_400_000.0;
    let word = written::word(findings, node, key)?;
    let text = word.value.as_str();
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    let split = text.find(|c: char| !digits(c)).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let scale = match unit.trim() {
        "ms" => 1.0,
        "s" => 1000.0,
        "m" => 60_000.0,
        "h" => 3_600_000.0,
        _ => f64::NAN,
    };
    let ms = number.parse::<f64>().unwrap_or(f64::NAN) * scale;
    if ms.fract() == 0.0 && (1.0..=MOST_MS).contains(&ms) {
        return Some(ms as u32);
    }
    findings
        .add(
            Code::BadValue,
            word.at,
            format!("`{text}` is no time up to a day"),
        )
        .help("write a number and its unit, as in `30s`, `1500ms` or `5m`");
    None
}

/// What whoever is dialled does.
pub fn leg(findings: &mut Findings, node: &Node) -> Option<Leg> {
    const HELP: &str = "write `busy`, `no_answer`, `failed`, `cancelled` or `{answered: 42s}`";
    if let Body::Map(map) = &node.body {
        if let [only] = map.entries.as_slice()
            && only.key.value == tables::ANSWERED.name
        {
            let ms = duration(findings, &only.value, tables::ANSWERED.name)?;
            let seconds = ms.div_ceil(1000);
            return Some(Leg::Answered { seconds });
        }
        let message = "`leg` is one outcome, and this is none";
        findings.add(Code::BadValue, node.at, message).help(HELP);
        return None;
    }
    let word = written::word(findings, node, "leg")?;
    let known = tables::LEGS.iter().find(|(known, _)| *known == word.value);
    if known.is_none() {
        let message = format!("`{}` is no outcome of a leg", word.value);
        findings.add(Code::BadValue, word.at, message).help(HELP);
    }
    known.map(|(_, leg)| *leg)
}
