//! What the platform's own document says of an answer.

use std::collections::HashMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("openapi.json");
    let mut document = serde_json::from_str(text).unwrap();
    close(&mut document);
    document
});

/// What the responses refer to, by how they refer to it. Made once, as many answers are
/// held against them.
static VALIDATORS: LazyLock<HashMap<String, Validator>> = LazyLock::new(|| {
    let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap();
    let validator = |name: &String| {
        let refers = format!("#/components/schemas/{name}");
        let mut schema = serde_json::json!({"$ref": refers});
        schema["components"] = DOCUMENT["components"].clone();
        let options = jsonschema::options().should_validate_formats(true);
        (refers, options.build(&schema).unwrap())
    };
    schemas.keys().map(validator).collect()
});

/// No field may be there that the document lacks. The platform does not promise that; an
/// answer of ours that has one has a mistake in its name.
fn close(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("properties") && fields.get("type").is_some() {
                fields.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Why an answer is not as the document has it; nothing where it is.
pub fn judged(method: &str, path: &str, status: u16, body: &str) -> Result<(), String> {
    let json: Value =
        serde_json::from_str(body).map_err(|error| format!("no JSON: {error}: {body}"))?;
    let Some(methods) = methods(path) else {
        return match status {
            404 => Ok(()),
            _ => Err(format!("{status} where there is nothing")),
        };
    };
    let Some(operation) = methods.get(method.to_lowercase()) else {
        return match status {
            405 => Ok(()),
            _ => Err(format!("{status} to a {method} that there is not")),
        };
    };
    let Some(response) = operation["responses"].get(status.to_string()) else {
        return Err(format!("the document lacks {status}"));
    };
    let Some(schema) = response.pointer("/content/application~1json/schema") else {
        return Ok(());
    };
    let validator = match schema["$ref"].as_str() {
        Some(name) => &VALIDATORS[name],
        None => {
            return Err(format!(
                "the document gives {status} a schema without a name"
            ));
        }
    };
    let found: Vec<String> = validator
        .iter_errors(&json)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    match found.is_empty() {
        true => Ok(()),
        false => Err(found.join("; ")),
    }
}

/// The methods of a path, where the document has it.
fn methods(path: &str) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap();
    let parts: Vec<&str> = path.split('/').collect();
    let is_it = |template: &str| {
        let wanted: Vec<&str> = template.split('/').collect();
        let mut both = wanted.iter().zip(&parts);
        wanted.len() == parts.len() && both.all(|(a, b)| a.starts_with('{') || a == b)
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let mut paths = paths.iter();
    paths
        .find(|(path, _)| is_it(path))
        .map(|(_, methods)| methods)
}

const CALLFLOWS: &str = "/api/v1/subaccounts/mine/callflows";
const CREATED: &str = r#"{"sessionId": "a", "sessionStatus": "CREATED", "callFlowRequestId": "b",
    "validUntil": "2026-03-02T02:00:00.000Z", "statusCode": 1, "statusMessage": "Created"}"#;

#[test]
fn a_right_answer_is_taken() {
    assert_eq!(judged("POST", CALLFLOWS, 200, CREATED), Ok(()));
    assert_eq!(judged("GET", CALLFLOWS, 405, "{}"), Ok(()));
}

#[test]
fn a_wrong_answer_is_refused() {
    let wrong = [
        // A field of another type, one that is required and missing, one of another name.
        (
            200,
            CREATED.replace("\"statusCode\": 1", "\"statusCode\": \"1\""),
            "is not of type",
        ),
        (
            200,
            CREATED.replace("\"sessionId\": \"a\",", ""),
            "required",
        ),
        (
            200,
            CREATED.replace("validUntil", "valid_until"),
            "valid_until",
        ),
        // What is no time, what belongs to another status, and a status that there is not.
        (200, CREATED.replace("2026-03-02T02", "soon"), "date-time"),
        (422, CREATED.to_owned(), "sessionId"),
        (201, CREATED.to_owned(), "lacks 201"),
        (200, "Created".to_owned(), "no JSON"),
        (200, "[]".to_owned(), "is not of type"),
    ];
    for (status, body, part) in wrong {
        let refused = judged("POST", CALLFLOWS, status, &body).unwrap_err();
        assert!(refused.contains(part), "{body}: {refused}");
    }
    let webhooks = "/api/v1/subaccounts/mine/webhooks";
    let count = r#"{"subAccountId": "mine", "count": "1", "webhooks": [], "statusCode": 0}"#;
    assert!(judged("GET", webhooks, 200, count).is_err());
    let deep = r#"{"webhooks": [{"type": "VCA", "enabled": "yes"}]}"#;
    assert!(judged("GET", webhooks, 200, deep).is_err());
    let id = r#"{"errorId": "1", "statusCode": "1001"}"#;
    assert!(judged("POST", webhooks, 422, id).is_err());
    assert!(judged("PUT", webhooks, 200, "{}").is_err());
    assert!(judged("GET", "/api/v2/anything", 200, "{}").is_err());
}
