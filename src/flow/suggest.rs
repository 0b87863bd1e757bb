//! "Did you mean": the known name that is nearest to what was typed.

/// The nearest of `known` to `typed`, where one is near enough to be what was meant.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let allowed = (typed.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
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
                    format!("{otherwise} {} or {last}", most.join(", "))
                }
                _ => format!("{otherwise} one of {} names", list.len()),
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
        assert_eq!(
            did_you_mean("zebra", known, "the states are"),
            "the states are `hours`, `reception` or `main`"
        );
    }
}
