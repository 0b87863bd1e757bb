//! "Did you mean": the known name that is nearest to what was typed.

/// The longest name, in bytes, that others are compared with: time and memory for it
/// grow with the product of both lengths, and nobody mistypes longer ones.
const MAX_COMPARED: usize = 64;

/// The nearest of `known` to `typed`, where one is near enough to be what was meant.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if typed.len() > MAX_COMPARED {
        return None;
    }
    let typed = typed.to_lowercase();
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(name) = known.iter().find(|name| name.to_lowercase() == typed) {
        return Some(name);
    }
    let meant = meant_by(&typed);
    if let Some(name) = known.iter().find(|name| meant.contains(*name)) {
        return Some(name);
    }
    let allowed = ((typed.chars().count() + 1) / 3).clamp(1, 3);
    known
        .into_iter()
        .filter(|name| name.len() <= MAX_COMPARED)
        .map(|name| {
            let lower = name.to_lowercase();
            let begun = typed.len() >= 3 && lower.starts_with(&typed);
            let far = strsim::damerau_levenshtein(&typed, &lower);
            (if begun { far.min(allowed) } else { far }, name)
        })
        .filter(|(far, _)| *far <= allowed)
        .min_by_key(|(far, _)| *far)
        .map(|(_, name)| name)
}

/// What other systems call by this word.
fn meant_by(word: &str) -> &'static [&'static str] {
    match word {
        "play" | "speak" | "text" | "message" | "announce" => &["say"],
        "prompt" | "options" => &["menu"],
        "gather" | "collect" | "enter" | "capture" => &["ask"],
        "dial" | "connect" | "forward" | "bridge" | "number" => &["transfer", "numbers"],
        "switch" | "branch" | "condition" => &["choose", "if"],
        "when" => &["if"],
        "goto" | "go" | "next" | "target" | "on_success" => &["then"],
        "else" | "default" | "fallback" | "on_failure" => &["otherwise"],
        "choices" | "press" | "buttons" => &["keys"],
        "timeout" | "pause" => &["wait"],
        "retries" | "attempts" | "max_tries" | "repeats" => &["tries"],
        "variable" | "store" | "save_as" => &["save"],
        "length" => &["digits"],
        "variables" => &["vars"],
        "name" => &["flow"],
        "language" => &["lang", "languages", "voice"],
        "langs" | "locales" | "voices" => &["languages"],
        "timezone" | "time_zone" | "tz" => &["zone"],
        "begin" | "first" | "entry" => &["start"],
        "nodes" | "steps" | "blocks" => &["states"],
        "end" | "exit" | "stop" | "disconnect" | "bye" | "quit" => &["hangup"],
        "again" | "replay" => &["repeat"],
        "engaged" => &["busy"],
        "timed_out" | "noanswer" | "unanswered" => &["no_answer"],
        "error" => &["failed", "on_error"],
        "nomatch" | "wrong" => &["no_match"],
        "noinput" | "silence" => &["no_input"],
        "string" => &["text"],
        "int" | "integer" | "float" | "num" | "decimal" => &["number"],
        "bool" | "boolean" => &["flag"],
        "array" => &["list"],
        "object" | "dict" => &["map"],
        _ => &[],
    }
}

/// "did you mean `x`?", or else the whole list of what there is.
pub fn did_you_mean<'a>(
    typed: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
    otherwise: &str,
) -> String {
    match nearest(typed, known.clone()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            let list: Vec<_> = known.into_iter().map(|name| format!("`{name}`")).collect();
            match list.as_slice() {
                [] => otherwise.to_owned(),
                [one] => format!("{otherwise} {one}"),
                [most @ .., last] if list.len() <= 24 => {
                    format!("{otherwise} {} and {last}", most.join(", "))
                }
                most => format!(
                    "{otherwise} {} and {} more",
                    most[..12].join(", "),
                    most.len() - 12
                ),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let known = ["hours", "reception", "main"];
        assert_eq!(nearest("hourss", known), Some("hours"));
        assert_eq!(nearest("Hours", known), Some("hours"));
        assert_eq!(nearest("recep", known), Some("reception"));
        assert_eq!(nearest("zebra", known), None);
        assert_eq!(nearest("goto", ["say", "then"]), Some("then"));
        assert_eq!(
            did_you_mean("zebra", known, "the states are"),
            "the states are `hours`, `reception` and `main`"
        );
    }
}
