//! What the log says of transfers that do not begin: enough to act on, and not more often
//! than once a minute.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing::subscriber::set_global_default;
use tracing_subscriber::fmt::MakeWriter;

use super::bench::{A, Bench, dialling};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

impl Log {
    /// The lines since this was asked last that tell of the flow of this test.
    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        let lines = text.lines().filter(|line| line.contains("told-here"));
        let lines = lines.filter(|line| line.contains("too many transfers"));
        lines.map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn a_state_is_told_once_a_minute_with_how_often_it_happened() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    // For all threads: what another test has logged to nobody would else be kept from this
    // one.
    set_global_default(subscriber).expect("no other test sets one");
    let flow = dialling(A).replace("flow: desk", "flow: told-here");
    let bench = Bench::of(&flow, "per_number: 1, per_minute: 50");
    bench.rings("dialled").await;
    assert_eq!(log.lines(), [""; 0]);
    for at in 0..5 {
        bench.rings(&format!("first-{at}")).await;
    }
    let lines = log.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    for words in [
        "WARN",
        "flow=\"told-here\"",
        "state=\"main\"",
        "cap=\"transfers.per_number\"",
        "most=1",
        "times=1",
        "ringflow.yaml",
    ] {
        assert!(lines[0].contains(words), "{words}: {lines:?}");
    }
    bench.clock.advance_ms(59_999);
    bench.calls.sweep();
    bench.rings("still-the-same-minute").await;
    assert_eq!(log.lines(), [""; 0]);
    // In the next minute one is dialled, and the one behind it tells of those before.
    bench.clock.advance_ms(1);
    bench.rings("dialled-again").await;
    bench.rings("refused-again").await;
    let lines = log.lines();
    assert!(
        lines.len() == 1 && lines[0].contains("times=6"),
        "{lines:?}"
    );
    // Where nobody calls any more, what is left is told when the minute is over.
    for at in 0..3 {
        bench.rings(&format!("last-{at}")).await;
    }
    assert_eq!(log.lines(), [""; 0]);
    bench.clock.advance_ms(60_000);
    bench.calls.sweep();
    bench.calls.sweep();
    let lines = log.lines();
    assert!(
        lines.len() == 1 && lines[0].contains("times=3"),
        "{lines:?}"
    );
    bench.clock.advance_ms(60_000);
    bench.calls.sweep();
    assert_eq!(log.lines(), [""; 0]);
}
