//! What is heard, and in how many answers. What is spoken is held back until it shows
//! whether it can be joined with what comes next.

use smallvec::{SmallVec, smallvec};

use crate::call::{Action, Repetition};
use crate::flow::{LangId, Speech, State};

use super::render::Heard;
use super::session::{Session, Stage};
use super::step::{Go, Runner, Trouble};
use super::turn::Answers;

/// Something spoken that has not gone out yet.
pub(super) struct Held {
    pub action: Action,
    /// The session as it stands when this has been heard.
    after: Session,
    faults: usize,
    path: usize,
}

impl Runner<'_> {
    /// Says what a state says, from this piece on.
    pub(super) fn speak(&mut self, state: &State, piece: u8) -> Result<Go, Trouble> {
        if let Some(speech) = &state.say
            && !self.muted
        {
            let mut actions: SmallVec<[Action; 2]> = SmallVec::new();
            for lang in self.languages(state) {
                let heard = self.hear(&speech.text, lang)?;
                actions.extend(actions_of(heard, speech, lang));
            }
            if actions.is_empty() {
                let message = "what was to be said came out empty".to_owned();
                if let Trouble::Fault(fault) = self.wrong_text(&speech.text, message) {
                    self.unsaid = Some(fault);
                }
            }
            for (index, action) in actions.into_iter().enumerate() {
                if index < usize::from(piece) {
                    continue;
                }
                self.session.place.stage = Stage::Say(index.saturating_add(1) as u8);
                if self.emit(action) == Go::Stop {
                    return Ok(Go::Stop);
                }
            }
        }
        self.session.place.stage = Stage::Kind;
        Ok(Go::On)
    }

    /// The languages in which a state says what it says, one after the other.
    pub(super) fn languages(&self, state: &State) -> SmallVec<[LangId; 2]> {
        match &*state.said_in {
            [] => smallvec![self.session.lang],
            said_in => said_in.iter().copied().collect(),
        }
    }

    /// A text or recording is to be heard. It is held back, as what comes next may
    /// be joined with it.
    pub(super) fn emit(&mut self, action: Action) -> Go {
        if self.muted {
            return Go::On;
        }
        let action = match &self.held {
            Some(held) => match joined(&held.action, &action) {
                Some(joined) => joined,
                None if self.policy.answers == Answers::Single => return self.send_held(),
                None => {
                    self.actions
                        .extend(self.held.take().map(|held| held.action));
                    action
                }
            },
            None => action,
        };
        self.held = Some(Held {
            action,
            after: self.session.clone(),
            faults: self.faults.len(),
            path: self.path.len(),
        });
        Go::On
    }

    /// An action that waits is to go out; the session must stand behind it already.
    pub(super) fn send(&mut self, action: Action) -> Go {
        if self.muted {
            return Go::Stop;
        }
        let mut action = action;
        if let Some(held) = self.held.take() {
            match joined(&held.action, &action) {
                Some(joined) => action = joined,
                None if self.policy.answers == Answers::Single => {
                    self.held = Some(held);
                    return self.send_held();
                }
                None => self.actions.push(held.action),
            }
        }
        self.actions.push(action);
        Go::Stop
    }

    /// What is held goes out alone, and all that came behind it is undone: it will
    /// be done when the held has been heard.
    pub(super) fn send_held(&mut self) -> Go {
        if let Some(held) = self.held.take() {
            self.actions.push(held.action);
            self.session = held.after;
            self.stand();
            self.faults.truncate(held.faults);
            self.path.truncate(held.path);
        }
        Go::Stop
    }
}

/// Both as one action, where that is heard the same.
fn joined(first: &Action, second: &Action) -> Option<Action> {
    let Action::Say {
        text,
        voice,
        speed,
        repetition: Repetition::ONCE,
    } = first
    else {
        return None;
    };
    match second {
        Action::Say {
            text: more,
            voice: other_voice,
            speed: other_speed,
            repetition: Repetition::ONCE,
        } if voice == other_voice && speed == other_speed => Some(Action::Say {
            text: text.joined(more)?,
            voice: voice.clone(),
            speed: *speed,
            repetition: Repetition::ONCE,
        }),
        Action::SayAndCapture(capture) if *voice == capture.voice && *speed == capture.speed => {
            capture.led_by(text).map(Action::SayAndCapture)
        }
        _ => None,
    }
}

fn actions_of(heard: Heard, speech: &Speech, lang: LangId) -> SmallVec<[Action; 1]> {
    match heard {
        Heard::Recording(url) => smallvec![Action::PlayFile {
            url,
            repetition: speech.repetition,
        }],
        Heard::Spoken(pieces) => pieces
            .into_iter()
            .map(|text| Action::Say {
                text,
                voice: speech.voices.of(lang).clone(),
                speed: speech.speed,
                repetition: speech.repetition,
            })
            .collect(),
    }
}
