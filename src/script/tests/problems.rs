//! What is said about scripts that are wrong.

use super::super::{Library, ProblemKind, Program};
use super::Call;

/// One a line: a script, and for each of its problems the kind, the words, the help,
/// and which part of the script it points at.
type Expected = (ProblemKind, &'static str, &'static str, &'static str);

#[rustfmt::skip]
fn table() -> Vec<(&'static str, Vec<Expected>)> {
    use ProblemKind::*;
    vec![
        ("", vec![(Syntax, "an expression is expected here", "write a condition or a value, as in `tier == \"gold\"`", "")]),
        ("  // nothing", vec![(Syntax, "an expression is expected here", "write a condition or a value, as in `tier == \"gold\"`", " ")]),
        // Names.
        ("teir == \"gold\"", vec![(UnknownVariable, "there is no variable `teir`", "did you mean `tier`?", "teir")]),
        ("inptu", vec![(UnknownVariable, "there is no variable `inptu`", "did you mean `input`?", "inptu")]),
        ("tier == gold", vec![(UnknownVariable, "there is no variable `gold`", "if it is a text, put it in quotes: `\"gold\"`", "gold")]),
        ("luhn", vec![(UnknownVariable, "there is no variable `luhn`", "to call it, write `luhn(…)`", "luhn")]),
        ("luhm(pin)", vec![(UnknownFunction, "there is no function `luhm`", "did you mean `luhn`?", "luhm")]),
        ("pin.length()", vec![(UnknownFunction, "there is no function `length`", "did you mean `len`?", "length")]),
        ("ping(1)", vec![(UnknownFunction, "there is no function `ping`", "did you mean `tools::ping`?", "ping")]),
        ("tools::pong(1)", vec![(UnknownFunction, "there is no function `pong` in `scripts/tools.rhai`", "did you mean `tools::ping`?", "tools")]),
        ("tool::ping(1)", vec![(UnknownFunction, "there is no file `scripts/tool.rhai`", "did you mean `tools::ping`?", "tool")]),
        ("tools::ping", vec![(UnknownVariable, "`tools::ping` is no value", "to call the function, write `tools::ping(…)`", "tools")]),
        ("broken::f(1)", vec![(UnknownFunction, "`scripts/broken.rhai` has problems of its own", "put that file right first", "broken")]),
        ("a + b", vec![
            (UnknownVariable, "there is no variable `a`", "if it is a text, put it in quotes: `\"a\"`", "a"),
            (UnknownVariable, "there is no variable `b`", "if it is a text, put it in quotes: `\"b\"`", "b"),
        ]),
        ("{ let x = 1; } x", vec![(UnknownVariable, "there is no variable `x`", "if it is a text, put it in quotes: `\"x\"`", "x")]),
        // Counts.
        ("luhn(pin, 2)", vec![(Arguments, "`luhn` takes 1 value, given 2", "write it as `luhn(a)`", "luhn")]),
        ("pin.luhn(2)", vec![(Arguments, "`luhn` takes 1 value, given 2", "write it as `luhn(a)`", "luhn")]),
        ("replace(pin)", vec![(Arguments, "`replace` takes 3 values, given 1", "write it as `replace(a, b, c)`", "replace")]),
        ("sub_string(pin)", vec![(Arguments, "`sub_string` takes 2 or 3 values, given 1", "write it as `sub_string(a, b)` or `sub_string(a, b, c)`", "sub_string")]),
        ("tools::ping()", vec![(Arguments, "`tools::ping` takes 1 value, given 0", "write it as `tools::ping(a)`", "tools")]),
        ("visits(tier)", vec![(Arguments, "`visits` needs the name of a state in quotes", "write `visits(\"tier\")`", "visits")]),
        ("money(n)", vec![(Arguments, "`money` takes 2 values, given 1", "write it as `money(a, b)`", "money")]),
        ("money(n, \"SDG$\")", vec![(Arguments, "there is no currency `SDG$`", "did you mean `\"SDG\"`?", "\"SDG$\"")]),
        ("money(n, \"dollars\")", vec![(Arguments, "there is no currency `dollars`", "write its three letters: `money(x, \"SGD\")`", "\"dollars\"")]),
        ("n.money(\"S$\")", vec![(Arguments, "there is no currency `S$`", "write its three letters: `money(x, \"SGD\")`", "\"S$\"")]),
        ("date(now) == 1", vec![(Comparison, "a text is compared with a number", "write `number(date(now)) == 1`", "==")]),
        // Comparing.
        ("input <= 120", vec![(Comparison, "a text is compared with a number", "write `number(input) <= 120`", "<=")]),
        ("120 > input", vec![(Comparison, "a text is compared with a number", "write `120 > number(input)`", ">")]),
        ("input == 1", vec![(Comparison, "a text is compared with a number", "write `number(input) == 1`", "==")]),
        ("number(input) == \"1\"", vec![(Comparison, "a text is compared with a number", "write `number(input) == 1`", "==")]),
        ("digits(pin) > 5", vec![(Comparison, "a text is compared with a number", "write `number(digits(pin)) > 5`", ">")]),
        ("pin.len() == \"8\"", vec![(Comparison, "a text is compared with a number", "write `… == 8`", "==")]),
        ("input in [1, 2]", vec![(Comparison, "a text is compared with a number", "write `\"1\"`", "1")]),
        ("switch input { 1 => \"a\", _ => \"b\" }", vec![(Comparison, "a text is compared with a number", "write `\"1\"`", "1")]),
        ("input * 2", vec![(Arguments, "`*` needs numbers, and this is a text", "write `number(…)` around the text", "*")]),
        // Other languages.
        ("vip and n > 2", vec![(Syntax, "`and` is not known here", "write `&&`", "and")]),
        ("vip or n > 2", vec![(Syntax, "`or` is not known here", "write `||`", "or")]),
        ("not vip", vec![(Syntax, "`not` is not known here", "write `!`", "not")]),
        ("vip == True", vec![(Syntax, "`True` is not known here", "write `true`", "True")]),
        ("tier = \"gold\"", vec![(Forbidden, "an expression cannot change `tier`", "to compare, write `==`; to change `tier`, use `set` in the flow", "tier")]),
        ("let m = #{}; m[\"a\"] = 1; m", vec![(Forbidden, "only a variable or a field right behind one can be set", "write `m.a = …`", "m")]),
        ("let m = #{}; m[tier] = 1; m", vec![(Forbidden, "only a variable or a field right behind one can be set", "write `put(m, place, value)`", "m")]),
        ("let m = #{a: #{}}; m.a.b = 1; m", vec![(Forbidden, "only a variable or a field right behind one can be set", "take the part out first: `let part = …;`", "m")]),
        ("list.push(1)", vec![(Forbidden, "an expression cannot change `list`", "to change `list`, use `set` in the flow", "list")]),
        ("[1].push(2)", vec![(Forbidden, "`push` changes a variable of the script's own only", "take the part out first: `let part = …;`", "push")]),
        ("if tier = \"gold\" { 1 }", vec![(Syntax, "`=` sets a variable and cannot stand here", "to compare, write `==`", "=")]),
        ("vip && tier = \"gold\"", vec![(Syntax, "`=` sets a variable and cannot stand here", "to compare, write `==`", "=")]),
        ("tier === \"gold\"", vec![(Syntax, "`===` is not known here", "write `==`", "===")]),
        ("tier == 'gold'", vec![(Syntax, "a text stands in double quotes, not in single ones", "write `\"gold\"`", "'gold'")]),
        ("tier == \"gold", vec![(Syntax, "this text has no closing quote", "close it with `\"`", "\"gold")]),
        ("tier == “gold”", vec![(Syntax, "these are typographic quotes", "use plain quotes: `\"`", "“")]),
        ("tier == null", vec![(Forbidden, "nothing is written as `()` here", "write `()`, as in `x == ()`", "null")]),
        ("n & 1", vec![(Forbidden, "`&` cannot be used here", "write `&&`", "&")]),
        // Halves.
        ("n >", vec![(Syntax, "the script ends too early", "something is open: a bracket, or a value is missing", ">")]),
        ("(n > 1", vec![(Syntax, "`)` is expected before the end", "close what is open with `)`", "1")]),
        ("n n", vec![(Syntax, "`n` is not expected here", "put a sign such as `==`, `&&` or `+` between two values, and a text in quotes", "n")]),
        ("n > * 2", vec![(Syntax, "`*` is not expected here", "a value is expected here: a name, a number or a text in quotes", "*")]),
        ("if vip \"a\"", vec![(Syntax, "`{` is expected before `\"a\"`", "write `{` and `}` around what belongs together", "\"a\"")]),
        ("break", vec![(Syntax, "`break` and `continue` stand in a loop only", "use `return` to leave with a value", "break")]),
        ("let default = 1; 1", vec![(Syntax, "`default` is a word of the language and no name", "choose another name; as a field it can be read: `answer.name`", "default")]),
        // What scripts may not do.
        ("fn f(x) { x } f(1)", vec![(Forbidden, "a function cannot be defined in a flow", "put it into a file in `scripts/` and call it as `file::name(…)`", "fn")]),
        ("import \"x\" as y;", vec![(Forbidden, "files cannot be loaded from a script", "a function of `scripts/file.rhai` is called as `file::name(…)`", "import")]),
        ("[1].map(|x| x)", vec![(Forbidden, "functions without a name are not allowed", "use a `for` loop, or a named function in a file in `scripts/`", "|")]),
        ("eval(\"1\")", vec![(Forbidden, "scripts cannot make or load code", "call a function of a file in `scripts/` by its name", "eval")]),
        ("print(pin)", vec![(Forbidden, "scripts have nowhere to print to", "leave it out", "print")]),
    ]
}

#[test]
fn problems_are_told_in_plain_words_at_their_place() {
    let call = Call::new();
    let (library, _) =
        Library::compile([("tools", "fn ping(x) { x }"), ("broken", "fn f(x) { y }")]);
    let mut wrong = Vec::new();
    for (source, expected) in table() {
        let found = match Program::compile(source, &library, &call.variables()) {
            Ok(_) => {
                wrong.push(format!("{source}: compiled"));
                continue;
            }
            Err(found) => found,
        };
        let told: Vec<(ProblemKind, String, String, String)> = found
            .into_iter()
            .map(|problem| {
                let line = source
                    .lines()
                    .nth(problem.spot.line - 1)
                    .unwrap_or_default();
                let part = line
                    .chars()
                    .skip(problem.spot.column - 1)
                    .take(problem.spot.len);
                (
                    problem.kind,
                    problem.message,
                    problem.help.unwrap_or_default(),
                    part.collect(),
                )
            })
            .collect();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(kind, message, help, part)| {
                (
                    kind,
                    message.to_string(),
                    help.to_string(),
                    part.to_string(),
                )
            })
            .collect();
        if told != expected {
            wrong.push(format!(
                "{source}\n  told     {told:?}\n  expected {expected:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
