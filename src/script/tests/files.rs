//! Script files: functions that call each other, and files with problems.

use super::super::{FaultKind, Library, Problem, ProblemKind, Spot};
use super::{Budget, Call, told};

const LOYALTY: &str = "\
// Segments.
fn segment(tier, years) {
    if tier == \"gold\" { return \"desk\"; }
    if years > limits::years() { \"desk\" } else { other(years) }
}
fn other(years) {
    let kinds = #{young: \"agent\", old: \"senior\"};
    if years > 5 { kinds.old } else { kinds[\"young\"] }
}
fn other(years, _unused) { other(years) }
fn fails(x) { x - 1 }
fn failing(x) {
    fails(x)
}
fn path(answer) { answer.a.default.is_empty() }";

const LIMITS: &str = "fn years() { 10 }\nfn unused(x) { loyalty::other(x) }";

fn library() -> Library {
    let (library, problems) = Library::compile([("loyalty", LOYALTY), ("limits", LIMITS)]);
    assert!(problems.is_empty(), "{problems:?}");
    library
}

#[test]
fn functions_of_files_are_called_by_file_and_name() {
    let (call, library) = (Call::new(), library());
    let cases = [
        ("loyalty::segment(tier, n)", "\"desk\""),
        ("loyalty::segment(\"tin\", 11)", "\"desk\""),
        ("loyalty::segment(\"tin\", 7)", "\"senior\""),
        ("loyalty::other(n, ())", "\"agent\""),
        ("loyalty::path(customer)", "true"),
        ("limits::unused(3)", "\"agent\""),
        ("let y = limits::years(); y + 1", "11"),
    ];
    for (source, expected) in cases {
        let program = call.compile_with(source, &library);
        let value = program.run(&call, &mut Budget::new(20_000)).unwrap();
        assert_eq!(told(&value), expected, "{source}");
    }
    let program = call.compile_with("loyalty::segment(tier, n)", &library);
    assert_eq!(program.modules(), ["loyalty".into(), "limits".into()]);
    assert_eq!(library.modules().collect::<Vec<_>>(), ["limits", "loyalty"]);
}

#[test]
fn a_fault_names_the_file_and_the_line() {
    let (call, library) = (Call::new(), library());
    let program = call.compile_with("1 + loyalty::failing(tier)", &library);
    let fault = program.run(&call, &mut Budget::new(20_000)).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Failed);
    assert_eq!(fault.module.as_deref(), Some("loyalty"));
    assert_eq!((fault.line, fault.column), (11, 17));
}

#[test]
fn the_caller_of_a_file_sees_its_own_variables_only() {
    let call = Call::new();
    let (library, problems) = Library::compile([("a", "fn f(x) { x.push(1); x }")]);
    assert!(problems.is_empty());
    let program = call.compile_with("a::f(list).len() + list.len()", &library);
    let value = program.run(&call, &mut Budget::new(1_000)).unwrap();
    assert_eq!(told(&value), "5");
}

/// One a line: what is in a file, and the problem it has.
type Bad = (
    &'static str,
    ProblemKind,
    &'static str,
    Option<&'static str>,
    (usize, usize, usize),
);
const BAD: &[Bad] = &[
    (
        "fn f(x) { tier }",
        ProblemKind::UnknownVariable,
        "there is no variable `tier`",
        Some("if it is a text, put it in quotes: `\"tier\"`"),
        (1, 11, 4),
    ),
    (
        "fn f(value) {\n  valeu\n}",
        ProblemKind::UnknownVariable,
        "there is no variable `valeu`",
        Some("did you mean `value`?"),
        (2, 3, 5),
    ),
    (
        "fn f(x) { input }",
        ProblemKind::UnknownVariable,
        "there is no variable `input`",
        Some("a script file sees only what it is given; pass `input` as an argument"),
        (1, 11, 5),
    ),
    (
        "fn f(x) { g(x) }\nfn g() { 1 }",
        ProblemKind::Arguments,
        "`g` takes 0 values, given 1",
        Some("write it as `g()`"),
        (1, 11, 1),
    ),
    (
        "fn f(x) { x.g() }\nfn g(x) { 1 }",
        ProblemKind::UnknownFunction,
        "`g` cannot be called behind a dot",
        Some("write `g(…)` with all values in brackets"),
        (1, 13, 1),
    ),
    (
        "fn f(x) { visits(\"main\") }",
        ProblemKind::Forbidden,
        "a script file cannot ask how often a state was entered",
        Some("pass the count as an argument: `file::name(visits(\"state\"))`"),
        (1, 11, 6),
    ),
    (
        "let x = 1;\nfn f() { 1 }",
        ProblemKind::Forbidden,
        "a script file holds functions only",
        Some("put this into a function: `fn name(x) { … }`"),
        (1, 1, 3),
    ),
    (
        "const X = 1;",
        ProblemKind::Forbidden,
        "a script file holds functions only",
        Some("put this into a function: `fn name(x) { … }`"),
        (1, 1, 5),
    ),
    (
        "fn luhn(x) { x }",
        ProblemKind::Forbidden,
        "`luhn` is a function that is there already",
        Some("choose another name"),
        (1, 4, 4),
    ),
    (
        "fn f(x) { 1 }\nfn f(y) { 2 }",
        ProblemKind::Syntax,
        "the function `f` is there twice",
        Some("give one of them another name"),
        (2, 1, 2),
    ),
    (
        "fn f(x) { nowhere::g(x) }",
        ProblemKind::UnknownFunction,
        "there is no file `scripts/nowhere.rhai`",
        Some("make that file, or write the name of one that is there in front of `::`"),
        (1, 11, 7),
    ),
    (
        "fn f(x) { this }",
        ProblemKind::Forbidden,
        "`this` is not known here",
        Some("give the value to the function in brackets: `f(x)`"),
        (1, 11, 4),
    ),
    (
        "fn f(x) { 1 + }",
        ProblemKind::Syntax,
        "`}` is not expected here",
        Some("a value is expected here: a name, a number or a text in quotes"),
        (1, 15, 1),
    ),
    (
        "fn f(x) { let f = |y| y; 1 }",
        ProblemKind::Forbidden,
        "functions without a name are not allowed",
        Some("use a `for` loop, or a named function in a file in `scripts/`"),
        (1, 19, 1),
    ),
];

#[test]
fn files_with_problems_say_where() {
    for (text, kind, message, help, (line, column, len)) in BAD {
        let (library, problems) = Library::compile([("a", *text)]);
        let expected = Problem {
            spot: Spot {
                line: *line,
                column: *column,
                len: *len,
            },
            kind: *kind,
            message: message.to_string(),
            help: help.map(str::to_string),
            is_elsewhere: false,
        };
        assert_eq!(problems, [("a".to_string(), expected)], "{text}");
        assert_eq!(library.modules().count(), 1);
    }
}

#[test]
fn a_file_is_broken_with_the_files_it_calls() {
    let files = [
        ("a", "fn f(x) { b::f(x) }"),
        ("b", "fn f(x) { c::f(x) }"),
        ("c", "fn f(x) { nothing }"),
        ("d", "fn f(x) { x }"),
    ];
    let (library, problems) = Library::compile(files);
    let broken: Vec<&str> = problems.iter().map(|(file, _)| file.as_str()).collect();
    assert_eq!(broken, ["a", "b", "c"]);
    assert_eq!(
        problems[0].1.message,
        "`scripts/b.rhai` has problems of its own"
    );
    assert_eq!(
        problems[1].1.message,
        "`scripts/c.rhai` has problems of its own"
    );
    let compile = |source| super::Program::compile(source, &library, &[]);
    assert_eq!(
        compile("a::f(1)").unwrap_err()[0].message,
        "`scripts/a.rhai` has problems of its own"
    );
    assert!(compile("d::f(1)").is_ok());
}
