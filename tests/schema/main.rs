//! The schemas for editors: every good file is valid, and of the broken ones those are
//! caught that a schema can catch.

mod agree;
mod broken;
mod conversations;
mod project;
mod projects;
mod yaml;

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use serde_json::Value;

fn flows() -> Validator {
    jsonschema::draft7::new(&ringflow::flow::flow_schema()).expect("the schema is one")
}

fn tests() -> Validator {
    jsonschema::draft7::new(&ringflow::scenario::tests_schema()).expect("the schema is one")
}

fn prompts() -> Validator {
    jsonschema::draft7::new(&ringflow::flow::prompts_schema()).expect("the schema is one")
}

fn project() -> Validator {
    jsonschema::draft7::new(&ringflow::flow::project_schema()).expect("the schema is one")
}

/// What an editor marks in a file.
fn marked(validator: &Validator, value: &Value) -> Vec<String> {
    validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// The files of a folder whose names end like this, as YAML, by name.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?.strip_suffix(ending)?.to_owned();
            Some((name, fs::read_to_string(path).ok()?))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn every_good_flow_is_valid() {
    let validator = flows();
    let mut wrong = Vec::new();
    let mut all = files("flows", ".yaml");
    all.retain(|(name, _)| !name.ends_with(".test"));
    assert!(all.len() >= 4);
    let mut good = files("tests/good", ".yaml");
    good.retain(|(name, _)| name != "ringflow");
    assert!(good.len() >= 15);
    all.extend(good);
    for (name, text) in all {
        let value = yaml::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let found = marked(&validator, &value);
        if !found.is_empty() {
            wrong.push(format!("{name}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_the_documents_show_is_valid() {
    let validator = flows();
    let (mut count, mut conversations, mut projects) = (0, 0, 0);
    for path in ["README.md", "flows/README.md"] {
        let text = fs::read_to_string(path).expect("it is there");
        for block in text.split("```yaml\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            let value = yaml::read(block).unwrap_or_else(|error| panic!("{path}: {error}"));
            if value.get("scenarios").is_some() {
                assert_eq!(marked(&tests(), &value), [""; 0], "{path}:\n{block}");
                conversations += 1;
                continue;
            }
            if value.get("lookups").is_some() {
                assert_eq!(marked(&project(), &value), [""; 0], "{path}:\n{block}");
                projects += 1;
                continue;
            }
            let is_text = |value: &Value| value.is_string() || value.is_array();
            if value
                .as_object()
                .is_some_and(|map| !map.contains_key("on_end") && map.values().all(is_text))
            {
                assert_eq!(marked(&prompts(), &value), [""; 0], "{path}:\n{block}");
                continue;
            }
            // Parts of a flow are put where they belong.
            let whole = if value.get("states").is_some() {
                value
            } else if let Some(key) = ["vars", "languages", "on_end"]
                .into_iter()
                .find(|key| value.get(key).is_some())
            {
                let mut whole = serde_json::json!({ "states": {} });
                whole[key] = value[key].clone();
                whole
            } else {
                serde_json::json!({ "states": value })
            };
            assert_eq!(marked(&validator, &whole), [""; 0], "{path}:\n{block}");
            count += 1;
        }
    }
    assert!(count >= 6, "only {count} examples are there");
    assert!(conversations >= 1, "no conversation is there");
    assert!(projects >= 1, "no project is there");
}

/// Every property that a schema describes, with the path that leads there.
fn undescribed(schema: &Value, path: &str, found: &mut Vec<String>, count: &mut usize) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Object(properties)) = map.get("properties") {
                for (name, property) in properties {
                    *count += 1;
                    let is_test = path.ends_with("/if");
                    let doc = property.get("markdownDescription");
                    let long = |doc: &Value| doc.as_str().is_some_and(|doc| doc.len() >= 20);
                    if !is_test && !doc.is_some_and(long) {
                        found.push(format!("{path}/{name}"));
                    }
                }
            }
            for (name, inner) in map {
                undescribed(inner, &format!("{path}/{name}"), found, count);
            }
        }
        Value::Array(items) => {
            for item in items {
                undescribed(item, path, found, count);
            }
        }
        _ => {}
    }
}

#[test]
fn every_key_says_what_it_means() {
    for (schema, least) in [
        (ringflow::flow::flow_schema(), 16),
        (ringflow::scenario::tests_schema(), 16),
        (ringflow::flow::project_schema(), 8),
    ] {
        let (mut found, mut count) = (Vec::new(), 0);
        undescribed(&schema, "", &mut found, &mut count);
        assert_eq!(found, [""; 0]);
        assert!(count >= least, "only {count} keys are there");
    }
}

/// An editor offers the properties of the branch that holds: without a kind all the
/// kinds, and with one the keys of that kind alone.
#[test]
fn a_state_offers_its_kinds_and_then_the_keys_of_its_kind() {
    let schema = ringflow::flow::flow_schema();
    let offered = |name: &str| -> Vec<String> {
        let properties = &schema["definitions"][name]["properties"];
        let properties = properties.as_object().expect("a state has properties");
        properties.keys().cloned().collect()
    };
    let plain = offered("state_plain");
    for word in ["say", "set", "then", "menu", "ask", "transfer", "choose"] {
        assert!(plain.iter().any(|key| key == word), "{word}");
    }
    assert!(!plain.iter().any(|key| key == "digits"));
    let ask = offered("state_ask");
    assert!(ask.iter().any(|key| key == "digits"));
    assert!(!ask.iter().any(|key| key == "menu"));
    // In place of a target stands no state that cannot go on.
    assert!(
        !offered("state_in_place_plain")
            .iter()
            .any(|key| key == "menu")
    );
}
