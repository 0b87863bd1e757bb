//! What callers hear, language by language, and that it is always fit to be heard.

use proptest::prelude::*;

use super::super::{FaultKind, Library, Program};
use super::{Budget, Call, told};
use crate::call::Value;

/// A function for speech, and what it makes in a language.
const SPOKEN: &[(&str, &[(&str, &str)])] = &[
    (
        "en",
        &[
            ("spell(\"AB12\")", "A B 1 2"),
            ("spell(\"ab-12 x\")", "A B, 1 2, X"),
            ("spell(caller.number)", "plus 6 5 9 1 2 3 4 5 6 7"),
            ("spell(\"(65) 6833-2048\")", "6 5, 6 8 3 3, 2 0 4 8"),
            ("spell(\"a.b@c.sg\")", "A dot B at C dot S G"),
            ("spell(\"<b>&\")", "B"),
            ("spell(4711)", "4 7 1 1"),
            ("spell(\"-\")", ""),
            ("spell(missing)", ""),
            ("money(12.5, \"SGD\")", "12 Singapore dollars and 50 cents"),
            ("money(1, \"SGD\")", "1 Singapore dollar"),
            ("money(1.01, \"sgd\")", "1 Singapore dollar and 1 cent"),
            ("money(0.5, \"USD\")", "50 cents"),
            ("money(0, \"USD\")", "0 US dollars"),
            ("money(-3.2, \"EUR\")", "minus 3 euros and 20 cents"),
            // A half away from zero, on the decimal that was meant: as a float 1.005 is
            // a little less than that.
            ("money(1.005, \"SGD\")", "1 Singapore dollar and 1 cent"),
            (
                "money(\"2.675\", \"SGD\")",
                "2 Singapore dollars and 68 cents",
            ),
            ("money(0.1 + 0.2, \"SGD\")", "30 cents"),
            ("money(-0.004, \"SGD\")", "0 Singapore dollars"),
            ("money(0.999, \"SGD\")", "1 Singapore dollar"),
            // No decimals: ISO 4217 for the yen, CLDR for the dong, in practice the rupiah.
            ("money(1234.5, \"JPY\")", "1,235 Japanese yen"),
            ("money(1500000, \"VND\")", "1,500,000 Vietnamese dong"),
            ("money(12500.5, \"IDR\")", "12,501 Indonesian rupiahs"),
            ("money(1.25, \"GBP\")", "1 British pound and 25 pence"),
            ("money(1.01, \"GBP\")", "1 British pound and 1 penny"),
            // Nobody here speaks of their hundredths and thousandths.
            ("money(12.5, \"CHF\")", "12.5 Swiss francs"),
            ("money(1.2345, \"KWD\")", "1.235 Kuwaiti dinars"),
            ("money(1, \"KWD\")", "1 Kuwaiti dinar"),
            (
                "money(9223372036854775807, \"USD\")",
                "9,223,372,036,854,775,807 US dollars",
            ),
            ("amount(1234567.5)", "1,234,567.5"),
            ("amount(2.345, 2)", "2.35"),
            ("amount(2, 2)", "2.00"),
            ("amount(-5)", "minus 5"),
            ("amount(\"007.50\")", "7.5"),
            ("amount(-0.4, 0)", "0"),
            ("date(\"2026-03-02\")", "Monday, 2 March 2026"),
            ("date(now)", "Monday, 2 March 2026"),
            // Later than 16:00 in UTC it is the next day in a zone 8 hours ahead.
            ("date(\"2026-03-02T20:00:00Z\")", "Tuesday, 3 March 2026"),
            ("date(\"2026-03-02T20:00:00\")", "Monday, 2 March 2026"),
            ("date(\"2024-02-29\")", "Thursday, 29 February 2024"),
            ("time(\"15:05\")", "3:05 pm"),
            ("time(\"15:00\")", "3 pm"),
            ("time(\"00:30\")", "12:30 am"),
            ("time(\"12:00\")", "12 noon"),
            ("time(\"00:00\")", "12 midnight"),
            ("time(now)", "3:05 pm"),
            ("time(\"2026-03-02T07:05:59Z\")", "3:05 pm"),
            ("time(\"2026-03-02T15:05:00+08:00\")", "3:05 pm"),
        ],
    ),
    ("en-US", &[("date(now)", "Monday, March 2, 2026")]),
    (
        "zh",
        &[
            ("spell(caller.number)", "加 6 5 9 1 2 3 4 5 6 7"),
            ("money(12.5, \"SGD\")", "12.5新加坡元"),
            ("money(-12, \"CNY\")", "负12元"),
            ("amount(1234567.5)", "1,234,567.5"),
            ("date(now)", "2026年3月2日星期一"),
            // CLDR prefers 24 hours in China.
            ("time(now)", "15点05分"),
            ("time(\"09:00\")", "9点"),
        ],
    ),
    (
        "cmn-CN",
        &[
            ("date(now)", "2026年3月2日星期一"),
            ("time(now)", "15点05分"),
        ],
    ),
    (
        "zh-TW",
        &[
            ("money(-12.5, \"SGD\")", "負12.5新加坡幣"),
            ("time(now)", "15點05分"),
        ],
    ),
    (
        "ms",
        &[
            ("spell(caller.number)", "tambah 6 5 9 1 2 3 4 5 6 7"),
            ("money(12.5, \"MYR\")", "12 ringgit dan 50 sen"),
            ("money(-1, \"SGD\")", "negatif 1 Dolar Singapura"),
            ("amount(1234.5)", "1,234.5"),
            ("date(now)", "Isnin, 2 Mac 2026"),
            // The parts of the day are CLDR's day periods.
            ("time(now)", "pukul 3:05 petang"),
            ("time(\"12:30\")", "pukul 12:30 tengah hari"),
            ("time(\"00:15\")", "pukul 12:15 tengah malam"),
            ("time(\"08:00\")", "pukul 8 pagi"),
            ("time(\"21:00\")", "pukul 9 malam"),
        ],
    ),
    (
        "id",
        &[
            ("spell(caller.number)", "plus 6 5 9 1 2 3 4 5 6 7"),
            // The point groups, the comma is the decimal mark.
            ("money(12500, \"IDR\")", "12.500 rupiah"),
            ("money(12.5, \"SGD\")", "12 Dolar Singapura 50 sen"),
            ("amount(1234567.5)", "1.234.567,5"),
            ("amount(-1)", "minus 1"),
            ("date(now)", "Senin, 2 Maret 2026"),
            ("time(now)", "pukul 15 lewat 5 menit"),
            ("time(\"08:00\")", "pukul 8"),
        ],
    ),
    (
        "th",
        &[
            ("spell(caller.number)", "บวก 6 5 9 1 2 3 4 5 6 7"),
            ("money(12.5, \"THB\")", "12 บาท 50 สตางค์"),
            ("money(-12, \"SGD\")", "ลบ 12 ดอลลาร์สิงคโปร์"),
            ("amount(1234.5)", "1,234.5"),
            // The Buddhist year, 543 more, is the one in daily use.
            ("date(now)", "วันจันทร์ที่ 2 มีนาคม 2569"),
            ("time(now)", "15 นาฬิกา 5 นาที"),
            ("time(\"08:00\")", "8 นาฬิกา"),
        ],
    ),
    (
        "vi",
        &[
            ("spell(caller.number)", "cộng 6 5 9 1 2 3 4 5 6 7"),
            ("money(1500000, \"VND\")", "1.500.000 đồng"),
            ("money(-12.5, \"USD\")", "âm 12 đô la Mỹ 50 xu"),
            ("amount(1234.5)", "1.234,5"),
            ("date(now)", "Thứ Hai, ngày 2 tháng 3 năm 2026"),
            ("time(now)", "15 giờ 5 phút"),
            ("time(\"08:00\")", "8 giờ"),
        ],
    ),
    (
        "fil",
        &[
            ("spell(caller.number)", "plus 6 5 9 1 2 3 4 5 6 7"),
            ("money(12.5, \"PHP\")", "12 piso at 50 sentimo"),
            // CLDR's plural rule: numbers that end in 4, 6 or 9 are of the other form.
            ("money(3, \"USD\")", "3 dolyar ng US"),
            ("money(4, \"USD\")", "4 dolyares ng US"),
            ("amount(1234.5)", "1,234.5"),
            ("date(now)", "Lunes, Marso 2, 2026"),
            ("time(now)", "3:05 ng hapon"),
            ("time(\"12:00\")", "12 ng tanghali"),
            ("time(\"20:00\")", "8 ng gabi"),
        ],
    ),
    ("tl-PH", &[("date(now)", "Lunes, Marso 2, 2026")]),
    (
        "ja",
        &[
            ("spell(caller.number)", "プラス 6 5 9 1 2 3 4 5 6 7"),
            ("money(1234.5, \"JPY\")", "1,235円"),
            (
                "money(-12.5, \"SGD\")",
                "マイナス12シンガポールドル50セント",
            ),
            ("amount(1234.5)", "1,234.5"),
            ("date(now)", "2026年3月2日月曜日"),
            ("time(now)", "15時5分"),
            ("time(\"08:00\")", "8時"),
        ],
    ),
    // Known to the library alone.
    (
        "de",
        &[
            ("spell(caller.number)", "6 5 9 1 2 3 4 5 6 7"),
            ("money(1234.5, \"EUR\")", "1.234,50 EUR"),
            ("amount(-1234.5)", "-1.234,5"),
            ("date(now)", "Montag, 2. März 2026"),
            ("time(now)", "15:05"),
        ],
    ),
    // Known to nobody: digits.
    (
        "xx",
        &[
            ("money(1234.5, \"EUR\")", "1,234.50 EUR"),
            ("date(now)", "2026-03-02"),
            ("time(now)", "15:05"),
        ],
    ),
    (
        "no tag",
        &[("date(now)", "2026-03-02"), ("amount(1.5)", "1.5")],
    ),
];

fn in_language(lang: &'static str) -> Call {
    Call(Call::new().0, lang)
}

#[test]
fn callers_hear_it_in_their_language() {
    let mut wrong = Vec::new();
    for (lang, lines) in SPOKEN {
        let call = in_language(lang);
        for (source, expected) in *lines {
            let found = match call.run(source) {
                Ok(value) => value.to_string(),
                Err(fault) => format!("{fault:?}"),
            };
            if found != *expected {
                wrong.push(format!("{lang}: {source}\n  {found}\n  {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What cannot be spoken, and what is said about it: never the value.
const REFUSED: &[(&str, &str)] = &[
    ("spell(list)", "`spell` needs a text, this is a list"),
    ("spell(0.5)", "`spell` needs a text, this is a number"),
    (
        "money(missing, \"SGD\")",
        "`money` needs a number, this is nothing",
    ),
    (
        "money(empty, \"SGD\")",
        "`money` needs a number, this is an empty text",
    ),
    (
        "money(tier, \"SGD\")",
        "`money` needs a number, this is another text",
    ),
    (
        "money(\"1e3\", \"SGD\")",
        "`money` needs a number, this is another text",
    ),
    ("money(1e16, \"SGD\")", "the number is out of range"),
    (
        "money(1, tier)",
        "`money` needs the three letters of a currency, as in `money(x, \"SGD\")`",
    ),
    (
        "money(1, 2)",
        "`money` needs the three letters of a currency, as in `money(x, \"SGD\")`",
    ),
    (
        "amount(vip)",
        "`amount` needs a number, this is true or false",
    ),
    ("amount(1, 10)", "`amount` needs 0 to 9 places"),
    ("amount(1, tier)", "`amount` needs 0 to 9 places"),
    (
        "date(missing)",
        "`date` needs a date, as in \"2026-03-02\", or `now`, this is nothing",
    ),
    (
        "date(pin)",
        "`date` needs a date, as in \"2026-03-02\", or `now`, this is another text",
    ),
    (
        "date(\"2026-02-29\")",
        "`date` needs a date, as in \"2026-03-02\", or `now`, this is another text",
    ),
    (
        "date(20260302)",
        "`date` needs a date, as in \"2026-03-02\", or `now`, this is a number",
    ),
    (
        "date(customer)",
        "`date` needs a date, as in \"2026-03-02\", or `now`, this is a map",
    ),
    (
        "time(\"2026-03-02\")",
        "`time` needs a time, as in \"15:05\" or \"2026-03-02T15:05:00Z\", or `now`, this is another text",
    ),
    (
        "time(\"24:01\")",
        "`time` needs a time, as in \"15:05\" or \"2026-03-02T15:05:00Z\", or `now`, this is another text",
    ),
];

#[test]
fn what_cannot_be_spoken_is_a_fault_without_the_value() {
    for (source, expected) in REFUSED {
        let fault = Call::new().run(source).expect_err(source);
        assert_eq!(fault.message, *expected, "{source}");
        assert_eq!(fault.kind, FaultKind::Failed, "{source}");
        assert_eq!((fault.line, fault.column), (1, 1), "{source}");
    }
}

#[test]
fn a_script_file_speaks_the_language_of_the_call() {
    let (library, problems) = Library::compile([(
        "bill",
        "fn due(sum) { money(sum, \"THB\") + \", \" + time(\"08:00\") }",
    )]);
    assert!(problems.is_empty(), "{problems:?}");
    for (lang, expected) in [("en", "2 Thai baht, 8 am"), ("th", "2 บาท, 8 นาฬิกา")]
    {
        let call = in_language(lang);
        let program = call.compile_with("bill::due(2)", &library);
        let value = program.run(&call, &mut Budget::new(1_000)).unwrap();
        assert_eq!(value.to_string(), expected);
    }
}

#[test]
fn a_variable_may_be_called_as_what_it_holds() {
    let program = Program::compile(
        "date(date) + amount + amount(amount)",
        &Library::empty(),
        &["date", "amount"],
    );
    let mut call = Call::new();
    call.0.insert("date", Value::text("2026-03-02"));
    call.0.insert("amount", Value::Int(1234));
    let value = program.unwrap().run(&call, &mut Budget::new(1_000));
    assert_eq!(
        told(&value.unwrap()),
        "\"Monday, 2 March 20261234\u{31},234\""
    );
}

#[test]
fn speaking_is_work_that_is_counted() {
    let mut cheap = Budget::new(1_000);
    let mut dear = Budget::new(1_000);
    let call = Call::new();
    call.compile("digits(1)").run(&call, &mut cheap).unwrap();
    call.compile("amount(1)").run(&call, &mut dear).unwrap();
    assert!(dear.spent() >= cheap.spent() + 60, "{dear:?} {cheap:?}");
    let all = "let s = \"\"; for i in 0..10000 { s = date(now) } s";
    let fault = call.compile(all).run(&call, &mut Budget::new(2_000));
    let fault = fault.unwrap_err();
    assert_eq!(fault.kind, FaultKind::OverBudget);
}

const LANGUAGES: &[&str] = &[
    "en",
    "en-SG",
    "zh",
    "zh-HK",
    "ms",
    "id",
    "th",
    "vi",
    "fil",
    "ja",
    "ar",
    "my",
    "fr",
    "xx",
    "",
    "x",
    "not a tag",
    "th-TH-u-nu-thai",
];

fn value() -> impl Strategy<Value = Value> {
    let digits = "[-+]?[0-9]{0,50}(\\.[0-9]{0,20})?";
    let moment = "[0-9]{1,4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|\\+08:00)?)?";
    let time = "[0-9]{1,2}:[0-9]{2}";
    let plain = prop_oneof![
        Just(Value::Nothing),
        any::<bool>().prop_map(Value::Flag),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Float),
        prop_oneof![digits, moment, time, ".{0,40}", "[@._#+&<>]{0,4096}"]
            .prop_map(|text| Value::text(&text)),
    ];
    plain.prop_recursive(2, 8, 3, |inner| {
        let fields = prop::collection::btree_map("date|time|x", inner.clone(), 0..3);
        prop_oneof![
            prop::collection::vec(inner, 0..3).prop_map(|items| Value::List(items.into())),
            fields.prop_map(|fields| {
                let fields = fields.into_iter().map(|(name, value)| (name.into(), value));
                Value::Map(std::sync::Arc::new(fields.collect()))
            }),
        ]
    })
}

const CALLS: &[&str] = &[
    "spell(x)",
    "money(x, \"SGD\")",
    "money(x, \"jpy\")",
    "money(1.5, x)",
    "amount(x)",
    "amount(x, 9)",
    "amount(1.5, x)",
    "date(x)",
    "time(x)",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    /// Whatever is given, what comes out can be put into a text for a voice, and what
    /// is said of the rest does not hold it.
    #[test]
    fn whatever_is_given_what_comes_out_can_be_heard(
        x in value(), lang in prop::sample::select(LANGUAGES),
    ) {
        let mut call = in_language(lang);
        call.0.insert("x", x.clone());
        for source in CALLS {
            let mut budget = Budget::new(20_000);
            match call.compile(source).run(&call, &mut budget) {
                Ok(Value::Text(text)) => {
                    prop_assert!(text.len() <= 4096);
                    let unspeakable = |c: char| matches!(c, '<' | '>' | '&') || c.is_control();
                    prop_assert!(!text.contains(unspeakable), "{} {}", source, text);
                }
                Ok(_) => prop_assert!(false, "{} gives no text", source),
                Err(fault) => {
                    prop_assert_ne!(fault.kind, FaultKind::Deadline);
                    prop_assert!(fault.message != "the script failed inside", "{}", source);
                    if let Value::Text(text) = &x && text.chars().count() > 12 {
                        prop_assert!(!fault.message.contains(&**text));
                    }
                }
            }
        }
    }
}
