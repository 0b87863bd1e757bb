//! States as they are written, one by one, so that each reports its own faults;
//! those written in another's place become states with a number of their own.

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::source::{Located, Span};
use crate::flow::suggest::{did_you_mean, nearest};
use crate::flow::yaml::{Body, Map, Node};

use super::keys::{self, is_good_name, is_target_word};
use super::languages;
use super::read::{asking_rules, entry, menu_keys, respelled};
use super::values;
use super::{
    ArmDoc, AskingDoc, EntryDoc, HttpDoc, KindDoc, RETURN, RunDoc, StateDoc, TargetDoc, TextDoc,
};

/// The states read so far. A state takes its number before its own targets are
/// read, so the first one written is number 0.
#[derive(Default)]
pub struct States {
    list: Vec<Option<StateDoc>>,
}

impl States {
    pub fn finish(self) -> Vec<StateDoc> {
        self.list.into_iter().flatten().collect()
    }

    /// Everything under `states:`.
    pub fn read_all(&mut self, findings: &mut Findings, node: &Node) {
        let example = "main: {say: …, then: hangup}";
        let Some(map) = values::map(findings, node, "states", example) else {
            return;
        };
        for entry in &map.entries {
            let name = &entry.key;
            if is_target_word(&name.value) {
                findings
                    .add(
                        Code::ReservedName,
                        name.at,
                        format!(
                            "`{}` is a target of its own and cannot name a state",
                            name.value
                        ),
                    )
                    .help(format!(
                        "give the state another name, such as `{}_call`",
                        name.value
                    ));
            } else if !is_good_name(&name.value) {
                findings
                    .add(
                        Code::BadName,
                        name.at,
                        format!("`{}` cannot name a state", name.value),
                    )
                    .help(keys::good_name_help(&name.value, true));
            }
            let Some(map) = values::map(findings, &entry.value, &name.value, example) else {
                // The name stays known, so that what points at it is no further fault.
                let mut unread = blank(name.clone(), None);
                unread.unread_target = true;
                self.list.push(Some(unread));
                continue;
            };
            self.state(findings, map, name.clone(), None);
        }
    }

    /// A target: a name, or a state written in its place.
    pub fn target(
        &mut self,
        findings: &mut Findings,
        node: &Node,
        owner: &Located<String>,
        parent: Option<usize>,
        role: &str,
    ) -> Option<TargetDoc> {
        match &node.body {
            Body::Map(map) => {
                if let [only] = map.entries.as_slice()
                    && map.in_braces
                    && matches!(only.value.body, Body::Nothing { .. })
                    && !keys::is_key(&only.key.value)
                {
                    let word = &only.key.value;
                    findings
                        .add(
                            Code::WrongShape,
                            node.at,
                            "the name of a state stands without braces",
                        )
                        .help(format!("write `{word}`"));
                    return None;
                }
                if owner.value.contains('.') {
                    findings
                        .add(
                            Code::NestedState,
                            node.at,
                            "a state written in place of a target holds another one",
                        )
                        .help(
                            "give the inner state a name under `states:` and write its name here",
                        );
                    return None;
                }
                let name = Located::new(format!("{}.{role}", owner.value), node.at);
                Some(TargetDoc::Place(self.state(findings, map, name, parent)))
            }
            Body::Scalar(scalar) if scalar.text.split_whitespace().next() == Some(RETURN) => {
                values::word(findings, node, RETURN)
                    .and_then(|word| returned(findings, word))
                    .map(TargetDoc::Return)
            }
            _ => {
                // The line of a `choose` has its target under `then`.
                let key = match role.rsplit_once('.') {
                    Some(("choose", _)) => "then",
                    Some((_, last)) => last,
                    None => role,
                };
                target_name(findings, node, key).map(TargetDoc::Name)
            }
        }
    }

    /// Reads one state and returns its number.
    fn state(
        &mut self,
        findings: &mut Findings,
        map: &Map,
        name: Located<String>,
        parent: Option<usize>,
    ) -> usize {
        let index = self.list.len();
        let in_place = name.value.contains('.');
        self.list.push(Some(blank(name.clone(), parent)));
        let kind = map
            .entries
            .iter()
            .find_map(|entry| keys::KINDS.iter().find(|kind| **kind == entry.key.value));
        let mut known: Vec<_> = keys::of_state(kind.copied()).collect();
        if kind.is_none() {
            known.extend(keys::KINDS);
        }
        let map = &*respelled(findings, map, &known);
        let kind_word = self.kind_word(findings, map, &name);
        let all_known = check_keys(findings, map, kind_word);
        let get = |key: &str| entry(map, key).map(|entry| &entry.value);

        let mut state = blank(name.clone(), parent);
        state.set = get("set")
            .map(|node| set(findings, node, "set", "n: ${n + 1}"))
            .unwrap_or_default();
        state.say = get("say").and_then(|node| values::text(findings, node, "say"));
        state.voice = get("voice").and_then(|node| values::voice(findings, node));
        state.lang = get("lang")
            .map(|node| languages::of_state(findings, node))
            .unwrap_or_default();
        state.speed = get("speed").and_then(|node| values::speed(findings, node));
        state.repetition = get("repetition").and_then(|node| values::repetition(findings, node));
        // Which state `repeat` means in here: this one if it asks, else the one around it.
        let around = Some(index);
        let target = |states: &mut States, findings: &mut Findings, key: &str| {
            get(key).and_then(|node| states.target(findings, node, &name, around, key))
        };
        state.then = target(self, findings, "then");
        state.otherwise = target(self, findings, "otherwise");
        state.give_up = target(self, findings, "give_up");
        state.on_error = target(self, findings, "on_error");
        state.unread_target = !all_known
            || [
                ("then", &state.then),
                ("otherwise", &state.otherwise),
                ("give_up", &state.give_up),
            ]
            .iter()
            .any(|(key, read)| get(key).is_some() && read.is_none());
        let cases = get("cases").map(|node| self.cases(findings, node, &name, index));
        state.unread_target |= cases.as_ref().is_some_and(Option::is_none);
        state.cases = cases.flatten().unwrap_or_default();
        state.kind = match kind_word {
            Some("menu") => {
                let mut asking = self.asking(findings, map, "menu", &name, index);
                asking.has_keys |= !all_known;
                KindDoc::Menu(asking)
            }
            Some("ask") => {
                let asking = self.asking(findings, map, "ask", &name, index);
                let entry = ask_entry(findings, map, &name, all_known);
                KindDoc::Ask(asking, Box::new(entry))
            }
            Some("transfer") => KindDoc::Transfer {
                numbers: get("transfer")
                    .map(|node| values::numbers(findings, node, "transfer"))
                    .unwrap_or_default(),
                from: get("from").and_then(|node| values::text(findings, node, "from")),
                record: get("record")
                    .and_then(|node| values::flag(findings, node, "record"))
                    .unwrap_or(false),
            },
            Some("choose") => match get("choose") {
                Some(node) => self.choose(findings, node, &name, index),
                None => KindDoc::Plain,
            },
            Some("run") => KindDoc::Run(RunDoc {
                flow: get("run").and_then(|node| values::word(findings, node, "run")),
                with: get("with")
                    .map(|node| set(findings, node, "with", "account: ${account}"))
                    .unwrap_or_default(),
                save: get("save").and_then(|node| values::word(findings, node, "save")),
            }),
            Some("split") => KindDoc::Split(
                get("split")
                    .map(|node| values::weights(findings, node))
                    .unwrap_or_default(),
            ),
            Some("hours") => match get("hours").and_then(|node| hours_name(findings, node)) {
                Some(name) => KindDoc::Hours(name),
                None => KindDoc::Plain,
            },
            Some("http") => KindDoc::Http(Box::new(http(findings, map))),
            _ => KindDoc::Plain,
        };
        if in_place && entry(map, "then").is_none() && all_known {
            findings
                .add(
                    Code::MissingTarget,
                    name.at,
                    "a state written in place of a target needs a `then`",
                )
                .help("add `then: hangup`, or the name of the state that follows");
        }
        self.list[index] = Some(state);
        index
    }

    /// Which kind of state it is; a second kind word is a fault.
    fn kind_word(
        &self,
        findings: &mut Findings,
        map: &Map,
        name: &Located<String>,
    ) -> Option<&'static str> {
        let mut found: Option<&'static str> = None;
        for entry in &map.entries {
            let Some(kind) = keys::KINDS
                .iter()
                .copied()
                .find(|kind| *kind == entry.key.value)
            else {
                continue;
            };
            if let Some(first) = found.filter(|first| *first != kind) {
                let shown = name.value.split('.').next().unwrap_or_default();
                findings
                    .add(
                        Code::TwoKinds,
                        entry.key.at,
                        format!("`{shown}` has `{first}` and `{kind}` at once"),
                    )
                    .help(format!(
                        "give the `{kind}` a state of its own, and go there by its name"
                    ));
            }
            found = found.or(Some(kind));
        }
        found
    }

    fn asking(
        &mut self,
        findings: &mut Findings,
        map: &Map,
        key: &str,
        name: &Located<String>,
        index: usize,
    ) -> AskingDoc {
        let get = |key: &str| entry(map, key).map(|entry| &entry.value);
        AskingDoc {
            prompts: get(key)
                .map(|node| values::texts(findings, node, key))
                .unwrap_or_default(),
            keys: get("keys")
                .map(|node| menu_keys(findings, self, node, name, Some(index)))
                .unwrap_or_default(),
            has_keys: get("keys").is_some(),
            rules: asking_rules(findings, map),
        }
    }

    /// `None` where one of them cannot be read.
    fn cases(
        &mut self,
        findings: &mut Findings,
        node: &Node,
        name: &Located<String>,
        index: usize,
    ) -> Option<Vec<(Located<String>, TargetDoc)>> {
        let map = values::map(findings, node, "cases", "gold: gold_desk")?;
        let mut cases = Vec::new();
        let mut all_read = true;
        for entry in &map.entries {
            let role = format!("cases.{}", entry.key.value);
            if let Some(target) = self.target(findings, &entry.value, name, Some(index), &role) {
                cases.push((entry.key.clone(), target));
            } else {
                all_read = false;
            }
        }
        all_read.then_some(cases)
    }

    /// Both forms of `choose`: a list of conditions, or one expression.
    fn choose(
        &mut self,
        findings: &mut Findings,
        node: &Node,
        name: &Located<String>,
        index: usize,
    ) -> KindDoc {
        let Body::List(items) = &node.body else {
            return match values::text(findings, node, "choose") {
                Some(text) => KindDoc::Label(text),
                None => KindDoc::Plain,
            };
        };
        let mut arms = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let example = "- {if: \"number(input) > 3\", then: many}";
            let Some(map) = values::map(findings, item, "choose", example) else {
                continue;
            };
            let map = &*respelled(findings, map, keys::ARM);
            if !super::read::refuse_unknown(findings, map, keys::ARM, "each has") {
                continue;
            }
            let mut missing = None;
            let condition = match entry(map, "if") {
                Some(entry) => values::text(findings, &entry.value, "if"),
                None => {
                    missing = Some("if");
                    None
                }
            };
            let role = format!("choose.{}", i + 1);
            let then = match entry(map, "then") {
                Some(entry) => self.target(findings, &entry.value, name, Some(index), &role),
                None => {
                    missing = missing.or(Some("then"));
                    None
                }
            };
            if let Some(key) = missing {
                findings
                    .add(
                        Code::MissingKey,
                        item.at,
                        format!("this line of `choose` has no `{key}`"),
                    )
                    .help(format!("write each as `{example}`"));
            }
            if let (Some(condition), Some(then)) = (condition, then) {
                arms.push(ArmDoc { condition, then });
            }
        }
        KindDoc::Choose(arms)
    }
}

/// Which hours a state asks for. They are written once, for the whole flow.
fn hours_name(findings: &mut Findings, node: &Node) -> Option<Located<String>> {
    if let Body::Map(_) | Body::List(_) = &node.body {
        let message = format!("`hours` of a state is a name, and this is {}", node.shape());
        findings
            .add(Code::WrongShape, node.at, message)
            .help("give the hours a name under `hours` at the top of the file, as in `office: {open: [mon-fri 09:00-18:00]}`, and write that name here");
        return None;
    }
    values::word(findings, node, "hours")
}

/// A state that holds nothing yet.
fn blank(name: Located<String>, parent: Option<usize>) -> StateDoc {
    StateDoc {
        name,
        parent,
        set: Vec::new(),
        say: None,
        kind: KindDoc::Plain,
        then: None,
        otherwise: None,
        give_up: None,
        on_error: None,
        cases: Vec::new(),
        voice: None,
        lang: Vec::new(),
        speed: None,
        repetition: None,
        unread_target: false,
    }
}

/// Reports keys that a state of this kind does not have. False where there was one
/// that may be what seems to be missing.
fn check_keys(findings: &mut Findings, map: &Map, kind: Option<&'static str>) -> bool {
    let known: Vec<_> = keys::of_state(kind).collect();
    if map.in_braces && values::comma_cut(findings, map, &known) {
        return false;
    }
    let mut all_known = true;
    let mut misplaced = false;
    let this = kind.map_or("a state without a kind".to_owned(), |kind| {
        format!("a `{kind}`")
    });
    for entry in &map.entries {
        let key = entry.key.value.as_str();
        if known.contains(&key) || keys::KINDS.contains(&key) {
            continue;
        }
        let kinds = keys::kinds_with(key);
        all_known = false;
        if kinds.is_empty() {
            let all = keys::of_state(kind).chain(keys::KINDS.iter().copied());
            let help = match (kind, nearest(key, all.clone())) {
                _ if values::glued_key(key).is_some() => values::glued_key(key).unwrap_or_default(),
                (None, Some(found)) => format!("did you mean `{found}`?"),
                (None, None) => "a state has `set`, `say`, and one of `menu`, `ask`, `transfer`, `choose`, `split`, `hours`, `http`, `run` or `then`".to_owned(),
                _ => did_you_mean(key, keys::of_state(kind), &format!("{this} has")),
            };
            findings
                .add(
                    Code::UnknownKey,
                    entry.key.at,
                    format!("there is no key `{key}` here"),
                )
                .help(help);
        } else if std::mem::replace(&mut misplaced, true) {
            // The first tells enough: most often it is the kind that is missing.
        } else {
            let names: Vec<_> = kinds.iter().map(|kind| format!("`{kind}`")).collect();
            let help = match (kind, key) {
                (Some("menu"), "then") => {
                    "a menu goes where its `keys` say; give each key its target".to_owned()
                }
                (Some("split"), "then" | "otherwise") => {
                    "a split goes where its `cases` say; every caller gets one of them".to_owned()
                }
                (None, "otherwise") => "a state that only speaks goes to its `then`".to_owned(),
                (None, "cases" | "keys" | "give_up") => {
                    format!("write what is asked behind {}", names.join(" or "))
                }
                _ => format!("take it out, or make this state {}", names.join(" or ")),
            };
            findings
                .add(
                    Code::MisplacedKey,
                    entry.key.at,
                    format!(
                        "`{key}` belongs to {}, and this is {this}",
                        names.join(" and ")
                    ),
                )
                .help(help);
        }
    }
    all_known
}

/// The name of a state, or a word that is a target.
fn target_name(findings: &mut Findings, node: &Node, key: &str) -> Option<Located<String>> {
    if let Body::Nothing { comment: Some(at) } = node.body {
        findings
            .add(
                Code::EmptyValue,
                at,
                format!("`{key}` leads nowhere: what stands behind ` #` is a remark"),
            )
            .help(format!(
                "write the name of a state in front of it, as in `{key}: goodbye`"
            ));
        return None;
    }
    if let (Body::Nothing { .. }, Some((word, rest))) = (&node.body, key.split_once(' ')) {
        let at = Span::new(node.at.start.saturating_sub(key.len()), node.at.start);
        findings
            .add(Code::EmptyValue, at, format!("a `:` is missing in `{key}`"))
            .help(format!("write `{word}: {rest}`"));
        return None;
    }
    values::word(findings, node, key)
}

/// What a look-up asks for, and how.
pub(super) fn http(findings: &mut Findings, map: &Map) -> HttpDoc {
    let get = |key: &str| entry(map, key).map(|entry| &entry.value);
    let headers = get("headers").and_then(|node| {
        let map = values::map(findings, node, "headers", "accept: application/json")?;
        let mut headers = Vec::new();
        for entry in &map.entries {
            let text = values::text(findings, &entry.value, &entry.key.value)?;
            headers.push((entry.key.clone(), text));
        }
        Some(headers)
    });
    HttpDoc {
        request: get("http").and_then(|node| values::text(findings, node, "http")),
        headers: headers.unwrap_or_default(),
        json: get("json").and_then(|node| values::value(findings, node, "json")),
        within_ms: get("within").and_then(|node| {
            values::duration_of(findings, node, "within", LOOK_UP_MS, "from 100ms to 30s")
        }),
        retries: get("retries").and_then(|node| values::whole(findings, node, "retries", 0..=3)),
        save: get("save").and_then(|node| values::word(findings, node, "save")),
        while_waiting: get("while_waiting")
            .and_then(|node| values::text(findings, node, "while_waiting")),
    }
}

/// How long a look-up may take at all.
const LOOK_UP_MS: std::ops::RangeInclusive<u32> = 100..=30_000;

fn set(
    findings: &mut Findings,
    node: &Node,
    key: &str,
    example: &str,
) -> Vec<(Located<String>, super::ValueDoc)> {
    let Some(map) = values::map(findings, node, key, example) else {
        return Vec::new();
    };
    map.entries
        .iter()
        .filter_map(|entry| {
            let value = values::value(findings, &entry.value, &entry.key.value)?;
            Some((entry.key.clone(), value))
        })
        .collect()
}

/// The label behind `return`, where there is one.
fn returned(findings: &mut Findings, word: Located<String>) -> Option<Located<Option<String>>> {
    let label = word.value.trim_start()[RETURN.len()..].trim().to_owned();
    if label.is_empty() {
        return Some(word.map(|_| None));
    }
    if !is_good_name(&label) {
        let help = keys::good_name_help(&label, true);
        let message = format!("`{label}` cannot be a label");
        findings.add(Code::BadName, word.at, message).help(help);
        return None;
    }
    Some(word.map(|_| Some(label)))
}

/// Of an entry that cannot be read all is kept that can be, so that its variable is
/// known.
fn ask_entry(
    findings: &mut Findings,
    map: &Map,
    name: &Located<String>,
    all_known: bool,
) -> EntryDoc {
    let get = |key: &str| entry(map, key).map(|entry| &entry.value);
    let save = get("save").and_then(|node| values::word(findings, node, "save"));
    let valid = get("valid").and_then(|node| values::text(findings, node, "valid"));
    let confirm: Option<TextDoc> =
        get("confirm").and_then(|node| values::text(findings, node, "confirm"));
    let digits = get("digits").and_then(|node| values::digit_range(findings, node));
    if get("digits").is_none() && all_known {
        let at = entry(map, "ask").map_or(name.at, |entry| entry.key.at);
        findings
            .add(
                Code::MissingKey,
                at,
                "an `ask` needs to know how many digits it collects",
            )
            .help("add `digits: 8` for exactly 8, or `digits: 6-8` for 6 to 8");
    }
    EntryDoc {
        digits: digits.unwrap_or(Located::new((1, 25), name.at)),
        save,
        valid,
        confirm,
    }
}
