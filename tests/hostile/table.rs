//! Every body of `bodies.txt`, and what is documented about it.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;

use super::body::Draft;
use super::socket::{Listening, post_request};
use crate::support::answer::accepted;
use crate::support::caller::accepted_by_platform;
use crate::support::server::{LAST_RESORT, Response, Server, Setup};
use crate::support::webhook::summary;

const TABLE: &str = include_str!("bodies.txt");

pub const FLOW: &str = "\
flow: hostile
numbers: [+6561115001]
voice: en-US-BenjaminRUS
defaults:
  on_error: trouble
  give_up: bye
  tries: 3
  no_input: Nothing came.
  no_match: That is no choice.
states:
  one: {menu: Question one., keys: {1: two}}
  two: {menu: Question two., keys: {1: three}}
  three: {menu: Question three., keys: {1: four}}
  four: {menu: Question four., keys: {1: one, 2: bye}}
  trouble: {menu: There was trouble., keys: {1: two}}
  bye: {say: Goodbye., then: hangup}
";

/// What is known of a session before the body comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// The call is in its second question.
    Known,
    /// So it is, and nothing but its token is left.
    ByToken,
    Unknown,
    Ended,
}

const STANDINGS: [Standing; 4] = [
    Standing::Known,
    Standing::ByToken,
    Standing::Unknown,
    Standing::Ended,
];

struct Row<'a> {
    name: &'a str,
    recipe: &'a str,
    expected: [&'a str; 4],
}

impl Row<'_> {
    /// The body is about another session than the one that is watched.
    fn is_of_another(&self) -> bool {
        matches!(self.expected[0], "first" | "last")
    }
}

fn rows() -> Vec<Row<'static>> {
    let lines = TABLE.lines().map(str::trim);
    let rows = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.map(|line| {
        let columns: Vec<&str> = line.split('|').collect();
        let [name, recipe, known, by_token, unknown, ended] = columns[..] else {
            panic!("six columns are wanted: {line}");
        };
        let mut expected = [known, by_token, unknown, ended].map(str::trim);
        for at in 1..4 {
            if expected[at] == "=" {
                expected[at] = expected[at - 1];
            }
        }
        let recipe = recipe.strip_prefix(' ').unwrap_or(recipe);
        let recipe = recipe.strip_suffix(' ').unwrap_or(recipe);
        Row {
            name: name.trim(),
            recipe,
            expected,
        }
    })
    .collect()
}

/// A session in one of its standings, and how to go on with it.
struct Watched {
    session: String,
    token: Option<String>,
    standing: Standing,
}

impl Watched {
    fn new(server: &Server, session: String, standing: Standing) -> Self {
        let mut watched = Watched {
            session,
            token: None,
            standing,
        };
        if standing == Standing::Unknown {
            return watched;
        }
        for event in ["first", "second"] {
            watched.token = accepted(&post(server, &watched.good(event)).body).1;
        }
        match standing {
            Standing::ByToken => server.forget_calls(),
            Standing::Ended => {
                server.post(&summary(&watched.session, "COMPLETED", 0));
            }
            _ => {}
        }
        watched
    }

    fn draft(&self, event: &str) -> Draft {
        let event = format!("{event}-{}", self.session);
        Draft::whole(&self.session, &event, self.token.as_deref())
    }

    fn good(&self, event: &str) -> Vec<u8> {
        self.draft(event).bytes()
    }

    /// Where a good webhook leads once the body was answered.
    fn check_that_it_goes_on(&mut self, server: &Server, row: &Row<'_>, said: &Said) {
        let unmoved = match self.standing {
            Standing::Known | Standing::ByToken => "Question three.",
            Standing::Unknown => "Question one.",
            Standing::Ended => "",
        };
        let next = match said.word {
            _ if row.is_of_another() => unmoved,
            "next" => "Question four.",
            "silence" | "no match" => "Question three.",
            "error" | "first" => "Question two.",
            _ => unmoved,
        };
        if !row.is_of_another() && said.token.is_some() {
            self.token = said.token.clone();
        }
        let after = Said::read(&post(server, &self.good("after")));
        assert_eq!(after.heard, next, "{}, and then", row.name);
        if self.standing == Standing::Ended {
            assert_eq!(after.word, "hangup", "{}, and then", row.name);
        }
    }
}

fn post(server: &Server, body: &[u8]) -> Response {
    let request = Request::post("/webhooks").body(Body::from(body.to_owned()));
    server.runtime.block_on(server.request(request.unwrap()))
}

/// An answer in the words of the table.
#[derive(Debug)]
struct Said {
    word: &'static str,
    heard: String,
    token: Option<String>,
}

impl Said {
    /// # Panics
    /// Where it is nothing that the table has a word for, or the platform would not
    /// take it.
    fn read(response: &Response) -> Self {
        let (word, heard, token) = match response.status {
            StatusCode::PAYLOAD_TOO_LARGE => ("413", String::new(), None),
            StatusCode::BAD_REQUEST => {
                let line = String::from_utf8(response.body.clone()).unwrap();
                assert!(line.ends_with('\n') && line.lines().count() == 1, "{line}");
                assert!((10..200).contains(&line.len()), "{line}");
                ("400", line, None)
            }
            StatusCode::OK if response.body.is_empty() => ("noted", String::new(), None),
            _ => {
                let (actions, token) = accepted_by_platform(response);
                let (word, heard) = Said::of_actions(&actions);
                (word, heard, token)
            }
        };
        Said { word, heard, token }
    }

    fn of_actions(actions: &[Value]) -> (&'static str, String) {
        let param = |name: &str| actions[0]["params"][name].as_str().map(str::to_owned);
        if actions[0]["action"] == "hangup" {
            return ("hangup", String::new());
        }
        if let Some(text) = param("text") {
            assert_eq!((&*text, actions.len()), (LAST_RESORT, 2), "{actions:?}");
            return ("last", text);
        }
        let prompt = param("promptMessage").unwrap();
        let word = match &*prompt {
            "Question one." => "first",
            "Question two." => "on to two",
            "Question three." => "next",
            "Question four." => "next but one",
            "There was trouble." => "error",
            "Nothing came. Question two." => "silence",
            "That is no choice. Question two." => "no match",
            _ => panic!("this is nowhere: {prompt}"),
        };
        (word, prompt)
    }

    fn is(&self, expected: &str) -> bool {
        match expected.strip_prefix("400") {
            Some(part) => self.word == "400" && self.heard.contains(part.trim()),
            None => self.word == expected,
        }
    }
}

#[test]
fn every_body_gets_its_answer_and_no_call_is_lost() {
    let server = Setup::flow(FLOW).start();
    let (mut sessions, mut wrong) = (0, Vec::new());
    for row in rows() {
        let mut count = 0;
        for (standing, expected) in STANDINGS.into_iter().zip(row.expected) {
            let bodies = Draft::whole("s", "e", None).cook(row.recipe).len();
            let with_token = Draft::whole("s", "e", Some("t")).cook(row.recipe).len();
            for index in 0..bodies.max(with_token) {
                sessions += 1;
                let session = format!("session-{sessions:06}");
                let mut watched = Watched::new(&server, session, standing);
                let draft = watched.draft("odd");
                let Some(body) = draft.cook(row.recipe).into_iter().nth(index) else {
                    break;
                };
                let response = post(&server, &body);
                let said = Said::read(&response);
                if !said.is(expected) {
                    wrong.push(format!(
                        "{} ({standing:?}, {index}) is to be {expected} and is {said:?}",
                        row.name
                    ));
                    break;
                }
                let again = post(&server, &body);
                assert_eq!(again, response, "{}: another answer", row.name);
                watched.check_that_it_goes_on(&server, &row, &said);
                count += 1;
            }
        }
        if count < STANDINGS.len() - 1 {
            wrong.push(format!("{}: only {count} bodies", row.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(sessions > 2000, "{sessions} bodies");
}

/// The same over a socket, one connection for each row: no answer ends it before its
/// time, and nothing that is left of one body is taken for the next request.
#[test]
fn a_connection_outlives_every_body() {
    let server = Setup::flow(FLOW).start();
    let mut tried = 0;
    for (number, row) in rows().into_iter().enumerate() {
        let too_large = row.expected[0] == "413";
        let watched = Watched::new(&server, format!("over-{number}"), Standing::Known);
        let bodies = watched.draft("odd").cook(row.recipe);
        let step = bodies.len().div_ceil(8);
        let answers = server.runtime.block_on(async {
            let listening = Listening::start(&server).await;
            let mut client = listening.connect().await;
            let mut answers = Vec::new();
            for body in bodies.iter().step_by(step).chain(bodies.last()) {
                client.send(&post_request("/webhooks", body)).await;
                let answer = client.answer().await;
                answers.push(answer.unwrap_or_else(|| panic!("{}: no answer", row.name)));
                if too_large {
                    client = listening.connect().await;
                }
            }
            answers
        });
        for answer in answers {
            let said = Said::read(&Response {
                status: StatusCode::from_u16(answer.status).unwrap(),
                content_type: answer.header("content-type").map(str::to_owned),
                body: answer.body,
            });
            assert_ne!(said.word, "hangup", "{}", row.name);
            tried += 1;
        }
    }
    assert!(tried > 300, "{tried} bodies");
}
