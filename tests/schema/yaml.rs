//! YAML as an editor's server reads it: by the core schema of YAML 1.2, in which
//! `1` is a number, `true` a flag and `~` nothing.

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value, json};

enum Open {
    List(Vec<Value>),
    Map(Map<String, Value>, Option<String>),
}

/// The value of a file, or what an editor would say about the file before it looks at
/// a schema.
pub fn read(text: &str) -> Result<Value, String> {
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| error.to_string())?;
        let (value, key) = match event {
            Event::Scalar(text, style, _, _) => (scalar(&text, style), Some(text.to_string())),
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(Map::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(items)) => (Value::Array(items), None),
                Some(Open::Map(map, _)) => (Value::Object(map), None),
                None => continue,
            },
            Event::Alias(_) => return Err("a reference to nothing".to_owned()),
            _ => continue,
        };
        match open.last_mut() {
            None => root = root.or(Some(value)),
            Some(Open::List(items)) => items.push(value),
            Some(Open::Map(map, waiting)) => match waiting.take() {
                None => *waiting = Some(key.ok_or("a key is a single word")?),
                Some(key) => {
                    if map.insert(key.clone(), value).is_some() {
                        return Err(format!("`{key}` is there twice"));
                    }
                }
            },
        }
    }
    Ok(root.unwrap_or(Value::Null))
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return json!(text);
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return json!(true),
        "false" | "False" | "FALSE" => return json!(false),
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if !unsigned.is_empty() && digits(unsigned) {
        return text
            .parse::<i64>()
            .map_or(json!(text), |whole| json!(whole));
    }
    let is_number = unsigned
        .split_once('.')
        .is_some_and(|(whole, part)| digits(whole) && digits(part) && unsigned.len() > 1);
    match text.parse::<f64>() {
        Ok(number) if is_number => json!(number),
        _ => json!(text),
    }
}
