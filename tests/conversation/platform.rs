//! What the platform takes as an answer, written from its table of actions alone.

use serde_json::Value;

/// The first rule of the platform that an answer breaks.
pub fn refusal(bytes: &[u8]) -> Result<Value, String> {
    let body: Value = serde_json::from_slice(bytes).map_err(|e| format!("no JSON: {e}"))?;
    only(&body, &["clientActionId", "callflow"])?;
    if let Some(token) = body.get("clientActionId") {
        let token = token.as_str().ok_or("clientActionId is no text")?;
        let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=64).contains(&token.len()) || !token.chars().all(good) {
            return Err(format!("clientActionId is {token}"));
        }
    }
    let actions = body["callflow"].as_array().ok_or("callflow is no list")?;
    if actions.is_empty() {
        return Err("callflow is empty".into());
    }
    let named = |name: &str| {
        let is = |action: &&Value| action["action"] == name;
        actions.iter().filter(is).count()
    };
    if named("makeCall") > 2 {
        return Err("more than two makeCall".into());
    }
    for (i, action) in actions.iter().enumerate() {
        if action["action"] == "hangup" && i + 1 < actions.len() {
            return Err("hangup is not last".into());
        }
        refused(action).map_err(|why| format!("{why} in {action}"))?;
    }
    Ok(body)
}

/// The rule that one action breaks.
fn refused(action: &Value) -> Result<(), String> {
    let params = &action["params"];
    match action["action"].as_str().ok_or("action is no text")? {
        "say" => {
            only(action, &["action", "params"])?;
            only(params, &["text", "voiceProfile", "repetition", "speed"])?;
            text(params, "text")?;
            voice(params)?;
            within(params, "repetition", 1.0, 3.0, true)?;
            within(params, "speed", 0.5, 2.0, false)
        }
        "playFile" => {
            only(action, &["action", "params"])?;
            only(params, &["fileUrl", "repetition"])?;
            address(params["fileUrl"].as_str().ok_or("fileUrl is no text")?)?;
            within(params, "repetition", 1.0, 3.0, true)
        }
        "sayAndCapture" => {
            only(action, &["action", "params"])?;
            capture(params)
        }
        "makeCall" => {
            only(action, &["action", "params"])?;
            only(params, &["source", "destination", "callRecording"])?;
            if params
                .get("callRecording")
                .is_some_and(|flag| !flag.is_boolean())
            {
                return Err("callRecording is no flag".into());
            }
            number(params, "source")?;
            number(params, "destination")
        }
        "hangup" => only(action, &["action"]),
        other => Err(format!("there is no action {other}")),
    }
}

fn capture(params: &Value) -> Result<(), String> {
    // The platform's pages disagree on every default, so each field must be there.
    let all = [
        "promptMessage",
        "voiceProfile",
        "speed",
        "minDigits",
        "maxDigits",
        "digitTimeout",
        "overallTimeout",
        "completeOnHash",
        "noOfTries",
    ];
    only(params, &all)?;
    text(params, "promptMessage")?;
    voice(params)?;
    within(params, "speed", 0.5, 2.0, false)?;
    within(params, "maxDigits", 1.0, 25.0, true)?;
    let most = params["maxDigits"].as_f64().unwrap_or_default();
    within(params, "minDigits", 1.0, most, true)?;
    within(params, "overallTimeout", 1.0, 10_000_000.0, true)?;
    let overall = params["overallTimeout"].as_f64().unwrap_or_default();
    within(params, "digitTimeout", 1.0, overall - 1.0, true)?;
    within(params, "noOfTries", 1.0, 1.0, true)?;
    match params["completeOnHash"].is_boolean() {
        true => Ok(()),
        false => Err("completeOnHash is no flag".into()),
    }
}

fn only(object: &Value, keys: &[&str]) -> Result<(), String> {
    let object = object.as_object().ok_or(format!("{object} is no object"))?;
    match object.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => Err(format!("{key} is unknown")),
        None => Ok(()),
    }
}

fn text(params: &Value, key: &str) -> Result<(), String> {
    let text = params[key].as_str().ok_or(format!("{key} is missing"))?;
    let length = text.chars().count();
    if text.trim().is_empty() || length > 3000 {
        return Err(format!("{key} has {length} characters"));
    }
    let refused = |c: char| c.is_control() || "<>&".contains(c);
    match text.chars().find(|c| refused(*c)) {
        Some(c) => Err(format!("{key} holds {c:?}")),
        None => Ok(()),
    }
}

fn voice(params: &Value) -> Result<(), String> {
    match params["voiceProfile"].as_str() {
        Some(voice) if !voice.is_empty() => Ok(()),
        _ => Err("voiceProfile is missing".into()),
    }
}

fn within(params: &Value, key: &str, least: f64, most: f64, whole: bool) -> Result<(), String> {
    let number = params[key].as_f64().ok_or(format!("{key} is no number"))?;
    let good = (least..=most).contains(&number) && (!whole || params[key].is_u64());
    match good {
        true => Ok(()),
        false => Err(format!("{key} is {number}")),
    }
}

fn number(params: &Value, key: &str) -> Result<(), String> {
    let number = params[key].as_str().ok_or(format!("{key} is missing"))?;
    let digits = number.strip_prefix('+').unwrap_or_default();
    let good = (7..=15).contains(&digits.len())
        && digits.chars().all(|c| c.is_ascii_digit())
        && !digits.starts_with('0');
    match good {
        true => Ok(()),
        false => Err(format!("{key} is {number}")),
    }
}

fn address(url: &str) -> Result<(), String> {
    let scheme = url.starts_with("http://") || url.starts_with("https://");
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = path.to_ascii_lowercase();
    let sound = path.ends_with(".mp3") || path.ends_with(".wav");
    match scheme && sound && url.chars().all(|c| c.is_ascii_graphic()) {
        true => Ok(()),
        false => Err(format!("fileUrl is {url}")),
    }
}
