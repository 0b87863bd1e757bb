//! States: which keys one has depends on its kind.

use serde_json::{Map, Value, json};

use crate::flow::document::tables::{ANY, Key, PLAIN, STATE_KINDS, StateKind};

use super::parts;
use super::shapes::Place;

/// Adds the definitions of all states that stand here.
pub fn define(all: &mut Map<String, Value>, place: Place) {
    let kinds: Vec<&StateKind> = STATE_KINDS
        .iter()
        .filter(|kind| place == Place::Top || leads_on(kind))
        .collect();
    let name = |kind: &str| format!("{}_{kind}", place.state());
    let mut chain = reference(&name("plain"));
    for kind in kinds.iter().rev() {
        let word = kind.key.name;
        chain = json!({
            "if": { "required": [word] },
            "then": reference(&name(word)),
            "else": chain,
        });
        all.insert(name(word), of_kind(kind, place));
    }
    // While no kind is there, each is offered.
    let words: Vec<Key> = kinds.iter().map(|kind| kind.key).collect();
    let plain = parts::object(&[ANY, PLAIN, &words].concat(), place, &["then"]);
    all.insert(name("plain"), plain);
    parts::merge(&mut chain, json!({ "type": "object" }));
    all.insert(place.state().to_owned(), chain);
}

fn of_kind(kind: &StateKind, place: Place) -> Value {
    let mut needs = kind.needs.to_vec();
    if place == Place::InPlace && !needs.contains(&"then") {
        needs.push("then");
    }
    let mut schema = parts::object(&[ANY, &[kind.key], kind.keys].concat(), place, &needs);
    if kind.key.name == "choose" {
        let by_list = json!({
            "if": { "properties": { "choose": { "type": "array" } } },
            "then": { "not": { "required": ["cases"] } },
        });
        parts::merge(&mut schema, by_list);
    }
    schema
}

/// True for a kind of which a state can be written in place of a target: it has a
/// `then`, by which the call goes on.
fn leads_on(kind: &StateKind) -> bool {
    kind.keys.iter().any(|key| key.name == "then")
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}
