//! What is known about a program without running it.

use super::super::{Library, Program};
use super::Call;

fn names(names: &[Box<str>]) -> Vec<&str> {
    names.iter().map(|name| &**name).collect()
}

/// A script, what it reads, and what of that could be in its result.
const READS: &[(&str, &[&str], &[&str])] = &[
    ("tier", &["tier"], &["tier"]),
    ("let x = n; x + x", &["n"], &["n"]),
    ("let n = 1; n", &[], &[]),
    ("{ let n = 1; } n", &["n"], &["n"]),
    ("for n in list { n } 1", &["list"], &["list"]),
    ("try { 1 } catch (n) { n }", &[], &[]),
    (
        "if vip { tier } else { customer.name }",
        &["vip", "tier", "customer"],
        &["tier", "customer"],
    ),
    ("mask(pin)", &["pin"], &[]),
    ("pin.mask()", &["pin"], &[]),
    (
        "\"ends in \" + mask(pin) + tier",
        &["pin", "tier"],
        &["tier"],
    ),
    ("luhn(pin) && pin.len() == 8", &["pin"], &[]),
    ("len(pin)", &["pin"], &[]),
    ("pin == input", &["pin", "input"], &[]),
    ("pin in [tier]", &["tier", "pin"], &[]),
    ("!vip", &["vip"], &[]),
    ("pin", &["pin"], &["pin"]),
    ("pin.trim()", &["pin"], &["pin"]),
    ("digits(pin)", &["pin"], &["pin"]),
    (
        "switch pin { \"1\" => \"a\", _ => tier }",
        &["pin", "tier"],
        &["tier"],
    ),
    (
        "let x = \"\"; if ({ x = pin; true }) && vip { 1 } x",
        &["pin", "vip"],
        &["pin"],
    ),
    ("({ return pin; 1 }) == 1", &["pin"], &["pin"]),
    ("mask(pin) + pin", &["pin"], &["pin"]),
    ("`${pin}`", &["pin"], &["pin"]),
    ("[pin]", &["pin"], &["pin"]),
    ("#{a: pin}", &["pin"], &["pin"]),
    ("customer[pin]", &["customer", "pin"], &["customer", "pin"]),
    ("missing ?? pin", &["missing", "pin"], &["missing", "pin"]),
    ("-n", &["n"], &["n"]),
    ("pin.is_empty() || is_empty(pin)", &["pin"], &[]),
    ("contains([pin], input)", &["pin", "input"], &[]),
    (
        "let a = pin.starts_with(\"1\"); let b = ends_with(pin, \"2\"); [a, b]",
        &["pin"],
        &[],
    ),
    ("index_of(pin, \"1\")", &["pin"], &["pin"]),
    ("table(\"branches\", pin).name", &["pin"], &["pin"]),
    ("let l = []; if l.push(pin) == 1 { } l", &["pin"], &["pin"]),
    (
        "let l = []; let n = len(push(l, pin)); l",
        &["pin"],
        &["pin"],
    ),
];

#[test]
fn a_program_knows_what_it_reads_and_shows() {
    let call = Call::new();
    for (source, reads, exposes) in READS {
        let program = call.compile(source);
        assert_eq!(names(program.reads()), *reads, "{source}");
        assert_eq!(names(program.exposes()), *exposes, "{source}");
    }
}

#[test]
fn labels_are_the_texts_in_the_place_of_the_result() {
    let cases: &[(&str, &[&str])] = &[
        ("\"a\"", &["a"]),
        ("let x = \"no\"; \"a\"", &["a"]),
        ("if vip { \"a\" } else { \"b\" }", &["a", "b"]),
        ("if vip { \"no\" } \"a\"", &["a"]),
        ("if vip { return \"a\"; } \"b\"", &["a", "b"]),
        (
            "switch tier { \"gold\" => \"a\", \"tin\" => { \"b\" } _ => \"c\" }",
            &["a", "b", "c"],
        ),
        (
            "if vip { if n > 2 { \"a\" } else { \"b\" } } else { \"c\" }",
            &["a", "b", "c"],
        ),
        ("if vip { \"a\" + \"b\" } else { `c${n}` }", &[]),
        ("tier == \"gold\"", &[]),
        ("len(\"x\")", &[]),
        ("missing ?? \"a\"", &["a"]),
        ("throw \"x\"", &[]),
    ];
    let call = Call::new();
    for (source, expected) in cases {
        let program = call.compile(source);
        let labels: Vec<&str> = program.labels().iter().map(|(label, _)| &**label).collect();
        assert_eq!(labels, *expected, "{source}");
    }
    let program = call.compile("if vip {\n  \"gold\"\n} else { \"é b\" }");
    let spots: Vec<_> = program
        .labels()
        .iter()
        .map(|(_, s)| (s.line, s.column, s.len))
        .collect();
    assert_eq!(spots, [(2, 3, 6), (3, 10, 5)]);
}

#[test]
fn states_that_are_counted_are_known() {
    let program = Program::compile(
        "visits(\"main\") > 1 || visits(\"b\") > 0",
        &Library::empty(),
        &[],
    )
    .unwrap();
    let visited: Vec<_> = program
        .visited()
        .iter()
        .map(|(s, p)| (&**s, p.column, p.len))
        .collect();
    assert_eq!(visited, [("main", 8, 6), ("b", 30, 3)]);
}
