//! Which names are taken, and what somebody may have meant by one that is not.

use super::functions;

/// Names that every expression may read beside the flow's variables.
pub const BUILTINS: &[&str] = &[
    "caller", "dialled", "session", "input", "leg", "lang", "now",
];

/// The fields of those of [`BUILTINS`] that have some.
pub const FIELDS: &[(&str, &[&str])] = &[
    ("caller", &["number", "country", "known"]),
    ("dialled", &["number", "country", "ref"]),
    ("session", &["id", "direction", "type", "started"]),
    ("leg", &["outcome", "sip_code", "seconds"]),
    (
        "now",
        &[
            "year", "month", "day", "hour", "minute", "weekday", "date", "time",
        ],
    ),
];

/// The fields of one of [`BUILTINS`].
pub(super) fn fields(name: &str) -> Option<&'static [&'static str]> {
    let found = FIELDS.iter().find(|(builtin, _)| *builtin == name)?;
    Some(found.1)
}

/// The one of [`BUILTINS`] that has a field of this name, where only one has.
pub(super) fn field_of(field: &str) -> Option<&'static str> {
    let mut having = FIELDS.iter().filter(|(_, fields)| fields.contains(&field));
    let (name, _) = having.next()?;
    having.next().is_none().then_some(name)
}

/// Words of the language that no engine setting tells: they are tokens or reserved
/// by Rhai for itself.
const WORDS: &[&str] = &[
    "true",
    "false",
    "let",
    "const",
    "if",
    "else",
    "switch",
    "do",
    "while",
    "until",
    "loop",
    "for",
    "in",
    "continue",
    "break",
    "return",
    "throw",
    "try",
    "catch",
    "fn",
    "private",
    "import",
    "export",
    "as",
    "global",
    "this",
    "var",
    "static",
    "shared",
    "is",
    "goto",
    "exit",
    "match",
    "case",
    "public",
    "protected",
    "new",
    "use",
    "with",
    "module",
    "package",
    "super",
    "thread",
    "spawn",
    "go",
    "await",
    "async",
    "sync",
    "yield",
    "default",
    "void",
    "null",
    "nil",
    "print",
    "debug",
    "type_of",
    "eval",
    "Fn",
    "call",
    "curry",
    "is_shared",
    "is_def_var",
    "is_def_fn",
    "and",
    "or",
    "not",
];

/// True for words that cannot name a flow variable: those of the language, the names
/// in [`BUILTINS`], and the names of functions but those for speech. What is told as a
/// date is called `date` in many a flow, and no engine mistakes one for the other.
pub fn is_reserved(name: &str) -> bool {
    let is_function = functions::find(name).is_some() && !functions::is_speech(name);
    WORDS.contains(&name) || BUILTINS.contains(&name) || is_function
}

/// The longest name, in bytes, that others are compared with: the time it takes grows
/// with the product of both lengths, and nobody mistypes longer ones.
const MAX_COMPARED: usize = 64;

/// The candidate that looks most like `name`, if one is near enough to be meant.
pub(super) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if name.len() > MAX_COMPARED {
        return None;
    }
    let allowed = match name.chars().count() {
        0..=3 => 1,
        4..=6 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name && candidate.len() <= MAX_COMPARED)
        .map(|candidate| (strsim::osa_distance(name, candidate), candidate))
        .filter(|(distance, candidate)| {
            *distance <= allowed && *distance < candidate.chars().count()
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_builtins_and_functions_name_no_variable() {
        for name in ["call", "default", "input", "visits", "luhn", "if", "len"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["tier", "pin", "customer", "n", "date", "amount"] {
            assert!(!is_reserved(name), "{name}");
        }
    }

    #[test]
    fn only_a_near_name_is_suggested() {
        assert_eq!(nearest("luhm", ["luhn", "len"]), Some("luhn"));
        assert_eq!(nearest("tire", ["tier", "pin"]), Some("tier"));
        assert_eq!(nearest("customer", ["tier", "pin"]), None);
    }
}
