//! Any bytes at all on a socket: there is an answer or an end, and the next one is
//! served.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::body::Draft;
use super::socket::{Listening, post_request};
use super::table::FLOW;
use crate::support::answer::accepted;
use crate::support::server::Setup;

/// Pieces of which requests are made, and any bytes.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "POST /webhooks HTTP/1.1\r\n",
        "GET /healthz HTTP/1.1\r\n",
        "HEAD * HTTP/1.0\r\n",
        "Host: x\r\n",
        "Content-Length: 10\r\n",
        "Content-Length: 18446744073709551615\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Expect: 100-continue\r\n",
        "Connection: close\r\n",
        "Connection: upgrade\r\nUpgrade: h2c\r\n",
        "\r\n",
        "\n",
        "0\r\n\r\n",
        "a\r\n0123456789\r\n",
        "ffffffffffffffff\r\n",
        "{\"eventType\":\"CALL_ACTION\",\"payload\":{\"sessionId\":\"fuzz\"}}",
        "\"sessionId\":\"fuzz\"",
        ": ",
        "\t",
    ];
    let words: Vec<Vec<u8>> = words.map(|word| word.as_bytes().to_owned()).to_vec();
    let whole = post_request("/webhooks", &Draft::whole("fuzz", "fuzz", None).bytes());
    prop_oneof![
        8 => proptest::sample::select(words),
        1 => Just(whole),
        2 => proptest::collection::vec(any::<u8>(), 0..40),
    ]
}

#[test]
fn no_bytes_hold_it_or_break_it() {
    let server = Setup::flow(FLOW).start();
    let listening = server.runtime.block_on(Listening::start(&server));
    let config = Config {
        cases: 600,
        failure_persistence: None,
        ..Config::default()
    };
    let pieces = proptest::collection::vec(piece(), 0..12);
    let ran = TestRunner::new(config).run(&pieces, |pieces| {
        server.runtime.block_on(async {
            let mut client = listening.connect().await;
            client.send(&pieces.concat()).await;
            // Nothing more comes, so whatever was half sent is at its end.
            let answered = client.all().await;
            let text = String::from_utf8_lossy(&answered);
            for line in text.lines().filter(|line| line.starts_with("HTTP/1")) {
                let status = line.split(' ').nth(1).unwrap_or_default();
                assert!(
                    [
                        "100", "200", "400", "404", "405", "408", "413", "414", "431"
                    ]
                    .contains(&status),
                    "{line}"
                );
            }
            let good = listening
                .ask(&post_request(
                    "/webhooks",
                    &Draft::whole("good", "good", None).bytes(),
                ))
                .await;
            accepted(&good.body);
        });
        Ok(())
    });
    ran.unwrap();
}
