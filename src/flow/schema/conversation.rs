//! The schema of test files, `flows/**/*.test.yaml`: conversations that must hold.

use serde_json::{Value, json};

use super::parts::{self, closed, described, digits, one_or_more, text, word};

/// The schema of test files.
pub fn tests_schema() -> Value {
    let properties = json!({
        "flow": described(
            parts::flow_name(),
            "The flow that is called; without it the one beside the file, of the same name.",
        ),
        "from": described(caller(), FROM),
        "at": described(time(), AT),
        "split": described(sides(), SPLIT),
        "scenarios": described(
            json!({ "type": "array", "items": scenario() }),
            "The conversations, each with a `name` and its `call`.",
        ),
    });
    let mut schema = closed(properties, &["scenarios"]);
    parts::merge(
        &mut schema,
        json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "Conversations that must hold",
            "description": "What callers do and what they hear, tried with `ringflow test`.",
        }),
    );
    schema
}

const FROM: &str =
    "Who calls: a number with its country code, or `anonymous`. Without it `+6591234567`.";
const AT: &str = "When the call begins, as in `2026-03-02T10:00:00+08:00`, or without an offset in the zone of the flow. Without it Monday 2 March 2026, 10:00.";

const SPLIT: &str = "The sides that the caller gets where callers are split, as in `{offer: new}`. Without it the caller's own.";

fn scenario() -> Value {
    let survives = ["duplicates", "restarts", "reload", "lost"];
    let properties = json!({
        "name": described(text(), "What the scenario shows, in words."),
        "from": described(caller(), FROM),
        "at": described(time(), AT),
        "split": described(sides(), SPLIT),
        "call": described(
            json!({ "type": "array", "items": step(), "minItems": 1 }),
            "The steps in their order, as in `- hears: Welcome` and `- press: 1`. What is said and not named here is passed over.",
        ),
        "never": described(
            one_or_more(never()),
            "What must not happen in the whole call, as in `{hears: press}`.",
        ),
        "strict": described(
            json!({ "type": "boolean" }),
            "Everything that is said has to be named by a `hears`.",
        ),
        "states": described(
            json!({ "type": "array", "items": parts::known_state() }),
            "The states that are entered, in their order.",
        ),
        "survives": described(
            one_or_more(json!({ "enum": survives })),
            "Under what the scenario is run again: webhooks that come twice, restarts, a reload in the middle, a memory that is lost. Without it all four; fewer need a `because`.",
        ),
        "because": described(text(), "Why the scenario survives less than everything."),
        "vars": described(variables(), "What the variables hold when the call is over."),
        "faults": described(
            json!({ "const": true }),
            "A script fails in this call, and that is meant.",
        ),
    });
    closed(properties, &["name", "call"])
}

/// One word with its value.
fn step() -> Value {
    let happens = || json!({ "const": true });
    let properties = json!({
        "hears": described(text(), "A part of what is said, or `/…/` for a pattern."),
        "press": described(
            digits(r"^\s*([0-9*#]+|star|hash)\s*$"),
            "Keys of the telephone, `0` to `9`, `*` and `#`; a `#` goes in quotes.",
        ),
        "silence": described(happens(), "The caller says and presses nothing until we stop waiting."),
        "dialled": described(parts::number(""), "The number that is dialled now."),
        "leg": described(leg(), "What whoever is dialled does, as in `busy` or `{answered: 42s}`."),
        "wait": described(duration(), "Time that passes, as in `20s`."),
        "hangs_up": described(happens(), "The caller hangs up."),
        "hung_up": described(happens(), "We hang up, and the call is over."),
        "vars": described(variables(), "What variables hold now."),
    });
    let mut schema = closed(properties, &[]);
    parts::merge(
        &mut schema,
        json!({ "minProperties": 1, "maxProperties": 1 }),
    );
    schema
}

fn never() -> Value {
    closed(
        json!({
            "hears": described(text(), "What must not be said."),
            "dialled": described(parts::number(""), "A number that must not be dialled."),
        }),
        &[],
    )
}

fn leg() -> Value {
    json!({
        "anyOf": [
            { "enum": ["busy", "no_answer", "failed", "cancelled"] },
            closed(
                json!({ "answered": described(duration(), "How long the conversation takes.") }),
                &["answered"],
            ),
        ],
    })
}

fn duration() -> Value {
    json!({ "type": "string", "pattern": r"^\s*[0-9.]+\s*(ms|s|m|h)\s*$" })
}

fn variables() -> Value {
    json!({ "type": "object", "propertyNames": { "pattern": parts::VARIABLE } })
}

fn sides() -> Value {
    json!({ "type": "object", "additionalProperties": text() })
}

fn caller() -> Value {
    parts::number(r"^\s*[A-Za-z]+\s*$|")
}

fn time() -> Value {
    word(r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]")
}
