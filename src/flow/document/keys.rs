//! Which keys there are and where each belongs.

/// Keys of the file itself.
pub const FILE: &[&str] = &[
    "flow",
    "numbers",
    "start",
    "voice",
    "zone",
    "vars",
    "defaults",
    "allow_dial",
    "states",
];

/// Keys of `defaults`.
pub const DEFAULTS: &[&str] = &[
    "tries",
    "wait",
    "no_input",
    "no_match",
    "invalid",
    "give_up",
    "otherwise",
    "on_error",
    "keys",
    "speed",
    "repetition",
    "patience",
];

/// Keys of one arm of `choose`.
pub const ARM: &[&str] = &["if", "then"];

/// Keys of a variable that is written out.
pub const VARIABLE: &[&str] = &["type", "default"];

/// Keys that say what kind of state it is.
pub const KINDS: &[&str] = &["menu", "ask", "transfer", "choose"];

/// Keys that a state of any kind can have.
const ANY: &[&str] = &["set", "say", "voice", "speed", "repetition", "on_error"];
const PLAIN: &[&str] = &["then"];
const MENU: &[&str] = &[
    "menu", "keys", "give_up", "cases", "tries", "wait", "no_input", "no_match",
];
const ASK: &[&str] = &[
    "ask", "digits", "save", "valid", "confirm", "keys", "then", "give_up", "cases", "tries",
    "wait", "no_input", "no_match", "invalid",
];
const TRANSFER: &[&str] = &["transfer", "from", "then", "otherwise", "cases"];
const CHOOSE: &[&str] = &["choose", "cases", "otherwise"];

/// Keys of the language that this version does not read, so that they are told
/// from typing errors.
pub const NOT_YET: &[&str] = &[
    "languages",
    "hours",
    "on_end",
    "lang",
    "http",
    "split",
    "run",
    "with",
    "record",
    "headers",
    "json",
    "within",
    "retries",
    "while_waiting",
];

/// True for every word that is a key somewhere, and for the keys of a telephone.
pub fn is_key(word: &str) -> bool {
    let lists = [
        FILE, DEFAULTS, ARM, VARIABLE, KINDS, ANY, PLAIN, MENU, ASK, TRANSFER, CHOOSE, NOT_YET,
    ];
    lists.iter().any(|list| list.contains(&word)) || crate::call::Key::named(word).is_some()
}

/// Those of them that make a state of a kind.
pub const KINDS_NOT_YET: &[&str] = &["http", "hours", "split", "run"];

/// The keys of a state of this kind, beside those that every state can have.
fn of_kind(kind: Option<&str>) -> &'static [&'static str] {
    match kind {
        Some("menu") => MENU,
        Some("ask") => ASK,
        Some("transfer") => TRANSFER,
        Some("choose") => CHOOSE,
        _ => PLAIN,
    }
}

/// Every key that a state of this kind can have.
pub fn of_state(kind: Option<&str>) -> impl Iterator<Item = &'static str> + Clone {
    ANY.iter().chain(of_kind(kind)).copied()
}

/// The kinds of state to which a key belongs, where it belongs to some but not all.
pub fn kinds_with(key: &str) -> Vec<&'static str> {
    KINDS
        .iter()
        .copied()
        .filter(|kind| *kind != key && of_kind(Some(kind)).contains(&key))
        .collect()
}

/// True for what can name a flow, a state or a label: a letter or `_`, then
/// letters, digits, `_` and `-`, 64 characters at most.
pub fn is_good_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '-')
        && name.chars().count() <= 64
}

/// A name that is near to a bad one and can be used, in words of help.
pub fn good_name_help(name: &str, dash: bool) -> String {
    let allowed = |c: char| c.is_alphanumeric() || c == '_' || (dash && c == '-');
    let joined: Vec<&str> = name
        .split(|c: char| !allowed(c))
        .filter(|part| !part.is_empty())
        .collect();
    let fixed = joined.join("_");
    let signs = if dash {
        "letters, digits, `_` and `-`"
    } else {
        "letters, digits and `_`"
    };
    if is_good_name(&fixed) && fixed != name {
        format!("write `{fixed}`: a name is made of {signs}")
    } else {
        format!("use {signs}, beginning with a letter, 64 at most")
    }
}

/// True for words that are targets of their own.
pub fn is_target_word(name: &str) -> bool {
    matches!(name, super::HANGUP | super::REPEAT | "return")
}
