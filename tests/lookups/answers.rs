//! What servers in order are asked, and what comes of their answers.

use ringflow::call::LookUpFailure::{NotAllowed, Unreachable};
use ringflow::call::{Found, HeaderPart, LookUp, Method, Value};

use super::backend::{Backend, Does, answer, json};
use super::bench::{Bench, failed, get};

fn text(part: &str) -> HeaderPart {
    HeaderPart::Text(part.into())
}

#[tokio::test]
async fn a_good_answer_is_a_value_and_the_connection_is_used_again() {
    let backend = Backend::sending(json("{\"name\": \"Mei\", \"tier\": 2}")).await;
    let bench = Bench::at(backend.port());
    let url = format!("http://crm.test:{}/customer?id=7", backend.port());
    for _ in 0..3 {
        let found = bench.perform(get(&url)).await;
        let Found::Answered {
            status: 200,
            json: Some(Value::Map(fields)),
        } = found
        else {
            panic!("{found:?}");
        };
        assert_eq!(fields.get("name"), Some(&Value::text("Mei")));
        assert_eq!(fields.get("tier"), Some(&Value::Int(2)));
    }
    assert_eq!(backend.connections(), 1);
    let seen = &backend.seen()[0];
    assert_eq!(seen.path(), "/customer?id=7");
    let version = env!("CARGO_PKG_VERSION");
    for line in [
        format!("\r\nuser-agent: ringflow/{version}\r\n"),
        "\r\naccept: application/json\r\n".to_owned(),
    ] {
        assert!(seen.head.contains(&line), "{}", seen.head);
    }
    for name in [
        "cookie",
        "referer",
        "idempotency-key",
        "accept-encoding",
        "content-type",
    ] {
        assert!(!seen.head.contains(name), "{}", seen.head);
    }
}

#[tokio::test]
async fn each_status_comes_as_it_is() {
    let answered = |status, json| Found::Answered { status, json };
    let flag = Some(Value::Flag(true));
    for (bytes, found) in [
        (
            answer(404, "text/html", "<html>No</html>"),
            answered(404, None),
        ),
        (
            answer(422, "application/json", "true"),
            answered(422, flag.clone()),
        ),
        (
            answer(500, "text/plain", &" ".repeat(200_000)),
            answered(500, None),
        ),
        (b"HTTP/1.1 204 X\r\n\r\n".to_vec(), answered(204, None)),
        (answer(200, "application/json", ""), answered(200, None)),
        (
            b"HTTP/1.1 302 X\r\ncontent-length: 0\r\n\r\n".to_vec(),
            answered(302, None),
        ),
        (answer(200, "text/plain", " true "), answered(200, flag)),
    ] {
        let shown = String::from_utf8_lossy(&bytes[..20.min(bytes.len())]).into_owned();
        let backend = Backend::sending(bytes).await;
        let bench = Bench::at(backend.port());
        let url = format!("http://crm.test:{}/", backend.port());
        assert_eq!(bench.perform(get(url)).await, found, "{shown}");
    }
}

#[tokio::test]
async fn a_body_that_nobody_wants_is_not_waited_for() {
    let backend = Backend::that(|_| {
        vec![
            Does::Sends(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n<".to_vec()),
            Does::Hangs,
        ]
    })
    .await;
    let bench = Bench::at(backend.port());
    let url = format!("http://crm.test:{}/", backend.port());
    for look_up in [
        LookUp {
            wants_json: false,
            ..get(&url)
        },
        LookUp {
            method: Method::Head,
            ..get(&url)
        },
    ] {
        let found = bench.perform(look_up).await;
        assert_eq!(
            found,
            Found::Answered {
                status: 200,
                json: None
            }
        );
    }
}

#[tokio::test]
async fn what_changes_something_is_sent_once_with_a_key_and_a_question_again() {
    let backend = Backend::sending(answer(503, "text/html", "Busy")).await;
    let bench = Bench::at(backend.port());
    let url = format!("http://crm.test:{}/", backend.port());
    let busy = Found::Answered {
        status: 503,
        json: None,
    };
    for (method, times) in [
        (Method::Get, 3),
        (Method::Head, 3),
        (Method::Post, 1),
        (Method::Put, 1),
        (Method::Patch, 1),
        (Method::Delete, 1),
    ] {
        // A host that fails is left alone, so each begins with a new one.
        let bench = Bench::at(backend.port());
        let before = backend.seen().len();
        let look_up = LookUp {
            method,
            retries: 2,
            ..get(&url)
        };
        assert_eq!(bench.perform(look_up).await, busy);
        let seen = backend.seen();
        assert_eq!(seen.len() - before, times, "{method:?}");
        let key = "\r\nidempotency-key: session-1-look\r\n";
        assert_eq!(seen[before].head.contains(key), method.changes_something());
    }
    drop(bench);

    let count = std::sync::atomic::AtomicUsize::new(0);
    let backend =
        Backend::that(
            move |_| match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                0 => vec![Does::Cuts],
                1 => vec![Does::Sends(answer(502, "text/html", ""))],
                _ => vec![Does::Sends(json("true"))],
            },
        )
        .await;
    let bench = Bench::at(backend.port());
    let url = format!("http://crm.test:{}/", backend.port());
    let look_up = LookUp {
        retries: 2,
        ..get(&url)
    };
    let good = Found::Answered {
        status: 200,
        json: Some(Value::Flag(true)),
    };
    assert_eq!(bench.perform(look_up).await, good);
}

#[tokio::test]
async fn a_question_is_not_tried_again_where_it_may_not_be() {
    let backend = Backend::that(|_| vec![Does::Cuts]).await;
    let bench = Bench::at(backend.port());
    let url = format!("http://crm.test:{}/", backend.port());
    let post = LookUp {
        method: Method::Post,
        retries: 3,
        ..get(&url)
    };
    assert_eq!(bench.perform(post).await, failed(Unreachable));
    assert_eq!(backend.seen().len(), 1);
    assert_eq!(bench.perform(get(&url)).await, failed(Unreachable));
    assert_eq!(backend.seen().len(), 2);
}

#[tokio::test]
async fn headers_and_the_body_are_sent_with_values_of_the_environment() {
    let backend = Backend::sending(json("true")).await;
    let bench = Bench::at(backend.port());
    let look_up = LookUp {
        method: Method::Put,
        body: Some("{\"name\": \"Zoë\"}".into()),
        headers: vec![
            (
                "Authorization".into(),
                vec![text("Bearer "), HeaderPart::Env("TOKEN".into())],
            ),
            ("X-Name".into(), vec![text("Zoë")]),
        ],
        ..get(format!("http://crm.test:{}/", backend.port()))
    };
    let good = Found::Answered {
        status: 200,
        json: Some(Value::Flag(true)),
    };
    assert_eq!(bench.perform(look_up).await, good);
    let seen = &backend.seen()[0];
    assert_eq!(seen.body, "{\"name\": \"Zoë\"}");
    for line in [
        "\r\nauthorization: bearer planted-token\r\n",
        "\r\nx-name: zoë\r\n",
        "\r\ncontent-type: application/json\r\n",
    ] {
        assert!(seen.head.contains(line), "{}", seen.head);
    }
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_sends_nothing() {
    let backend = Backend::sending(json("true")).await;
    let bench = Bench::at(backend.port());
    let url = format!("http://crm.test:{}/", backend.port());
    for (name, part) in [
        ("X-A", text("a\r\nX-B: b")),
        ("X-A", text("a\nb")),
        ("X-A", text("a\0")),
        ("X A", text("a")),
        ("Host", text("other.test")),
        ("content-length", text("0")),
        ("Transfer-Encoding", text("chunked")),
        ("Proxy-Authorization", text("a")),
        ("Idempotency-Key", text("a")),
        ("X-A", HeaderPart::Env("UNSET".into())),
        ("X-A", HeaderPart::Env("BAD".into())),
        ("X-A", HeaderPart::Env("PATH".into())),
    ] {
        let look_up = LookUp {
            headers: vec![(name.into(), vec![part])],
            ..get(&url)
        };
        assert_eq!(bench.perform(look_up).await, failed(NotAllowed), "{name}");
    }
    assert_eq!(backend.connections(), 0);
}
