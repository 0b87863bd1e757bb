//! The currencies of the world and what they are called.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One line a currency, behind a line that names the columns.
const TABLE: &str = include_str!("currencies.tsv");

/// A currency and its names.
pub(super) struct Currency {
    /// The three letters of ISO 4217.
    pub code: &'static str,
    /// How many decimal places are spoken.
    pub places: i16,
    /// Its names by language.
    names: HashMap<&'static str, Forms>,
}

/// A noun behind a number: beside one, and beside others.
#[derive(Clone, Copy)]
pub(super) struct Forms {
    one: &'static str,
    other: &'static str,
}

impl Forms {
    /// Reads `one|other`, or one form for both.
    pub fn read(text: &'static str) -> Forms {
        let (one, other) = text.split_once('|').unwrap_or((text, text));
        Forms { one, other }
    }

    pub fn of(self, is_one: bool) -> &'static str {
        if is_one { self.one } else { self.other }
    }
}

impl Currency {
    pub fn name(&self, language: &str) -> Option<Forms> {
        self.names.get(language).copied()
    }
}

static CURRENCIES: LazyLock<Vec<Currency>> = LazyLock::new(|| {
    let mut lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let languages = lines.next().into_iter();
    let languages: Vec<&str> = languages
        .flat_map(|line| line.split('\t').skip(2))
        .collect();
    let mut currencies = Vec::new();
    for line in lines {
        let mut cells = line.split('\t');
        let (Some(code), Some(places)) = (cells.next(), cells.next()) else {
            continue;
        };
        let names = languages.iter().copied().zip(cells.map(Forms::read));
        currencies.push(Currency {
            code,
            places: places.parse().unwrap_or(2),
            names: names.collect(),
        });
    }
    currencies
});

/// The currency with this code, in capital letters or not.
pub(super) fn find(code: &str) -> Option<&'static Currency> {
    CURRENCIES
        .iter()
        .find(|currency| currency.code.eq_ignore_ascii_case(code))
}

/// True for the code of a currency that is in use.
pub(in crate::script) fn is_code(code: &str) -> bool {
    find(code).is_some()
}

/// The codes of all currencies.
pub(in crate::script) fn codes() -> impl Iterator<Item = &'static str> {
    CURRENCIES.iter().map(|currency| currency.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_whole() {
        assert!(CURRENCIES.len() > 150);
        for currency in CURRENCIES.iter() {
            let code = currency.code;
            assert!(code.len() == 3 && code.chars().all(|c| c.is_ascii_uppercase()));
            assert!((0..=3).contains(&currency.places), "{code}");
            assert_eq!(currency.names.len(), 9, "{code}");
            for forms in currency.names.values() {
                for name in [forms.one, forms.other] {
                    assert!(!name.trim().is_empty(), "{code}");
                    assert!(!name.contains(['<', '>', '&', '|']), "{code}");
                }
            }
        }
    }
}
