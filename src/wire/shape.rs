//! In which shape a webhook holds what was keyed in, and nothing of what that was.

use serde_json::Value;

use super::write::DigitShape;

/// The shape in which digits stand in a body; `None` where it has no field for them or
/// says nothing in it.
pub fn digit_shape(body: &[u8]) -> Option<DigitShape> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let payload = &body["payload"];
    match &payload["eventData"] {
        Value::Object(data) if data.contains_key("dtmf") => Some(DigitShape::Object),
        Value::String(_) => Some(DigitShape::Text),
        _ if payload.get("dtmf").is_some() => Some(DigitShape::Payload),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_told_by_its_field() {
        for (payload, shape) in [
            (r#"{"eventData": {"dtmf": "1"}}"#, Some(DigitShape::Object)),
            (r#"{"eventData": {"dtmf": null}}"#, Some(DigitShape::Object)),
            (r#"{"eventData": " "}"#, Some(DigitShape::Text)),
            (r#"{"dtmf": "1"}"#, Some(DigitShape::Payload)),
            (r#"{"eventData": null}"#, None),
            ("{}", None),
        ] {
            let body = format!(r#"{{"payload": {payload}}}"#);
            assert_eq!(digit_shape(body.as_bytes()), shape, "{payload}");
        }
        assert_eq!(digit_shape(b"x"), None);
    }
}
