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
