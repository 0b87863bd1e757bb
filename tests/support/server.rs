//! The whole product in process: a router around flows, and a clock that stands still.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use ringflow::call::{Action, Repetition, SessionId, Speed, SpokenText, Voice};
use ringflow::flow::{self, SourceFile};
use ringflow::live::{Calls, CallsConfig, Clock, Lifetimes, read_project};
use ringflow::machine::{Answers, Desk, Policy, Sides, TokenKeys};
use ringflow::web::{self, Web};
use tokio::runtime::Runtime;
use tower::ServiceExt;

use super::webhook::Webhook;

pub const LAST_RESORT: &str = "Nobody is here just now.";

/// What a server is made of.
pub struct Setup {
    pub files: Vec<Arc<SourceFile>>,
    pub answers: Answers,
    pub max_calls: usize,
    pub status_starts_calls: bool,
    pub follow_edits: bool,
    /// Several threads that answer, or one.
    pub threads: usize,
}

impl Setup {
    /// The flows that come with the product.
    pub fn shipped() -> Self {
        let (files, errors) = read_project(Path::new(env!("CARGO_MANIFEST_DIR")));
        assert!(errors.is_empty(), "{errors:?}");
        Setup::of(files)
    }

    pub fn flow(text: &str) -> Self {
        Setup::of(vec![SourceFile::new("flows/test.yaml", text)])
    }

    fn of(files: Vec<Arc<SourceFile>>) -> Self {
        Setup {
            files,
            answers: Answers::Single,
            max_calls: 10_000,
            status_starts_calls: false,
            follow_edits: false,
            threads: 1,
        }
    }

    pub fn start(self) -> Server {
        Server::start(self)
    }
}

pub struct Server {
    pub runtime: Runtime,
    pub web: Arc<Web>,
    pub clock: Clock,
    pub answers: Answers,
    router: Router,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: StatusCode,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

impl Server {
    fn start(setup: Setup) -> Self {
        let build = flow::build(&setup.files);
        let errors: Vec<String> = build.diagnostics.iter().map(|d| d.render(false)).collect();
        assert!(!build.has_errors(), "{}", errors.join("\n"));
        let last_resort = Action::Say {
            text: SpokenText::new(LAST_RESORT).unwrap(),
            voice: Voice::new("en-US-BenjaminRUS").unwrap(),
            speed: Speed::NORMAL,
            repetition: Repetition::ONCE,
        };
        let policy = Policy {
            answers: setup.answers,
            sides: Sides::default(),
            last_resort: last_resort.clone(),
        };
        let keys = TokenKeys::read(&"7".repeat(64)).unwrap();
        let config = CallsConfig {
            desk: Desk { policy, keys },
            lifetimes: Lifetimes::default(),
            max_calls: setup.max_calls,
            script_threads: 1,
            show_digits: false,
            follow_edits: setup.follow_edits,
        };
        let clock = Clock::manual("2026-03-02T02:00:00Z".parse().unwrap());
        let calls = Calls::new(Arc::new(build.catalog), config, clock.clone());
        let web = Web::new(calls, last_resort, setup.status_starts_calls);
        let mut builder = match setup.threads {
            1 => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        let runtime = builder
            .worker_threads(setup.threads)
            .max_blocking_threads(1)
            .thread_stack_size(8 * 1024 * 1024)
            .enable_all()
            .build()
            .unwrap();
        Server {
            runtime,
            router: web::router(Arc::clone(&web)),
            web,
            clock,
            answers: setup.answers,
        }
    }

    /// What is going to be answered; nothing happens until it is awaited.
    pub fn request(&self, request: Request<Body>) -> impl Future<Output = Response> + use<> {
        let router = self.router.clone();
        async move {
            let response = router.oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let content_type = parts.headers.get(header::CONTENT_TYPE);
            Response {
                status: parts.status,
                content_type: content_type.map(|text| text.to_str().unwrap().to_owned()),
                body: body.to_vec(),
            }
        }
    }

    pub fn posting(&self, webhook: &Webhook) -> impl Future<Output = Response> + use<> {
        let mut request = Request::post(webhook.path);
        if let Some(content_type) = webhook.content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        self.request(request.body(Body::from(webhook.body.clone())).unwrap())
    }

    pub fn post(&self, webhook: &Webhook) -> Response {
        self.runtime.block_on(self.posting(webhook))
    }

    pub fn ask(&self, method: Method, path: &str) -> Response {
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Body::empty()).unwrap();
        self.runtime.block_on(self.request(request))
    }

    pub fn calls(&self) -> &Arc<Calls> {
        self.web.calls()
    }

    pub fn knows(&self, session: &str) -> bool {
        self.calls().knows(&SessionId::new(session).unwrap())
    }

    /// Forgets all calls, as a restart does.
    pub fn forget_calls(&self) {
        self.minutes_pass(4 * 60);
        self.minutes_pass(10);
        assert!(self.calls().is_empty());
    }

    /// Time goes by, and what is due is done.
    pub fn minutes_pass(&self, minutes: u64) {
        self.ms_pass(minutes * 60_000);
    }

    pub fn ms_pass(&self, ms: u64) {
        self.clock.advance_ms(ms);
        self.calls().sweep();
    }
}
