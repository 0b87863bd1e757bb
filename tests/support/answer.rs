//! What the platform would say to an answer.

use serde_json::Value;

/// The actions of an answer that the platform would take, and its token.
///
/// # Panics
/// Where the platform would refuse it.
pub fn accepted(body: &[u8]) -> (Vec<Value>, Option<String>) {
    let answer: Value = serde_json::from_slice(body)
        .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(body)));
    let allowed = ["clientActionId", "callflow"];
    assert!(keys(&answer).all(|key| allowed.contains(&key)), "{answer}");
    let actions = answer["callflow"].as_array().cloned().unwrap_or_default();
    assert!(!actions.is_empty(), "an empty callflow: {answer}");
    for (at, action) in actions.iter().enumerate() {
        if let Err(reason) = check(action) {
            panic!("{reason} is wrong: {action}");
        }
        let is_last = at + 1 == actions.len();
        assert!(is_last || action["action"] != "hangup", "{answer}");
    }
    let dials = actions.iter().filter(|a| a["action"] == "makeCall").count();
    assert!(dials <= 2, "{answer}");
    let token = answer.get("clientActionId").map(|token| {
        let token = token.as_str().expect("a token is a text");
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(token.len() <= 64 && token.chars().all(is_plain), "{token}");
        token.to_owned()
    });
    (actions, token)
}

fn check(action: &Value) -> Result<(), &'static str> {
    let params = &action["params"];
    let whole = |name: &str| params[name].as_u64();
    let text = |name: &str| {
        let text = params[name].as_str().unwrap_or_default();
        let is_clean = |c: char| !c.is_control() && !"<>&".contains(c);
        (1..=3000).contains(&text.chars().count()) && text.chars().all(is_clean)
    };
    let number = |name: &str| {
        let digits = params[name]
            .as_str()
            .and_then(|text| text.strip_prefix('+'));
        digits.is_some_and(|digits| {
            (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let when = |holds: bool, what: &'static str| if holds { Ok(()) } else { Err(what) };
    let spoken = |name| {
        when(text(name), "the text")?;
        when(text("voiceProfile"), "the voice")?;
        let speed = params["speed"].as_f64();
        when(speed.is_some_and(|s| (0.5..=2.0).contains(&s)), "the speed")
    };
    let repeated = || {
        let times = whole("repetition");
        when(
            times.is_some_and(|n| (1..=3).contains(&n)),
            "the repetition",
        )
    };
    let known = |names: &[&str]| when(keys(params).all(|key| names.contains(&key)), "a parameter");
    match action["action"].as_str() {
        Some("say") => {
            known(&["text", "voiceProfile", "repetition", "speed"])?;
            spoken("text")?;
            repeated()
        }
        Some("playFile") => {
            known(&["fileUrl", "repetition"])?;
            repeated()
        }
        Some("sayAndCapture") => {
            known(&[
                "promptMessage",
                "voiceProfile",
                "speed",
                "minDigits",
                "maxDigits",
                "digitTimeout",
                "overallTimeout",
                "completeOnHash",
                "noOfTries",
            ])?;
            spoken("promptMessage")?;
            let (least, most) = (whole("minDigits"), whole("maxDigits"));
            when(most.is_some_and(|n| (1..=25).contains(&n)), "maxDigits")?;
            when(least.is_some_and(|n| n >= 1) && least <= most, "minDigits")?;
            let times = whole("digitTimeout").zip(whole("overallTimeout"));
            when(times.is_some_and(|(d, o)| d > 0 && d < o), "a time-out")?;
            when(params["completeOnHash"].is_boolean(), "completeOnHash")?;
            when(whole("noOfTries") == Some(1), "noOfTries")
        }
        Some("makeCall") => {
            known(&["source", "destination", "callRecording"])?;
            when(number("source") && number("destination"), "a number")
        }
        Some("hangup") => when(params.is_null(), "the params of a hangup"),
        _ => Err("the action"),
    }
}

fn keys(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
}
