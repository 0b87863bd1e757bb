//! Whatever comes first: no call has a wrong session, and none is left over.

use proptest::prelude::*;
use ringflow::outbound::{Outcome, What};
use serde_json::Value;

use super::bench::{Bench, Session, created, person_of};

/// What comes of a call, in some order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comes {
    Rings,
    Connected,
    First,
    Answer,
    Cut,
    Ended,
}

const PEOPLE: [&str; 3] = ["+6591234567", "+6591234568", "+6591234569"];

/// How the calls of one round go on: of each, what comes of it, in the order in which that
/// comes.
fn rounds() -> impl Strategy<Value = Vec<(usize, Comes)>> {
    let answers = proptest::collection::vec(
        prop_oneof![3 => Just(Comes::Answer), 1 => Just(Comes::Cut)],
        3,
    );
    answers.prop_flat_map(|answers| {
        let all = answers.into_iter().enumerate().flat_map(|(call, answer)| {
            use Comes::{Connected, Ended, First, Rings};
            [Rings, Connected, First, answer, Ended].map(|comes| (call, comes))
        });
        Just(all.collect::<Vec<_>>()).prop_shuffle()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_is_mixed_up(order in rounds(), names_request: bool) {
        let bench = Bench::new();
        bench.run(async {
            let mut ids = Vec::new();
            for (call, person) in PEOPLE.iter().enumerate() {
                let with = serde_json::json!({"name": format!("N{call}")});
                let order = serde_json::json!({"flow": "remind", "to": person, "with": with});
                ids.push(bench.calls(order).await);
                bench.fake.request(call).await;
            }
            // They go out by themselves, in whatever order.
            let mut nths = Vec::new();
            for person in PEOPLE {
                for nth in 0..3 {
                    if person_of(&bench.fake.request(nth).await) == person {
                        nths.push(nth);
                    }
                }
            }
            let mut ended = [false; 3];
            for (call, comes) in order {
                let id = format!("s{call}");
                let session = Session { id: &id, person: PEOPLE[call] };
                match comes {
                    Comes::Rings => drop(bench.post(session.status("CALL_INITIATED")).await),
                    Comes::Connected => drop(bench.post(session.status("CALL_CONNECTED")).await),
                    Comes::Answer => bench.fake.answer(nths[call], created(&id)),
                    Comes::Cut => bench.fake.cut(nths[call]),
                    Comes::Ended => {
                        // Without an answer and a webhook nothing else tells whose it is.
                        let request = Some(ids[call].as_str());
                        let request = request.filter(|_| names_request);
                        bench.post(session.summary("COMPLETED", request)).await;
                        ended[call] = true;
                    }
                    Comes::First => {
                        let said = bench.said(session.first("1")).await;
                        let answer: Value = serde_json::from_str(&said).unwrap();
                        let first = &answer["callflow"][0];
                        if ended[call] {
                            assert_eq!(first["action"], "hangup", "{said}");
                        } else {
                            assert_eq!(first["params"]["promptMessage"], "How many guests?");
                        }
                    }
                }
                tokio::task::yield_now().await;
            }
            // What never had an answer nor a name is given up in time.
            bench.server.clock.advance_ms(2 * 60 * 60 * 1000);
            bench.server.calls().sweep();
            for (call, id) in ids.iter().enumerate() {
                let end = bench.end(id).await;
                let session = format!("s{call}");
                match end.status.as_str() {
                    Outcome::COMPLETED => assert_eq!(end.session, Some(session)),
                    status => {
                        assert_eq!(status, Outcome::UNKNOWN);
                        assert!(!names_request);
                        assert_eq!(end.session, None);
                    }
                }
                let news = bench.until(id, |_| true).await;
                for what in &news {
                    if let What::Created { session } = what {
                        assert_eq!(*session, format!("s{call}"));
                    }
                }
                let ends = news.iter().filter(|what| matches!(what, What::Ended(_)));
                assert_eq!(ends.count(), 1);
            }
            // None is pending: the next call of each pair goes out.
            for (nth, person) in PEOPLE.iter().enumerate() {
                bench.calls(serde_json::json!({"flow": "remind", "to": person})).await;
                bench.fake.request(3 + nth).await;
                bench.fake.cut(3 + nth);
            }
            assert_eq!(bench.server.calls().live(), 0);
        });
    }
}
