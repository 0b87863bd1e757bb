//! The emulator, asked over HTTP as the platform is asked: random requests that start a
//! call. Each answer is held against the second reading, and against the platform's own
//! document of its API.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use jiff::Timestamp;
use ringflow::live::Clock;
use ringflow::platform::drive::{Faults, Pace};
use ringflow::platform::emulator::{Emulator, EmulatorConfig, Numbers, Takes};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::compare::{differ_in_code, flipped};
use super::document::judged;
use super::reading::{self, Case, Holder, Open};
use super::tables::{Tables, tables};
use super::{callflows, model};

/// How many random requests, where `RINGFLOW_CASES` does not say it.
const CASES: u64 = 2_000;

/// The document shows 400 for `-1007` and 422 for `-1013`. The message of `-1007` has the
/// form `$.callflow[0]…`, as that of `-1009` has: they tell of the form of the body, and so
/// does `-1001`. All else is about what may be done.
const BAD_FORM: [i64; 3] = [-1001, -1007, -1009];

/// Some subaccount whose calls that wait are told to somebody, and one where they are not.
const TOLD: &str = "told";
const UNTOLD: &str = "untold";

/// What came back.
#[derive(Debug, Clone)]
struct Answer {
    status: u16,
    body: Value,
}

/// Emulators, one for each way to read what the documents leave open that matters here.
struct Desk(BTreeMap<(bool, bool, bool), Router>);

impl Desk {
    async fn new() -> Self {
        let mut routers = BTreeMap::new();
        for number in 0..8 {
            let [equal_timeouts, takes_markup, has_numbers] =
                [1, 2, 4].map(|bit: u32| number & bit != 0);
            let open = Open {
                equal_timeouts,
                takes_markup,
                counts_calls_of_session: false,
            };
            let router = emulator(number, open, has_numbers).router();
            let at = (equal_timeouts, takes_markup, has_numbers);
            let webhook = json!({"type": "VCA", "url": "http://127.0.0.1:9/"}).to_string();
            let set = ask(&router, TOLD, "webhooks", webhook.into_bytes()).await;
            assert_eq!(set.status, 200, "{set:?}");
            routers.insert(at, router);
        }
        Desk(routers)
    }

    /// Asks the emulator that reads the documents so.
    async fn starts(&self, case: &Case, open: Open) -> Answer {
        let has_numbers = case.holder.numbers.is_some();
        let router = &self.0[&(open.equal_timeouts, open.takes_markup, has_numbers)];
        let subaccount = match case.holder.has_webhook {
            true => TOLD,
            false => UNTOLD,
        };
        ask(router, subaccount, "callflows", case.body.bytes()).await
    }
}

/// An emulator in which nobody takes a call.
fn emulator(number: u32, open: Open, has_numbers: bool) -> Arc<Emulator> {
    let ours = || callflows::OURS.map(|number| number.parse().unwrap());
    Emulator::new(EmulatorConfig {
        subaccount: None,
        key: None,
        numbers: match has_numbers {
            true => Numbers::These(ours().to_vec()),
            false => Numbers::Any(Box::new(Vec::new)),
        },
        rules: model::rules(open),
        pace: Pace::Fast,
        faults: Faults::NONE,
        otherwise: None,
        caller_of: |_| Err("nobody is brought".to_owned()),
        takes: Takes::Person(Box::new(drop)),
        told: Box::new(drop),
        name: format!("differential-{number}"),
        clock: Clock::manual(model::at()),
    })
}

fn path(subaccount: &str, what: &str) -> String {
    format!("/api/v1/subaccounts/{subaccount}/{what}")
}

async fn ask(router: &Router, subaccount: &str, what: &str, body: Vec<u8>) -> Answer {
    let request = Request::post(path(subaccount, what))
        .header(header::AUTHORIZATION, "Bearer any")
        .body(Body::from(body))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    Answer {
        status,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    }
}

/// Requests that start a call, by somebody whom an emulator knows: it takes every voice,
/// and records.
fn requests(tables: &Tables) -> impl Iterator<Item = Case> {
    let cases = (0..).map(|number| callflows::case(number, tables));
    cases.filter(|case| case.starts).map(|case| Case {
        holder: Holder {
            voices: None,
            records: true,
            ..case.holder
        },
        ..case
    })
}

/// Why an answer is not right.
fn judge(case: &Case, answer: &Answer, tables: &Tables) -> Result<(), String> {
    let Answer { status, body } = answer;
    judged("POST", &path(TOLD, "callflows"), *status, &body.to_string())?;
    let is = |field: &str, value: Value| match body.get(field) == Some(&value) {
        true => Ok(()),
        false => Err(format!("`{field}` is not {value}")),
    };
    let has_text = |field: &str| match body[field].as_str() {
        None | Some("") => Err(format!("`{field}` is no text")),
        Some(_) => Ok(()),
    };
    has_text("callFlowRequestId")?;
    has_text("statusMessage")?;
    let code = match status {
        200 => {
            has_text("sessionId")?;
            is("sessionStatus", json!("CREATED"))?;
            is("statusCode", json!(1))?;
            is("statusMessage", json!("Created"))?;
            let wanted = case.body.json().and_then(|body| body.get("validUntil"));
            let time = |value: &Value| value.as_str()?.parse::<Timestamp>().ok();
            if wanted.and_then(time) != body.get("validUntil").and_then(time) {
                return Err(format!("it is valid until another time than {wanted:?}"));
            }
            None
        }
        _ => {
            is("sessionStatus", json!("NOT_CREATED"))?;
            let code = body["statusCode"].as_i64().ok_or("no code")?;
            let expected = if BAD_FORM.contains(&code) { 400 } else { 422 };
            if *status != expected {
                return Err(format!("{status} for {code}"));
            }
            Some(i32::try_from(code).map_err(|_| "no code of the platform's")?)
        }
    };
    differ_in_code(case, code, tables).map_or(Ok(()), Err)
}

#[tokio::test]
async fn requests_are_taken_or_refused_by_the_emulator_as_the_tables_say() {
    let tables = tables();
    let desk = Desk::new().await;
    let (mut taken, mut codes) = (0, BTreeMap::<i64, u64>::new());
    let (mut sessions, mut ids) = (HashSet::new(), HashSet::new());
    let cases = crate::cases_or(CASES);
    for case in requests(&tables).take(cases as usize) {
        let answer = desk.starts(&case, case.open).await;
        if let Err(why) = judge(&case, &answer, &tables) {
            panic!("{why}\n{answer:?}\n{case:?}");
        }
        let id = &answer.body["callFlowRequestId"];
        assert!(ids.insert(id.to_string()), "{id} was given twice");
        if answer.status == 200 {
            let session = &answer.body["sessionId"];
            assert!(sessions.insert(session.to_string()), "{session} twice");
            taken += 1;
        } else {
            let code = answer.body["statusCode"].as_i64().unwrap();
            *codes.entry(code).or_default() += 1;
        }
    }
    println!("{taken} taken, {codes:?}");
    if cases >= CASES {
        assert!(taken * 10 >= cases * 3, "{taken} were taken");
        let missing: Vec<i32> = crate::CODES
            .filter(|code| !codes.contains_key(&i64::from(*code)))
            .collect();
        assert!(missing.is_empty(), "{missing:?} were not met");
    }
}

/// A wrong answer, made of a right one; false where it cannot be.
type Plant = fn(&mut Answer) -> bool;

const PLANTED: [(&str, Plant); 14] = [
    ("a code that is never right", |answer| {
        answer.body["statusCode"] = json!(-9999);
        answer.status == 422
    }),
    ("taken, and to be refused", |answer| {
        let is_it = answer.status != 200;
        *answer = created();
        is_it
    }),
    ("refused, and to be taken", |answer| {
        let is_it = answer.status == 200;
        *answer = Answer {
            status: 422,
            body: json!({"sessionStatus": "NOT_CREATED", "callFlowRequestId": "a",
                "statusCode": -1014, "statusMessage": "no"}),
        };
        is_it
    }),
    ("400 for 422", |answer| {
        std::mem::replace(&mut answer.status, 400) == 422
    }),
    ("422 for 400", |answer| {
        std::mem::replace(&mut answer.status, 422) == 400
    }),
    ("201 for 200", |answer| {
        std::mem::replace(&mut answer.status, 201) == 200
    }),
    ("a session that nobody has", |answer| {
        answer.body["sessionId"] = json!("a");
        answer.status != 200
    }),
    ("no session", |answer| remove(answer, "sessionId")),
    ("no message", |answer| remove(answer, "statusMessage")),
    ("no id", |answer| remove(answer, "callFlowRequestId")),
    ("a code as a text", |answer| {
        answer.body["statusCode"] = json!("1");
        true
    }),
    ("another word", |answer| {
        answer.body["sessionStatus"] = json!("OK");
        true
    }),
    ("another name", |answer| {
        answer.body["status_message"] = json!("Created");
        true
    }),
    ("another time", |answer| {
        let had = remove(answer, "validUntil");
        answer.body["validUntil"] = json!("2026-03-02T02:00:31Z");
        had
    }),
];

fn created() -> Answer {
    Answer {
        status: 200,
        body: json!({"sessionId": "a", "sessionStatus": "CREATED", "callFlowRequestId": "b",
            "statusCode": 1, "statusMessage": "Created"}),
    }
}

fn remove(answer: &mut Answer, field: &str) -> bool {
    answer.body.as_object_mut().unwrap().remove(field).is_some()
}

#[tokio::test]
async fn a_wrong_answer_of_the_emulator_is_found() {
    let tables = tables();
    let desk = Desk::new().await;
    let mut planted = [0; PLANTED.len()];
    for case in requests(&tables).take(500) {
        let right = desk.starts(&case, case.open).await;
        for ((what, plant), count) in PLANTED.iter().zip(&mut planted) {
            let mut wrong = right.clone();
            if plant(&mut wrong) {
                *count += 1;
                let found = judge(&case, &wrong, &tables);
                assert!(found.is_err(), "{what}: {wrong:?}\n{case:?}");
            }
        }
    }
    assert!(planted.iter().all(|count| *count > 10), "{planted:?}");
}

#[tokio::test]
async fn an_emulator_with_other_rules_is_found() {
    let tables = tables();
    let desk = Desk::new().await;
    // How equal times are read, and markup.
    for at in [0, 2] {
        let other = |case: &Case| Case {
            open: flipped(case.open, at),
            ..case.clone()
        };
        let is_taken = |case: &Case| reading::breaks(case, &tables).is_empty();
        let differing = requests(&tables).filter(|case| is_taken(case) != is_taken(&other(case)));
        for case in differing.take(10) {
            let answer = desk.starts(&case, other(&case).open).await;
            let found = judge(&case, &answer, &tables);
            assert!(found.is_err(), "{answer:?}\n{case:?}");
        }
    }
}
