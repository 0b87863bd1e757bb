//! Every answer, held against the platform's rules.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::render;
use crate::call::{
    Action, Answer, Capture, DigitLimit, FileUrl, PhoneNumber, Repetition, Speed, SpokenText, Voice,
};

fn written(answer: &Answer) -> String {
    String::from_utf8(render(answer)).unwrap()
}

fn text(text: &str) -> SpokenText {
    SpokenText::new(text).unwrap()
}

fn voice() -> Voice {
    Voice::new("en-US-BenjaminRUS").unwrap()
}

#[test]
fn each_action_is_written_to_the_letter() {
    let number = |digits: &str| digits.parse::<PhoneNumber>().unwrap();
    let menu = Capture::new(
        text("Press 1 to book."),
        voice(),
        Speed::new(1.25).unwrap(),
        DigitLimit::OneKey,
        5000,
    );
    let ask = Capture::new(
        text("Your number?"),
        voice(),
        Speed::NORMAL,
        DigitLimit::UpTo(8),
        4000,
    );
    let cases = [
        (
            Action::Say {
                text: text("Say \"hi\" \\ bye"),
                voice: voice(),
                speed: Speed::NORMAL,
                repetition: Repetition::new(2).unwrap(),
            },
            r#"{"action":"say","params":{"text":"Say \"hi\" \\ bye","voiceProfile":"en-US-BenjaminRUS","repetition":2,"speed":1}}"#,
        ),
        (
            Action::PlayFile {
                url: FileUrl::new("https://example.com/welcome.mp3").unwrap(),
                repetition: Repetition::ONCE,
            },
            r#"{"action":"playFile","params":{"fileUrl":"https://example.com/welcome.mp3","repetition":1}}"#,
        ),
        (
            Action::SayAndCapture(menu.unwrap()),
            r#"{"action":"sayAndCapture","params":{"promptMessage":"Press 1 to book.","voiceProfile":"en-US-BenjaminRUS","speed":1.25,"minDigits":1,"maxDigits":1,"digitTimeout":5000,"overallTimeout":10000,"completeOnHash":false,"noOfTries":1}}"#,
        ),
        (
            Action::SayAndCapture(ask.unwrap()),
            r#"{"action":"sayAndCapture","params":{"promptMessage":"Your number?","voiceProfile":"en-US-BenjaminRUS","speed":1,"minDigits":1,"maxDigits":8,"digitTimeout":4000,"overallTimeout":36000,"completeOnHash":true,"noOfTries":1}}"#,
        ),
        (
            Action::MakeCall {
                source: number("6561115777"),
                destination: number("+6562223344"),
                record: false,
            },
            r#"{"action":"makeCall","params":{"source":"+6561115777","destination":"+6562223344"}}"#,
        ),
        (
            Action::MakeCall {
                source: number("6561115777"),
                destination: number("+6562223344"),
                record: true,
            },
            r#"{"action":"makeCall","params":{"source":"+6561115777","destination":"+6562223344","callRecording":true}}"#,
        ),
        (Action::Hangup, r#"{"action":"hangup"}"#),
    ];
    for (action, expected) in cases {
        let answer = Answer::new(vec![action]).unwrap();
        assert_eq!(written(&answer), format!(r#"{{"callflow":[{expected}]}}"#));
    }
    assert_eq!(
        written(&Answer::hangup().with_token("AQ-_x")),
        r#"{"clientActionId":"AQ-_x","callflow":[{"action":"hangup"}]}"#
    );
}

/// The first rule of the platform that a body breaks, by the table of its actions.
fn refusal(body: &Value) -> Result<(), String> {
    let only = |object: &Value, keys: &[&str]| match object.as_object() {
        None => Err(format!("{object} is no object")),
        Some(object) => match object.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(key) => Err(format!("`{key}` is unknown")),
            None => Ok(()),
        },
    };
    let ensure = |holds: bool, rule: &str| match holds {
        true => Ok(()),
        false => Err(format!("{rule} in {body}")),
    };
    only(body, &["clientActionId", "callflow"])?;
    let token = body.get("clientActionId");
    ensure(token.is_none_or(Value::is_string), "the token is a text")?;
    let actions = body["callflow"].as_array().ok_or("no callflow")?;
    ensure(!actions.is_empty(), "there is an action")?;
    let mut calls = 0;
    for (i, action) in actions.iter().enumerate() {
        only(action, &["action", "params"])?;
        let params = &action["params"];
        let spoken = |key: &str| {
            let text = params[key].as_str().unwrap_or_default();
            let is_plain = !text.contains(['<', '>', '&']) && !text.contains(char::is_control);
            let length = text.chars().count();
            ensure(
                (1..=3000).contains(&length) && is_plain,
                "a text is speakable",
            )?;
            ensure(params["voiceProfile"].is_string(), "a voice is there")?;
            let speed = params["speed"].as_f64().unwrap_or_default();
            ensure((0.5..=2.0).contains(&speed), "speed is 0.5 to 2.0")
        };
        let whole = |key: &str| params[key].as_u64().unwrap_or_default();
        let times = || {
            ensure(
                (1..=3).contains(&whole("repetition")),
                "repetition is 1 to 3",
            )
        };
        match action["action"].as_str().unwrap_or_default() {
            "say" => {
                only(params, &["text", "voiceProfile", "repetition", "speed"])?;
                spoken("text")?;
                times()?;
            }
            "playFile" => {
                only(params, &["fileUrl", "repetition"])?;
                let url = params["fileUrl"].as_str().unwrap_or_default();
                ensure(url.starts_with("http"), "a file has an address")?;
                ensure(
                    url.ends_with(".mp3") || url.ends_with(".wav"),
                    "it is a sound",
                )?;
                times()?;
            }
            "sayAndCapture" => {
                let keys = [
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
                only(params, &keys)?;
                let is_whole = keys.iter().all(|key| params.get(key).is_some());
                ensure(is_whole, "every field is there")?;
                spoken("promptMessage")?;
                ensure(whole("minDigits") == 1, "minDigits is 1")?;
                ensure(
                    (1..=25).contains(&whole("maxDigits")),
                    "maxDigits is 1 to 25",
                )?;
                ensure(whole("digitTimeout") >= 1, "there is a digitTimeout")?;
                ensure(
                    whole("overallTimeout") > whole("digitTimeout"),
                    "overallTimeout is above digitTimeout",
                )?;
                ensure(
                    params["completeOnHash"].is_boolean(),
                    "completeOnHash is a flag",
                )?;
                ensure(whole("noOfTries") == 1, "there is one try")?;
            }
            "makeCall" => {
                calls += 1;
                only(params, &["source", "destination", "callRecording"])?;
                let recording = params.get("callRecording");
                ensure(
                    recording.is_none_or(|recording| *recording == Value::Bool(true)),
                    "a recording is asked for or not told of",
                )?;
                for key in ["source", "destination"] {
                    let number = params[key].as_str().unwrap_or_default();
                    let digits = number.strip_prefix('+').unwrap_or_default();
                    let is_number = (7..=15).contains(&digits.len())
                        && digits.bytes().all(|byte| byte.is_ascii_digit());
                    ensure(is_number, "a number is `+` and digits")?;
                }
            }
            "hangup" => {
                ensure(action.get("params").is_none(), "a hangup has no params")?;
                ensure(i + 1 == actions.len(), "a hangup is the last")?;
            }
            other => return Err(format!("`{other}` is no action")),
        }
    }
    ensure(calls <= 2, "at most two calls")
}

#[test]
fn the_rules_refuse_what_breaks_them() {
    let good = json!({"callflow": [{"action": "hangup"}]});
    assert_eq!(refusal(&good), Ok(()));
    let bad = [
        json!({}),
        json!({"callflow": []}),
        json!({"callflow": [{"action": "hangup"}, {"action": "hangup"}]}),
        json!({"callflow": [{"action": "sing", "params": {}}]}),
        json!({"callflow": [{"action": "say", "params": {"text": "hi"}}]}),
        json!({"callflow": [{"action": "hangup"}], "clientActionId": 1}),
        json!({"callflow": [{"action": "makeCall", "params": {"source": "+6561115777", "destination": "6562223344"}}]}),
    ];
    for body in bad {
        assert!(refusal(&body).is_err(), "{body}");
    }
}

fn any_text() -> impl Strategy<Value = SpokenText> {
    any::<String>().prop_filter_map("speakable", |text| SpokenText::new(&text).ok())
}

fn any_speed() -> impl Strategy<Value = Speed> {
    (50u16..=200).prop_map(|hundredths| Speed::new(f64::from(hundredths) / 100.0).unwrap())
}

fn any_number() -> impl Strategy<Value = PhoneNumber> {
    (1_000_000u64..=999_999_999_999_999).prop_map(|n| PhoneNumber::from_u64(n).unwrap())
}

fn any_action() -> impl Strategy<Value = Action> {
    let say = (any_text(), any_speed(), 1u64..=3).prop_map(|(text, speed, times)| Action::Say {
        text,
        voice: voice(),
        speed,
        repetition: Repetition::new(times).unwrap(),
    });
    let play =
        ("https?://[a-z.]{1,9}/[a-z/]{0,9}[.](mp3|wav)", 1u64..=3).prop_map(|(url, times)| {
            Action::PlayFile {
                url: FileUrl::new(&url).unwrap(),
                repetition: Repetition::new(times).unwrap(),
            }
        });
    let limit = prop_oneof![
        Just(DigitLimit::OneKey),
        (1u8..=25).prop_map(DigitLimit::UpTo)
    ];
    let capture =
        (any_text(), any_speed(), limit, 500u32..=60_000).prop_map(|(text, speed, limit, wait)| {
            Action::SayAndCapture(Capture::new(text, voice(), speed, limit, wait).unwrap())
        });
    let call =
        (any_number(), any_number(), any::<bool>()).prop_map(|(source, destination, record)| {
            Action::MakeCall {
                source,
                destination,
                record,
            }
        });
    prop_oneof![say, play, capture, call, Just(Action::Hangup)]
}

proptest! {
    #[test]
    fn an_answer_that_exists_is_one_the_platform_takes(
        actions in proptest::collection::vec(any_action(), 1..5),
        token in proptest::option::of("[A-Za-z0-9_-]{1,64}"),
    ) {
        let Ok(mut answer) = Answer::new(actions) else {
            return Ok(());
        };
        if let Some(token) = &token {
            answer = answer.with_token(token.as_str());
        }
        let bytes = render(&answer);
        prop_assert_eq!(&bytes, &render(&answer));
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(refusal(&body), Ok(()));
        prop_assert_eq!(body["clientActionId"].as_str(), token.as_deref());
        let count = body["callflow"].as_array().unwrap().len();
        prop_assert_eq!(count, answer.actions().len());
        let spoken = answer.actions().iter().zip(body["callflow"].as_array().unwrap());
        for (action, written) in spoken {
            if let Action::Say { text, speed, .. } = action {
                prop_assert_eq!(written["params"]["text"].as_str(), Some(text.as_str()));
                prop_assert_eq!(written["params"]["speed"].as_f64(), Some(speed.times()));
            }
        }
    }
}
