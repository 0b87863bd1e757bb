//! Each check of a run, held against an engine that is broken in just that way: one
//! that cannot fail would prove nothing.

use std::sync::Arc;

use jiff::Timestamp;

use super::delivery::{Answering, Delivery};
use super::document::tests as read_tests;
use super::engine::{Engine, Response};
use super::run::{Bench, Outcome};
use crate::flow::{Catalog, SourceFile, build};

const FLOW: &str = "flow: a\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\ndefaults: {give_up: hangup}\nstates:\n  first:\n    ask: Your number, please.\n    digits: 4\n    save: order\n    then: second\n  second:\n    menu: Press 1 to hear it.\n    keys: {1: third}\n  third:\n    menu: It is ${order}. Press 1 to end.\n    keys: {1: hangup}\n";
const TEST: &str = "scenarios:\n  - name: all\n    call: [hears: Your number, press: 4711, hears: Press 1, press: 1, hears: It is 4711, press: 1, hung_up: true]\n";

fn run<A: Answering>(answering: impl Fn(Engine) -> A) -> Outcome {
    run_of(FLOW, TEST, answering)
}

fn run_of<A: Answering>(flow: &str, test: &str, answering: impl Fn(Engine) -> A) -> Outcome {
    let files = [
        SourceFile::new("flows/a.yaml", flow),
        SourceFile::new("flows/a.test.yaml", test),
    ];
    let build = build(&files);
    assert!(!build.has_errors(), "{:?}", build.diagnostics);
    let tests = read_tests(&files, &build);
    assert!(tests.diagnostics.is_empty(), "{:?}", tests.diagnostics);
    let bench = Bench::new(&files, build);
    let file = &tests.files[0];
    bench.run_with(file, &file.scenarios[0], answering)
}

fn failed(outcome: &Outcome) -> Vec<(Delivery, &str)> {
    let failures = outcome.failures.iter();
    failures
        .map(|failure| (failure.run.delivery, failure.unmet.what.as_str()))
        .collect()
}

#[test]
fn the_engine_itself_survives_everything() {
    let outcome = run(|engine| engine);
    assert_eq!(failed(&outcome), []);
    assert_eq!(outcome.runs, 10);
}

const CONFIRMED: &str = "flow: a\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\ndefaults: {give_up: desk}\nstates:\n  first:\n    ask: Your number, please, or press star for the desk.\n    digits: 4\n    save: order\n    confirm: It is ${order}. If that is right, press 1, else press 2.\n    keys: {star: desk}\n    then: kept\n  kept: {say: \"Thank you for ${order}. Goodbye.\", then: hangup}\n  desk:\n    transfer: +6561110001\n    then: hangup\n    otherwise: {say: Nobody is here. Goodbye., then: hangup}\n";
const COUNTED: &str = "flow: a\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\nstart: first\nvars: {n: number}\ndefaults: {give_up: desk}\nstates:\n  first:\n    set: {n: \"${n + 1}\"}\n    menu: This is round ${n}. For another, press 1. For the desk, press 2.\n    keys: {1: first, 2: desk}\n  desk:\n    transfer: +6561110001\n    then: hangup\n    otherwise: {say: Nobody is here. Goodbye., then: hangup}\n";

fn holds(flow: &str, steps: &str) {
    let test = format!("scenarios:\n  - name: all\n    call: [{steps}]\n");
    let outcome = run_of(flow, &test, |engine| engine);
    assert_eq!(failed(&outcome), [], "{steps}");
    assert_eq!(outcome.runs, 10, "{steps}");
}

#[test]
fn a_wrong_answer_behind_the_loss_is_not_the_one_that_leads_back() {
    let wrong = "press: 9, press: 4711, press: 2, press: 12, press: star, dialled: +6561110001";
    holds(CONFIRMED, wrong);
}

#[test]
fn a_state_that_collects_what_it_reads_is_where_the_call_was() {
    holds(
        COUNTED,
        "press: 1, hears: round 2, press: 2, dialled: +6561110001",
    );
}

#[test]
fn the_keys_of_two_steps_are_two_entries() {
    holds(CONFIRMED, "press: 47, press: 1122, hears: It is 1122");
}

/// Answers the same webhook once more with nothing to do.
struct AnswersAnew(Engine, Vec<u8>);

impl Answering for AnswersAnew {
    fn engine(&mut self) -> &mut Engine {
        &mut self.0
    }

    fn post(&mut self, body: &[u8], now: Timestamp) -> Response {
        let response = self.0.post(body, now);
        if self.1 == body {
            return Response {
                status: 200,
                body: br#"{"callflow":[{"action":"hangup"}]}"#.to_vec(),
            };
        }
        self.1 = body.to_vec();
        response
    }
}

#[test]
fn an_engine_that_answers_anew_does_not_survive_duplicates() {
    let outcome = run(|engine| AnswersAnew(engine, Vec::new()));
    let what = "the same webhook was answered in two different ways";
    assert_eq!(failed(&outcome), [(Delivery::Duplicates, what)]);
}

/// Keeps nothing of a call.
struct KeepsNothing(Engine);

impl Answering for KeepsNothing {
    fn engine(&mut self) -> &mut Engine {
        &mut self.0
    }

    fn keep_and_read(&mut self) -> Result<(), String> {
        self.0.forget();
        Ok(())
    }
}

#[test]
fn an_engine_that_keeps_nothing_does_not_survive_restarts() {
    let outcome = run(KeepsNothing);
    let failures = failed(&outcome);
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert_eq!(failures[0].0, Delivery::Restarts);
    assert!(failures[0].1.contains("It is 4711"), "{failures:?}");
}

/// Moves the calls that are up to the flows as they are now.
struct MovesCalls(Engine);

impl Answering for MovesCalls {
    fn engine(&mut self) -> &mut Engine {
        &mut self.0
    }

    fn serve(&mut self, catalog: Arc<Catalog>) {
        self.0.serve(catalog);
        self.0.keep_and_read().unwrap();
    }
}

#[test]
fn an_engine_that_moves_calls_does_not_survive_a_reload() {
    let outcome = run(MovesCalls);
    let failures = failed(&outcome);
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert_eq!(failures[0].0, Delivery::Reload);
    assert!(
        failures[0].1.contains("since it was changed"),
        "{failures:?}"
    );
}

/// Forgets nothing, so that a call seems to survive what it does not know.
struct KeepsAll(Engine);

impl Answering for KeepsAll {
    fn engine(&mut self) -> &mut Engine {
        &mut self.0
    }

    fn forget(&mut self) {}
}

#[test]
fn a_call_that_goes_on_without_what_is_lost_is_told() {
    let outcome = run(KeepsAll);
    let what =
        "`third` reads what is lost and `first` collects it, but the call goes on without it";
    assert_eq!(failed(&outcome), [(Delivery::Lost, what)]);
}

#[test]
fn every_side_of_a_split_can_be_forced_and_is_kept_in_every_run() {
    let flow = "flow: a\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\nstates:\n  first:\n    transfer: +6561110001\n    then: offer\n    otherwise: offer\n  offer:\n    split: {new: 1, old: 1, never: 0}\n    cases: {new: {say: New., then: hangup}, old: {say: Old., then: hangup}, never: {say: Never., then: hangup}}\n";
    let call =
        |heard: &str| format!("call: [leg: {{answered: 5s}}, hears: {heard}, hung_up: true]");
    let test = format!(
        "split: {{offer: new}}\nscenarios:\n  - name: that of the file\n    {}\n  - name: its own\n    split: {{offer: old}}\n    {}\n  - name: one without callers\n    split: {{offer: never}}\n    {}\n",
        call("New."),
        call("Old."),
        call("Never.")
    );
    let files = [
        SourceFile::new("flows/a.yaml", flow),
        SourceFile::new("flows/a.test.yaml", &test),
    ];
    let build = build(&files);
    let tests = read_tests(&files, &build);
    assert!(tests.diagnostics.is_empty(), "{:?}", tests.diagnostics);
    let bench = Bench::new(&files, build);
    let file = &tests.files[0];
    for scenario in &file.scenarios {
        let outcome = bench.run(file, scenario);
        assert_eq!(failed(&outcome), [], "{}", scenario.name.value);
        assert_eq!(outcome.runs, 10);
        let forced =
            super::command::command(file, scenario, &super::Secrets::default(), None, None);
        let label = scenario.sides.of("offer").expect("it is forced");
        assert!(
            forced.contains(&format!("--split 'offer={label}'")),
            "{forced}"
        );
    }
}

const LOOKS_UP: &str = "flow: a\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\ndefaults: {give_up: hangup}\nstates:\n  first:\n    menu: Press 1 to order.\n    keys: {1: find}\n  find:\n    say: Thank you.\n    http: GET https://crm.example.com/customers/${caller.number}\n    save: found\n    then: order\n    cases: {404: nobody}\n    otherwise: nobody\n  order:\n    http: POST https://crm.example.com/orders\n    json: {name: '${found.name}', points: '${found.points}'}\n    while_waiting: One moment, please.\n    within: 20s\n    save: order\n    then: {say: 'Your number is ${order.id}, ${found.name}.', then: hangup}\n    otherwise: nobody\n  nobody: {say: We cannot tell., then: hangup}\n";
const PROJECT: &str = "lookups: {hosts: [crm.example.com]}\n";

fn looks_up(stubs: &str, steps: &str) -> Outcome {
    let test = format!("stubs:\n{stubs}scenarios:\n  - name: all\n    call: [{steps}]\n");
    let files = [
        SourceFile::new("flows/a.yaml", LOOKS_UP),
        SourceFile::new("flows/a.test.yaml", &test),
        SourceFile::new("ringflow.yaml", PROJECT),
    ];
    let build = build(&files);
    assert!(!build.has_errors(), "{:?}", build.diagnostics);
    let tests = read_tests(&files, &build);
    assert!(tests.diagnostics.is_empty(), "{:?}", tests.diagnostics);
    let bench = Bench::new(&files, build);
    let file = &tests.files[0];
    bench.run(file, &file.scenarios[0])
}

const GET: &str = "  - GET: https://crm.example.com/customers/%2B6591234567\n    json: {name: Mei, points: 3}\n    after: 1s\n";
const POST: &str =
    "  - POST: https://crm.example.com/orders\n    status: 201\n    json: {id: 4711}\n";

#[test]
fn look_ups_are_answered_by_stubs_and_survive_everything() {
    let steps = "press: 1, hears: Thank you, hears: One moment, hears: 'Your number is 4711, Mei', looked_up: GET https://crm.example.com/*, looked_up: POST https://crm.example.com/orders, hung_up: true";
    for after in ["", "    after: 1s\n"] {
        let outcome = looks_up(&format!("{GET}{POST}{after}"), steps);
        assert_eq!(failed(&outcome), [], "{after}");
        assert_eq!(outcome.runs, 10);
    }
}

#[test]
fn what_takes_too_long_or_fails_is_otherwise() {
    let nobody = "press: 1, hears: We cannot tell, hung_up: true";
    for stub in [
        GET.replace("1s", "1600ms"),
        GET.replace("    json: {name: Mei, points: 3}\n", "    status: 404\n"),
        GET.replace("json: {name: Mei, points: 3}", "text: <p>"),
        GET.replace("json: {name: Mei, points: 3}", "fails: broken"),
        GET.replace("json: {name: Mei, points: 3}", "status: 500"),
        format!("{GET}{}    after: 21s\n", POST),
    ] {
        let outcome = looks_up(&stub, nobody);
        let plain: Vec<_> = failed(&outcome)
            .into_iter()
            .filter(|(delivery, _)| *delivery != Delivery::Lost && *delivery != Delivery::Restarts)
            .collect();
        assert_eq!(plain, [], "{stub}");
    }
}

#[test]
fn a_look_up_that_nothing_answers_is_told_with_what_to_write() {
    let outcome = looks_up(GET, "press: 1, hears: One moment");
    let [(Delivery::Plain, what)] = failed(&outcome)[..] else {
        panic!("{:?}", failed(&outcome));
    };
    assert!(
        what.contains("`POST https://crm.example.com/orders`"),
        "{what}"
    );
    assert!(
        what.contains("`- POST: https://crm.example.com/orders`"),
        "{what}"
    );
}

const TOLD: &str = "flow: a\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\ndefaults: {give_up: hangup}\non_end: ON_END\nstates:\n  first:\n    ask: Your number, please.\n    digits: 4\n    save: order\n    then: second\n  second:\n    menu: Press 1 to end.\n    keys: {1: hangup}\n";
const ASKED: &str = "{http: 'POST https://crm.example.com/calls/${order}', json: {seconds: \"${duration}\", way: \"${path}\"}}";
const STUB: &str = "stubs: [{POST: 'https://crm.example.com/calls/4711', json: {}}]\n";

/// How a call goes that is told when it is over.
fn told(on_end: &str, stubs: &str, steps: &str) -> Outcome {
    let test = format!(
        "{stubs}scenarios:\n  - name: all\n    call: [press: 4711, hears: to end, {steps}]\n"
    );
    let files = [
        SourceFile::new("flows/a.yaml", &TOLD.replace("ON_END", on_end)),
        SourceFile::new("flows/a.test.yaml", &test),
        SourceFile::new("ringflow.yaml", "lookups: {hosts: [crm.example.com]}\n"),
    ];
    let build = build(&files);
    assert!(!build.has_errors(), "{:?}", build.diagnostics);
    let tests = read_tests(&files, &build);
    assert!(tests.diagnostics.is_empty(), "{:?}", tests.diagnostics);
    let bench = Bench::new(&files, build);
    let file = &tests.files[0];
    bench.run(file, &file.scenarios[0])
}

#[test]
fn what_is_told_when_a_call_is_over_has_its_step_and_its_stub() {
    for steps in [
        "press: 1, hung_up: true, looked_up: 'POST https://crm.example.com/calls/4711'",
        "hangs_up: true, looked_up: 'POST https://crm.example.com/calls/*'",
        "press: 1, hung_up: true",
    ] {
        let outcome = told(ASKED, STUB, steps);
        assert_eq!(failed(&outcome), [], "{steps}");
        assert_eq!(outcome.runs, 10);
    }
    let outcome = told(ASKED, "", "press: 1");
    let failures = failed(&outcome);
    assert!(
        failures[0]
            .1
            .contains("nothing answers the look-up `POST https://crm.example.com/calls/4711`"),
        "{failures:?}"
    );
    let outcome = told(
        ASKED,
        STUB,
        "looked_up: 'POST https://crm.example.com/calls/4711', press: 1",
    );
    assert_eq!(
        failed(&outcome).len(),
        1,
        "it is told when the call is over"
    );
    let outcome = told("\"${path.len()}\"", "", "press: 1, hung_up: true");
    assert_eq!(failed(&outcome), []);
}

#[test]
fn a_script_that_fails_when_a_call_is_over_fails_the_scenario() {
    let outcome = told("number(order) / 0", "", "press: 1, hung_up: true");
    let failures = failed(&outcome);
    assert!(
        failures[0].1.contains("`on_end` could not be carried out"),
        "{failures:?}"
    );
}
