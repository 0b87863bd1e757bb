//! The readings with one fault each: a limit moved by one, a code swapped, a row left
//! out. None of them may agree with the model.

use super::captures::Table;
use super::tables::{Broken, Equal, Form, Tables};

/// A code that is never right.
const WRONG: i32 = -9999;

/// The tables of callflows, each with one fault, and what it is.
pub fn of_callflows(right: &Tables) -> Vec<(String, Tables)> {
    let mut all = Vec::new();
    let mut plant = |what: String, changes: &dyn Fn(&mut Tables)| {
        let mut wrong = right.clone();
        changes(&mut wrong);
        all.push((what, wrong));
    };
    for (at, row) in right.rows.iter().enumerate() {
        let name = format!("{} {}", row.action, row.param);
        plant(format!("{name} is free"), &|tables| {
            tables.rows.remove(at);
        });
        plant(format!("{name} needed or not"), &|tables| {
            tables.rows[at].needed = !row.needed;
        });
        if !row.needed {
            plant(format!("{name} null or not"), &|tables| {
                tables.rows[at].nullable = !row.nullable;
            });
        }
        if row.form != Form::Flag {
            plant(format!("code of {name}"), &|tables| {
                tables.rows[at].code = WRONG
            });
        }
        for form in moved(&row.form) {
            plant(format!("{name} as {form:?}"), &|tables| {
                tables.rows[at].form = form.clone();
            });
        }
    }
    for (at, rule) in right.rules.iter().enumerate() {
        let name = format!("{:?}", rule.broken);
        plant(format!("{name} left out"), &|tables| {
            tables.rules.remove(at);
        });
        plant(format!("code of {name}"), &|tables| {
            tables.rules[at].codes = vec![WRONG];
        });
        for broken in bent(&rule.broken) {
            plant(format!("{name} as {broken:?}"), &|tables| {
                tables.rules[at].broken = broken.clone();
            });
        }
    }
    for (at, default) in right.defaults.iter().enumerate() {
        for by in [-1.0, 1.0] {
            let name = format!("{} {} by {by}", default.action, default.param);
            plant(name, &|tables| tables.defaults[at].value += by);
        }
    }
    for (at, action) in right.actions.iter().enumerate() {
        plant(format!("no {action}"), &|tables| {
            tables.actions.remove(at);
        });
    }
    plant("conference".to_owned(), &|tables| {
        tables.actions.push("conference")
    });
    all
}

/// A form with each of its limits moved.
fn moved(form: &Form) -> Vec<Form> {
    match form {
        Form::Text { most } => vec![Form::Text { most: most - 1 }, Form::Text { most: most + 1 }],
        Form::Whole { least, most } => {
            let mut all = vec![
                Form::Whole {
                    least: least - 1,
                    most: *most,
                },
                Form::Whole {
                    least: least + 1,
                    most: *most,
                },
            ];
            // Above are numbers that nobody has set a limit to.
            if *most < 100 {
                all.push(Form::Whole {
                    least: *least,
                    most: most - 1,
                });
                all.push(Form::Whole {
                    least: *least,
                    most: most + 1,
                });
            }
            all
        }
        Form::Number { least, most } => vec![
            Form::Number {
                least: least - 0.01,
                most: *most,
            },
            Form::Number {
                least: least + 0.01,
                most: *most,
            },
            Form::Number {
                least: *least,
                most: most - 0.01,
            },
            Form::Number {
                least: *least,
                most: most + 0.01,
            },
        ],
        Form::File {
            beginnings,
            endings,
        } => {
            let one = |beginnings, endings| Form::File {
                beginnings,
                endings,
            };
            vec![
                one(&beginnings[1..], endings),
                one(&beginnings[..1], endings),
                one(&["http://", "https://", "ftp://"], endings),
                one(beginnings, &endings[1..]),
                one(beginnings, &endings[..1]),
                one(beginnings, &[".mp3", ".wav", ".ogg"]),
            ]
        }
        Form::Destination { most } => vec![
            Form::Destination { most: most - 1 },
            Form::Destination { most: most + 1 },
        ],
        Form::Voice | Form::Flag | Form::Source => Vec::new(),
    }
}

/// A rule with each of its details changed.
fn bent(broken: &Broken) -> Vec<Broken> {
    match broken {
        Broken::NotBelow {
            action,
            param,
            limit,
            equal,
        } => {
            let others = [Equal::Fine, Equal::Refused, Equal::Open];
            let others = others.into_iter().filter(|other| other != equal);
            let bent = others.map(|equal| Broken::NotBelow {
                action,
                param,
                limit,
                equal,
            });
            bent.collect()
        }
        Broken::TooOften { action, most } => vec![
            Broken::TooOften {
                action,
                most: most - 1,
            },
            Broken::TooOften {
                action,
                most: most + 1,
            },
        ],
        Broken::Characters { .. } => ["<>", "<&", ">&", "<>&."]
            .map(|refused| Broken::Characters { refused })
            .to_vec(),
        Broken::NoWebhook { .. } => vec![Broken::NoWebhook { action: "say" }],
        Broken::NotLast { .. } => vec![Broken::NotLast { action: "playFile" }],
        Broken::NotFirst { .. } => vec![Broken::NotFirst { action: "say" }],
        _ => Vec::new(),
    }
}

/// What is planted, and how.
type Fault = (&'static str, fn(&mut Table));

/// The reading of captures, each with one fault, and what it is.
pub fn of_captures() -> Vec<(&'static str, Table)> {
    let faults: [Fault; 30] = [
        ("minDigits is 0", |table| table.min_digits = 0),
        ("minDigits is 2", |table| table.min_digits = 2),
        ("maxDigits is 24", |table| table.max_digits = 24),
        ("maxDigits is 26", |table| table.max_digits = 26),
        ("maxDigits is 1", |table| table.max_digits = 1),
        ("overallTimeout is 29999", |table| {
            table.overall_timeout = 29_999
        }),
        ("overallTimeout is 30001", |table| {
            table.overall_timeout = 30_001
        }),
        ("overallTimeout is 5000", |table| {
            table.overall_timeout = 5_000
        }),
        ("completeOnHash is false", |table| {
            table.complete_on_hash = false
        }),
        ("noOfTries is 1", |table| table.tries = 1),
        ("noOfTries is 2", |table| table.tries = 2),
        ("noOfTries is 4", |table| table.tries = 4),
        ("speed is 1.1", |table| table.speed = 1.1),
        ("a star ends it", |table| table.ends = '*'),
        ("fewer are enough", |table| table.more_digits_needed = -1),
        ("more are needed", |table| table.more_digits_needed = 1),
        ("fewer are taken", |table| table.more_digits_taken = -1),
        ("more are taken", |table| table.more_digits_taken = 1),
        ("a shorter pause", |table| table.longer_pause = -1),
        ("a longer pause", |table| table.longer_pause = 1),
        ("a shorter time", |table| table.longer_overall = -1),
        ("a longer time", |table| table.longer_overall = 1),
        ("a try less", |table| table.more_tries = -1),
        ("a try more", |table| table.more_tries = 1),
        ("no pause before the first key", |table| {
            table.pause_before_first = false
        }),
        ("the end counts", |table| table.end_counts = true),
        ("a key comes first", |table| table.key_is_first = true),
        ("an entry stays", |table| table.keeps_entry = true),
        ("nothing is a text", |table| table.silence = Some("")),
        ("null for digits", |table| table.reports_digits = false),
    ];
    let silent: [Fault; 3] = [
        ("no word behind success", |table| table.says_success = false),
        ("no word behind failure", |table| table.says_failure = false),
        ("no word behind the last", |table| {
            table.fails_aloud_at_last = false
        }),
    ];
    let planted = |(what, plants): Fault| {
        let mut table = Table::default();
        plants(&mut table);
        (what, table)
    };
    faults.into_iter().chain(silent).map(planted).collect()
}
