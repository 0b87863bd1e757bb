//! The product on a port of its own, with the flows that come with it, and a server that
//! stands in for those that they look things up at.

use std::path::Path;
use std::sync::{Arc, Mutex};

use ringflow::call::{Action, Repetition, Speed, SpokenText, Voice};
use ringflow::flow::{self, Catalog};
use ringflow::live::{Calls, CallsConfig, Clock, Lifetimes, LookUps, LookUpsConfig, read_project};
use ringflow::machine::{Answers, Desk, Policy, Sides, TokenKeys};
use ringflow::platform::Delivery;
use ringflow::scenario::{self, StubAnswer};
use ringflow::web::{self, Mock, ServerLimits, Times, Web};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub struct Server {
    pub web: Arc<Web>,
    pub clock: Clock,
    pub delivery: Arc<Delivery>,
    pub catalog: Arc<Catalog>,
    /// What other servers were asked: method, path and status.
    pub asked: Arc<Mutex<Vec<String>>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Server {
    pub async fn start() -> Self {
        let (files, errors) = read_project(Path::new(env!("CARGO_MANIFEST_DIR")));
        assert!(errors.is_empty(), "{errors:?}");
        let build = flow::build(&files);
        assert!(!build.has_errors());
        let tests = scenario::tests(&files, &build);
        let of_scenarios = |file: &scenario::TestFile| {
            let scenarios = file.scenarios.iter();
            scenarios
                .flat_map(|one| one.stubs.to_vec())
                .collect::<Vec<_>>()
        };
        let mut stubs: Vec<_> = tests.files.iter().flat_map(of_scenarios).collect();
        // What takes its time takes that of the clock on the wall.
        stubs.retain(|stub| {
            let answers = matches!(stub.answer, StubAnswer::Answers { .. });
            stub.after_ms == 0 && answers
        });
        assert!(!stubs.is_empty());

        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let told = Arc::clone(&asked);
        let mock = Mock::new(stubs, Box::new(move |line| told.lock().unwrap().push(line)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let back_end = listener.local_addr().unwrap();
        let mut tasks = vec![tokio::spawn(
            async move { match mock.serve(listener).await {} },
        )];

        let catalog = Arc::new(build.catalog);
        let clock = Clock::manual("2026-03-02T02:00:00Z".parse().unwrap());
        let mut look_ups = LookUpsConfig::system(clock.clone(), Box::new(|_| Some("x".into())));
        let detour = format!("crm.example.com=http://{back_end}");
        look_ups.detours.push(detour.parse().unwrap());
        let last_resort = Action::Say {
            text: SpokenText::new("Nobody is here just now.").unwrap(),
            voice: Voice::new("en-US-BenjaminRUS").unwrap(),
            speed: Speed::NORMAL,
            repetition: Repetition::ONCE,
        };
        let policy = Policy {
            answers: Answers::Single,
            sides: Sides::default(),
            last_resort: last_resort.clone(),
        };
        let keys = TokenKeys::read(&"7".repeat(64)).unwrap();
        let config = CallsConfig {
            desk: Desk { policy, keys },
            lifetimes: Lifetimes::default(),
            max_calls: 200_000,
            script_threads: 1,
            show_digits: false,
            follow_edits: false,
        };
        let look_ups = LookUps::new(look_ups);
        let calls = Calls::asking(Arc::clone(&catalog), config, clock.clone(), look_ups);
        let web = Web::new(calls, last_resort, false);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = ServerLimits {
            times: Times::default(),
            connections: 10_000,
        };
        let (router, on_panic) = (web::router(Arc::clone(&web)), web.on_panic());
        tasks.push(tokio::spawn(web::serve(
            listener,
            router,
            limits,
            on_panic,
            std::future::pending(),
        )));
        let delivery = Delivery::to(&format!("http://{address}"), None).unwrap();
        Server {
            web,
            clock,
            delivery: Arc::new(delivery),
            catalog,
            asked,
            tasks,
        }
    }

    pub fn calls(&self) -> &Arc<Calls> {
        self.web.calls()
    }

    pub fn minutes_pass(&self, minutes: u64) {
        self.clock.advance_ms(minutes * 60_000);
        self.calls().sweep();
    }
}
