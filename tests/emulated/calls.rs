//! Random calls under faults: no wrong answer, no 5xx, no session left over.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ringflow::phone::{Account, AsksAgain, Line, OnTimeout, Rules, ShownLeg, Start, TimesFrom};
use ringflow::platform::drive::{
    Ended, Faults, Habits, Manner, Pace, Session, Single, TurnTaken, Walker, Watch, run,
};

use crate::server::Server;

/// Numbers, entries and keys that are right somewhere in the flows.
pub const KNOWN: [&str; 8] = [
    "79927398", "12345678", "4711#", "1234#", "2468", "20260320", "1830", "87654321",
];

pub fn habits() -> Habits {
    Habits {
        known: KNOWN.map(str::to_owned).to_vec(),
        ..Habits::default()
    }
}

/// The numbers at which flows answer.
pub fn numbers(server: &Server) -> Vec<String> {
    let flows = server.catalog.flows().iter();
    let numbers: Vec<String> = flows
        .flat_map(|flow| flow.numbers().iter().map(ToString::to_string))
        .collect();
    assert!(numbers.len() > 5, "{numbers:?}");
    numbers
}

/// Every reading of the platform in turn.
pub fn rules(number: u64) -> Rules {
    let bit = |at: u64| (number >> at) & 1 == 1;
    Rules {
        asks_again: match bit(0) {
            true => AsksAgain::AfterEachAction,
            false => AsksAgain::AfterTheList,
        },
        bridge_shows: match number % 3 {
            0 => ShownLeg::B,
            1 => ShownLeg::A,
            _ => ShownLeg::AWithOutcomeOfB,
        },
        times_from: match bit(1) {
            true => TimesFrom::PromptStart,
            false => TimesFrom::PromptEnd,
        },
        on_timeout: match bit(2) {
            true => OnTimeout::Lost,
            false => OnTimeout::Reported,
        },
        keeps_hash: bit(3),
        keeps_keys: bit(4),
        busy_ends: bit(5) && bit(6),
        cancel_asks: bit(5) && !bit(6),
        ..Rules::default()
    }
}

pub fn call_in(number: u64, to: &str, rules: Rules) -> Line {
    let start = Start {
        from: format!("+65912{:05}", number % 100_000),
        to: to.to_owned(),
        session: format!("emulated-{number}"),
        at: "2026-03-02T02:00:00Z".parse().unwrap(),
        country: None,
    };
    Line::call_in(start, rules)
}

/// A call that we have started, with the first question of its flow.
pub fn call_out(number: u64, ours: &str, rules: Rules) -> Line {
    let request = serde_json::json!({
        "clientRequestId": format!("request-{number}"),
        "callflow": [
            {"action": "makeCall", "params": {
                "source": ours,
                "destination": format!("+65912{:05}", number % 100_000),
                "callRecording": number.is_multiple_of(2),
            }},
            {"action": "sayAndCapture", "params": {
                "promptMessage": "Good morning. To hear our opening hours, press 3.",
                "voiceProfile": "en-US-BenjaminRUS",
                "minDigits": 1,
                "maxDigits": 1,
                "digitTimeout": 6000,
                "overallTimeout": 6001,
                "completeOnHash": false,
                "noOfTries": 1,
            }},
        ],
    });
    let session = format!("emulated-{number}");
    let at = "2026-03-02T02:00:00Z".parse().unwrap();
    let request = request.to_string();
    Line::call_out(request.as_bytes(), &session, at, rules, Account::default()).unwrap()
}

/// Every fifth call is one that we have started.
pub fn line(number: u64, ours: &str, rules: Rules) -> Line {
    match number % 5 {
        4 => call_out(number, ours, rules),
        _ => call_in(number, ours, rules),
    }
}

#[derive(Default)]
struct Seen {
    statuses: Mutex<BTreeMap<Option<u16>, u64>>,
    slowest_us: AtomicU64,
    again: AtomicU64,
    endings: Mutex<BTreeMap<String, u64>>,
    wrong: Mutex<Vec<String>>,
}

impl Watch for Seen {
    fn turn(&self, turn: &TurnTaken) {
        *self
            .statuses
            .lock()
            .unwrap()
            .entry(turn.status)
            .or_default() += 1;
        self.again
            .fetch_add(turn.is_again.into(), Ordering::Relaxed);
        assert!(turn.since_sent() <= turn.since_due());
        let us = turn.since_sent().as_micros() as u64;
        self.slowest_us.fetch_max(us, Ordering::Relaxed);
    }

    fn ended(&self, ended: &Ended) {
        let ending = format!("{:?}", ended.ending);
        *self.endings.lock().unwrap().entry(ending).or_default() += 1;
        let mut wrong = self.wrong.lock().unwrap();
        if wrong.len() < 20 {
            let number = ended.number;
            wrong.extend(ended.wrong.iter().map(|wrong| format!("{number}: {wrong}")));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_calls_under_faults_get_no_wrong_answer_and_leave_nothing() {
    let calls = std::env::var("RINGFLOW_CALLS").map_or(1_000, |calls| calls.parse().unwrap());
    let seed = std::env::var("RINGFLOW_SEED").map_or(1, |seed| seed.parse().unwrap());
    let server = Server::start().await;
    let numbers = numbers(&server);
    let seen = Arc::new(Seen::default());
    let manner = Manner {
        faults: Faults {
            seed,
            duplicates: 0.02,
            late_duplicates: 0.02,
            new_event_ids: 0.02,
            reordered: 0.01,
            lost_answers: 0.005,
            slow_bodies: 0.005,
            cut_bodies: 0.005,
            delays: 0.005,
            missing_summaries: 0.01,
            digit_shapes: 1.0,
        },
        watch: Arc::clone(&seen) as Arc<dyn Watch>,
        ..Manner::new(Arc::new(Single(Arc::clone(&server.delivery))), Pace::Fast)
    };
    let habits = Arc::new(habits());
    let begun = Instant::now();
    let tally = run(
        std::iter::repeat_n(Duration::ZERO, calls),
        200,
        |number| {
            let to = &numbers[number as usize % numbers.len()];
            let walker = Walker::new(seed, number, Arc::clone(&habits));
            Session::new(line(number, to, rules(number)), Box::new(walker))
        },
        Arc::new(manner),
    )
    .await;
    println!("{tally:?} in {:?}", begun.elapsed());
    println!("{:?}", seen.statuses.lock().unwrap());
    println!("{:?}", seen.endings.lock().unwrap());
    println!(
        "{} deliveries came again, the slowest answer took {} ms",
        seen.again.load(Ordering::Relaxed),
        seen.slowest_us.load(Ordering::Relaxed) / 1000
    );
    let wrong = seen.wrong.lock().unwrap().join("\n");
    assert_eq!(wrong, "");
    assert_eq!(tally.wrong_answers, 0);
    assert_eq!((tally.calls, tally.broken), (calls as u64, 0));
    assert!(tally.turns > 3 * tally.calls, "{tally:?}");
    let statuses: Vec<Option<u16>> = seen.statuses.lock().unwrap().keys().copied().collect();
    assert_eq!(statuses, [Some(200)]);

    // What has had its summary is over; what has not is closed when its time is.
    let left = server.calls().live();
    assert!(
        left <= calls / 20,
        "{left} calls are up without their summary"
    );
    server.minutes_pass(4 * 60);
    assert_eq!(server.calls().live(), 0);
    server.minutes_pass(10);
    assert_eq!(server.calls().len(), 0);
}
