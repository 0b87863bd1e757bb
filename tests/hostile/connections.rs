//! Connections that are slow, many, broken off or broken into.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use ringflow::web::{self, ServerLimits, Times};

use super::body::Draft;
use super::socket::{LIMITS, Listening, PATIENCE, post_request};
use super::table::FLOW;
use crate::support::answer::accepted;
use crate::support::server::{LAST_RESORT, Server, Setup};

fn server() -> Server {
    Setup::flow(FLOW).start()
}

fn vca(session: &str) -> Vec<u8> {
    post_request("/webhooks", &Draft::whole(session, session, None).bytes())
}

async fn listening(server: &Server, limits: ServerLimits) -> Listening {
    let router = web::router(Arc::clone(&server.web));
    Listening::with(router, limits, server.web.on_panic()).await
}

/// Only one of the times is short, so that it is that which ends a connection.
fn times(head_ms: u64, request_ms: u64, idle_ms: u64) -> ServerLimits {
    let long = |ms| Duration::from_millis(if ms == 0 { 600_000 } else { ms });
    ServerLimits {
        times: Times {
            head: long(head_ms),
            request: long(request_ms),
            idle: long(idle_ms),
        },
        connections: 10_000,
    }
}

#[test]
fn half_a_request_ends_in_time_whenever_it_begins() {
    let server = server();
    server.runtime.block_on(async {
        let listening = listening(&server, times(100, 0, 0)).await;
        for half in [
            &b"P"[..],
            b"POST /webhooks HTTP/1.1\r\nHost: x\r\nX-Slow:",
            b"\r\n\r\n",
            b"GET /healthz HTTP/1.1\r\n",
        ] {
            // With the first packet, and long after the connection was made.
            for wait in [false, true] {
                let mut client = listening.connect().await;
                if wait {
                    // The connection has been seen by the server once this is answered.
                    listening
                        .ask(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                        .await;
                }
                client.send(half).await;
                let begun = Instant::now();
                assert!(client.rest().await.is_empty());
                assert!(begun.elapsed() < PATIENCE / 2, "{half:?} {wait}");
            }
        }
        // And behind a request that was good.
        let mut client = listening.connect().await;
        client.send(&vca("good-first")).await;
        assert_eq!(client.answer().await.unwrap().status, 200);
        client.send(b"POST /webhooks HTTP/1.1\r\nHost:").await;
        assert!(client.rest().await.is_empty());
    });
}

#[test]
fn four_thousand_half_requests_do_not_hold_up_good_ones() {
    let room = std::process::Command::new("prlimit")
        .args(["--pid", &std::process::id().to_string(), "--nofile=12000"])
        .status();
    if !room.is_ok_and(|status| status.success()) {
        eprintln!("skipped: this process may not open 12000 files");
        return;
    }
    let server = server();
    server.runtime.block_on(async {
        let listening = listening(&server, times(3000, 0, 0)).await;
        let halves = [
            &b"POST /webhooks HTTP/1.1\r\nHost: x\r\n"[..],
            b"POST /webh",
            b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: b",
        ];
        let mut half_sent = Vec::new();
        for number in 0..4000 {
            let mut client = listening.connect().await;
            client.send(halves[number % 3]).await;
            half_sent.push(client);
            if number % 100 == 0 {
                let answer = listening.ask(&vca(&format!("between-{number}"))).await;
                accepted(&answer.body);
            }
        }
        let begun = Instant::now();
        for number in 0..100 {
            let answer = listening.ask(&vca(&format!("good-{number}"))).await;
            accepted(&answer.body);
        }
        assert!(begun.elapsed() < Duration::from_secs(10));
        for mut client in half_sent {
            assert!(client.rest().await.is_empty());
        }
        assert_eq!(server.calls().len(), 140);
    });
}

#[test]
fn a_slow_body_is_told_that_its_time_is_up() {
    let server = server();
    server.runtime.block_on(async {
        let listening = listening(&server, times(0, 150, 0)).await;
        let whole = vca("slow-body");
        let mut client = listening.connect().await;
        client.send(&whole[..whole.len() - 1]).await;
        assert_eq!(client.answer().await.unwrap().status, 408);
        assert!(client.rest().await.is_empty(), "the connection ends");
        assert!(!server.knows("slow-body"));

        let mut client = listening.connect().await;
        client
            .send(b"POST /webhooks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"eve")
            .await;
        assert_eq!(client.answer().await.unwrap().status, 408);
    });
}

/// The time of a request begins with its first byte, also where that came together
/// with the end of the request before.
#[test]
fn a_request_behind_another_has_its_own_time() {
    let server = server();
    server.runtime.block_on(async {
        let listening = listening(&server, times(0, 1500, 0)).await;
        let (first, second) = (vca("piped-1"), vca("piped-2"));
        let mut client = listening.connect().await;
        client.send(&first[..first.len() - 1]).await;
        tokio::time::sleep(Duration::from_millis(1000)).await;
        // Its headers and a part of the body come with what the first one lacks.
        let cut = second.len() - 10;
        let joined = [&first[first.len() - 1..], &second[..cut]].concat();
        client.send(&joined).await;
        assert_eq!(client.answer().await.unwrap().status, 200);
        tokio::time::sleep(Duration::from_millis(800)).await;
        client.send(&second[cut..]).await;
        assert_eq!(client.answer().await.unwrap().status, 200);
    });
}

#[test]
fn an_idle_connection_ends() {
    let server = server();
    server.runtime.block_on(async {
        let listening = listening(&server, times(0, 0, 100)).await;
        let mut silent = listening.connect().await;
        assert!(silent.rest().await.is_empty());
        let mut served = listening.connect().await;
        served.send(&vca("then-idle")).await;
        assert_eq!(served.answer().await.unwrap().status, 200);
        assert!(served.rest().await.is_empty());
    });
}

#[test]
fn headers_have_their_bounds() {
    let server = server();
    server.runtime.block_on(async {
        let listening = listening(&server, LIMITS).await;
        let with = |header: String| {
            let request = vca("headers");
            let text = String::from_utf8(request).unwrap();
            text.replacen("Host: test\r\n", &format!("Host: test\r\n{header}"), 1)
        };
        let answer = listening
            .ask(with(format!("X-A: {}\r\n", "a".repeat(12_000))).as_bytes())
            .await;
        assert_eq!(answer.status, 200);
        let many: String = (0..90).map(|n| format!("X-{n}: {n}\r\n")).collect();
        assert_eq!(listening.ask(with(many).as_bytes()).await.status, 200);
        for header in [
            format!("X-A: {}\r\n", "a".repeat(17_000)),
            (0..2000).map(|n| format!("X-{n}: {n}\r\n")).collect(),
        ] {
            assert_eq!(listening.ask(with(header).as_bytes()).await.status, 431);
        }
        let endless = format!("POST /{} HTTP/1.1\r\n", "a".repeat(70_000));
        let status = listening.ask(endless.as_bytes()).await.status;
        assert!([414, 431].contains(&status), "{status}");
    });
}

#[test]
fn what_is_no_http_is_refused_and_ended() {
    let server = server();
    server.runtime.block_on(async {
        let listening = listening(&server, LIMITS).await;
        for (bytes, status) in [
            (&b"hello\r\n\r\n"[..], 400),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
            (
                b"POST /webhooks HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                400,
            ),
            (
                b"POST /webhooks HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                400,
            ),
            (
                b"POST /webhooks HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                400,
            ),
            (b"POST /webhooks HTTP/1.1\r\nX A: 1\r\n\r\n", 400),
            (
                b"POST /webhooks HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
                400,
            ),
            (
                b"POST /webhooks HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                400,
            ),
            (
                b"POST /webhooks HTTP/1.1\r\nContent-Length: 65537\r\n\r\n",
                413,
            ),
            (b"POST /webhooks HTTP/1.0\r\n\r\n", 400),
        ] {
            let mut client = listening.connect().await;
            client.send(bytes).await;
            let text = String::from_utf8_lossy(bytes).into_owned();
            let answer = client.answer().await;
            let answer = answer.unwrap_or_else(|| panic!("no answer to {text}"));
            assert_eq!(answer.status, status, "{text}");
            assert!(client.rest().await.is_empty(), "{text}");
        }
    });
}

#[test]
fn one_connection_too_many_waits_until_another_ends() {
    let server = server();
    server.runtime.block_on(async {
        let limits = ServerLimits {
            connections: 3,
            ..LIMITS
        };
        let listening = listening(&server, limits).await;
        let mut held = Vec::new();
        for number in 0..3 {
            let mut client = listening.connect().await;
            client.send(&vca(&format!("held-{number}"))).await;
            assert_eq!(client.answer().await.unwrap().status, 200);
            held.push(client);
        }
        let mut fourth = listening.connect().await;
        fourth.send(&vca("fourth")).await;
        // Whoever is in is served on, and the fourth is not.
        for (number, client) in held.iter_mut().enumerate() {
            client.send(&vca(&format!("again-{number}"))).await;
            assert_eq!(client.answer().await.unwrap().status, 200);
        }
        assert!(!server.knows("fourth"));
        held.pop();
        assert_eq!(fourth.answer().await.unwrap().status, 200);
        assert!(server.knows("fourth"));
    });
}

#[test]
fn requests_one_behind_the_other_are_answered_in_order() {
    let server = server();
    server.runtime.block_on(async {
        let listening = listening(&server, LIMITS).await;
        let mut client = listening.connect().await;
        let mut all = Vec::new();
        for number in 0..50 {
            all.extend(vca(&format!("piped-{number}")));
            all.extend(post_request("/webhooks", b"{"));
            all.extend(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
        }
        client.send(&all).await;
        for _ in 0..50 {
            accepted(&client.answer().await.unwrap().body);
            assert_eq!(client.answer().await.unwrap().status, 400);
            assert_eq!(client.answer().await.unwrap().status, 404);
        }
        assert_eq!(server.calls().len(), 50);
    });
}

#[test]
fn a_stop_lets_what_is_being_answered_come_to_its_end() {
    let server = server();
    server.runtime.block_on(async {
        let listening = listening(&server, LIMITS).await;
        let mut idle = listening.connect().await;
        idle.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert_eq!(idle.answer().await.unwrap().status, 200);
        let request = vca("last");
        let (first, rest) = request.split_at(request.len() - 5);
        let mut client = listening.connect().await;
        client.send(first).await;
        // What was sent has been seen when something later is answered.
        listening.ask(&vca("seen")).await;
        let Listening {
            address,
            stop,
            serving,
        } = listening;
        stop.send(()).unwrap();
        assert!(idle.rest().await.is_empty(), "nothing is waited for here");
        client.send(rest).await;
        let answer = client.answer().await.unwrap();
        assert_eq!(answer.header("connection"), Some("close"));
        accepted(&answer.body);
        assert!(client.rest().await.is_empty());
        tokio::time::timeout(PATIENCE, serving)
            .await
            .unwrap()
            .unwrap();
        assert!(tokio::net::TcpStream::connect(address).await.is_err());
    });
}

#[test]
fn a_client_that_goes_away_leaves_nothing_behind() {
    let server = server();
    server.runtime.block_on(async {
        let limits = ServerLimits {
            connections: 2,
            ..LIMITS
        };
        let listening = listening(&server, limits).await;
        for number in 0..50 {
            let request = vca(&format!("gone-{number}"));
            let cut = request.len() * number / 50;
            listening.connect().await.send(&request[..cut]).await;
        }
        assert_eq!(listening.ask(&vca("still-here")).await.status, 200);
    });
}

#[test]
fn a_handler_that_breaks_answers_the_last_resort() {
    let server = server();
    async fn breaks() -> &'static str {
        panic!("planted")
    }
    server.runtime.block_on(async {
        let router = Router::new().route("/breaks", post(breaks));
        let router = router.merge(web::router(Arc::clone(&server.web)));
        let listening = Listening::with(router, LIMITS, server.web.on_panic()).await;
        let mut client = listening.connect().await;
        for number in 0..3 {
            client
                .send(&post_request("/breaks", b"{\"sessionId\": \"x\"}"))
                .await;
            let answer = client.answer().await.unwrap();
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("content-type"), Some("application/json"));
            let (actions, _) = accepted(&answer.body);
            assert_eq!(actions[0]["params"]["text"], LAST_RESORT);
            client.send(&vca(&format!("after-{number}"))).await;
            assert_eq!(client.answer().await.unwrap().status, 200);
        }
    });
}
