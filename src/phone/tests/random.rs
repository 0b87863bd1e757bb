//! Whatever the caller does, under any rules and any callflow, the session goes on and
//! comes to its end.

use proptest::prelude::*;

use super::*;
use crate::wire::Webhook as Read;

fn rules() -> impl Strategy<Value = Rules> {
    let flags = proptest::array::uniform10(any::<bool>());
    let choices = (0..4usize, 0..3usize);
    (flags, choices).prop_map(|(flags, (shape, shown))| Rules {
        asks_again: match flags[0] {
            true => AsksAgain::AfterTheList,
            false => AsksAgain::AfterEachAction,
        },
        digits: DigitShape::ALL[shape],
        times_from: match flags[1] {
            true => TimesFrom::PromptStart,
            false => TimesFrom::PromptEnd,
        },
        on_timeout: match flags[2] {
            true => OnTimeout::Reported,
            false => OnTimeout::Lost,
        },
        barge_in: flags[3],
        keeps_keys: flags[4],
        keeps_hash: flags[5],
        bridge_shows: [ShownLeg::A, ShownLeg::B, ShownLeg::AWithOutcomeOfB][shown],
        tells_status: flags[6],
        busy_ends: flags[7],
        cancel_asks: flags[8],
        arrives_as_status: flags[9],
        ..Rules::default()
    })
}

fn actions() -> impl Strategy<Value = Value> {
    let one = prop_oneof![
        (1..200usize).prop_map(|length| say(&"a".repeat(length))),
        (
            1..6u8,
            1..6u8,
            any::<bool>(),
            1..4u8,
            1..9000u32,
            1..9000u32
        )
            .prop_map(|(min, more, hash, tries, pause, overall)| capture(json!({
                "minDigits": min, "maxDigits": min + more, "completeOnHash": hash,
                "noOfTries": tries, "digitTimeout": pause, "overallTimeout": pause + overall,
                "failureMessage": if hash { json!("No.") } else { json!(null) },
                "successMessage": if more > 3 { json!("Good.") } else { json!(null) },
            }))),
        Just(call("+6562223344")),
    ];
    (proptest::collection::vec(one, 1..3), any::<bool>()).prop_map(|(mut actions, hangs_up)| {
        if hangs_up {
            actions.push(hangup());
        }
        Value::Array(actions)
    })
}

#[derive(Debug, Clone)]
enum Act {
    Press(usize),
    Wait(i64),
    Other(OtherSide),
    HangUp,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (0..12usize).prop_map(Act::Press),
        6 => (0..40_000i64).prop_map(Act::Wait),
        1 => (0..50u32).prop_map(|seconds| Act::Other(OtherSide::Answers { seconds })),
        1 => prop_oneof![
            Just(OtherSide::Busy), Just(OtherSide::NoAnswer), Just(OtherSide::Fails)
        ].prop_map(Act::Other),
        1 => (0..8u8).prop_map(|n| if n == 0 { Act::HangUp } else { Act::Wait(100) }),
    ]
}

fn is_meant(webhook: &Webhook, rules: &Rules, first: bool) -> bool {
    match (webhook.kind, wire::parse(&webhook.bytes).unwrap()) {
        (WebhookKind::Action, Read::Status(status)) => {
            first && rules.arrives_as_status && status.as_action().is_some()
        }
        (WebhookKind::Action, Read::Action(event)) => {
            is_done(&event) != first && event.session.as_str() == SESSION
        }
        (WebhookKind::Status, Read::Status(status)) => status.event.sip_code.is_some(),
        (WebhookKind::Summary, Read::Summary(summary)) => summary.status.is_some(),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_session_never_gets_stuck(
        rules in rules(),
        answers in proptest::collection::vec(actions(), 1..6),
        acts in proptest::collection::vec(act(), 0..60),
    ) {
        let mut line = Line::call_in(start(), rules);
        let (mut answers, mut acts) = (answers.into_iter(), acts.into_iter());
        let (mut webhooks, mut summaries) = (0, 0);
        for _ in 0..2000 {
            let before = line.now();
            if let Some(webhook) = line.next_webhook() {
                prop_assert!(is_meant(&webhook, &rules, webhooks == 0), "{webhook:?}");
                webhooks += 1;
                summaries += usize::from(webhook.kind == WebhookKind::Summary);
                if webhook.kind == WebhookKind::Action {
                    let actions = answers.next().unwrap_or(json!([hangup()]));
                    prop_assert_eq!(take(&mut line, json!({ "callflow": actions })), Ok(()));
                }
            } else if let Doing::Over(_) = line.doing() {
                break;
            } else {
                let until = line.until();
                prop_assert!(until.is_some_and(|until| until >= before), "{:?}", line.doing());
                match acts.next() {
                    Some(Act::Press(key)) => {
                        line.press(char::from(b"0123456789*#"[key]));
                    }
                    Some(Act::Wait(ms)) => {
                        line.pass_until(before + jiff::SignedDuration::from_millis(ms));
                    }
                    Some(Act::Other(how)) => line.other_side(how),
                    Some(Act::HangUp) => line.hang_up(),
                    None => {
                        let until = until.unwrap();
                        line.pass_until(until);
                        prop_assert_eq!(line.now(), until);
                    }
                }
            }
            prop_assert!(line.now() >= before);
        }
        prop_assert!(matches!(line.doing(), Doing::Over(_)), "{:?}", line.doing());
        prop_assert_eq!(line.until(), None);
        prop_assert_eq!(summaries, 1);
    }

    #[test]
    fn any_bytes_are_taken_or_refused(body in proptest::collection::vec(any::<u8>(), 0..60)) {
        let mut line = arrived(Rules::default());
        prop_assert!(line.answered(200, &body).is_err());
        prop_assert!(matches!(line.doing(), Doing::Over(Ending::Refused)));
    }
}
