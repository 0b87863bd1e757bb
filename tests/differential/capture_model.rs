//! The model, asked for the same captures.

use jiff::SignedDuration;
use ringflow::phone::{AsksAgain, DigitShape, Heard, Line, OnTimeout, Rules, TimesFrom};
use serde_json::{Value, json};

use super::captures::{Ask, Case, Open, Report};
use super::model::{at, start, wait};

fn rules(open: Open) -> Rules {
    Rules {
        times_from: match open.from_start {
            true => TimesFrom::PromptStart,
            false => TimesFrom::PromptEnd,
        },
        on_timeout: match open.reports_enough {
            true => OnTimeout::Reported,
            false => OnTimeout::Lost,
        },
        barge_in: open.barge_in,
        keeps_keys: open.keeps_keys,
        keeps_hash: open.keeps_hash,
        digits: DigitShape::ALL[open.shape],
        // One action means the same in both.
        asks_again: match open.shape % 2 {
            0 => AsksAgain::AfterTheList,
            _ => AsksAgain::AfterEachAction,
        },
        tells_status: false,
        ..Rules::default()
    }
}

/// What the model tells of each capture.
pub fn reports(case: &Case) -> Vec<Report> {
    let mut line = Line::call_in(start(), rules(case.open));
    wait(&mut line);
    let time = |milliseconds: i64| at() + SignedDuration::from_millis(milliseconds);
    let mut keys = case.keys.iter().copied().peekable();
    let mut reports = Vec::new();
    let mut asked_at = 0;
    for (delay, ask) in &case.asks {
        let begins = asked_at + delay;
        while let Some((pressed, key)) = keys.next_if(|(pressed, _)| *pressed < begins) {
            line.pass_until(time(pressed));
            line.press(key);
        }
        line.pass_until(time(begins));
        line.take_heard();
        line.answered(
            200,
            json!({"callflow": [action(ask)]}).to_string().as_bytes(),
        )
        .unwrap();
        while let Some(until) = line.until() {
            match keys.next_if(|(pressed, _)| time(*pressed) < until) {
                Some((pressed, key)) => {
                    line.pass_until(time(pressed));
                    line.press(key);
                }
                None => line.pass_until(until),
            }
        }
        asked_at = line.now().duration_since(at()).as_millis() as i64;
        let heard = line.take_heard();
        let tries = heard
            .iter()
            .filter(|one| matches!(one, Heard::Asked { .. }));
        reports.push(Report {
            tries: tries.count() as u32,
            digits: digits(&wait(&mut line)["payload"], case.open.shape),
            at: asked_at,
        });
    }
    reports
}

pub fn action(ask: &Ask) -> Value {
    let text = |characters: Option<usize>| characters.map(|count| "a".repeat(count));
    let params = json!({
        "promptMessage": text(Some(ask.prompt)),
        "voiceProfile": "en-GB-Emma",
        "speed": ask.speed,
        "minDigits": ask.min_digits,
        "maxDigits": ask.max_digits,
        "digitTimeout": ask.digit_timeout,
        "overallTimeout": ask.overall_timeout,
        "completeOnHash": ask.complete_on_hash,
        "noOfTries": ask.tries,
        "successMessage": text(ask.success),
        "failureMessage": text(ask.failure),
    });
    let Value::Object(mut params) = params else {
        unreachable!("it was written as an object");
    };
    // `speed` may be absent, and not `null`; of the others, `null` is the same as none.
    params.retain(|name, value| name != "speed" || !value.is_null());
    json!({"action": "sayAndCapture", "params": params})
}

/// What was captured, in the shape that it has to have. In any other it is told as such.
pub fn digits(payload: &Value, shape: usize) -> Option<String> {
    let data = payload.get("eventData");
    let told = match (shape, data) {
        (0, Some(Value::Object(data))) => data.get("dtmf"),
        (1, Some(Value::String(text))) if text.trim().is_empty() => return None,
        (1, Some(text)) => Some(text),
        (2, None) => Some(payload.get("dtmf").unwrap_or(&Value::Null)),
        (3, None | Some(Value::Null)) => return None,
        (3, Some(Value::Object(data))) => data.get("dtmf"),
        _ => None,
    };
    match told {
        Some(Value::Null) => None,
        Some(Value::String(digits)) => Some(digits.clone()),
        _ => Some(format!("not in shape {shape}: {payload}")),
    }
}
