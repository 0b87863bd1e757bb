//! The JSON Schema of flow files for editors, made of the tables from which they are
//! read. With it an editor's YAML server offers the keys of the place where the cursor
//! stands, shows what each means, and marks what is of the wrong shape. What needs more
//! than one look at one place is left to `check`.
//!
//! Draft 7, since that is what YAML servers know best. A state is one object whose
//! keys depend on its kind by `if` and `then`: so an editor offers the kinds where
//! there is none yet, and after that the keys of the one that was chosen.

mod hours;
pub mod parts;
mod shapes;
mod states;

use serde_json::{Map, Value, json};

use super::document::tables;
use shapes::Place;

/// The schema of flow files.
pub fn flow_schema() -> Value {
    let mut schema = parts::object(tables::FILE, Place::Top, &["states"]);
    let head = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A callflow",
        "description": "What a caller hears, what is asked, and where the call goes next.",
        "definitions": definitions(),
    });
    parts::merge(&mut schema, head);
    schema
}

/// The schema of files of prompts.
pub fn prompts_schema() -> Value {
    let text = parts::described(
        parts::one_or_more(parts::text()),
        "What is said for this id: a text, a list of them for repeats, or the address of a recording.",
    );
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Prompts",
        "description": "Texts by their ids, in one language. A flow says one with `<id>`.",
        "type": ["object", "null"],
        "propertyNames": parts::prompt_id(),
        "additionalProperties": text,
    })
}

fn definitions() -> Value {
    let mut all = Map::new();
    for place in [Place::Top, Place::InPlace] {
        all.insert(place.target().to_owned(), shapes::target(place));
        all.insert(place.keys().to_owned(), shapes::keys(place, true));
        all.insert(place.entry_keys().to_owned(), shapes::keys(place, false));
        states::define(&mut all, place);
    }
    all.insert("defaults".to_owned(), {
        parts::object(tables::DEFAULTS, Place::Top, &[])
    });
    Value::Object(all)
}
