//! What one turn costs without a network: reading a webhook, a step, writing the
//! answer; and what it costs to compile a flow. `cargo bench --bench core`.

mod cases;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use ringflow::flow::{SourceFile, build};
use ringflow::machine::{Allowance, Call, Reply};
use ringflow::wire::{parse, render};

use cases::{TURNS, body, call_behind, catalog, desk, event, long_flow, table};

fn turns(criterion: &mut Criterion) {
    let (catalog, desk) = (catalog(), desk());
    let now = Timestamp::UNIX_EPOCH;
    for (name, before, digits) in TURNS {
        let (call, token) = call_behind(&catalog, &desk, before);
        let event = event(&body(99, "ACTION_COMPLETED", digits, &token));
        criterion.bench_function(name, |bencher| {
            bencher.iter_batched(
                || call.clone(),
                |mut call| black_box(call.answer(&event, now, Allowance::FIRST, &desk)),
                criterion::BatchSize::SmallInput,
            );
        });
    }
}

fn wire(criterion: &mut Criterion) {
    let (catalog, desk) = (catalog(), desk());
    let (mut call, token) = call_behind(&catalog, &desk, &[]);
    let bytes = body(99, "ACTION_COMPLETED", "2", &token);
    criterion.bench_function("wire/parse a vca", |bencher| {
        bencher.iter(|| black_box(parse(black_box(&bytes))));
    });
    let event = event(&bytes);
    let Reply::Fresh { answer, .. } =
        call.answer(&event, Timestamp::UNIX_EPOCH, Allowance::FIRST, &desk)
    else {
        panic!("the event is a turn");
    };
    criterion.bench_function("wire/render a menu", |bencher| {
        bencher.iter(|| black_box(render(black_box(&answer))));
    });
    // A session that is not known is found again by its token, which is then opened.
    criterion.bench_function("token/open and rebuild", |bencher| {
        bencher.iter(|| {
            black_box(Call::open(
                &event,
                &catalog,
                &desk.keys,
                Timestamp::UNIX_EPOCH,
            ))
        });
    });
}

fn compile(criterion: &mut Criterion) {
    let files = [long_flow()];
    assert_eq!(build(&files).catalog.flows().len(), 1);
    criterion.bench_function("compile/50 states", |bencher| {
        bencher.iter(|| black_box(build(black_box(&files))));
    });
    // A flow that looks something up in a table, and the table with it.
    let flow = SourceFile::new(
        "flows/a.yaml",
        "flow: a\nvoice: en-US-BenjaminRUS\nstates:\n  a: {say: '${table(\"many\", 1).name}.', then: hangup}\n",
    );
    let files = [flow, table("many", 100_000)];
    assert_eq!(build(&files).catalog.flows().len(), 1);
    criterion.bench_function("load/a table of 100,000 rows", |bencher| {
        bencher.iter(|| black_box(build(black_box(&files))));
    });
}

criterion_group!(core, turns, wire, compile);
criterion_main!(core);
