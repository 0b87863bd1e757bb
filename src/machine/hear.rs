//! What a call says where it waits, said once more: for a designer who has just written
//! it anew. The call stays as it is.

use jiff::Timestamp;

use crate::call::Action;

use super::look::Awaits;
use super::outside::Outside;
use super::session::{Session, Stage};
use super::step::step;
use super::turn::{Allowance, Cue, Policy, Step};

/// The most answers that one state's words are spread over.
const MOST_ANSWERS: usize = 32;

impl Session {
    /// What is said or dialled from the beginning of the present state to where the call
    /// waits in it; the confirmation, where one is waited for. Nothing where the call
    /// waits for nothing.
    pub fn says_again(&self, now: Timestamp, policy: &Policy) -> Vec<Action> {
        let mut session = self.clone();
        session.place.stage = match &self.place.stage {
            Stage::Asking | Stage::Dialling(_) => Stage::Say(0),
            Stage::Confirming(entry) => Stage::Confirm(entry.clone(), 0),
            _ => return Vec::new(),
        };
        // The prompt that was said last, and not the one behind it.
        session.counters.prompts = session.counters.prompts.saturating_sub(1);
        let mut said = Vec::new();
        for _ in 0..MOST_ANSWERS {
            let cue = Cue::Done {
                digits: None,
                leg: None,
            };
            // A state that waits asks for nothing of the outside.
            let (all, none) = (Allowance::FULL, Outside::NONE);
            let step = step(&session, (0, cue), now, all, policy, none);
            let Step::Turn(turn) = step else {
                break;
            };
            said.extend(turn.answer.actions().iter().cloned());
            session = turn.session;
            let is_said = !matches!(session.place.stage, Stage::Confirm(..));
            if turn.ended || is_said && session.awaits() != Awaits::Nothing {
                break;
            }
        }
        said
    }
}
