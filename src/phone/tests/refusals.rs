//! Every rule of the platform's table, kept and broken.

use super::*;

/// What becomes of an answer with these actions.
fn judged(actions: Value) -> Result<(), Refused> {
    judged_by(quiet(), Account::default(), actions)
}

fn judged_by(rules: Rules, account: Account, actions: Value) -> Result<(), Refused> {
    let mut line = arrived(rules).with_account(account);
    take(&mut line, json!({ "callflow": actions }))
}

/// `action` with one parameter put to a value.
fn with(mut action: Value, param: &str, value: Value) -> Value {
    action["params"][param] = value;
    action
}

fn said() -> Value {
    say("Hello.")
}

fn played() -> Value {
    json!({"action": "playFile", "params": {"fileUrl": "https://a.example/x.mp3"}})
}

fn asked() -> Value {
    capture(json!({}))
}

fn called() -> Value {
    call("+6562223344")
}

#[test]
fn what_keeps_the_rules_is_taken() {
    let good = [
        said(),
        with(said(), "text", json!("a".repeat(3000))),
        with(said(), "speed", json!(0.5)),
        with(said(), "speed", json!(2)),
        with(said(), "repetition", json!(3)),
        with(said(), "brandNew", json!([])),
        played(),
        with(played(), "repetition", json!(1)),
        asked(),
        with(asked(), "maxDigits", json!(25)),
        with(asked(), "digitTimeout", json!(24_999)),
        with(
            with(asked(), "digitTimeout", json!(null)),
            "overallTimeout",
            json!(null),
        ),
        with(
            with(asked(), "minDigits", json!(null)),
            "maxDigits",
            json!(null),
        ),
        with(asked(), "noOfTries", json!(9)),
        with(asked(), "successMessage", json!("")),
        called(),
        with(called(), "destination", json!("6562223344")),
        with(called(), "callRecording", json!(true)),
        hangup(),
        json!({"action": "hangup", "params": {}}),
    ];
    for action in good {
        assert_eq!(judged(json!([action])), Ok(()), "{action}");
    }
    assert_eq!(judged(json!([called(), called(), hangup()])), Ok(()));
}

#[test]
fn what_breaks_a_rule_is_refused_with_its_code() {
    let table = [
        (with(said(), "voiceProfile", json!("")), -1002),
        (with(said(), "voiceProfile", json!("not a voice")), -1002),
        (with(asked(), "maxDigits", json!(null)), -1003),
        (with(asked(), "minDigits", json!(5)), -1003),
        (with(asked(), "overallTimeout", json!(null)), -1005),
        (with(asked(), "digitTimeout", json!(25_001)), -1006),
        (with(asked(), "digitTimeout", json!(25_000)), -1006),
        (json!({"action": "sing"}), -1007),
        (json!({"action": "Say", "params": {}}), -1007),
        (
            with(
                with(
                    with(asked(), "completeOnHash", json!(false)),
                    "maxDigits",
                    json!(null),
                ),
                "minDigits",
                json!(null),
            ),
            -1008,
        ),
        (json!({}), -1009),
        (json!(7), -1009),
        (json!({"action": 7}), -1009),
        (json!({"action": "say"}), -1009),
        (with(said(), "text", json!(null)), -1009),
        (with(said(), "text", json!(7)), -1009),
        (with(said(), "text", json!(" ")), -1009),
        (with(said(), "text", json!("a".repeat(3001))), -1009),
        (with(said(), "voiceProfile", json!(null)), -1009),
        (with(said(), "speed", json!(0.49)), -1009),
        (with(said(), "speed", json!(2.01)), -1009),
        (with(said(), "speed", json!("1")), -1009),
        (with(said(), "speed", json!(null)), -1009),
        (with(asked(), "speed", json!(null)), -1009),
        (with(said(), "repetition", json!(null)), -1009),
        (with(played(), "repetition", json!(null)), -1009),
        (with(called(), "callRecording", json!(null)), -1009),
        (with(said(), "repetition", json!(0)), -1009),
        (with(said(), "repetition", json!(4)), -1009),
        (with(said(), "repetition", json!(1.5)), -1009),
        (with(played(), "fileUrl", json!(null)), -1009),
        (
            with(played(), "fileUrl", json!("ftp://a.example/x.mp3")),
            -1009,
        ),
        (
            with(played(), "fileUrl", json!("https://a.example/x.ogg")),
            -1009,
        ),
        (with(asked(), "promptMessage", json!(null)), -1009),
        (with(asked(), "minDigits", json!(0)), -1009),
        (with(asked(), "noOfTries", json!(0)), -1009),
        (with(asked(), "completeOnHash", json!("true")), -1009),
        (with(asked(), "failureMessage", json!(7)), -1009),
        (with(called(), "source", json!(null)), -1009),
        (with(called(), "callRecording", json!(1)), -1009),
        (
            with(
                called(),
                "destination",
                json!(["+6562223344", "+6563334455"]),
            ),
            -1011,
        ),
        (
            with(called(), "destination", json!("+6562223344,+6563334455")),
            -1011,
        ),
        (with(called(), "source", json!("reception")), -1014),
        (with(said(), "text", json!("a < b")), -1016),
        (with(said(), "text", json!("a\u{7}")), -1016),
        (with(asked(), "successMessage", json!("R&D")), -1016),
        (with(called(), "destination", json!("999")), -1017),
        (with(called(), "destination", json!("+65 6222 3344")), -1017),
        (with(called(), "destination", json!("")), -1017),
    ];
    for (action, code) in table {
        let refused = judged(json!([action]));
        assert_eq!(
            refused.map_err(|refused| refused.code),
            Err(code),
            "{action}"
        );
    }
    let lists = [
        (json!([called(), called(), called()]), -1010),
        (json!([hangup(), said()]), -1012),
        (json!([hangup(), hangup()]), -1012),
    ];
    for (actions, code) in lists {
        let refused = judged(actions.clone());
        assert_eq!(
            refused.map_err(|refused| refused.code),
            Err(code),
            "{actions}"
        );
    }
}

#[test]
fn a_refusal_says_its_rule_as_the_platform_does() {
    let rule = |actions: Value| judged(actions).unwrap_err().to_string();
    assert_eq!(
        rule(json!([{"action": "sing"}])),
        "-1007: $.callflow[0].action should be one of: makeCall,say,playFile,sayAndCapture,hangup"
    );
    assert_eq!(
        rule(json!([said(), with(said(), "text", json!(null))])),
        "-1009: $.callflow[1].params.text: is missing but it is required"
    );
    assert_eq!(
        rule(json!([with(said(), "repetition", json!("2"))])),
        "-1009: $.callflow[0].params.repetition: string found, integer expected"
    );
    // What was to be spoken is not repeated.
    let secret = with(said(), "text", json!("8642 <"));
    assert!(!rule(json!([secret])).contains("8642"));
}

#[test]
fn the_first_action_decides_and_then_the_first_code() {
    let code = |actions: Value| judged(actions).unwrap_err().code;
    let text = with(said(), "text", json!("<"));
    assert_eq!(code(json!([text, {"action": "sing"}])), -1016);
    let both = with(text, "voiceProfile", json!(""));
    assert_eq!(code(json!([both])), -1002);
    let third = with(called(), "destination", json!("x"));
    assert_eq!(code(json!([called(), called(), third])), -1010);
}

#[test]
fn what_the_account_may_is_part_of_it() {
    let with = |change: fn(&mut Account), action: Value| {
        let mut account = Account::default();
        change(&mut account);
        let judged = judged_by(quiet(), account, json!([action]));
        judged.map_err(|refused| refused.code)
    };
    let voices = |account: &mut Account| account.voices = Some(vec!["en-US-Two".into()]);
    assert_eq!(with(voices, said()), Err(-1002));
    let number = |account: &mut Account| account.numbers = Some(vec![OURS.parse().unwrap()]);
    assert_eq!(with(number, called()), Ok(()));
    let other = |account: &mut Account| account.numbers = Some(vec![CALLER.parse().unwrap()]);
    assert_eq!(with(other, called()), Err(-1014));
    let quiet = |account: &mut Account| account.has_webhook = false;
    assert_eq!(with(quiet, asked()), Err(-1004));
    let recorded = super::refusals::with(called(), "callRecording", json!(true));
    let without = |account: &mut Account| account.records = false;
    assert_eq!(with(without, recorded), Err(-1009));
}

#[test]
fn what_is_open_about_refusals_is_a_rule() {
    let judge = |rules, action| {
        let judged = judged_by(rules, Account::default(), json!([action]));
        judged.map_err(|refused| refused.code)
    };
    let equal = with(asked(), "digitTimeout", json!(25_000));
    let rules = Rules {
        equal_timeouts: true,
        ..quiet()
    };
    assert_eq!(judge(rules, equal), Ok(()));
    let rules = Rules {
        takes_markup: true,
        ..quiet()
    };
    assert_eq!(judge(rules, with(said(), "text", json!("a < b"))), Ok(()));
    for counts_calls_of_session in [false, true] {
        let mut line = arrived(Rules {
            counts_calls_of_session,
            ..quiet()
        });
        for turn in 0..3 {
            let taken = take(&mut line, json!({"callflow": [called()]}));
            let is_taken = turn < 2 || !counts_calls_of_session;
            assert_eq!(taken.is_ok(), is_taken, "{turn}");
            if is_taken {
                line.other_side(OtherSide::Busy);
                action(&mut line);
            }
        }
    }
}

#[test]
fn a_token_is_a_text() {
    let mut line = arrived(quiet());
    let refused = take(
        &mut line,
        json!({"clientActionId": 7, "callflow": [said()]}),
    );
    assert_eq!(
        refused.unwrap_err().to_string(),
        "-1009: $.clientActionId: integer found, string expected"
    );
}
