//! Scripts that mean harm, or are mistakes with the same effect: each is refused
//! when it is compiled, or stopped when it runs, quickly. They run on a thread with
//! the stack that serving threads have.

use std::time::{Duration, Instant};

use super::super::{FaultKind, Library, Program};
use super::{Budget, Call};

enum End {
    Refused,
    Stopped(FaultKind),
}
use End::{Refused, Stopped};
use FaultKind::{Limit, OverBudget};

fn attacks() -> Vec<(String, End)> {
    let mut attacks: Vec<(String, End)> = [
        ("loop { }", Stopped(OverBudget)),
        ("while true { }", Stopped(OverBudget)),
        ("do { } while true", Stopped(OverBudget)),
        ("for i in 0..9223372036854775807 { }", Stopped(OverBudget)),
        ("let i = 0; loop { try { throw 1 } catch { i += 1; } }", Stopped(OverBudget)),
        ("loop { try { loop { } } catch { } }", Stopped(OverBudget)),
        ("let s = \"x\"; loop { s += s; }", Stopped(Limit)),
        ("let s = \"x\"; loop { s = s + s; }", Stopped(Limit)),
        ("let s = \"x\"; loop { s = `${s}${s}`; }", Stopped(Limit)),
        ("let s = \"x\"; loop { try { s += s; } catch { } }", Stopped(Limit)),
        ("let a = [1]; loop { a += a; }", Stopped(Limit)),
        ("let a = [1]; loop { a = a + a; }", Stopped(Limit)),
        ("let a = []; loop { a.push(1); }", Stopped(Limit)),
        ("let a = []; loop { push(a, a); }", Stopped(Limit)),
        ("let a = [1]; loop { a = [a, a]; }", Stopped(Limit)),
        ("let a = [1]; loop { a[0] = a; }", Refused),
        ("let a = [1]; loop { a.put(0, a); }", Stopped(Limit)),
        ("let m = #{a: 1}; loop { put(m, \"a\", m); }", Stopped(Limit)),
        ("let m = #{}; let i = 0; loop { m.put(\"k\" + i, i); i += 1; }", Stopped(Limit)),
        ("let m = #{}; m.put(repeat(\"x\", 4000), 1); m", Stopped(Limit)),
        ("let m = #{a: #{}}; m.a.b = m; m", Refused),
        ("let m = #{a: #{}}; m.a[\"b\"] = m; m", Refused),
        ("let m = #{a: []}; for i in 0..100 { m.a.push(m); } m", Refused),
        ("let l = [[]]; push(l[0], l); l", Refused),
        ("let l = [[]]; l.first().push(l); l", Refused),
        ("list.push(1)", Refused),
        ("pop(list)", Refused),
        // Rhai does not measure what is put into a map by index, nor names of fields.
        ("let m = #{}; let i = 0; loop { m[\"k\" + i] = i; i += 1; }", Refused),
        ("let m = #{a: 1}; loop { m.a = m; }", Stopped(Limit)),
        ("let m = #{a: 1}; loop { m[\"a\" + m.len()] = m; }", Refused),
        ("let m = #{}; let i = 0; loop { let k = \"k\" + i; m[k] = repeat(\"x\", 4000); i += 1; }", Refused),
        ("let a = [[], []]; let i = 0; loop { a[0].push(1); a[1].push(a[0]); }", Refused),
        ("repeat(\"x\", 1000000000)", Stopped(Limit)),
        ("repeat(repeat(\"x\", 4000), 4000)", Stopped(Limit)),
        ("repeat(\"x\", 9223372036854775807)", Stopped(Limit)),
        ("pad_left(\"x\", 9223372036854775807, \"x\")", Stopped(Limit)),
        ("pad_right(\"x\", 100000, \"x\")", Stopped(Limit)),
        ("let s = repeat(\"x\", 4000); replace(s, \"x\", s)", Stopped(Limit)),
        ("replace(repeat(\"x\", 4000), 'x', \"yy\")", Stopped(Limit)),
        ("split(repeat(\",\", 4000), \",\")", Stopped(Limit)),
        ("split(repeat(\",\", 4000), \"\")", Stopped(Limit)),
        ("let s = repeat(\"x\", 4000); join([s, s], s)", Stopped(Limit)),
        ("to_upper(repeat(\"ß\", 2048) + \"\")", Stopped(FaultKind::Nonsense)),
        ("to_upper(repeat(\"ŉ\", 2048))", Stopped(Limit)),
        ("sleep(3)", Refused),
        ("eval(\"1\")", Refused),
        ("Fn(\"len\")", Refused),
        ("Fn(\"len\").call(\"a\")", Refused),
        ("let f = Fn(\"len\"); 1", Refused),
        ("len.call(1)", Refused),
        ("call(1)", Refused),
        ("1.curry(2)", Refused),
        ("1.is_shared()", Refused),
        ("let f = || 1; f.call()", Refused),
        ("let f = |x| x; 1", Refused),
        ("[1].map(|x| x)", Refused),
        ("let f = |x| |y| |z| x; 1", Refused),
        ("import \"x\" as y; 1", Refused),
        ("let x = 1; export x; 1", Refused),
        ("fn f(x) { f(x) } f(1)", Refused),
        ("print(1)", Refused),
        ("debug(1)", Refused),
        ("timestamp()", Refused),
        ("rand()", Refused),
        ("open_file(\"/etc/passwd\")", Refused),
        ("type_of(1)", Refused),
        ("is_def_var(\"pin\")", Refused),
        ("let x = 0..9; x", Refused),
        ("blob(1000000)", Refused),
        ("range(0, 9)", Refused),
        ("global::pin", Refused),
        ("this", Refused),
        ("1 << 62", Refused),
        ("n & 1", Refused),
        ("exit(1)", Refused),
        ("pin = \"1\"; pin", Refused),
        ("customer.card.tier = \"x\"; 1", Refused),
        ("input += 1; 1", Refused),
    ]
    .into_iter()
    .map(|(source, end)| (source.to_string(), end))
    .collect();
    let generated = [
        format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000)),
        format!("{}1{}", "[".repeat(60), "]".repeat(60)),
        format!("{}1", "-".repeat(3_000)),
        format!("{}true", "!".repeat(3_000)),
        format!("{}1{}", "#{a:".repeat(500), "}".repeat(500)),
        format!("{}1{}", "{".repeat(500), "}".repeat(500)),
        format!("{}1", "1 + ".repeat(1_900)),
        format!("{}1", "2 ** ".repeat(1_900)),
        format!("true{}", " && true || false".repeat(900)),
        format!("customer{}", ".a".repeat(1_900)),
        format!("customer{}", "[0]".repeat(1_200)),
        format!("customer{}", ".len()".repeat(900)),
        format!("{}1", "if true { 1 } else ".repeat(600)),
        format!("{}1{}", "if true { ".repeat(600), " }".repeat(600)),
        format!("{}1{}", "len(".repeat(600), ")".repeat(600)),
        format!("{}1{}", "`${".repeat(600), "}`".repeat(600)),
        format!(
            "switch n {{ {} }}",
            (0..50_000)
                .map(|i| format!("{i}=>{i},"))
                .collect::<String>()
        ),
        format!(
            "switch n {{ {} }}",
            (0..600).map(|i| format!("{i}=>1,")).collect::<String>()
        ),
        format!("[{}]", "1,".repeat(300)),
        format!("#{{{}: 1}}", "x".repeat(65)),
        format!("let m = #{{}}; m.{} = 1; m", "x".repeat(65)),
        format!("\"{}\"", "x".repeat(5_000)),
        format!("n + {}", " ".repeat(70_000)),
        (0..70)
            .map(|i| format!("let a{i} = 1; "))
            .collect::<String>()
            + "while true { }",
    ];
    attacks.extend(generated.into_iter().map(|source| (source, Refused)));
    if let Some(last) = attacks.last_mut() {
        last.1 = Stopped(Limit);
    }
    attacks
}

#[test]
fn attacks_are_refused_or_stopped() {
    let attacks = std::thread::Builder::new().stack_size(8 << 20);
    let wrong = attacks.spawn(wrong_ends).unwrap().join().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn wrong_ends() -> Vec<String> {
    let call = Call::new();
    let mut wrong = Vec::new();
    for (source, end) in attacks() {
        let start: String = source.chars().take(60).collect();
        let began = Instant::now();
        let compiled = Program::compile(&source, &Library::empty(), &call.variables());
        match (compiled, &end) {
            (Err(_), Refused) => (),
            (Err(problems), _) => wrong.push(format!("{start}: refused, {problems:?}")),
            (Ok(_), Refused) => wrong.push(format!("{start}: compiled")),
            (Ok(program), Stopped(kind)) => match program.run(&call, &mut Budget::new(20_000)) {
                Err(fault) if fault.kind == *kind => (),
                Err(fault) => wrong.push(format!("{start}: {fault:?}")),
                Ok(_) => wrong.push(format!("{start}: ran to its end")),
            },
        }
        // Generous, since the tests are built without optimisation.
        if began.elapsed() > Duration::from_millis(1_000) {
            wrong.push(format!("{start}: took {:?}", began.elapsed()));
        }
    }
    wrong
}

#[test]
fn recursion_is_stopped_before_the_stack_is() {
    let deep = format!(
        "fn deep(x) {{ {}deep(x){} }}",
        "(1 + ".repeat(10),
        ")".repeat(10)
    );
    let chain = format!("fn chain(x) {{ chain(x){} }}", " + 1".repeat(28));
    let files = [
        ("f", chain.as_str()),
        (
            "a",
            "fn once(x) { a::once(x) }\nfn own(x) { own(x) + own(x) }",
        ),
        ("b", "fn ping(x) { c::pong(x) }"),
        ("c", "fn pong(x) { b::ping(x) }"),
        ("d", deep.as_str()),
        (
            "e",
            "fn fib(n) { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }",
        ),
    ];
    let (library, problems) = Library::compile(files);
    assert!(problems.is_empty(), "{problems:?}");
    let call = Call::new();
    let run = move || {
        for source in [
            "a::once(1)",
            "a::own(1)",
            "b::ping(1)",
            "d::deep(1)",
            "f::chain(1)",
            "e::fib(30)",
        ] {
            let program = call.compile_with(source, &library);
            let fault = program.run(&call, &mut Budget::new(20_000)).unwrap_err();
            assert_eq!(fault.kind, Limit, "{source}: {fault:?}");
            // The place is that of the call in the expression.
            assert_eq!((fault.module, fault.column), (None, 4));
        }
        let program = call.compile_with("e::fib(13)", &library);
        let fault = program.run(&call, &mut Budget::new(2_000)).unwrap_err();
        assert_eq!(fault.kind, OverBudget);
    };
    std::thread::Builder::new()
        .stack_size(8 << 20)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn large_sources_are_read_in_no_time() {
    let function = |i: usize| format!("fn f{i}(x) {{ {} }}\n", "let y = x + f0(x); ".repeat(30));
    let many_calls: String = (0..50).map(function).collect();
    let one_line = many_calls.replace('\n', " ");
    let all_unknown = format!("fn f(x) {{ {} }}", "a = b(c); ".repeat(2_000));
    let many_arms = format!(
        "fn f(x) {{ switch x {{ {} _ => 1 }} }}",
        (0..500)
            .map(|i| format!("{i} => {i}, "))
            .collect::<String>()
    );
    for (text, problems) in [
        (&many_calls, 0),
        (&one_line, 0),
        (&all_unknown, 50),
        (&many_arms, 0),
    ] {
        let began = Instant::now();
        let (_, found) = Library::compile([("a", text.as_str())]);
        assert_eq!(found.len(), problems, "{:?}", found.first());
        assert!(
            began.elapsed() < Duration::from_millis(1_000),
            "{:?}",
            began.elapsed()
        );
    }
}

#[test]
fn honest_sizes_are_read_on_a_small_stack() {
    let choices = "if tier == \"x\" { 1 } else ".repeat(20) + "{ 2 }";
    let text = "\"a\"".to_string() + &" + tier".repeat(28);
    let parts = "vip".to_string() + &" && n > 1".repeat(28);
    let run = move || {
        let call = Call::new();
        for source in [choices, text, parts] {
            let program = call.compile(&source);
            assert!(program.run(&call, &mut Budget::new(20_000)).is_ok());
        }
    };
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}
