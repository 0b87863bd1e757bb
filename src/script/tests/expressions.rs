//! What honest scripts give.

use super::super::FaultKind;
use super::{Call, told};

/// One a line: a script, and what it gives.
const GIVES: &[(&str, &str)] = &[
    // Reading.
    ("tier", "\"gold\""),
    ("missing", "()"),
    ("customer.card.tier", "\"gold\""),
    ("customer[\"card\"][\"tier\"]", "\"gold\""),
    ("customer.card.default", "true"),
    ("customer.call", "\"later\""),
    ("customer.offers[1]", "\"b\""),
    ("caller.number.len()", "11"),
    // A path through what is not there.
    ("customer.account.tier", "()"),
    ("customer.account.tier.level", "()"),
    ("customer[\"account\"][\"tier\"]", "()"),
    ("customer.account[0].tier", "()"),
    ("customer.offers[9]", "()"),
    ("customer.offers[9].name", "()"),
    ("missing.a.b", "()"),
    ("missing.a.is_empty()", "true"),
    ("customer.account.tier == \"gold\"", "false"),
    ("customer.account.limit > 3", "false"),
    ("customer.account ?? \"none\"", "\"none\""),
    ("customer?.account?.tier", "()"),
    // Nothing behaves as unset.
    ("\"a\" + ()", "\"a\""),
    ("() + \"a\"", "\"a\""),
    ("missing == \"\"", "false"),
    ("missing != \"\"", "true"),
    ("missing == ()", "true"),
    ("missing < 3", "false"),
    ("missing + 1", "1"),
    ("!missing", "true"),
    ("missing.len()", "0"),
    ("\"x\" in missing", "false"),
    // Comparing.
    ("vip && number(input) > 3", "true"),
    ("number(input) <= 120", "true"),
    ("n == 3.0", "true"),
    ("half < n", "true"),
    ("\"a\" < \"b\"", "true"),
    ("tier == 'g' + \"old\"", "true"),
    ("tier in [\"gold\", \"silver\"]", "true"),
    ("tier !in [\"gold\"]", "false"),
    ("\"ol\" in tier", "true"),
    ("\"card\" in customer", "true"),
    ("list == [1, 2]", "true"),
    ("vip != false", "true"),
    // Calculating.
    ("10 / 4", "2.5"),
    ("10 / 5", "2"),
    ("-n", "-3"),
    ("n % 2", "1"),
    ("2 ** 10", "1024"),
    ("n * half", "1.5"),
    ("1 + 2 * 3", "7"),
    ("\"n is \" + n", "\"n is 3\""),
    ("\"half is \" + half * 4", "\"half is 2\""),
    ("[1] + [2]", "[1, 2]"),
    ("`you are ${n} of ${n + 1}`", "\"you are 3 of 4\""),
    ("`${tier} {x} ${ {let a = 1; a} }`", "\"gold {x} 1\""),
    ("'a'", "\"a\""),
    ("tier[0]", "\"g\""),
    // Steps.
    ("let x = n; x += 2; x /= 2; x", "2.5"),
    ("let s = \"a\"; s += 1; s += (); s", "\"a1\""),
    (
        "let m = #{a: 1}; m.b = 2; m.put(\"c\", 3); m.a += 5; m",
        "#{a: 6, b: 2, c: 3}",
    ),
    ("let l = [1]; l.push(2); put(l, 0, 7); l", "[7, 2]"),
    ("let l = [1, 2]; l.pop() + l.len()", "3"),
    ("if vip { \"desk\" } else { \"agent\" }", "\"desk\""),
    ("if n > 5 { 1 } else if n > 2 { 2 } else { 3 }", "2"),
    ("switch tier { \"gold\" | \"platinum\" => 1, _ => 2 }", "1"),
    (
        "switch n { 0..3 => \"few\", 3..=9 => \"some\", _ => \"many\" }",
        "\"some\"",
    ),
    (
        "switch tier { \"gold\" if !vip => 1, \"gold\" => 2, _ => 3 }",
        "2",
    ),
    ("let s = 0; for i in 0..5 { s += i; } s", "10"),
    ("let s = 0; for x in list { s += x; } s", "3"),
    (
        "let s = \"\"; for (c, i) in tier { if i > 1 { s += c; } } s",
        "\"ld\"",
    ),
    (
        "let i = 0; while i < 5 { i += 1; if i == 3 { break; } } i",
        "3",
    ),
    ("if n == 3 { return \"three\"; } \"other\"", "\"three\""),
    ("let x = 1; try { throw 1 } catch (e) { x = 2; } x", "2"),
    ("let x = { let y = 2; y * 2 }; x", "4"),
    ("// a remark\nn /* three */ + 1", "4"),
    ("visits(\"main\") + visits(\"other\")", "2"),
    (
        "if visits(\"main\") > 1 { \"again\" } else { \"first\" }",
        "\"again\"",
    ),
    // Functions.
    ("number(\"007\")", "7"),
    ("number(\" 2.50 \")", "2.5"),
    ("number(\"\")", "()"),
    ("number(\"12a\")", "()"),
    ("number(\"1e5\")", "()"),
    ("number(n)", "3"),
    ("number(repeat(\"9\", 400))", "()"),
    ("luhn(pin)", "true"),
    ("luhn(\"79927398710\")", "false"),
    ("luhn(\"\")", "false"),
    ("luhn(\"4111 1111 1111 1111\")", "true"),
    ("mask(\"123456789\")", "\"6 7 8 9\""),
    ("mask(\"12345\")", "\"4 5\""),
    ("mask(\"123\")", "\"\""),
    ("mask(missing)", "\"\""),
    ("pin.mask()", "\"8 7 1 3\""),
    ("digits(\"+65 68-33\")", "\"656833\""),
    ("sub_string(tier, 1)", "\"old\""),
    ("tier.sub_string(1, 2)", "\"ol\""),
    ("sub_string(tier, -2)", "\"ld\""),
    ("sub_string(tier, 99)", "\"\""),
    ("sub_string(tier, -99)", "\"gold\""),
    ("sub_string(tier, 1, -5)", "\"\""),
    ("\"  a \".trim()", "\"a\""),
    ("to_upper(tier)", "\"GOLD\""),
    ("replace(tier, \"o\", \"00\")", "\"g00ld\""),
    ("replace(tier, \"\", \"x\")", "\"gold\""),
    ("pad_left(7, 3, \"0\")", "\"007\""),
    ("pad_right(tier, 6, '.')", "\"gold..\""),
    ("repeat(\"ab\", 2)", "\"abab\""),
    ("repeat(\"ab\", -1)", "\"\""),
    ("split(\"a,b\", \",\")", "[\"a\", \"b\"]"),
    ("split(\"abc\", \"\").join(\" \")", "\"a b c\""),
    ("index_of(tier, \"l\")", "2"),
    ("index_of(list, 5)", "-1"),
    ("list.first() + list.last()", "3"),
    ("[].first()", "()"),
    ("sort([3, 1, 2])", "[1, 2, 3]"),
    ("reverse([3, 1, 2])", "[2, 1, 3]"),
    ("#{a: 1}.keys()", "[\"a\"]"),
    ("values(#{a: 1})", "[1]"),
    ("abs(-3)", "3"),
    ("min(3, 1.5)", "1.5"),
    ("max(3, missing)", "3"),
    ("round(2.5)", "3"),
    ("round(2.345, 2)", "2.35"),
    ("floor(-0.5)", "-1"),
    ("ceiling(0.2)", "1"),
    ("to_int(3.9)", "3"),
    ("to_float(3)", "3.0"),
    ("to_string(3.0)", "\"3\""),
];

#[test]
fn honest_scripts_give_what_is_expected() {
    let call = Call::new();
    let mut wrong = Vec::new();
    for (source, expected) in GIVES {
        match call.run(source) {
            Ok(value) if told(&value) == *expected => (),
            Ok(value) => wrong.push(format!("{source}: {} and not {expected}", told(&value))),
            Err(fault) => wrong.push(format!("{source}: {fault:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One a line: a script, and how it fails.
const FAILS: &[(&str, FaultKind, &str)] = &[
    (
        "tier == n",
        FaultKind::Failed,
        "a text is compared with a number; write `number(…)` around the text",
    ),
    (
        "tier <= n",
        FaultKind::Failed,
        "a text is compared with a number; write `number(…)` around the text",
    ),
    (
        "n in [tier]",
        FaultKind::Failed,
        "a text is compared with a number; write `number(…)` around the text",
    ),
    (
        "vip < vip",
        FaultKind::Failed,
        "only numbers and texts have an order, this is true or false and true or false",
    ),
    (
        "tier - n",
        FaultKind::Failed,
        "`-` needs numbers; write `number(…)` around the text",
    ),
    ("n / 0", FaultKind::Failed, "a number is divided by zero"),
    ("n % 0", FaultKind::Failed, "a number is divided by zero"),
    (
        "9223372036854775807 + n",
        FaultKind::Failed,
        "the result of a calculation is too large a number",
    ),
    (
        "-9223372036854775807 - n",
        FaultKind::Failed,
        "the result of a calculation is too large a number",
    ),
    (
        "10 ** 40",
        FaultKind::Failed,
        "the result of a calculation is too large a number",
    ),
    (
        "if tier { 1 } else { 2 }",
        FaultKind::Failed,
        "true or false is needed here, this is a text",
    ),
    (
        "vip && missing",
        FaultKind::Failed,
        "true or false is needed here, this is nothing",
    ),
    (
        "throw pin",
        FaultKind::Failed,
        "the script gave up with `throw`",
    ),
    (
        "tier.level",
        FaultKind::Failed,
        "only a map has fields, and this is something else or not there",
    ),
    (
        "tier.level + 1",
        FaultKind::Failed,
        "only a map has fields, and this is something else or not there",
    ),
    (
        "vip[0]",
        FaultKind::Failed,
        "only lists, maps and texts have places in `[…]`, and this is something else",
    ),
    (
        "tier[9]",
        FaultKind::Failed,
        "the text has nothing at this place",
    ),
    (
        "let l = [1]; l.put(3, 1); l",
        FaultKind::Failed,
        "the list has nothing at this place",
    ),
    (
        "for x in n { } 1",
        FaultKind::Failed,
        "`for` walks over a list, a text or a range only",
    ),
    (
        "luhn(list)",
        FaultKind::Failed,
        "`luhn` needs a text, this is a list",
    ),
    (
        "let a = []; for i in 0..9 { a = [a]; } a",
        FaultKind::Nonsense,
        "the result has more than 8 lists or maps inside each other",
    ),
    (
        "let a = repeat(\"x\", 3000); [a, a]",
        FaultKind::Limit,
        "a text, list or map grows too large",
    ),
];

#[test]
fn what_fails_says_so_in_fixed_words() {
    let call = Call::new();
    let mut wrong = Vec::new();
    for (source, kind, message) in FAILS {
        match call.run(source) {
            Ok(value) => wrong.push(format!("{source}: gives {}", told(&value))),
            Err(fault) if fault.kind == *kind && fault.message == *message => (),
            Err(fault) => wrong.push(format!("{source}: {fault:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_fault_tells_its_place_and_no_value() {
    let call = Call::new();
    let fault = call.run("let x = 1;\n  x + (pin - 1)").unwrap_err();
    assert_eq!((fault.line, fault.column), (2, 12));
    assert_eq!(fault.module, None);
    for source in [
        "throw pin",
        "pin < 3",
        "pin.x",
        "customer[pin].a.b = 1; 1",
        "pin - pin",
        "[1][pin]",
        "luhn([pin])",
        "number(#{a: pin})",
        "if pin { 1 }",
        "for x in #{a: pin} {}",
    ] {
        let Ok(program) =
            super::Program::compile(source, &super::Library::empty(), &call.variables())
        else {
            continue;
        };
        if let Err(fault) = program.run(&call, &mut super::Budget::new(1000)) {
            assert!(
                !format!("{fault:?} {fault}").contains("7992"),
                "{source}: {fault:?}"
            );
        }
        assert!(!format!("{program:?}").contains("7992"));
    }
}

#[test]
fn a_budget_is_shared_and_ends() {
    let call = Call::new();
    let mut budget = super::Budget::new(1_000);
    let program = call.compile("let s = 0; for i in 0..20 { s += i; } s");
    let mut runs = 0;
    let fault = loop {
        match program.run(&call, &mut budget) {
            Ok(_) => runs += 1,
            Err(fault) => break fault,
        }
    };
    assert!((2..30).contains(&runs), "{runs}");
    assert_eq!(fault.kind, FaultKind::OverBudget);
    assert_eq!(budget.left(), 0);
    let constant = call.compile("1");
    let fault = constant.run(&call, &mut budget).unwrap_err();
    assert_eq!(fault.kind, FaultKind::OverBudget);
}

#[test]
fn a_row_of_a_table_is_a_map_or_nothing() {
    let call = Call::new();
    let told = |source: &str| told(&call.run(source).unwrap());
    assert_eq!(told("table(\"branches\", \"012\").name"), "\"North\"");
    assert_eq!(told("table(\"branches\", 7).seats + 1"), "5");
    assert_eq!(told("table(\"branches\", 7.0).seats"), "4");
    assert_eq!(told("table(\"branches\", \"12\").name"), "()");
    assert_eq!(told("table(\"branches\", missing).name.more"), "()");
    assert_eq!(
        told("let row = table(\"branches\", \"012\"); row.len()"),
        "2"
    );
    let fault = call.run("table(\"branches\", list)").unwrap_err();
    assert!(
        fault.message.contains("`table` needs a text or a number"),
        "{fault}"
    );
    let program = call.compile("table(\"branches\", input).name + table(\"other\", input).x");
    let tables: Vec<&str> = program.tables().iter().map(|(name, _)| &**name).collect();
    assert_eq!(tables, ["branches", "other"]);
    let columns: Vec<&str> = program
        .columns()
        .iter()
        .map(|(_, column, _)| &**column)
        .collect();
    assert_eq!(columns, ["name", "x"]);
}
