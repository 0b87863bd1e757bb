//! What a session was answered, against which an event that comes again is held.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::watch::Wrong;
use crate::wire::{ActionKind, Callflow};

/// The answers of one session, one a turn.
#[derive(Default)]
pub(super) struct Answers {
    /// What each turn was answered, as a print of its bytes; `None` where it was not.
    prints: Vec<Option<u64>>,
    /// The latest answer.
    present: Vec<u8>,
    /// The summary has gone out: what still comes may get `hangup` alone.
    pub summary_is_sent: bool,
}

/// An event that comes again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Again {
    /// Which turn it led to, from 0.
    pub turn: u32,
    /// It has its own id, and not another one.
    pub same_id: bool,
}

/// How many answers are surely remembered byte for byte: the present one, and the one
/// before.
const REMEMBERED: usize = 2;

impl Answers {
    /// The next turn was answered so, or was not.
    pub fn give(&mut self, body: Option<&[u8]>) {
        self.prints.push(body.map(print));
        if let Some(body) = body {
            self.present = body.to_vec();
        }
    }

    /// What is wrong with the answer to an event that has come again.
    pub fn judge(&self, again: Again, body: &[u8]) -> Option<Wrong> {
        let turn = again.turn as usize;
        let Some(Some(first)) = self.prints.get(turn) else {
            // Nobody knows what it should have been.
            return None;
        };
        let this = print(body);
        if this == *first {
            return None;
        }
        let is_recent = turn + REMEMBERED >= self.prints.len();
        let since = &self.prints[turn..];
        let is_given = since.contains(&Some(this));
        if is_given && !(again.same_id && is_recent) {
            return None;
        }
        let has_left = self.summary_is_sent;
        if has_left && (hangs_up_alone(body) || hangs_up_alone(&self.present)) {
            return None;
        }
        let is_over = ends(&self.present) && !(again.same_id && is_recent);
        if is_over && hangs_up_alone(body) {
            return None;
        }
        Some(Wrong::Different {
            turn: again.turn,
            present: self.prints.len().saturating_sub(1) as u32,
            renamed: !again.same_id,
        })
    }
}

/// Two bodies that differ have different prints, as far as anybody will ever see.
fn print(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

fn kinds(body: &[u8]) -> Vec<Option<ActionKind>> {
    let read = Callflow::read(body);
    read.map_or_else(
        |_| Vec::new(),
        |callflow| callflow.actions.iter().map(|action| action.kind).collect(),
    )
}

fn hangs_up_alone(body: &[u8]) -> bool {
    kinds(body) == [Some(ActionKind::Hangup)]
}

/// Behind this answer the call is over.
fn ends(body: &[u8]) -> bool {
    kinds(body).last() == Some(&Some(ActionKind::Hangup))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &[u8] = br#"{"callflow":[{"action":"say","params":{"text":"1"}}]}"#;
    const TWO: &[u8] = br#"{"callflow":[{"action":"say","params":{"text":"2"}}]}"#;
    const THREE: &[u8] = br#"{"callflow":[{"action":"say","params":{"text":"3"}}]}"#;
    const HANGUP: &[u8] = br#"{"callflow":[{"action":"hangup"}]}"#;

    fn given(bodies: &[&[u8]]) -> Answers {
        let mut answers = Answers::default();
        for body in bodies {
            answers.give(Some(body));
        }
        answers
    }

    fn is_right(answers: &Answers, (turn, same_id): (u32, bool), body: &[u8]) -> bool {
        answers.judge(Again { turn, same_id }, body).is_none()
    }

    #[test]
    fn the_latest_two_events_get_their_own_answers() {
        let answers = given(&[ONE, TWO, THREE]);
        for (turn, body) in [(1, TWO), (2, THREE)] {
            assert!(is_right(&answers, (turn, true), body));
            for other in [ONE, TWO, THREE, HANGUP] {
                let right = other == body;
                assert_eq!(is_right(&answers, (turn, true), other), right, "{turn}");
            }
        }
    }

    #[test]
    fn an_older_event_or_one_of_another_name_gets_one_given_since() {
        let answers = given(&[ONE, TWO, THREE]);
        assert!(is_right(&answers, (0, true), ONE));
        assert!(is_right(&answers, (0, true), THREE));
        assert!(is_right(&answers, (1, false), THREE));
        assert!(!is_right(&answers, (1, false), ONE), "given before it");
        assert!(!is_right(&answers, (0, true), b"{}"));
        assert!(!is_right(&answers, (0, true), HANGUP));
    }

    #[test]
    fn behind_the_end_a_hangup_is_right_too() {
        let mut answers = given(&[ONE, HANGUP]);
        assert!(is_right(&answers, (0, false), HANGUP));
        assert!(!is_right(&answers, (0, true), HANGUP), "it is remembered");
        answers.summary_is_sent = true;
        assert!(is_right(&answers, (0, true), HANGUP));
        assert!(!is_right(&given(&[ONE, TWO]), (0, true), HANGUP));
    }

    #[test]
    fn what_was_not_answered_tells_nothing() {
        let mut answers = Answers::default();
        answers.give(None);
        assert!(is_right(&answers, (0, true), ONE));
    }
}
