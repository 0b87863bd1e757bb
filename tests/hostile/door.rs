//! Who may knock, over sockets: the answer to those who may not, and what is said.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request};
use ringflow::web::{self, Door, PLATFORM, Peer};
use secrecy::SecretString;
use tower::ServiceExt;

use super::body::Draft;
use super::socket::{Answer, LIMITS, Listening, post_with};
use super::table::FLOW;
use super::told::Told;
use crate::support::answer::accepted;
use crate::support::server::{Server, Setup};

const PATHS: [&str; 6] = [
    "/webhooks",
    "/webhooks/vca",
    "/webhooks/vcs",
    "/webhooks/vss",
    "/webhooks/vru",
    "/webhooks/vnu",
];

fn door(server: &Server, headers: &[&str], networks: &[&str], proxies: &[&str]) -> Door {
    let nets = |list: &[&str]| list.iter().map(|net| net.parse().unwrap()).collect();
    let headers = headers.iter().map(|value| SecretString::from(*value));
    Door::new(
        headers.collect(),
        nets(networks),
        nets(proxies),
        server.clock.clone(),
    )
}

async fn behind(server: &Server, door: Door) -> Listening {
    let router = web::guarded_router(Arc::clone(&server.web), door);
    Listening::with(router, LIMITS, server.web.on_panic()).await
}

fn vca(session: &str) -> Vec<u8> {
    Draft::whole(session, session, None).bytes()
}

fn is_empty(answer: &Answer, status: u16) -> bool {
    answer.status == status && answer.body.is_empty()
}

#[test]
fn nothing_is_read_of_a_body_that_comes_without_the_header() {
    let server = Setup::flow(FLOW).start();
    let (told, _guard) = Told::listen();
    let door = door(&server, &["Bearer new", "Bearer old"], &[], &[]);
    server.runtime.block_on(async {
        let listening = behind(&server, door).await;
        let bodies = [
            vca("planted-session"),
            b"{\"planted-session".to_vec(),
            vec![b'x'; 70_000],
        ];
        for (path, body) in PATHS.into_iter().zip(bodies.iter().cycle()) {
            for headers in [
                "",
                "Authorization: Bearer\r\n",
                "Authorization: bearer new\r\n",
                "Authorization: Bearer newer\r\n",
                "Authorization: Bearer new, Bearer old\r\n",
                "Authorization: \r\n",
                "Authorization: Bearer ne\u{e9}\r\n",
                "Proxy-Authorization: Bearer new\r\n",
                "X-Authorization: Bearer new\r\n",
                "Authorization: Basic planted-value\r\nX-Forwarded-For: 18.140.80.2\r\n",
            ] {
                let answer = listening.ask(&post_with(path, headers, body)).await;
                assert!(is_empty(&answer, 401), "{path} {headers}: {answer:?}");
            }
        }
        // Who has not even sent the body is refused as well.
        let mut client = listening.connect().await;
        client
            .send(b"POST /webhooks HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n")
            .await;
        assert!(is_empty(&client.answer().await.unwrap(), 401));
        assert!(server.calls().is_empty());
        let said = told.take();
        assert!(!said.contains("planted"), "{said}");

        for (session, value) in [("s1", "Bearer new"), ("s2", "Bearer old")] {
            let header = format!("authorization: {value}\r\n");
            let answer = listening
                .ask(&post_with("/webhooks", &header, &vca(session)))
                .await;
            assert_eq!(answer.status, 200);
            accepted(&answer.body);
            let broken = listening.ask(&post_with("/webhooks", &header, b"{")).await;
            assert_eq!(broken.status, 400);
        }
        assert_eq!(server.calls().len(), 2);
    });
}

#[test]
fn health_is_told_to_everybody() {
    let server = Setup::flow(FLOW).start();
    let door = door(&server, &["secret"], &["192.0.2.0/24"], &[]);
    server.runtime.block_on(async {
        let listening = behind(&server, door).await;
        for path in ["/healthz", "/readyz"] {
            let get = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            let answer = listening.ask(get.as_bytes()).await;
            assert_eq!((answer.status, &*answer.body), (200, &b"yes\n"[..]));
            let post = listening.ask(&post_with(path, "", b"")).await;
            assert_eq!((post.status, post.header("allow")), (405, Some("GET,HEAD")));
        }
        for path in [
            "/",
            "/webhook",
            "/webhooks/",
            "/flows",
            "/webhooks/vca/x",
            "/favicon.ico",
        ] {
            let answer = listening.ask(&post_with(path, "", b"{}")).await;
            assert_eq!(answer.status, 404, "{path}");
        }
    });
}

/// Peer, `X-Forwarded-For` headers, and whether the request is let in, where the
/// platform's addresses may and 10.0.0.0/8 and fd00::/8 are proxies of ours.
const SOURCES: [(&str, &[&str], bool); 26] = [
    ("18.140.80.2", &[], true),
    ("54.255.116.8", &[], true),
    ("18.140.80.3", &[], false),
    ("127.0.0.1", &[], false),
    ("::1", &[], false),
    ("::ffff:18.140.80.2", &[], true),
    ("::18.140.80.2", &[], false),
    // Who is no proxy of ours writes what he likes.
    ("18.140.80.3", &["18.140.80.2"], false),
    ("18.140.80.2", &["1.2.3.4"], true),
    ("18.140.80.2", &["\u{1}"], true),
    ("10.0.0.1", &["18.140.80.2"], true),
    ("::ffff:10.0.0.1", &["18.140.80.2"], true),
    ("10.0.0.1", &["18.140.80.2:52044"], true),
    ("10.0.0.1", &["::ffff:18.140.80.2"], true),
    ("10.0.0.1", &["[::ffff:18.140.80.2]:443"], true),
    ("10.0.0.1", &["2001:db8::1"], false),
    ("fd00::7", &["18.140.80.2, fd00::8"], true),
    ("10.0.0.1", &["18.140.80.2,10.1.1.1 ,\t10.2.2.2"], true),
    // The spoofed entry is on the left.
    ("10.0.0.1", &["18.140.80.2, 203.0.113.7"], false),
    ("10.0.0.1", &["18.140.80.2", "203.0.113.7"], false),
    (
        "10.0.0.1",
        &["203.0.113.7", "18.140.80.2", "10.0.0.2"],
        true,
    ),
    ("10.0.0.1", &["203.0.113.7, 18.140.80.2, 10.0.0.2"], true),
    ("10.0.0.1", &["18.140.80.2, unknown"], false),
    ("10.0.0.1", &["unknown, 18.140.80.2"], true),
    ("10.0.0.1", &[], false),
    ("10.0.0.1", &["10.0.0.2, 10.0.0.3"], false),
];

#[test]
fn the_source_decides() {
    let server = Setup::flow(FLOW).start();
    let platform = PLATFORM.map(|address| format!("{address}/32"));
    let platform: Vec<&str> = platform.iter().map(String::as_str).collect();
    let door = door(&server, &[], &platform, &["10.0.0.0/8", "fd00::/8"]);
    let router = web::guarded_router(Arc::clone(&server.web), door);
    for (number, (peer, forwarded, is_let_in)) in SOURCES.into_iter().enumerate() {
        let session = format!("source-{number}");
        let mut request = Request::post("/webhooks");
        for value in forwarded {
            let value = axum::http::HeaderValue::from_bytes(value.as_bytes());
            let Ok(value) = value else { continue };
            request = request.header("X-Forwarded-For", value);
        }
        let mut request = request.body(Body::from(vca(&session))).unwrap();
        let peer_address = (peer.parse::<std::net::IpAddr>().unwrap(), 4711).into();
        request.extensions_mut().insert(Peer(peer_address));
        let router = router.clone();
        let (status, body) = server.runtime.block_on(async {
            let response = router.oneshot(request).await.unwrap();
            let status = response.status().as_u16();
            let body = axum::body::to_bytes(response.into_body(), 100_000).await;
            (status, body.unwrap())
        });
        let case = format!("{peer} {forwarded:?}: {status}");
        if is_let_in {
            assert_eq!(status, 200, "{case}");
            accepted(&body);
        } else {
            assert!(status == 403 && body.is_empty(), "{case}");
            assert!(!server.knows(&session), "{case}");
        }
    }
}

#[test]
fn behind_a_proxy_on_a_socket() {
    let server = Setup::flow(FLOW).start();
    let with_proxy = door(&server, &["secret"], &["203.0.113.0/24"], &["127.0.0.0/8"]);
    let without = door(&server, &[], &["203.0.113.0/24"], &[]);
    server.runtime.block_on(async {
        let listening = behind(&server, with_proxy).await;
        let ask = async |headers: &str| {
            let request = post_with("/webhooks", headers, &vca("proxied"));
            listening.ask(&request).await
        };
        let source = "X-Forwarded-For: 203.0.113.7\r\n";
        let secret = "Authorization: secret\r\n";
        assert_eq!(ask(&format!("{source}{secret}")).await.status, 200);
        assert!(is_empty(&ask(source).await, 401));
        assert!(is_empty(&ask(secret).await, 403));
        assert!(is_empty(&ask("").await, 403));
        let spoofed = format!("{source}X-Forwarded-For: 192.0.2.1\r\n{secret}");
        assert!(is_empty(&ask(&spoofed).await, 403));

        let listening = behind(&server, without).await;
        let request = post_with("/webhooks", source, &vca("proxied"));
        assert!(is_empty(&listening.ask(&request).await, 403));
    });
}

#[test]
fn a_refusal_is_told_once_an_hour_and_without_values() {
    let server = Setup::flow(FLOW).start();
    let (told, _guard) = Told::listen();
    let door = door(&server, &["planted-right"], &[], &[]);
    server.runtime.block_on(async {
        let listening = behind(&server, door).await;
        let headers =
            "Authorization: planted-wrong\r\nX-Odd: planted-odd\r\nCookie: c=planted-cookie\r\n";
        let request = post_with("/webhooks?key=planted-query", headers, b"{\"planted-body\"");
        let mut lines = Vec::new();
        for minutes in [0, 0, 59, 1, 0, 61] {
            server.clock.advance_ms(minutes * 60_000);
            assert_eq!(listening.ask(&request).await.status, 401);
            let said = told.take();
            assert!(!said.contains("planted"), "{said}");
            let refused = |line: &&str| line.contains("a webhook was refused");
            let found: Vec<String> = said.lines().filter(refused).map(str::to_owned).collect();
            lines.push(found.len());
            for line in found {
                assert!(line.contains("authorization header"), "{line}");
                assert!(line.contains("authorization x-odd cookie"), "{line}");
            }
        }
        assert_eq!(lines, [1, 0, 0, 1, 0, 1]);
    });
}

#[test]
fn who_looks_around_does_not_hide_that_the_platform_is_shut_out() {
    let server = Setup::flow(FLOW).start();
    let (told, _guard) = Told::listen();
    let door = door(&server, &["planted-right"], &[], &[]);
    server.runtime.block_on(async {
        let listening = behind(&server, door).await;
        let knock = format!("Authorization: {}\r\n", ringflow::platform::KNOCK);
        for (headers, help) in [
            (knock.as_str(), None),
            ("", Some("it comes without one")),
            ("Authorization: another\r\n", Some("start it anew")),
            ("Authorization: another\r\n", None),
        ] {
            let request = post_with("/webhooks", headers, b"{}");
            assert_eq!(listening.ask(&request).await.status, 401);
            let said = told.take();
            match help {
                Some(help) => assert!(said.contains(help), "{headers}: {said}"),
                None => assert!(!said.contains("was refused"), "{headers}: {said}"),
            }
        }
    });
}

#[test]
fn a_method_that_is_none_is_answered_with_those_that_are() {
    let server = Setup::flow(FLOW).start();
    for path in PATHS {
        for method in [
            "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW",
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let request = Request::builder().method(method.clone()).uri(path);
            let request = request.body(Body::empty()).unwrap();
            let router = web::router(Arc::clone(&server.web));
            let response = server.runtime.block_on(router.oneshot(request)).unwrap();
            assert_eq!(response.status(), 405, "{method} {path}");
            assert_eq!(response.headers()["allow"], "POST", "{method} {path}");
        }
    }
    server.runtime.block_on(async {
        let listening = Listening::start(&server).await;
        let mut client = listening.connect().await;
        client
            .send(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .await;
        let head = String::from_utf8(client.rest().await).unwrap();
        assert!(
            head.starts_with("HTTP/1.1 200 ") && head.ends_with("\r\n\r\n"),
            "{head}"
        );
        for target in [
            "/../etc/passwd",
            "//webhooks",
            "/webhooks/../flows",
            "/%2e%2e/",
            "*",
            "/webhooks%00",
        ] {
            let get = format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
            let answer = listening.ask(get.as_bytes()).await;
            assert!([400, 404].contains(&answer.status), "{target}: {answer:?}");
        }
    });
}
