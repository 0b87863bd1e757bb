//! Answers to webhooks over HTTP: a small server answers each call that waits with a random
//! callflow. The session goes on with what the tables say is heard first, or ends with an
//! error that names the rule.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use ringflow::phone::{Doing, Line, OtherSide, Refused, Rules, Start};
use ringflow::platform::Delivery;
use ringflow::platform::drive::{
    Caller, Deed, Ended, Kind, Manner, Pace, Scene, Session, Single, Watch, Wrong, run,
};
use ringflow::web::{self, ServerLimits, Times};
use serde_json::{Value, json};

use super::callflows;
use super::compare::{differ, flipped};
use super::model::{self, EARLIER};
use super::reading::{Case, breaks};
use super::tables::{Tables, tables};

/// How many random answers, where `RINGFLOW_CASES` does not say it.
const CASES: u64 = 2_000;
/// Sessions that are up at once.
const AT_ONCE: usize = 32;
/// What every bad answer to a webhook ends a session with.
const INVALID: i64 = -2003;
const HANGUP: &str = r#"{"callflow":[{"action":"hangup"}]}"#;

/// What became of a session.
#[derive(Debug, Clone)]
struct Observed {
    refused: Option<Refused>,
    /// What was wrong besides, in the eyes of whoever drove the session.
    others: Vec<Wrong>,
    /// What was heard first of the answer.
    heard: Value,
    /// The summary that the server has got.
    summary: Value,
}

/// Sessions by their id.
type Sessions = Arc<Mutex<HashMap<String, Served>>>;

/// A session as the server sees it.
struct Served {
    case: Case,
    /// How many of its events were answered.
    answered: usize,
    summary: Value,
}

/// Answers an event: the calls that come before the case, the case, and at last that it is
/// over.
async fn answer(State(sessions): State<Sessions>, body: Bytes) -> Vec<u8> {
    let event: Value = serde_json::from_slice(&body).unwrap();
    let payload = &event["payload"];
    let mut sessions = sessions.lock().unwrap();
    let served = sessions.get_mut(payload["sessionId"].as_str().unwrap());
    let served = served.unwrap();
    match event["eventType"].as_str().unwrap() {
        "CALL_ACTION" => {
            let at = served.answered;
            served.answered += 1;
            match at.cmp(&served.case.earlier) {
                std::cmp::Ordering::Less => EARLIER.to_vec(),
                std::cmp::Ordering::Equal => served.case.body.bytes(),
                std::cmp::Ordering::Greater => HANGUP.into(),
            }
        }
        "SESSION_SUMMARY" => {
            served.summary = payload.clone();
            Vec::new()
        }
        other => panic!("{other}"),
    }
}

/// Hangs up where keys are wanted, as a capture may be tried thousands of times; whoever is
/// dialled is busy.
struct Nobody;

impl Caller for Nobody {
    fn next(&mut self, scene: &Scene<'_>) -> Deed {
        match scene.doing {
            Doing::Ringing(_) => Deed::Other(OtherSide::Busy),
            Doing::Listening => Deed::HangUp,
            _ => Deed::Wait,
        }
    }
}

/// Looks at every session that is over.
struct Looks<F> {
    sessions: Sessions,
    look: F,
    failed: Mutex<Vec<String>>,
}

impl<F: Fn(&Case, &Observed) -> Result<(), String> + Send + Sync> Watch for Looks<F> {
    fn ended(&self, ended: &Ended) {
        let served = self.sessions.lock().unwrap().remove(&ended.session);
        let Served { case, summary, .. } = served.unwrap();
        let (mut refused, mut others) = (None, Vec::new());
        for wrong in &ended.wrong {
            match wrong {
                Wrong::Refused(first) if refused.is_none() => refused = Some(first.clone()),
                other => others.push(other.clone()),
            }
        }
        let observed = Observed {
            refused,
            others,
            heard: model::written(ended.heard.get(case.earlier)),
            summary,
        };
        if let Err(why) = (self.look)(&case, &observed) {
            let mut failed = self.failed.lock().unwrap();
            failed.push(format!("{why}\n{observed:?}\n{case:?}"));
        }
    }
}

/// Drives so many sessions by these rules, and shows each that is over.
async fn observe<F>(count: u64, rules: fn(&Case) -> Rules, look: F)
where
    F: Fn(&Case, &Observed) -> Result<(), String> + Send + Sync + 'static,
{
    let sessions = Sessions::default();
    let router = Router::new()
        .route("/", post(answer))
        .with_state(Arc::clone(&sessions));
    let bound = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", bound.local_addr().unwrap());
    let limits = ServerLimits {
        times: Times::default(),
        connections: 1_000,
    };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async { drop(stopped.await) };
    let serving = web::serve(bound, router, limits, web::on_admin_panic(), stopped);
    let serving = tokio::spawn(serving);

    let watch = Arc::new(Looks {
        sessions: Arc::clone(&sessions),
        look,
        failed: Mutex::default(),
    });
    let to = Arc::new(Delivery::exactly(&url, None).unwrap());
    let manner = Manner {
        watch: watch.clone(),
        keeps_heard: true,
        ..Manner::new(Arc::new(Single(to)), Pace::Fast)
    };
    let tables = tables();
    let cases = (0..).map(|number| callflows::case(number, &tables));
    let mut cases = cases.filter(|case| !case.starts);
    let make = |number| {
        let case = cases.next().unwrap();
        let start = Start {
            session: format!("00000000-0000-4000-8000-{number:012x}"),
            ..model::start()
        };
        let session = start.session.clone();
        let line = Line::call_in_to(model::account(&case), start, rules(&case));
        let served = Served {
            case,
            answered: 0,
            summary: Value::Null,
        };
        sessions.lock().unwrap().insert(session, served);
        Session::new(line, Box::new(Nobody))
    };
    let starts = std::iter::repeat_n(Duration::ZERO, count as usize);
    let tally = run(starts, AT_ONCE, make, Arc::new(manner)).await;
    drop(stop);
    drop(serving.await);
    let failed = watch.failed.lock().unwrap();
    assert!(failed.is_empty(), "{}: {}", failed.len(), failed[0]);
    assert_eq!((tally.calls, tally.broken), (count, 0));
    assert!(sessions.lock().unwrap().is_empty());
}

fn rules(case: &Case) -> Rules {
    model::rules(case.open)
}

/// Why what became of a session is not right.
fn judge(case: &Case, observed: &Observed, tables: &Tables) -> Result<(), String> {
    let Observed {
        refused,
        others,
        heard,
        summary,
    } = observed;
    let verdict = match refused {
        None => Ok(heard.clone()),
        Some(refused) => Err(refused.code),
    };
    if let Some(why) = differ(case, &verdict, tables) {
        return Err(why);
    }
    if let Some(other) = others.first() {
        return Err(other.to_string());
    }
    let (status, error) = (&summary["sessionStatus"], summary.get("errorDetails"));
    let Some(refused) = refused else {
        let is_fine = *status == json!("COMPLETED") || *status == json!("BUSY");
        return match is_fine && error.is_none() {
            true => Ok(()),
            false => Err(format!("it was taken, and ended with {summary}")),
        };
    };
    let error = error.ok_or("no error in the summary")?;
    if *status != json!("ERROR") || error["errorCode"] != json!(INVALID) {
        return Err(format!("it was refused, and ended with {summary}"));
    }
    let message = error["errorMsg"].as_str().unwrap_or_default();
    if refused.rule.is_empty() || !message.contains(&refused.rule) {
        return Err(format!("the rule is not named: {message}"));
    }
    // Where it is broken is named too, as the platform names it in what it says of forms;
    // what is broken in the body comes before all actions.
    let broken = breaks(case, tables);
    let first = broken.iter().map(|one| one.at).min().flatten();
    let place = first.map(|at| format!("$.callflow[{at}]"));
    let names = |place: &String| message.contains(place.as_str());
    match matches!(refused.code, -1007 | -1009) && !place.as_ref().is_none_or(names) {
        true => Err(format!("{place:?} is not named: {message}")),
        false => Ok(()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_taken_or_end_the_session_as_the_tables_say() {
    let tables = tables();
    let taken = Arc::new(Mutex::new(0_u64));
    let counted = Arc::clone(&taken);
    let cases = crate::cases_or(CASES);
    let look = move |case: &Case, observed: &Observed| {
        *counted.lock().unwrap() += u64::from(observed.refused.is_none());
        judge(case, observed, &tables)
    };
    observe(cases, rules, look).await;
    let taken = *taken.lock().unwrap();
    println!("{taken} of {cases} taken");
    assert!((cases * 3 / 10..cases * 7 / 10).contains(&taken), "{taken}");
}

/// Something wrong, made of what is right; false where it cannot be.
type Plant = fn(&mut Observed) -> bool;

const PLANTED: [(&str, Plant); 9] = [
    ("taken, and to be refused", |observed| {
        observed.summary = json!({"sessionStatus": "COMPLETED"});
        observed.refused.take().is_some()
    }),
    ("refused, and to be taken", |observed| {
        let refused = Refused {
            code: -1009,
            rule: "no".to_owned(),
        };
        observed.refused.replace(refused).is_none()
    }),
    ("a code that is never right", |observed| {
        let refused = observed.refused.as_mut();
        refused.map(|refused| refused.code = -9999).is_some()
    }),
    ("another status than 200", |observed| {
        let (kind, status) = (Kind::Vca, 500);
        observed.others.push(Wrong::Status { kind, status });
        true
    }),
    ("another thing is heard", |observed| {
        observed.heard = json!({"say": "Something else."});
        observed.refused.is_none()
    }),
    ("an error that is none", |observed| {
        observed.summary["sessionStatus"] = json!("COMPLETED");
        observed.refused.is_some()
    }),
    ("no error and one", |observed| {
        observed.summary["sessionStatus"] = json!("ERROR");
        observed.refused.is_none()
    }),
    ("another code in the summary", |observed| {
        observed.summary["errorDetails"]["errorCode"] = json!(-2002);
        observed.refused.is_some()
    }),
    ("a rule that is not named", |observed| {
        observed.summary["errorDetails"]["errorMsg"] = json!("The callflow is invalid.");
        observed.refused.is_some()
    }),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_end_of_a_session_is_found() {
    let tables = tables();
    let planted = Arc::new(Mutex::new([0; PLANTED.len()]));
    let counts = Arc::clone(&planted);
    let look = move |case: &Case, observed: &Observed| {
        for (at, (what, plant)) in PLANTED.iter().enumerate() {
            let mut wrong = observed.clone();
            if plant(&mut wrong) {
                counts.lock().unwrap()[at] += 1;
                if judge(case, &wrong, &tables).is_ok() {
                    return Err(format!("planted and not found: {what}: {wrong:?}"));
                }
            }
        }
        Ok(())
    };
    observe(400, rules, look).await;
    let planted = planted.lock().unwrap();
    assert!(planted.iter().all(|count| *count > 50), "{planted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_under_other_rules_are_found() {
    const OTHER: [fn(&Case) -> Rules; 3] = [
        |case| model::rules(flipped(case.open, 0)),
        |case| model::rules(flipped(case.open, 1)),
        |case| model::rules(flipped(case.open, 2)),
    ];
    for (at, other) in OTHER.into_iter().enumerate() {
        let tables = tables();
        let differs = Arc::new(Mutex::new(0_u64));
        let counted = Arc::clone(&differs);
        let look = move |case: &Case, observed: &Observed| {
            let flipped = Case {
                open: flipped(case.open, at),
                ..case.clone()
            };
            let is_taken = |case| breaks(case, &tables).is_empty();
            if is_taken(case) == is_taken(&flipped) {
                return Ok(());
            }
            *counted.lock().unwrap() += 1;
            match judge(case, observed, &tables) {
                Ok(()) => Err("other rules were not found".to_owned()),
                Err(_) => Ok(()),
            }
        };
        observe(500, other, look).await;
        assert!(*differs.lock().unwrap() > 0, "{at}");
    }
}
