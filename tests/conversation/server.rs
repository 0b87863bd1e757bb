//! The pure core from a webhook's bytes to the answer's: what a server does, in
//! memory, without one.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan};
use ringflow::call::{
    Action, Found, LookUp, LookUpFailure, Repetition, Speed, SpokenText, Value, Voice,
};
use ringflow::flow::{At, Catalog, Flow, SourceFile, build};
use ringflow::machine::{
    Allowance, Answers, Call, Desk, Fault, Outside, Policy, Reply, Sides, TokenKeys,
};
use ringflow::wire::{self, Webhook};

pub const LAST_RESORT: &str = "Something went wrong. Please call again.";

pub struct Server {
    catalog: Catalog,
    desk: Desk,
    pub call: Option<Call>,
    now: Timestamp,
    /// What was asked of other servers, in order.
    pub asked: Vec<(LookUp, Looked)>,
    /// What is looked up while the caller hears so: its key, for how many turns more, and
    /// what comes of it.
    looking: Option<(Box<str>, u8, Found)>,
}

/// When something was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// The caller waited for it.
    AtOnce,
    /// While the caller heard so.
    Meanwhile,
}

/// An answer, and how it came about.
#[derive(Debug)]
pub struct Answered {
    pub bytes: Vec<u8>,
    pub faults: Vec<Fault>,
    /// The states that were entered; empty where nothing was run.
    pub path: Vec<At>,
    pub flow: Option<Arc<Flow>>,
    pub ended: bool,
    /// Whether a turn was run for it.
    pub fresh: bool,
    /// Whether the first allowance was not enough.
    pub needed_all: bool,
}

impl Server {
    /// A server with these files, all of which must be without errors.
    pub fn with(files: &[Arc<SourceFile>], answers: Answers) -> Self {
        Self::serving(compiled(files), answers)
    }

    /// A server with flows that are compiled already.
    pub fn serving(catalog: Catalog, answers: Answers) -> Self {
        let last_resort = Action::Say {
            text: SpokenText::new(LAST_RESORT).unwrap(),
            voice: Voice::new("en-US-LastResort").unwrap(),
            speed: Speed::NORMAL,
            repetition: Repetition::ONCE,
        };
        Server {
            catalog,
            desk: Desk {
                policy: Policy {
                    answers,
                    sides: Sides::default(),
                    last_resort,
                },
                keys: TokenKeys::read(&"5a".repeat(32)).unwrap(),
            },
            call: None,
            now: "2026-03-02T02:00:00Z".parse().unwrap(),
            asked: Vec::new(),
            looking: None,
        }
    }

    /// Time passes for everybody but the tests.
    pub fn wait(&mut self) {
        self.now += 5.seconds();
    }

    /// Everything in memory is gone; what is served stays.
    pub fn restart(&mut self) {
        self.call = None;
        self.looking = None;
    }

    /// Other files are served from now on, to calls that begin from now on.
    pub fn deploy(&mut self, files: &[Arc<SourceFile>]) {
        self.catalog = compiled(files);
    }

    /// Answers the webhook of a call that waits.
    pub fn post(&mut self, body: &[u8]) -> Answered {
        let Ok(Webhook::Action(event)) = wire::parse(body) else {
            panic!("no call waits in {}", String::from_utf8_lossy(body));
        };
        if self.call.is_none() {
            self.call = Call::open(&event, &self.catalog, &self.desk.keys, self.now);
        }
        let call = self.call.as_mut().expect("a flow answers the number");
        let flow = call.session().map(|session| Arc::clone(session.root()));
        let mut found = Vec::new();
        let mut pending = None;
        if let Some((key, waits, answer)) = &self.looking {
            match *waits > 0 {
                true => pending = Some(key.clone()),
                false => found.push((key.clone(), answer.clone())),
            }
        }
        let (mut allowance, mut needed_all) = (Allowance::FIRST, false);
        let reply = loop {
            let outside = Outside {
                found: &found,
                pending: pending.as_deref(),
                ..*Outside::NONE
            };
            match call.answer_under(&event, self.now, allowance, &self.desk, &outside) {
                Reply::OverBudget if !needed_all => {
                    (allowance, needed_all) = (Allowance::FULL, true);
                }
                Reply::LookUp(look_up) => {
                    self.asked.push((*look_up.clone(), Looked::AtOnce));
                    found.push((look_up.key.clone(), answer_to(&look_up).1));
                }
                reply => break reply,
            }
        };
        if let Reply::Fresh { begun, .. } = &reply {
            match begun {
                Some(look_up) => {
                    self.asked.push((*look_up.clone(), Looked::Meanwhile));
                    let (waits, answer) = answer_to(look_up);
                    self.looking = Some((look_up.key.clone(), waits, answer));
                }
                None if !call.looks_up() => self.looking = None,
                // One turn more has passed.
                None => {
                    if let Some((_, waits, _)) = &mut self.looking {
                        *waits = waits.saturating_sub(1);
                    }
                }
            }
        }
        let mut answered = Answered {
            bytes: Vec::new(),
            faults: Vec::new(),
            path: Vec::new(),
            flow: None,
            ended: true,
            fresh: false,
            needed_all,
        };
        let answer = match reply {
            Reply::Fresh {
                answer,
                faults,
                path,
                ended,
                ..
            } => {
                answered = Answered {
                    faults,
                    path: ringflow::machine::entered(&path).collect(),
                    flow,
                    ended,
                    fresh: true,
                    ..answered
                };
                answer
            }
            Reply::Repeated(answer) => {
                answered.ended = answer.ends_call();
                answer
            }
            Reply::Over(answer) => answer,
            Reply::OverBudget | Reply::LookUp(_) | Reply::Transfer(_) => {
                panic!("the full allowance is always enough")
            }
        };
        answered.bytes = wire::render(&answer);
        answered
    }

    /// Takes note of the webhook about a leg.
    pub fn notify(&mut self, body: &[u8]) {
        let Ok(Webhook::Status(status)) = wire::parse(body) else {
            panic!("no progress in {}", String::from_utf8_lossy(body));
        };
        if let Some(call) = &mut self.call {
            call.status(&status.event);
        }
    }
}

/// What comes of a look-up, the same for the same address: any status, JSON or none, or a
/// failure; and for how many turns it goes on.
fn answer_to(look_up: &LookUp) -> (u8, Found) {
    let sum = |sum: usize, byte: u8| sum.wrapping_mul(31).wrapping_add(usize::from(byte));
    let dice = look_up.url.bytes().fold(7, sum);
    let json = Value::Map(Arc::new(
        [
            ("x".into(), Value::text("found")),
            ("n".into(), Value::Int(3)),
        ]
        .into(),
    ));
    let found = match dice % 8 {
        0 => Found::Failed(LookUpFailure::ALL[dice / 8 % LookUpFailure::ALL.len()]),
        1 => Found::Answered {
            status: 404,
            json: None,
        },
        2 => Found::Answered {
            status: 503,
            json: None,
        },
        3 => Found::Answered {
            status: 200,
            json: None,
        },
        _ => Found::Answered {
            status: 200,
            json: Some(json),
        },
    };
    ((dice / 3 % 3) as u8, found)
}

/// The flows of these files, all of which must be without errors.
pub fn compiled(files: &[Arc<SourceFile>]) -> Catalog {
    let build = build(files);
    if build.has_errors() {
        let found: Vec<String> = build.diagnostics.iter().map(|d| d.render(false)).collect();
        let texts: Vec<&str> = files.iter().map(|file| file.text()).collect();
        panic!("{}\n{}", found.join("\n"), texts.join("\n---\n"));
    }
    build.catalog
}
