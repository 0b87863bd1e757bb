//! The designers' page about scripts is run, so that it cannot be wrong.

use super::super::functions;
use super::{Call, told};

const README: &str = include_str!("../../../scripts/README.md");

/// The lines `expression → result` of the page.
fn examples() -> Vec<(&'static str, &'static str)> {
    README
        .lines()
        .filter_map(|line| line.split_once(" → "))
        .collect()
}

#[test]
fn every_example_of_the_page_is_true() {
    let call = Call::new();
    assert!(examples().len() > 40);
    for (source, expected) in examples() {
        let value = call
            .run(source.trim())
            .unwrap_or_else(|fault| panic!("{source}: {fault:?}"));
        assert_eq!(told(&value), expected.trim(), "{source}");
    }
}

#[test]
fn every_function_has_an_example_on_the_page() {
    for name in functions::names() {
        let call = format!("{name}(");
        assert!(
            examples().iter().any(|(source, _)| source.contains(&call)),
            "{name}"
        );
    }
}

/// The table of what is heard in each language: its head says which calls.
#[test]
fn every_language_of_the_page_sounds_as_it_says() {
    let rows: Vec<Vec<&str>> = README
        .lines()
        .skip_while(|line| !line.starts_with("| `lang` | `money"))
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let (head, rows) = rows.split_first().expect("the table is there");
    let heard = |lang: &'static str, source: &str| {
        let call = Call(Call::new().0, lang);
        call.run(source).expect(source).to_string()
    };
    assert_eq!(rows.len(), 9, "a line below the head, and eight languages");
    for row in &rows[1..] {
        let lang = row[0].trim_matches('`');
        let (currency, sum) = row[1].split_once(": ").expect("a currency and a sum");
        let money = head[1]
            .trim_matches('`')
            .replace('…', currency.trim_matches('`'));
        assert_eq!(heard(lang, &money), sum, "{lang}");
        for (call, expected) in head[2..].iter().zip(&row[2..]) {
            assert_eq!(heard(lang, call.trim_matches('`')), *expected, "{lang}");
        }
    }
}
