//! How digits are counted.

use super::*;

/// Answers with one capture, waits until keys are listened for, presses them, and lets
/// the capture come to its end.
fn keyed(rules: Rules, changes: Value, keys: &str) -> Option<String> {
    let mut line = arrived(rules);
    answer(&mut line, json!([capture(changes)]));
    listen(&mut line);
    press(&mut line, keys);
    captured(&mut line)
}

fn captured(line: &mut Line) -> Option<String> {
    while line.doing() != Doing::WaitsForAnswer {
        pass(line);
    }
    digits(&action(line)).map(str::to_owned)
}

#[test]
fn digits_are_counted() {
    let cases = [
        // At the most digits, at `#`, at a time-out with enough.
        ("1234", json!({}), Some("1234")),
        ("12#", json!({}), Some("12")),
        ("12", json!({}), Some("12")),
        ("*2#", json!({}), Some("*2")),
        // Fewer than the least, nothing, and a lone `#`.
        ("12#", json!({"minDigits": 3}), None),
        ("12", json!({"minDigits": 3}), None),
        ("", json!({}), None),
        ("#", json!({}), None),
        // A key like any other where `#` does not end the entry.
        (
            "#",
            json!({"completeOnHash": false, "maxDigits": 1}),
            Some("#"),
        ),
        (
            "1#3",
            json!({"completeOnHash": false, "maxDigits": 3}),
            Some("1#3"),
        ),
        // Without limits: 25 digits, 3 tries, 30 seconds.
        (
            &"7".repeat(30),
            json!({"maxDigits": null, "minDigits": null, "digitTimeout": null, "overallTimeout": null}),
            Some(&"7".repeat(25)),
        ),
    ];
    for (keys, changes, expected) in cases {
        assert_eq!(
            keyed(quiet(), changes.clone(), keys).as_deref(),
            expected,
            "{keys} {changes}"
        );
    }
}

#[test]
fn what_is_open_about_entries_is_a_rule() {
    let kept = Rules {
        keeps_hash: true,
        ..quiet()
    };
    assert_eq!(keyed(kept, json!({}), "12#").as_deref(), Some("12#"));
    assert_eq!(keyed(kept, json!({}), "#"), None);
    assert_eq!(keyed(kept, json!({"minDigits": 3}), "12#"), None);
    let lost = Rules {
        on_timeout: OnTimeout::Lost,
        ..quiet()
    };
    assert_eq!(keyed(lost, json!({}), "12"), None);
    assert_eq!(keyed(lost, json!({}), "12#").as_deref(), Some("12"));
}

#[test]
fn a_pause_ends_an_entry_and_so_does_the_whole_time() {
    let ended = |changes: Value, gaps: &[i64]| {
        let mut line = arrived(quiet());
        answer(&mut line, json!([capture(changes)]));
        listen(&mut line);
        let begun = line.now();
        for gap in gaps {
            let at = line.now() + jiff::SignedDuration::from_millis(*gap);
            line.pass_until(at);
            line.press('1');
        }
        captured(&mut line);
        line.now().duration_since(begun).as_millis()
    };
    assert_eq!(ended(json!({}), &[]), 5000);
    assert_eq!(ended(json!({}), &[4000, 4000]), 13_000);
    assert_eq!(ended(json!({"overallTimeout": 9000}), &[4000, 4000]), 9000);
    assert_eq!(
        ended(json!({"digitTimeout": null, "overallTimeout": 9000}), &[]),
        9000
    );
}

#[test]
fn the_whole_time_may_count_from_the_start_of_the_prompt() {
    let waited = |times_from, text: &str| {
        let mut line = arrived(Rules {
            times_from,
            ..quiet()
        });
        let begun = line.now();
        answer(
            &mut line,
            json!([capture(
                json!({"promptMessage": text, "overallTimeout": 6000})
            )]),
        );
        captured(&mut line);
        line.now().duration_since(begun).as_millis()
    };
    // A prompt of two seconds.
    let short = "a".repeat(30);
    assert_eq!(waited(TimesFrom::PromptEnd, &short), 7000);
    assert_eq!(waited(TimesFrom::PromptStart, &short), 6000);
    // One of ten seconds is heard to its end in both.
    let long = "a".repeat(150);
    assert_eq!(waited(TimesFrom::PromptEnd, &long), 15_000);
    assert_eq!(waited(TimesFrom::PromptStart, &long), 10_001);
}

#[test]
fn a_key_in_the_prompt_counts_where_it_interrupts() {
    let one = || json!([capture(json!({"maxDigits": 1}))]);
    let mut line = arrived(quiet());
    answer(&mut line, one());
    assert_eq!(line.doing(), Doing::Speaking);
    line.press('3');
    assert_eq!(digits(&action(&mut line)), Some("3"));

    for keeps_keys in [false, true] {
        let mut line = arrived(Rules {
            barge_in: false,
            keeps_keys,
            ..quiet()
        });
        answer(&mut line, one());
        line.press('3');
        assert_eq!(line.doing(), Doing::Speaking);
        let expected = keeps_keys.then(|| "3".to_owned());
        assert_eq!(captured(&mut line), expected);
    }
}

#[test]
fn keys_between_two_captures_are_kept_or_lost() {
    for keeps_keys in [false, true] {
        let mut line = arrived(Rules {
            keeps_keys,
            ..quiet()
        });
        let one = json!([capture(json!({"maxDigits": 1}))]);
        answer(&mut line, one.clone());
        press(&mut line, "12");
        assert_eq!(digits(&action(&mut line)), Some("1"));
        line.press('3');
        answer(&mut line, one.clone());
        if keeps_keys {
            assert_eq!(digits(&action(&mut line)), Some("2"));
            answer(&mut line, one);
            assert_eq!(digits(&action(&mut line)), Some("3"));
        } else {
            assert_eq!(captured(&mut line), None);
        }
    }
}

#[test]
fn tries_are_counted_by_the_platform_with_its_messages() {
    let mut line = arrived(quiet());
    let changes = json!({"noOfTries": 3, "minDigits": 2, "promptMessage": "Number?",
        "failureMessage": "No.", "successMessage": "Thanks."});
    answer(&mut line, json!([capture(changes.clone())]));
    listen(&mut line);
    press(&mut line, "1#");
    // While it says so, nothing counts.
    assert_eq!(line.doing(), Doing::Speaking);
    line.press('9');
    listen(&mut line);
    pass(&mut line);
    listen(&mut line);
    press(&mut line, "12#");
    assert_eq!(captured(&mut line).as_deref(), Some("12"));
    assert_eq!(
        texts(&mut line),
        ["Number?", "No.", "Number?", "No.", "Number?", "Thanks."]
    );

    let mut line = arrived(quiet());
    answer(&mut line, json!([capture(changes)]));
    assert_eq!(captured(&mut line), None);
    assert_eq!(texts(&mut line), ["Number?", "No."].repeat(3));
}

#[test]
fn digits_come_in_four_shapes() {
    let shape = |shape, keys: &str| {
        let mut line = arrived(Rules {
            digits: shape,
            ..quiet()
        });
        answer(&mut line, json!([capture(json!({}))]));
        listen(&mut line);
        press(&mut line, keys);
        let expected = (!keys.is_empty()).then(|| "12".to_owned());
        assert_eq!(captured(&mut line), expected, "{shape:?}");
        let payload = payload(&line);
        (
            payload.get("eventData").cloned(),
            payload.get("dtmf").cloned(),
        )
    };
    use DigitShape::*;
    assert_eq!(shape(Object, "12#"), (Some(json!({"dtmf": "12"})), None));
    assert_eq!(shape(Object, ""), (Some(json!({"dtmf": null})), None));
    assert_eq!(shape(Text, "12#"), (Some(json!("12")), None));
    assert_eq!(shape(Text, ""), (Some(json!(" ")), None));
    assert_eq!(shape(Payload, "12#"), (None, Some(json!("12"))));
    assert_eq!(shape(Payload, ""), (None, None));
    assert_eq!(
        shape(ObjectOrNothing, "12#"),
        (Some(json!({"dtmf": "12"})), None)
    );
    assert_eq!(shape(ObjectOrNothing, ""), (None, None));
}

#[test]
fn the_digits_of_a_list_are_told_when_it_has_run_out() {
    let mut line = arrived(quiet());
    answer(
        &mut line,
        json!([capture(json!({"maxDigits": 1})), say("One moment.")]),
    );
    line.press('5');
    assert_eq!(captured(&mut line).as_deref(), Some("5"));
}
