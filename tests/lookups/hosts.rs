//! A host that hangs holds no more calls than it must, and no other host's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ringflow::call::Found;
use ringflow::call::LookUpFailure::{Broken, Busy, TimedOut};
use ringflow::live::{MAX_AT_ONCE, MAX_FAILURES, REST_MS};

use super::backend::{Backend, Does, json};
use super::bench::{Bench, Leads, failed, get, here, short};

#[tokio::test]
async fn one_that_keeps_failing_is_left_alone_and_tried_again_later() {
    let is_well = Arc::new(AtomicBool::new(false));
    let health = Arc::clone(&is_well);
    let backend = Backend::that(move |_| match health.load(Ordering::SeqCst) {
        true => vec![Does::Sends(json("{}"))],
        false => vec![Does::Hangs],
    })
    .await;
    let bench = Bench::at(backend.port());
    let url = format!("http://crm.test:{}/", backend.port());
    for _ in 0..MAX_FAILURES {
        assert_eq!(bench.perform(short(&url)).await, failed(TimedOut));
    }
    for _ in 0..20 {
        assert_eq!(bench.perform(get(&url)).await, failed(Broken));
    }
    let asked = MAX_FAILURES as usize;
    assert_eq!(backend.seen().len(), asked);

    // One tries when the time is up, and nobody else meanwhile.
    bench.clock.advance_ms(REST_MS);
    let (trial, other) = tokio::join!(bench.perform(short(&url)), bench.perform(get(&url)));
    assert_eq!((trial, other), (failed(TimedOut), failed(Broken)));
    assert_eq!(backend.seen().len(), asked + 1);

    is_well.store(true, Ordering::SeqCst);
    assert_eq!(bench.perform(get(&url)).await, failed(Broken));
    bench.clock.advance_ms(REST_MS);
    for _ in 0..3 {
        let found = bench.perform(get(&url)).await;
        assert!(matches!(found, Found::Answered { status: 200, .. }));
    }
}

#[tokio::test]
async fn one_that_hangs_has_so_many_look_ups_and_the_next_go_without() {
    let slow = Backend::that(|_| vec![Does::Hangs]).await;
    let good = Backend::sending(json("{}")).await;
    let hosts = [
        format!("slow.test:{}", slow.port()),
        format!("good.test:{}", good.port()),
    ];
    let here_all: &[Leads] = &[Leads::To(&["127.0.0.1"])];
    let names = [("slow.test", here_all), ("good.test", here_all)];
    let bench = Arc::new(Bench::new(&here(&hosts), &names));
    let mut held = tokio::task::JoinSet::new();
    for _ in 0..MAX_AT_ONCE {
        let (bench, url) = (
            Arc::clone(&bench),
            format!("http://slow.test:{}/", slow.port()),
        );
        held.spawn(async move { bench.look_ups.perform(get(url)).await });
    }
    while slow.seen().len() < MAX_AT_ONCE {
        tokio::task::yield_now().await;
    }
    let late = bench
        .perform(short(format!("http://slow.test:{}/", slow.port())))
        .await;
    assert_eq!(late, failed(Busy));
    let found = bench
        .perform(get(format!("http://good.test:{}/", good.port())))
        .await;
    assert!(matches!(found, Found::Answered { status: 200, .. }));

    // Whose call is gone gives its place back.
    held.shutdown().await;
    let late = bench
        .perform(short(format!("http://slow.test:{}/", slow.port())))
        .await;
    assert_eq!(late, failed(TimedOut));
}
