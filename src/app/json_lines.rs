//! A line of the log as JSON, as `tracing-subscriber` writes it, with less work: each call
//! has two.

use std::fmt::{self, Write};

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Json, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// To the microsecond.
const TIME: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// Most lines are shorter, in bytes.
const LINE: usize = 512;

/// Writes an event with its fields beside its time, level and target.
pub struct JsonLines {
    /// What is inside of a span, or came by way of another library for logs. None of ours
    /// is or does.
    full: Format<Json>,
}

impl JsonLines {
    pub fn new() -> Self {
        let full = tracing_subscriber::fmt::format().json();
        JsonLines {
            full: full.flatten_event(true),
        }
    }
}

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let about = event.metadata();
        let is_ours = event.is_contextual() && context.lookup_current().is_none();
        if !is_ours || about.target() == "log" {
            return self.full.format_event(context, writer, event);
        }
        let mut line = String::with_capacity(LINE);
        line.push_str("{\"timestamp\":\"");
        // Memory takes every text.
        let _ = TIME.print_timestamp(&Timestamp::now(), &mut line);
        line.push_str("\",\"level\":\"");
        line.push_str(about.level().as_str());
        line.push('"');
        event.record(&mut Fields(&mut line));
        Fields(&mut line).text("target", about.target());
        line.push_str("}\n");
        writer.write_str(&line)
    }
}

/// Writes fields behind others, each with a comma before it.
struct Fields<'a>(&'a mut String);

impl Fields<'_> {
    fn name(&mut self, name: &str) {
        self.0.push_str(",\"");
        escape(self.0, name);
        self.0.push_str("\":");
    }

    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.0.push('"');
        escape(self.0, text);
        self.0.push('"');
    }

    fn plain(&mut self, field: &Field, value: impl fmt::Display) {
        self.name(field.name());
        let _ = write!(self.0, "{value}");
    }
}

impl Visit for Fields<'_> {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.plain(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // What is no number is `null`.
        self.plain(field, serde_json::Value::from(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.name(field.name());
        self.0.push('"');
        let _ = write!(Escaped(self.0), "{value:?}");
        self.0.push('"');
    }
}

/// Text inside of quotes.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape(self.0, text);
        Ok(())
    }
}

/// Adds a text as it is written between quotes.
fn escape(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            0x08 => out.push_str("\\b"),
            0x0c => out.push_str("\\f"),
            other => {
                let _ = write!(out, "\\u{other:04x}");
            }
        }
    }
    out.push_str(&text[from..]);
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing::{error, info, info_span, warn};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn say_much() {
        let nothing: Option<&str> = None;
        info!(
            session = %"a\"b\\c\u{1}\u{7f}é\n\r\t\u{8}\u{c}",
            nothing,
            some = Some("it"),
            debug = ?["x\"y"],
            low = -3_i64,
            high = u64::MAX,
            huge = u128::MAX,
            yes = true,
            part = 0.25,
            no_number = f64::NAN,
            whole = 2.0,
            "it is\nsaid"
        );
        warn!(target: "else\"where", "only this");
        error!(r#type = "without a message");
        let span = info_span!("inside", of = 1);
        span.in_scope(|| info!(in_a_span = true, "said in a span"));
    }

    /// The lines, each without its time.
    fn lines(kept: &Kept) -> Vec<String> {
        let bytes = kept.0.lock().unwrap().clone();
        let text = String::from_utf8(bytes).unwrap();
        let without_time = |line: &str| {
            let (time, rest) =
                line.split_at("{\"timestamp\":\"2026-11-24T12:00:00.123456Z\"".len());
            assert!(time.ends_with("Z\""), "{line}");
            time.split('"')
                .nth(3)
                .unwrap()
                .parse::<Timestamp>()
                .unwrap();
            rest.to_owned()
        };
        text.lines().map(without_time).collect()
    }

    #[test]
    fn lines_are_those_of_the_library() {
        let (ours, theirs) = (Kept::default(), Kept::default());
        let (to_ours, to_theirs) = (ours.clone(), theirs.clone());
        let log = tracing_subscriber::fmt().json();
        let log = log.event_format(JsonLines::new());
        let log = log.with_writer(move || to_ours.clone()).finish();
        tracing::subscriber::with_default(log, say_much);
        let log = tracing_subscriber::fmt().json().flatten_event(true);
        let log = log.with_writer(move || to_theirs.clone()).finish();
        tracing::subscriber::with_default(log, say_much);
        assert_eq!(lines(&ours), lines(&theirs));
        assert_eq!(lines(&ours).len(), 4);
    }
}
