//! What a call that waits is answered with: longer and longer tokens, a bridge to a busy
//! phone, or nothing for long.

use std::time::Instant;

use super::facts::{Echo, Facts, Held, Repeat};
use super::listener::Reply;
use super::seeing::{About, Call, Plan, Seeing};
use super::{Probe, ms};
use crate::call::{Action, ActionEvent, Answer, Occasion};

/// The lengths of `clientActionId` that are tried.
const LENGTHS: [usize; 3] = [64, 128, 255];

const GOES_ON: &str = "The test goes on.";
const LATER: &str = "Please call again later.";

impl Probe {
    /// A call waits for its next step.
    pub(super) fn waits(
        &self,
        seeing: &mut Seeing,
        event: &ActionEvent,
        body: &[u8],
        is_ours: bool,
    ) -> Reply {
        let word = match event.occasion {
            Occasion::Received => "CALL_RECEIVED",
            _ => "ACTION_COMPLETED",
        };
        let about = About {
            session: &event.session,
            leg: Some(&event.leg),
            direction: Some(event.direction),
            sip_code: event.sip_code,
        };
        seeing.saw("CALL_ACTION", word, &about, self.begun);
        let Some(at) = seeing
            .calls
            .iter()
            .position(|call| call.session == event.session)
        else {
            // Somebody calls a number of the account just now.
            let later = self.says(LATER).filter(|_| is_ours);
            let later = later.and_then(|later| Answer::new([later, Action::Hangup]).ok());
            return Reply::Callflow(later.unwrap_or_else(Answer::hangup));
        };
        seeing.note_digits(body);
        let Seeing { facts, calls, .. } = seeing;
        let call = &mut calls[at];
        call.turns += 1;
        match call.plan {
            Plan::Echo => Reply::Callflow(self.echo(facts, call, event)),
            Plan::Hold => hold(facts, call, event),
        }
    }

    /// The next token, then a bridge, then the end.
    fn echo(&self, facts: &mut Facts, call: &mut Call, event: &ActionEvent) -> Answer {
        if let Some(sent) = call.token.take() {
            let back = event.token.as_deref();
            facts.echo.push(Echo {
                sent: sent.len(),
                came_back: back.map(|back| back.chars().count()),
                whole: back == Some(&sent),
            });
        }
        let goes_on = self.says(GOES_ON).and_then(|say| Answer::new([say]).ok());
        match (LENGTHS.get(call.turns - 1), goes_on) {
            (Some(len), Some(answer)) => {
                let token = token(*len);
                call.token = Some(token.clone());
                answer.with_token(token)
            }
            _ if !call.is_bridging => {
                call.is_bridging = true;
                Answer::new([self.bridge()]).unwrap_or_else(|_| Answer::hangup())
            }
            _ => Answer::hangup(),
        }
    }
}

/// The first one is never answered in time; what comes then ends the call.
fn hold(facts: &mut Facts, call: &mut Call, event: &ActionEvent) -> Reply {
    match call.held {
        None => {
            call.held = Some((event.key, Instant::now()));
            facts.held = Some(Held::default());
            Reply::Hold
        }
        Some((first, since)) => {
            if let Some(held) = &mut facts.held {
                held.repeats.push(Repeat {
                    after_ms: ms(since.elapsed()),
                    same_event: first == event.key,
                });
            }
            Reply::Callflow(Answer::hangup())
        }
    }
}

/// A token of so many characters, of those that a token is made of.
fn token(len: usize) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    let signs = SIGNS.iter().cycle().take(len);
    signs.map(|sign| char::from(*sign)).collect()
}
