//! A server that stands in for those that look-ups ask: it answers as the stubs of test
//! files do, so that a flow can be tried by hand before its back end is there.

use std::convert::Infallible;
use std::error::Error;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, HeaderName, LOCATION};
use axum::http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::call::{LookUpFailure, Method};
use crate::live;
use crate::machine::json_text;
use crate::scenario::{Stub, StubAnswer};

/// The most of a request's body that is read before it is answered. Nothing is made of it.
const MAX_BODY: usize = 1024 * 1024;
/// Where a stub is to be written for a host that nothing names.
const SOME_SERVER: &str = "https://crm.example.com";

/// Told a line for each request: its method and path and what it got, never what came
/// with it.
pub type Told = Box<dyn Fn(String) + Send + Sync>;

/// What answers in place of other servers. The first stub whose method and path fit
/// answers, whatever its host.
pub struct Mock {
    stubs: Box<[Stub]>,
    told: Told,
}

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the stub closes the connection")]
struct Closed;

impl Mock {
    pub fn new(stubs: Vec<Stub>, told: Told) -> Arc<Self> {
        Arc::new(Mock {
            stubs: stubs.into(),
            told,
        })
    }

    /// Serves for as long as this is awaited.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) -> Infallible {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // Out of file descriptors, most likely: others have to end first.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let mock = Arc::clone(&self);
            tokio::spawn(async move {
                // A small answer must not wait for the acknowledgement of the one before.
                let _ = stream.set_nodelay(true);
                let service = service_fn(|request| mock.answer(request));
                // That a stub closes it is no fault, and that a client does is its affair.
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Closed> {
        let (head, body) = request.into_parts();
        // Read to its end, so that the connection can be used again.
        let _: Result<_, Box<dyn Error + Send + Sync>> =
            Limited::new(body, MAX_BODY).collect().await;
        let (method, path) = (head.method.as_str(), head.uri.path());
        let whole = head.uri.path_and_query().map_or("/", |both| both.as_str());
        let known = Method::ALL.into_iter().find(|known| known.word() == method);
        let stub = known.and_then(|known| {
            let mut stubs = self.stubs.iter();
            stubs.find(|stub| stub.takes_path(known, whole))
        });
        let Some(stub) = stub else {
            let query = head.uri.query().map_or("", |_| "?*");
            let server = self.some_server();
            (self.told)(format!(
                "{method} {path} 404: no stub answers it; write `- {method}: {server}{path}{query}`"
            ));
            return Ok(plain(StatusCode::NOT_FOUND, "no stub answers this"));
        };
        let outcome = match &stub.answer {
            StubAnswer::Answers { status, .. } => status.to_string(),
            StubAnswer::Fails(failure) => failure.word().to_owned(),
        };
        let after = match stub.after_ms {
            0 => String::new(),
            ms => format!(" after {ms} ms"),
        };
        (self.told)(format!("{method} {path} {outcome}{after}"));
        tokio::time::sleep(Duration::from_millis(u64::from(stub.after_ms))).await;
        match &stub.answer {
            StubAnswer::Fails(failure) => failed(*failure).await,
            StubAnswer::Answers { status, json, text } => {
                let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::OK);
                Ok(match (json, text) {
                    (Some(json), _) => {
                        with(status, CONTENT_TYPE, "application/json", json_text(json))
                    }
                    (None, Some(text)) => plain(status, text),
                    (None, None) => empty(status),
                })
            }
        }
    }

    /// The server of the first stub that names one.
    fn some_server(&self) -> &str {
        let mut servers = self.stubs.iter().filter_map(Stub::server);
        servers.next().unwrap_or(SOME_SERVER)
    }
}

/// What makes a look-up fail in this way. Where whoever asks would not have asked at all,
/// it gets no answer.
async fn failed(failure: LookUpFailure) -> Result<Response<Full<Bytes>>, Closed> {
    match failure {
        // Until whoever asks goes away.
        LookUpFailure::TimedOut => pending().await,
        LookUpFailure::TooLarge => {
            let body = format!("\"{}\"", " ".repeat(live::MAX_BODY));
            Ok(with(StatusCode::OK, CONTENT_TYPE, "application/json", body))
        }
        LookUpFailure::NotJson => Ok(plain(StatusCode::OK, "this is no JSON")),
        LookUpFailure::Redirected => Ok(with(
            StatusCode::FOUND,
            LOCATION,
            "https://elsewhere.invalid/",
            String::new(),
        )),
        LookUpFailure::Unreachable
        | LookUpFailure::NotAllowed
        | LookUpFailure::Busy
        | LookUpFailure::Broken => Err(Closed),
    }
}

fn plain(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    with(
        status,
        CONTENT_TYPE,
        "text/plain; charset=utf-8",
        text.to_owned(),
    )
}

fn with(
    status: StatusCode,
    name: HeaderName,
    value: &'static str,
    body: String,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(name, axum::http::HeaderValue::from_static(value));
    response
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
