//! What the log says of look-ups: the host and what came of it, and nothing that was put
//! in, at whatever level.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use ringflow::call::LookUpFailure::{NotAllowed, NotJson};
use ringflow::call::{HeaderPart, LookUp, Method};
use tracing::subscriber::set_global_default;
use tracing_subscriber::fmt::MakeWriter;

use super::backend::{Backend, Does, answer, json};
use super::bench::{Bench, failed, get};

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

#[tokio::test]
async fn the_log_tells_the_host_and_the_outcome_and_no_value() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("info,ringflow=trace")
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    // For all threads: what another test has logged to nobody would else be kept from this
    // one. So what the other tests plant is looked for as well.
    set_global_default(subscriber).expect("no other test sets one");
    let backend = Backend::that(|seen| match seen.path() {
        path if path.contains("good") => vec![Does::Sends(json("{\"pin\": \"planted-7\"}"))],
        path if path.contains("cut") => vec![Does::Cuts],
        _ => vec![Does::Sends(answer(200, "text/html", "<b>planted-8</b>"))],
    })
    .await;
    let bench = Bench::at(backend.port());
    let port = backend.port();
    let look_up = |path: &str, header: HeaderPart| LookUp {
        method: Method::Post,
        headers: vec![
            (
                "Authorization".into(),
                vec![HeaderPart::Env("TOKEN".into())],
            ),
            ("X-Pin".into(), vec![header]),
        ],
        body: Some("{\"pin\": \"planted-3\"}".into()),
        ..get(format!(
            "http://crm.test:{port}/{path}/planted-1?pin=planted-2#planted-4"
        ))
    };
    let plain = || HeaderPart::Text("planted-5".into());
    bench.perform(look_up("good", plain())).await;
    bench.perform(look_up("cut", plain())).await;
    assert_eq!(
        bench.perform(look_up("html", plain())).await,
        failed(NotJson)
    );
    let bad = HeaderPart::Text("planted-6\n".into());
    assert_eq!(
        bench.perform(look_up("good", bad)).await,
        failed(NotAllowed)
    );
    let other = get(format!("http://planted-9.test:{port}/"));
    assert_eq!(bench.perform(other).await, failed(NotAllowed));

    let told = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!told.contains("planted"), "{told}");
    for words in [
        "a variable that is not set in the environment",
        "UNSET",
        "a look-up was answered",
        "a look-up has failed",
        "a look-up is not allowed",
        "method=\"POST\"",
        &format!("crm.test:{port}"),
        "status=200",
        "failure=\"not_json\"",
        "failure=\"unreachable\"",
        "a header has a value that cannot be sent",
        "its host is not among `lookups.hosts`",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}
