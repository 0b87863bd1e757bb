//! Servers that hang, lie, send without end or lead astray.

use std::time::{Duration, Instant};

use ringflow::call::LookUpFailure::{NotJson, Redirected, TimedOut, TooLarge, Unreachable};
use ringflow::call::{Found, LookUp, Method};
use ringflow::live::MAX_BODY;
use tokio::net::TcpListener;

use super::backend::{Backend, Does, answer, json, redirect};
use super::bench::{Bench, Leads, failed, get, here, short};

async fn asked(backend: &Backend, look_up: impl Fn(String) -> LookUp) -> Found {
    let bench = Bench::at(backend.port());
    let url = format!("http://crm.test:{}/customer", backend.port());
    bench.perform(look_up(url)).await
}

#[tokio::test]
async fn one_that_says_nothing_times_out() {
    let backend = Backend::that(|_| vec![Does::Hangs]).await;
    assert_eq!(asked(&backend, short).await, failed(TimedOut));
    assert_eq!(backend.seen().len(), 1);
}

#[tokio::test]
async fn one_that_drips_its_head_or_its_body_times_out() {
    for answer in [
        vec![Does::Drips(json("{}"), 20)],
        vec![
            Does::Sends(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n".to_vec()),
            Does::Drips(vec![b' '; 1000], 20),
        ],
    ] {
        let backend = Backend::that(move |_| answer.clone()).await;
        assert_eq!(asked(&backend, short).await, failed(TimedOut));
    }
}

#[tokio::test]
async fn one_where_nobody_listens_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let bench = Bench::at(port);
    let url = format!("http://crm.test:{port}/");
    assert_eq!(bench.perform(get(url)).await, failed(Unreachable));
}

#[tokio::test]
async fn one_without_an_address_is_unreachable_and_one_that_is_never_resolved_times_out() {
    let hosts = ["gone.test".to_owned(), "slow.test".to_owned()];
    let names: &[(_, &[Leads])] = &[
        ("gone.test", &[Leads::Nowhere]),
        ("slow.test", &[Leads::Hangs]),
    ];
    let bench = Bench::new(&here(&hosts), names);
    let found = bench.perform(get("http://gone.test/")).await;
    assert_eq!(found, failed(Unreachable));

    // However many ask, the question is out once.
    let asks = (0..10).map(|_| bench.perform(short("http://slow.test/")));
    let found = futures_all(asks).await;
    assert_eq!(found, vec![failed(TimedOut); 10]);
    assert_eq!(bench.names.asked("slow.test"), 1);
}

async fn futures_all<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = all.iter().map(|_| None).collect();
    std::future::poll_fn(move |context| {
        for (future, done) in all.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *done = Some(output);
            }
        }
        match done.iter().all(Option::is_some) {
            true => std::task::Poll::Ready(done.iter_mut().filter_map(Option::take).collect()),
            false => std::task::Poll::Pending,
        }
    })
    .await
}

#[tokio::test]
async fn a_body_that_is_no_json_is_told_so() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let long = format!("[{}0]", "0,".repeat(20_000));
    let mut utf = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n".to_vec();
    utf.extend(b"\"a\xff\xfe\"");
    for bytes in [
        answer(200, "text/html", "<html>We are sorry</html>"),
        answer(200, "application/json", "{\"name\": "),
        json(&deep),
        json(&long),
        utf,
    ] {
        let shown = String::from_utf8_lossy(&bytes[..40]).into_owned();
        let backend = Backend::sending(bytes).await;
        assert_eq!(asked(&backend, get).await, failed(NotJson), "{shown}");
    }
}

#[tokio::test]
async fn a_body_without_end_is_cut_off_wherever_it_says_it_ends() {
    let ten = 10 * 1024 * 1024;
    let heads = [
        format!("HTTP/1.1 200 OK\r\ncontent-length: {ten}\r\n\r\n"),
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_owned(),
    ];
    for head in heads {
        let backend = Backend::that(move |_| {
            let body = vec![b' '; 16 * 1024];
            vec![
                Does::Sends(head.clone().into_bytes()),
                Does::SendsForEver(body),
            ]
        })
        .await;
        assert_eq!(asked(&backend, get).await, failed(TooLarge));
    }
    let backend = Backend::that(|_| {
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
        vec![Does::Sends(head), Does::SendsForEver(chunk.into_bytes())]
    })
    .await;
    assert_eq!(asked(&backend, get).await, failed(TooLarge));
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit_and_no_larger() {
    let text = |bytes: usize| format!("\"{}\"", "a".repeat(bytes - 2));
    let backend = Backend::sending(json(&text(MAX_BODY))).await;
    let found = asked(&backend, get).await;
    assert!(matches!(found, Found::Answered { json: Some(_), .. }));
    let backend = Backend::sending(json(&text(MAX_BODY + 1))).await;
    assert_eq!(asked(&backend, get).await, failed(TooLarge));
}

#[tokio::test]
async fn one_that_cuts_the_line_is_unreachable() {
    let cut = |bytes: &[u8]| vec![Does::Sends(bytes.to_vec()), Does::Cuts];
    for does in [
        vec![Does::Cuts],
        cut(b"HTTP/1.1 200 OK\r\ncontent-le"),
        cut(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\": "),
        cut(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"a"),
        cut(b"HELO there\r\n\r\n"),
    ] {
        let shown = format!("{does:?}");
        let backend = Backend::that(move |_| does.clone()).await;
        assert_eq!(asked(&backend, get).await, failed(Unreachable), "{shown}");
    }
}

#[tokio::test]
async fn headers_without_end_are_not_taken() {
    let many = "x-pad: aaaaaaaaaaaaaaaa\r\n".repeat(400);
    let backend = Backend::sending(format!("HTTP/1.1 200 OK\r\n{many}\r\n")).await;
    assert_eq!(asked(&backend, get).await, failed(Unreachable));
    let backend = Backend::that(|_| {
        vec![
            Does::Sends(b"HTTP/1.1 200 OK\r\nx-pad: ".to_vec()),
            Does::SendsForEver(vec![b'a'; 16 * 1024]),
        ]
    })
    .await;
    assert_eq!(asked(&backend, get).await, failed(Unreachable));
}

#[tokio::test]
async fn redirects_stay_on_the_host() {
    let other = Backend::sending(json("{}")).await;
    let targets = [
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "http://[fd00:ec2::254]/latest".to_owned(),
        format!("http://other.test:{}/", other.port()),
        format!("http://127.0.0.1:{}/", other.port()),
        format!("http://crm.test:{}/", other.port()),
        format!("http://me:pw@crm.test:{}/", other.port()),
        "file:///etc/passwd".to_owned(),
        "//other.test/".to_owned(),
        "http://[".to_owned(),
    ];
    for target in targets {
        let to = target.clone();
        let backend = Backend::that(move |_| vec![Does::Sends(redirect(302, &to))]).await;
        assert_eq!(asked(&backend, get).await, failed(Redirected), "{target}");
        assert_eq!(backend.seen().len(), 1, "{target}");
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn a_redirect_to_another_path_is_followed_and_a_circle_is_not() {
    let backend = Backend::that(|seen| {
        vec![Does::Sends(match seen.path() {
            "/customer" => redirect(301, "/v2/customer"),
            "/v2/customer" => redirect(307, "customer/1"),
            _ => json("{\"name\": \"Mei\"}"),
        })]
    })
    .await;
    let found = asked(&backend, get).await;
    assert!(matches!(
        found,
        Found::Answered {
            status: 200,
            json: Some(_)
        }
    ));
    let paths: Vec<_> = backend
        .seen()
        .iter()
        .map(|seen| seen.path().to_owned())
        .collect();
    assert_eq!(paths, ["/customer", "/v2/customer", "/v2/customer/1"]);

    let backend = Backend::sending(redirect(302, "/customer")).await;
    assert_eq!(asked(&backend, get).await, failed(Redirected));
    assert_eq!(backend.seen().len(), 4);
}

#[tokio::test]
async fn what_changes_something_is_redirected_as_http_has_it() {
    let backend = Backend::that(|seen| {
        vec![Does::Sends(match seen.path() {
            "/customer" => redirect(308, "/same"),
            "/same" => redirect(303, "/done"),
            _ => json("{}"),
        })]
    })
    .await;
    let post = |url| LookUp {
        method: Method::Post,
        body: Some("{\"pin\": 1}".into()),
        ..get(url)
    };
    let found = asked(&backend, post).await;
    assert!(matches!(found, Found::Answered { status: 200, .. }));
    let seen = backend.seen();
    let lines: Vec<_> = seen
        .iter()
        .map(|seen| (&seen.head[..5], &*seen.body))
        .collect();
    let body = "{\"pin\": 1}";
    assert_eq!(lines, [("post ", body), ("post ", body), ("get /", "")]);
    assert!(seen[1].head.contains("\r\nidempotency-key: "));
    assert!(!seen[2].head.contains("idempotency-key"));
}

#[tokio::test]
async fn plain_bytes_where_encryption_is_wanted_are_unreachable() {
    let backend = Backend::sending(json("{}")).await;
    let bench = Bench::at(backend.port());
    let url = format!("https://crm.test:{}/", backend.port());
    let began = Instant::now();
    // What it sees is no request, so it answers nothing; then its time is up.
    let found = bench.perform(short(url)).await;
    assert_eq!(found, failed(TimedOut));
    assert!(began.elapsed() < Duration::from_secs(1));
    assert_eq!(backend.seen().len(), 0);
}
