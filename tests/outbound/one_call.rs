//! One call, and two between the same numbers.

use ringflow::outbound::{Outcome, Started, What};
use serde_json::json;

use super::bench::{Bench, OURS, PERSON, created, id_of, person_of, session};

fn is_sent(what: &What) -> bool {
    *what == What::Sent
}

#[test]
fn a_call_is_asked_for_and_followed_to_its_end() {
    let bench = Bench::new();
    bench.run(async {
        let id = bench.calls_name("Ann").await;
        let request = bench.fake.request(0).await;
        assert_eq!(id_of(&request), id);
        let dial = &request["callflow"][0];
        assert_eq!(dial["action"], "makeCall");
        assert_eq!(dial["params"]["source"], OURS);
        assert_eq!(person_of(&request), PERSON);
        let asks = &request["callflow"][1];
        let text = asks["params"]["promptMessage"].as_str().unwrap();
        assert!(text.contains("Hello Ann."), "{text}");
        assert_eq!(request["callflow"].as_array().unwrap().len(), 2);
        assert_eq!(request["validUntil"], "2026-03-02T03:00:00Z");

        let call = session("s1");
        // It rings before the API has answered.
        bench.post(call.status("CALL_INITIATED")).await;
        bench.fake.answer(0, created("s1"));
        bench.until(&id, |what| *what == What::Ringing).await;
        bench.post(call.status("CALL_CONNECTED")).await;
        let said = bench.said(call.first("1")).await;
        assert!(said.contains("How many guests?"), "{said}");
        bench.post(call.summary("COMPLETED", Some(&id))).await;
        let end = bench.end(&id).await;
        assert_eq!(end.status, Outcome::COMPLETED);
        assert_eq!(end.seconds, Some(35));
        let news = bench.until(&id, |_| true).await;
        let session = "s1".to_owned();
        let state = "confirmed".to_owned();
        let expected = [
            What::Queued,
            What::Sent,
            What::Created { session },
            What::Ringing,
            What::Answered,
            What::State { state },
            What::Ended(end),
        ];
        assert_eq!(news, expected);
    });
}

/// The token of such a call is sealed with its own session, so that it finds the call
/// again when the server has forgotten it.
#[test]
fn a_call_survives_that_it_is_forgotten() {
    let bench = Bench::new();
    let token = bench.run(async {
        bench.calls(json!({"flow": "remind", "to": PERSON})).await;
        bench.fake.request(0).await;
        bench.fake.answer(0, created("s1"));
        let said = bench.said(session("s1").first("1")).await;
        let answer: serde_json::Value = serde_json::from_str(&said).unwrap();
        answer["clientActionId"].as_str().unwrap().to_owned()
    });
    bench.server.forget_calls();
    bench.run(async {
        let mut second = session("s1").first("4");
        second["payload"]["eventId"] = "another".into();
        second["payload"]["clientActionId"] = token.into();
        let said = bench.said(second).await;
        assert!(said.contains("Thank you"), "{said}");
    });
}

#[test]
fn a_webhook_that_comes_before_the_answer_gets_the_call() {
    let bench = Bench::new();
    bench.run(async {
        let id = bench.calls_name("Ann").await;
        bench.fake.request(0).await;
        let call = session("s1");
        let said = bench.said(call.first("1")).await;
        assert!(said.contains("How many guests?"), "{said}");
        // The same again is the same.
        assert_eq!(bench.said(call.first("1")).await, said);
        // Another of the same numbers is none of ours: it begins anew.
        let other = bench.said(session("s2").first("9")).await;
        assert!(other.contains("Hello ."), "{other}");
        bench.fake.answer(0, created("s1"));
        bench.post(call.summary("COMPLETED", None)).await;
        assert_eq!(bench.end(&id).await.session.as_deref(), Some("s1"));
    });
}

#[test]
fn calls_between_two_numbers_go_out_one_after_the_other() {
    let bench = Bench::new();
    bench.run(async {
        let first = bench.calls_name("Ann").await;
        let second = bench.calls_name("Bob").await;
        let elsewhere = json!({"flow": "remind", "to": "+6591234568"});
        bench.calls(elsewhere).await;
        // The one to another number does not wait.
        bench.fake.request(1).await;
        assert_eq!(bench.fake.ids()[0], first);
        assert!(!bench.fake.ids().contains(&second));
        bench.fake.answer(0, created("s1"));
        let third = bench.fake.request(2).await;
        assert_eq!(id_of(&third), second);
        // Each webhook finds its own, though both calls are up.
        let said = bench.said(session("s2").first("1")).await;
        assert!(said.contains("How many"), "{said}");
        bench.fake.answer(2, created("s2"));
        let said = bench.said(session("s1").first("1")).await;
        assert!(said.contains("How many"), "{said}");
    });
}

#[test]
fn what_is_refused_calls_nobody_and_lets_the_next_go_out() {
    let bench = Bench::new();
    bench.run(async {
        let first = bench.calls_name("Ann").await;
        let second = bench.calls_name("Bob").await;
        bench.fake.request(0).await;
        let refused = Started::Refused {
            code: Some(-1014),
            why: "not your number".to_owned(),
        };
        bench.fake.answer(0, refused);
        let end = bench.end(&first).await;
        assert_eq!(end.status, Outcome::NOT_CREATED);
        assert_eq!(end.error.as_deref(), Some("not your number"));
        bench.fake.request(1).await;
        bench.until(&second, is_sent).await;
        // A webhook of these numbers is of the second one now.
        bench.fake.answer(1, created("s2"));
        bench.said(session("s2").first("1")).await;
    });
}

#[test]
fn a_call_of_which_nothing_is_known_is_given_up_when_its_time_has_passed() {
    let bench = Bench::new();
    let (first, second) = bench.run(async {
        let first = bench.calls_name("Ann").await;
        bench.fake.request(0).await;
        let long = json!({"flow": "remind", "to": PERSON, "valid_for_s": 86_400});
        let second = bench.calls(long).await;
        bench.fake.cut(0);
        let is_unanswered = |what: &What| matches!(what, What::Unanswered { .. });
        bench.until(&first, is_unanswered).await;
        (first, second)
    });
    bench.minutes_pass(60);
    // It may have been started in the last moment.
    assert_eq!(bench.fake.count(), 1);
    bench.minutes_pass(4);
    bench.run(async {
        assert_eq!(bench.end(&first).await.status, Outcome::UNKNOWN);
        let request = bench.fake.request(1).await;
        assert_eq!(id_of(&request), second);
    });
}

#[test]
fn a_webhook_tells_that_there_is_a_call_though_no_answer_came() {
    let bench = Bench::new();
    bench.run(async {
        let first = bench.calls_name("Ann").await;
        let second = bench.calls_name("Bob").await;
        bench.fake.request(0).await;
        bench.fake.cut(0);
        let is_unanswered = |what: &What| matches!(what, What::Unanswered { .. });
        bench.until(&first, is_unanswered).await;
        let said = bench.said(session("s1").first("1")).await;
        assert!(said.contains("How many"), "{said}");
        // No answer can say otherwise any more, so the next goes out.
        bench.fake.request(1).await;
        bench.post(session("s1").summary("COMPLETED", None)).await;
        assert_eq!(bench.end(&first).await.status, Outcome::COMPLETED);
        let (_, is_over) = bench
            .outbound
            .news(&second, 0, std::time::Duration::ZERO)
            .await
            .unwrap();
        assert!(!is_over);
    });
}

#[test]
fn who_is_busy_is_told_by_the_summary_before_the_answer() {
    let bench = Bench::new();
    bench.run(async {
        let id = bench.calls_name("Ann").await;
        bench.fake.request(0).await;
        let mut summary = session("s1").summary("BUSY", Some(&id));
        summary["payload"]["errorDetails"] = json!({"errorCode": "-2005", "errorMsg": "no TTS"});
        bench.post(summary).await;
        let end = bench.end(&id).await;
        assert_eq!(end.status, "BUSY");
        let error = end.error.unwrap();
        assert!(error.starts_with("-2005 no TTS"), "{error}");
        bench.fake.answer(0, created("s1"));
        // What still arrives of it gets a hangup and no flow.
        let said = bench.said(session("s1").first("1")).await;
        assert!(said.contains("hangup") && !said.contains("Hello"), "{said}");
    });
}

#[test]
fn a_call_of_somebody_else_does_not_take_ours_for_good() {
    let bench = Bench::new();
    bench.run(async {
        let id = bench.calls_name("Ann").await;
        bench.fake.request(0).await;
        // By its numbers it cannot be told from ours.
        bench.said(session("other").first("1")).await;
        bench.fake.answer(0, created("s1"));
        let is_ours = |what: &What| matches!(what, What::Created { session } if session == "s1");
        bench.until(&id, is_ours).await;
        let said = bench.said(session("s1").first("1")).await;
        assert!(said.contains("How many"), "{said}");
        bench.post(session("other").summary("BUSY", None)).await;
        bench.post(session("s1").summary("COMPLETED", None)).await;
        let end = bench.end(&id).await;
        assert_eq!(end.status, Outcome::COMPLETED);
    });
}

#[test]
fn a_call_that_waits_too_long_for_its_pair_is_not_made() {
    let bench = Bench::new();
    let (first, second) = bench.run(async {
        let first = bench.calls_name("Ann").await;
        bench.fake.request(0).await;
        let short = json!({"flow": "remind", "to": PERSON, "valid_for_s": 60});
        (first, bench.calls(short).await)
    });
    bench.minutes_pass(1);
    bench.run(async {
        assert_eq!(bench.end(&second).await.status, Outcome::EXPIRED);
        bench.fake.answer(0, created("s1"));
        let third = bench.calls_name("Cid").await;
        let request = bench.fake.request(1).await;
        assert_eq!(id_of(&request), third);
        let is_created = |what: &What| matches!(what, What::Created { .. });
        bench.until(&first, is_created).await;
    });
}

#[test]
fn nothing_goes_out_when_the_server_stops() {
    let bench = Bench::new();
    bench.run(async {
        bench.calls_name("Ann").await;
        let second = bench.calls_name("Bob").await;
        bench.fake.request(0).await;
        bench.outbound.stop();
        bench.fake.answer(0, created("s1"));
        assert_eq!(bench.end(&second).await.status, Outcome::NOT_CREATED);
        assert_eq!(bench.fake.count(), 1);
    });
}
