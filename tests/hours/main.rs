//! Opening hours: by hand over changes of the clock, against an oracle that looks at
//! every minute, and in conversations.

mod calls;
mod days;
mod desk;
mod oracle;
mod zones;

use std::sync::Arc;

use jiff::Timestamp;
use ringflow::flow::{Flow, SourceFile, build};

/// A flow that asks for the hours `office`, which are written so below its name.
fn flow(hours: &str) -> Arc<Flow> {
    let lines: Vec<String> = hours.lines().map(|line| format!("    {line}\n")).collect();
    let text = format!(
        "flow: a\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\nhours:\n  office:\n{}states:\n  \
         main: {{hours: office, then: hangup, otherwise: hangup}}\n",
        lines.concat()
    );
    let build = build(&[SourceFile::new("flows/a.yaml", &text)]);
    let found: Vec<_> = build.diagnostics.iter().map(|d| d.render(false)).collect();
    assert!(!build.has_errors(), "{}", found.join("\n"));
    build.catalog.flows()[0].clone()
}

fn moment(text: &str) -> Timestamp {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Whether it is open at a moment, by which exception, and until when: `open until …`.
fn told(flow: &Flow, at: &str) -> String {
    let hours = flow.hours_named("office").expect("they are written");
    let opening = hours.at(moment(at));
    let verdict = opening.verdict;
    assert_eq!(verdict, hours.judge(moment(at)), "{at}");
    let word = if verdict.open { "open" } else { "closed" };
    let by = verdict.exception.map_or(String::new(), |exception| {
        format!(" by {}", hours.exceptions()[usize::from(exception)].name)
    });
    let until = opening
        .until
        .map_or("ever".to_owned(), |until| until.to_string());
    format!("{word}{by} until {until}")
}

/// Holds rows of a moment and what is told then.
fn hold(hours: &str, rows: &[(&str, &str)]) {
    let flow = flow(hours);
    for (at, expected) in rows {
        assert_eq!(told(&flow, at), *expected, "{hours}\nat {at}");
    }
}
