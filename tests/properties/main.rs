//! Random flows and random callers. Whatever they do, every answer is one that the
//! platform takes, the call comes to an end, and what disturbs its webhooks changes
//! nothing. What has to be met is counted, and what never was is a failure.

#![allow(clippy::unwrap_used, reason = "all of it is for tests")]

#[path = "../conversation/mod.rs"]
mod conversation;

mod caller;
mod counts;
mod dice;
mod flows;
mod yaml;

use std::sync::Mutex;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use ringflow::machine::Answers;

use caller::{Caller, Manner, Restarts};
use conversation::server::compiled;
use counts::Counts;

const CASES: u32 = 512;

#[test]
fn whatever_callers_do_every_answer_is_sound_and_every_call_ends() {
    let config = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => Config::default(),
        None => Config::with_cases(CASES),
    };
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 1_000,
        // In milliseconds: calls that go on for ever are slow to shrink.
        max_shrink_time: 30_000,
        ..config
    };
    let cases = config.cases;
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let counts = Mutex::new(Counts::default());
    let tape = |most: usize| vec(any::<u16>(), 0..most);
    let result = runner.run(
        &(vec(any::<u16>(), 20..500), tape(120), tape(200)),
        |(flow, decides, disturbs)| {
            let mut met = Counts::default();
            case(&flow, &decides, &disturbs, &mut met);
            counts.lock().unwrap().add(met);
            Ok(())
        },
    );
    if let Err(failure) = result {
        if let proptest::test_runner::TestError::Fail(reason, (flow, ..)) = &failure {
            panic!("{reason}\n{}", flows::flow(flow));
        }
        panic!("{failure}");
    }
    let counts = counts.lock().unwrap();
    println!("{}", counts.table());
    if cases >= CASES {
        assert_eq!(counts.missing(), Vec::<&str>::new(), "never met");
    }
}

/// One flow and one caller, in every manner.
fn case(flow: &[u16], decides: &[u16], disturbs: &[u16], met: &mut Counts) {
    let files = flows::files(flow);
    let catalog = compiled(&files);
    let mut call = |answers, repeats, restarts| {
        let manner = Manner {
            answers,
            repeats,
            restarts,
        };
        Caller::of(&catalog, decides, disturbs, manner, met).call()
    };
    let plain = call(Answers::Single, false, Restarts::Never);
    let repeated = call(Answers::Single, true, Restarts::Never);
    same(&plain.answers, &repeated.answers, "repeats");
    let listed = call(Answers::List, false, Restarts::Never);
    if plain.faults == 0 && listed.faults == 0 {
        same(&plain.actions, &listed.actions, "lists");
    }
    call(Answers::Single, true, Restarts::Sometimes);
    call(Answers::List, true, Restarts::Sometimes);
    // Servers that share a key and no memory, each webhook to another one.
    call(Answers::Single, false, Restarts::Always);
}

/// Both calls were the same, or the first difference is shown.
fn same<T: PartialEq + ToString>(plain: &[T], other: &[T], what: &str) {
    let differ = |at: &usize| plain.get(*at) != other.get(*at);
    let Some(at) = (0..plain.len().max(other.len())).find(differ) else {
        return;
    };
    let shown = |list: &[T]| {
        let text = list.get(at).map(ToString::to_string).unwrap_or_default();
        text.chars().take(400).collect::<String>()
    };
    panic!(
        "{what} changed the call at {at}:\n{}\n{}",
        shown(plain),
        shown(other)
    );
}
