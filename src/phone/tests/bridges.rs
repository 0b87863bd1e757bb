//! Bridges: who is shown behind one, and how a session with two legs ends.

use super::*;
use crate::call::Direction;
use crate::wire::{LegName, SessionStatus};

const OTHER: &str = "+6562223344";

fn ringing(rules: Rules) -> Line {
    let mut line = arrived(rules);
    answer(&mut line, json!([call(OTHER)]));
    assert_eq!(line.doing(), Doing::Ringing(OTHER.to_owned()));
    assert_eq!(texts(&mut line), [format!("dials {OTHER}")]);
    line
}

/// Lets the other side do this, and time pass, up to the next question.
fn ended(line: &mut Line, how: OtherSide) -> ActionEvent {
    line.other_side(how);
    while line.doing() != Doing::WaitsForAnswer {
        pass(line);
    }
    action(line)
}

const OUTCOMES: [(OtherSide, u16, u32, SessionStatus); 4] = [
    (
        OtherSide::Answers { seconds: 42 },
        200,
        42,
        SessionStatus::Completed,
    ),
    (OtherSide::Busy, 486, 0, SessionStatus::Busy),
    (OtherSide::NoAnswer, 480, 0, SessionStatus::NoAnswer),
    (OtherSide::Fails, 404, 0, SessionStatus::Failed),
];

#[test]
fn a_bridge_ends_as_the_other_side_does() {
    for (how, sip_code, seconds, status) in OUTCOMES {
        let mut line = ringing(Rules::default());
        let event = ended(&mut line, how);
        assert!(is_done(&event));
        assert_eq!(
            (event.sip_code, event.seconds),
            (Some(sip_code), Some(seconds))
        );
        assert_eq!(event.direction, Direction::Outbound);
        assert_eq!(event.source.to_string(), OURS);
        assert_eq!(event.destination.to_string(), OTHER);
        answer(&mut line, json!([hangup()]));
        let summary = summary(&mut line);
        assert_eq!(summary.status, Some(status.clone()));
        assert_eq!(summary.call_count, Some(2));
        let b = summary.leg(LegName::B).unwrap();
        assert_eq!((b.status.clone(), b.seconds), (Some(status), Some(seconds)));
        assert_eq!(b.connected.is_some(), sip_code == 200);
        let a = summary.leg(LegName::A).unwrap();
        assert_eq!(a.status, Some(SessionStatus::Completed));
    }
}

#[test]
fn which_leg_is_shown_is_a_rule() {
    let shown = |bridge_shows| {
        let mut line = ringing(Rules {
            bridge_shows,
            ..quiet()
        });
        let event = ended(&mut line, OtherSide::Busy);
        (event.source.to_string(), event.sip_code)
    };
    assert_eq!(shown(ShownLeg::A), (CALLER.to_owned(), Some(200)));
    assert_eq!(shown(ShownLeg::B), (OURS.to_owned(), Some(486)));
    assert_eq!(
        shown(ShownLeg::AWithOutcomeOfB),
        (CALLER.to_owned(), Some(486))
    );
}

#[test]
fn the_progress_of_each_leg_is_told_before_the_question() {
    let mut line = Line::call_in(start(), Rules::default());
    let mut told = Vec::new();
    let mut tell = |line: &mut Line| {
        while let Some(webhook) = line.next_webhook() {
            told.push(match wire::parse(&webhook.bytes).unwrap() {
                wire::Webhook::Action(event) => format!("asks {:?}", event.sip_code),
                wire::Webhook::Status(status) => format!(
                    "{} {} {:?}",
                    status.event.direction.word(),
                    status.status.unwrap().word(),
                    status.event.sip_code
                ),
                _ => "summary".to_owned(),
            });
        }
    };
    tell(&mut line);
    answer(&mut line, json!([call(OTHER)]));
    line.other_side(OtherSide::Busy);
    tell(&mut line);
    answer(&mut line, json!([hangup()]));
    tell(&mut line);
    assert_eq!(
        told,
        [
            "asks Some(200)",
            "inbound CALL_CONNECTED Some(200)",
            "outbound CALL_INITIATED Some(180)",
            "outbound CALL_DISCONNECTED Some(486)",
            "asks Some(486)",
            "inbound CALL_DISCONNECTED Some(200)",
            "summary",
        ]
    );
}

#[test]
fn a_caller_who_gives_up_cancels_both_legs() {
    let mut line = ringing(Rules::default());
    line.hang_up();
    assert_eq!(line.doing(), Doing::Over(Ending::CallerGaveUp));
    let summary = summary(&mut line);
    assert_eq!(summary.status, Some(SessionStatus::Canceled));
    for leg in &summary.legs {
        assert_eq!(leg.status, Some(SessionStatus::Canceled));
    }
}

#[test]
fn a_cancelled_bridge_may_be_asked_about() {
    let mut line = ringing(Rules {
        cancel_asks: true,
        ..quiet()
    });
    line.hang_up();
    assert_eq!(action(&mut line).sip_code, Some(487));
    answer(&mut line, json!([say("Are you there?")]));
    assert_eq!(texts(&mut line), [""; 0]);
    assert_eq!(line.doing(), Doing::Over(Ending::CallerGaveUp));
    assert_eq!(summary(&mut line).status, Some(SessionStatus::Canceled));
}

#[test]
fn a_caller_who_hangs_up_in_a_conversation_ends_it() {
    let mut line = ringing(quiet());
    line.other_side(OtherSide::Answers { seconds: 42 });
    assert_eq!(line.doing(), Doing::Talking(OTHER.to_owned()));
    let at = line.now() + jiff::SignedDuration::from_secs(7);
    line.pass_until(at);
    line.hang_up();
    let summary = summary(&mut line);
    assert_eq!(summary.status, Some(SessionStatus::Completed));
    assert_eq!(summary.leg(LegName::B).unwrap().seconds, Some(7));
}

#[test]
fn the_call_may_end_with_a_bridge_that_nobody_takes() {
    for (how, _, _, status) in OUTCOMES.into_iter().skip(1) {
        let mut line = ringing(Rules {
            busy_ends: true,
            ..quiet()
        });
        line.other_side(how);
        while line.until().is_some() {
            pass(&mut line);
        }
        assert_eq!(line.doing(), Doing::Over(Ending::NobodyThere));
        assert_eq!(summary(&mut line).status, Some(status));
    }
}

#[test]
fn a_second_number_is_a_leg_of_its_own() {
    let mut line = ringing(quiet());
    let first = ended(&mut line, OtherSide::Busy);
    answer(&mut line, json!([call("+6563334455")]));
    let second = ended(&mut line, OtherSide::Answers { seconds: 3 });
    assert_ne!(first.leg, second.leg);
    answer(&mut line, json!([say("Goodbye.")]));
    pass(&mut line);
    // Behind a text, the caller's leg is shown again.
    assert_eq!(action(&mut line).source.to_string(), CALLER);
    line.hang_up();
    let summary = summary(&mut line);
    assert_eq!(summary.call_count, Some(3));
    assert_eq!(summary.status, Some(SessionStatus::Completed));
}
