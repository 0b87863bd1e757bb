//! Conversations that begin at a time: where a call goes, and what the picture of the
//! flow and the coverage say of it.

use ringflow::flow::{Picture, SourceFile, build};
use ringflow::scenario::{Bench, Coverage, tests};

const FLOW: &str = "\
flow: clinic
numbers: [+6561115777]
voice: en-US-BenjaminRUS
start: main
zone: Asia/Singapore
hours:
  office:
    open: [mon-fri 09:00-18:00]
    except:
      holiday: [2026-12-25]
      training: {on_dates: [2026-11-30], open: [13:00-18:00]}
states:
  main:
    say: Good day.
    hours: office
    then: open
    otherwise: closed
    cases: {training: trained}
  open: {say: We are open., then: hangup}
  closed: {say: We are closed., then: hangup}
  trained:
    say: We learn something today.
    menu: Press 1.
    keys: {1: main}
    give_up: closed
";

const TESTS: &str = "\
flow: clinic
scenarios:
  - {name: usual, call: [hears: We are open], states: [main, open]}
  - {name: zone, at: 2026-03-02T00:59:00Z, call: [hears: We are closed]}
  - {name: holiday, at: 2026-12-25T10:00, call: [hears: We are closed], states: [main, closed]}
  - {name: training, at: 2026-11-30T14:00, call: [hears: We learn], never: {hears: We are open}}
  - name: time passes in the call
    at: 2026-11-30T23:59:58
    call: [hears: We learn, silence: true, press: 1, hears: We are closed]
    states: [main, trained, main, closed]
";

#[test]
fn a_call_goes_where_its_time_says() {
    let files = [
        SourceFile::new("flows/clinic.yaml", FLOW),
        SourceFile::new("flows/clinic.test.yaml", TESTS),
    ];
    let build = build(&files);
    let found: Vec<_> = build.diagnostics.iter().map(|d| d.render(false)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let flow = build.catalog.flows()[0].clone();
    let tests = tests(&files, &build);
    let found: Vec<_> = tests.diagnostics.iter().map(|d| d.render(false)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let bench = Bench::new(&files, build);
    let mut coverage = Coverage::default();
    let file = &tests.files[0];
    assert_eq!(file.scenarios.len(), 5);
    for scenario in &file.scenarios {
        let outcome = bench.run(file, scenario);
        assert!(outcome.failures.is_empty(), "{:#?}", outcome.failures);
        coverage.add(&outcome.coverage);
    }
    let covered = coverage.of(&flow);
    let open: Vec<&str> = covered.open.iter().map(|open| &*open.what).collect();
    assert_eq!(open, ["`give_up` of `trained` is never taken"]);
    // Open, closed, the exception and giving up.
    assert_eq!((covered.branches.done, covered.branches.all), (3, 4));
}

#[test]
fn the_ways_out_are_drawn_as_open_closed_and_by_exception() {
    let build = build(&[SourceFile::new("flows/clinic.yaml", FLOW)]);
    let picture = Picture::of(&build.catalog.flows()[0]);
    let lines = picture.lines.iter().filter(|line| line.from == 0);
    let labels: Vec<String> = lines.map(|line| line.labels.join("/")).collect();
    assert_eq!(labels, ["open", "training", "closed"]);
    let drawn = &picture.boxes[0];
    assert_eq!(
        (drawn.look.word(), drawn.about.join(" ")),
        ("hours", "Good day. office".to_owned())
    );
}
