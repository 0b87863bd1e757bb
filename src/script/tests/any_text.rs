//! Whatever is written, compiling and running it ends, and nothing panics.

use proptest::prelude::*;

use super::super::{Library, Program, Spot};
use super::{Budget, Call};

const WORDS: &[&str] = &[
    "tier", "n", "pin", "customer", "list", "input", "x", "y", "1", "2.5", "\"a\"", "'c'", "`t`",
    "`${", "}`", "true", "()", "(", ")", "[", "]", "{", "}", "#{", ".", "?.", "?[", ",", ";", ":",
    "::", "=>", "=", "==", "!=", "<", "<=", "+", "-", "*", "/", "%", "**", "!", "&&", "||", "|",
    "&", "??", "..", "..=", "+=", "if", "else", "switch", "_", "for", "in", "while", "loop", "do",
    "until", "let", "const", "return", "throw", "break", "continue", "try", "catch", "fn",
    "private", "import", "export", "as", "this", "global", "eval", "call", "Fn", "and", "not",
    "luhn", "mask", "spell", "money", "amount", "date", "time", "now", "\"SGD\"", "len", "visits",
    "number", "push", "file", "f", "//", "/*", "*/", "\n", "\"", "'", "\\", "é", "0x1", "@", "$",
    "#",
];

/// Runs a source wherever it comes from, and looks at whatever is told about it.
fn survive(source: &str) -> Result<(), TestCaseError> {
    let call = Call::new();
    let (library, _) = Library::compile([("file", "fn f(x) { x }")]);
    let lines: Vec<usize> = source.lines().map(|line| line.chars().count()).collect();
    let inside = |spot: Spot| {
        let line = lines.get(spot.line - 1).copied().unwrap_or(0);
        spot.line >= 1 && spot.column >= 1 && spot.len >= 1 && spot.column <= line + 1
    };
    match Program::compile(source, &library, &call.variables()) {
        Ok(program) => {
            let _ = program.run(&call, &mut Budget::new(2_000));
        }
        Err(problems) => {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                prop_assert!(inside(problem.spot), "{problem:?} in {source:?}");
            }
        }
    }
    let (_, problems) = Library::compile([("other", source)]);
    for (_, problem) in problems {
        prop_assert!(inside(problem.spot), "{problem:?} in {source:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn words_in_any_order_never_panic(words in prop::collection::vec(prop::sample::select(WORDS), 0..30)) {
        survive(&words.join(" "))?;
        survive(&words.concat())?;
    }

    #[test]
    fn functions_of_any_words_never_panic(words in prop::collection::vec(prop::sample::select(WORDS), 0..20)) {
        survive(&format!("fn g(x, y) {{ {} }}", words.join(" ")))?;
    }

    #[test]
    fn any_characters_never_panic(text in ".{0,60}") {
        survive(&text)?;
    }
}
