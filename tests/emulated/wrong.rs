//! Servers that are wrong are found out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use ringflow::phone::{Ending, Line, Rules, Start};
use ringflow::platform::Delivery;
use ringflow::platform::drive::{
    Ended, Faults, Kind, Manner, Pace, Session, Silent, Single, Wrong, drive,
};
use ringflow::web::{self, ServerLimits, Times};
use tokio::net::TcpListener;

const ASKS: &str = r#"{"clientActionId":"t","callflow":[{"action":"sayAndCapture","params":{
    "promptMessage":"NUMBER","voiceProfile":"en-US-BenjaminRUS","minDigits":1,"maxDigits":1,
    "digitTimeout":3000,"overallTimeout":4000,"completeOnHash":false,"noOfTries":1}}]}"#;
const HANGS_UP: &str = r#"{"callflow":[{"action":"hangup"}]}"#;

/// One call to a server that answers the nth request so.
async fn call(
    answer: impl Fn(u32) -> (u16, String) + Clone + Send + Sync + 'static,
    faults: Faults,
) -> Ended {
    let count = Arc::new(AtomicU32::new(0));
    let router = Router::new().fallback(move |body: axum::body::Bytes| {
        let number = count.fetch_add(1, Ordering::Relaxed);
        let (status, text) = answer(number);
        async move {
            assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());
            (StatusCode::from_u16(status).unwrap(), text)
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let limits = ServerLimits {
        times: Times::default(),
        connections: 100,
    };
    let on_panic: web::OnPanic = Arc::new(|| panic!("the test's own server breaks"));
    let serving = tokio::spawn(web::serve(
        listener,
        router,
        limits,
        on_panic,
        std::future::pending(),
    ));
    let delivery = Delivery::to(&format!("http://{address}"), None).unwrap();
    let ended = drive(session(), &manner(delivery, faults)).await;
    serving.abort();
    ended
}

fn manner(delivery: Delivery, faults: Faults) -> Manner {
    Manner {
        faults,
        ..Manner::new(Arc::new(Single(Arc::new(delivery))), Pace::Fast)
    }
}

fn session() -> Session {
    let start = Start {
        from: "+6591234567".to_owned(),
        to: "+6561115777".to_owned(),
        session: "wrong".to_owned(),
        at: "2026-03-02T02:00:00Z".parse().unwrap(),
        country: None,
    };
    // Statuses would be requests too.
    let rules = Rules {
        tells_status: false,
        ..Rules::default()
    };
    Session::new(Line::call_in(start, rules), Box::new(Silent))
}

fn asks(number: u32) -> String {
    ASKS.replace("NUMBER", &format!("This is prompt {number}."))
}

#[tokio::test]
async fn a_second_answer_to_the_same_event_is_found() {
    let answer = |number| match number {
        0..6 => (200, asks(number)),
        _ => (200, HANGS_UP.to_owned()),
    };
    let plain = call(answer, Faults::NONE).await;
    assert_eq!((plain.wrong, plain.turns), (Vec::new(), 7));
    for faults in [
        Faults {
            duplicates: 1.0,
            ..Faults::NONE
        },
        Faults {
            lost_answers: 1.0,
            ..Faults::NONE
        },
        Faults {
            reordered: 1.0,
            ..Faults::NONE
        },
        Faults {
            late_duplicates: 1.0,
            ..Faults::NONE
        },
        Faults {
            new_event_ids: 1.0,
            ..Faults::NONE
        },
    ] {
        let ended = call(answer, faults).await;
        let different = |wrong: &Wrong| matches!(wrong, Wrong::Different { .. });
        assert!(
            ended.wrong.iter().any(different),
            "{faults:?}: {:?}",
            ended.wrong
        );
    }
}

#[tokio::test]
async fn what_the_platform_would_not_take_is_found() {
    let refused = call(|_| (200, "{}".to_owned()), Faults::NONE).await;
    assert!(
        matches!(&refused.wrong[..], [Wrong::Refused(_)]),
        "{:?}",
        refused.wrong
    );
    assert_eq!(refused.ending, Ending::Refused);
    let status = |status| Wrong::Status {
        kind: Kind::Vca,
        status,
    };
    // The summary of the session that ended by it gets the same status.
    let broken = call(|_| (500, String::new()), Faults::NONE).await;
    assert_eq!(broken.wrong[0], status(500));
    assert_eq!((broken.wrong_answers, broken.ending), (2, Ending::Refused));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_in_plain_words() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let delivery = Delivery::to(&format!("http://{address}"), None).unwrap();
    let ended = drive(session(), &manner(delivery, Faults::NONE)).await;
    let Wrong::None { why } = &ended.wrong[0] else {
        panic!("{:?}", ended.wrong);
    };
    assert!(why.contains("cannot be reached"), "{why}");
    assert_eq!((ended.turns, ended.ending), (1, Ending::Refused));
    assert!(ended.took < Duration::from_secs(5));
}

#[tokio::test]
async fn half_a_body_is_no_webhook() {
    // The whole one comes behind it, and nothing is wrong with that.
    let faults = Faults {
        cut_bodies: 1.0,
        slow_bodies: 1.0,
        ..Faults::NONE
    };
    let ended = call(|_| (200, HANGS_UP.to_owned()), faults).await;
    assert_eq!((ended.wrong, ended.turns), (Vec::new(), 1));
    assert_eq!(ended.requests, 4, "each half, and each whole");
}
