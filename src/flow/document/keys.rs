//! Which keys there are and where each belongs, by name.

use super::tables::{self, STATE_KINDS};

/// Keys of the file itself.
pub const FILE: &[&str] = &names::<{ tables::FILE.len() }>(tables::FILE);

/// Keys of `defaults`.
pub const DEFAULTS: &[&str] = &names::<{ tables::DEFAULTS.len() }>(tables::DEFAULTS);

/// Keys of `on_end` where it is a look-up.
pub const ON_END: &[&str] = &names::<{ tables::ON_END.len() }>(tables::ON_END);

/// Keys of one arm of `choose`.
pub const ARM: &[&str] = &names::<{ tables::ARM.len() }>(tables::ARM);

/// Keys of a variable that is written out.
pub const VARIABLE: &[&str] = &names::<{ tables::VARIABLE.len() }>(tables::VARIABLE);

/// Keys of a language.
pub const LANGUAGE: &[&str] = &names::<{ tables::LANGUAGE.len() }>(tables::LANGUAGE);

/// Keys of named opening hours.
pub const HOURS: &[&str] = &names::<{ tables::HOURS.len() }>(tables::HOURS);

/// Keys of an exception that is written out.
pub const EXCEPTION: &[&str] = &names::<{ tables::EXCEPTION.len() }>(tables::EXCEPTION);

/// Keys that say what kind of state it is.
pub const KINDS: &[&str] = &{
    let mut words = [""; STATE_KINDS.len()];
    let mut at = 0;
    while at < words.len() {
        words[at] = STATE_KINDS[at].key.name;
        at += 1;
    }
    words
};

/// The names of a table, made when the program is built.
const fn names<const N: usize>(table: &[tables::Key]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = table[at].name;
        at += 1;
    }
    names
}

/// True for every word that is a key somewhere, and for the keys of a telephone.
pub fn is_key(word: &str) -> bool {
    let lists = [FILE, DEFAULTS, ARM, VARIABLE, HOURS, EXCEPTION, KINDS];
    let tables = [tables::ANY, tables::PLAIN];
    let of_kinds = STATE_KINDS.iter().map(|kind| kind.keys);
    lists.iter().any(|list| list.contains(&word))
        || tables
            .into_iter()
            .chain(of_kinds)
            .any(|table| table.iter().any(|key| key.name == word))
        || crate::call::Key::named(word).is_some()
}

/// The keys of a state of this kind, beside those that every state can have; the word
/// of the kind is one of them.
fn of_kind(kind: Option<&str>) -> impl Iterator<Item = &'static str> + Clone {
    let found = STATE_KINDS
        .iter()
        .find(|known| Some(known.key.name) == kind);
    let word = found.map(|found| found.key.name);
    let keys = found.map_or(tables::PLAIN, |found| found.keys);
    word.into_iter().chain(keys.iter().map(|key| key.name))
}

/// Every key that a state of this kind can have.
pub fn of_state(kind: Option<&str>) -> impl Iterator<Item = &'static str> + Clone {
    tables::ANY.iter().map(|key| key.name).chain(of_kind(kind))
}

/// The kinds of state to which a key belongs, where it belongs to some but not all.
pub fn kinds_with(key: &str) -> Vec<&'static str> {
    KINDS
        .iter()
        .copied()
        .filter(|kind| *kind != key && of_kind(Some(kind)).any(|known| known == key))
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
