//! What a resident session takes: the memory of the server with very many, without what
//! it had before.

use super::connection::{Connection, token_of};
use super::contestants::here;
use super::project::Project;
use super::server::Server;
use super::webhook;

/// What every caller of a flow keys in, one after the other; nothing at first. Behind the
/// last the call waits in the flow for more.
struct Stay {
    name: &'static str,
    flow: &'static str,
    keyed: &'static [&'static str],
    /// The most bytes that a session shall take.
    goal: f64,
}

const STAYS: [Stay; 2] = [
    Stay {
        name: "a flow without variables",
        flow: "no_variables.yaml",
        keyed: &["", "1", "1", "9", "1"],
        goal: 600.0,
    },
    Stay {
        name: "a flow with seven, all set, whose texts read them",
        flow: "variables.yaml",
        keyed: &["", "1", "4", "190000", "471100", "2", "1"],
        goal: 1536.0,
    },
];

struct Caller {
    session: usize,
    token: String,
}

/// Prints a row for each flow.
pub fn measure(sessions: usize) {
    println!("{sessions} sessions resident, each after some turns\n");
    println!("| sessions in | turns | bytes a session | goal |");
    println!("|---|---|---|---|");
    for stay in STAYS {
        let project = Project::of(&here(stay.flow));
        let most = (sessions + 10_000).to_string();
        let server = Server::ringflow(&[], project.path(), &["--max-calls", &most]);
        // What the first calls make for all is not theirs.
        let mut first = callers(sessions, 1000);
        stay.keyed
            .iter()
            .enumerate()
            .for_each(|turn| say(&server, turn, &mut first));
        let before = server.memory();
        let mut resident = callers(0, sessions);
        for turn in stay.keyed.iter().enumerate() {
            say(&server, turn, &mut resident);
        }
        let bytes = (server.memory() - before) / sessions as f64;
        println!(
            "| {} | {} | {bytes:.0} | {:.0} |",
            stay.name,
            stay.keyed.len(),
            stay.goal
        );
    }
}

fn callers(first: usize, count: usize) -> Vec<Caller> {
    let sessions = first..first + count;
    sessions
        .map(|session| Caller {
            session,
            token: String::new(),
        })
        .collect()
}

/// The same turn of all callers.
fn say(server: &Server, (turn, keyed): (usize, &&str), callers: &mut [Caller]) {
    std::thread::scope(|scope| {
        let share = callers.len().div_ceil(16);
        for callers in callers.chunks_mut(share) {
            scope.spawn(move || {
                let mut connection = Connection::to(server.address);
                let mut body = String::new();
                for caller in callers {
                    webhook::action(&mut body, caller.session, turn, keyed, &caller.token);
                    let answer = connection.exchange(&body);
                    assert!(!answer.contains("hangup"), "it is to stay: {answer}");
                    caller.token.clear();
                    caller.token.push_str(token_of(answer));
                }
            });
        }
    });
}
