//! The smallest callflow that shows the same: parts are taken out as long as it does.

use serde_json::Value;

use super::reading::{Body, Case};

/// The case without all that does not matter for `shows`.
pub fn smallest(case: &Case, shows: impl Fn(&Case) -> bool) -> Case {
    let mut case = case.clone();
    while let Some(smaller) = smaller(&case).into_iter().find(&shows) {
        case = smaller;
    }
    case
}

/// The case, with one part less each.
fn smaller(case: &Case) -> Vec<Case> {
    let mut all = Vec::new();
    if case.earlier > 0 {
        let mut fewer = case.clone();
        fewer.earlier -= 1;
        all.push(fewer);
    }
    let mut holder = |changes: fn(&mut Case)| {
        let mut other = case.clone();
        changes(&mut other);
        if other != *case {
            all.push(other);
        }
    };
    holder(|case| case.holder.numbers = None);
    holder(|case| case.holder.voices = None);
    holder(|case| case.holder.records = true);
    holder(|case| case.holder.has_webhook = true);
    if let Body::Json(body) = &case.body {
        let mut bodies = Vec::new();
        less(body, &mut bodies);
        all.extend(bodies.into_iter().map(|body| Case {
            body: Body::Json(body),
            ..case.clone()
        }));
    }
    all
}

/// The value with one field, one entry or half of a text less, anywhere in it.
fn less(value: &Value, into: &mut Vec<Value>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let mut without = fields.clone();
                without.remove(name);
                into.push(Value::Object(without));
                let mut inner = Vec::new();
                less(field, &mut inner);
                for field in inner {
                    let mut with = fields.clone();
                    with.insert(name.clone(), field);
                    into.push(Value::Object(with));
                }
            }
        }
        Value::Array(entries) => {
            for at in 0..entries.len() {
                let mut without = entries.clone();
                without.remove(at);
                into.push(Value::Array(without));
                let mut inner = Vec::new();
                less(&entries[at], &mut inner);
                for entry in inner {
                    let mut with = entries.clone();
                    with[at] = entry;
                    into.push(Value::Array(with));
                }
            }
        }
        Value::String(text) if text.chars().count() > 40 => {
            let count = text.chars().count();
            into.push(text.chars().take(count / 2).collect::<String>().into());
            into.push(text.chars().take(count - 1).collect::<String>().into());
        }
        _ => {}
    }
}
