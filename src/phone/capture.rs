//! How the platform collects digits: prompt, keys, time-outs and tries.

use jiff::{SignedDuration, Timestamp};

use super::leg::after;
use super::line::Heard;
use super::order::{Capture, Speech};
use super::rules::{OnTimeout, Rules, TimesFrom};

/// A capture that goes on.
#[derive(Clone)]
pub(super) struct Capturing {
    order: Box<Capture>,
    keys: String,
    /// How many tries are left, the present one included.
    tries: u32,
    part: Part,
}

#[derive(Clone)]
enum Part {
    Prompt {
        begun: Timestamp,
        ends: Timestamp,
    },
    Listening {
        begun: Timestamp,
        /// From when the overall time counts.
        overall_from: Timestamp,
        /// From when the present pause counts.
        pause_from: Timestamp,
    },
    /// The message behind a try that failed.
    Failure {
        ends: Timestamp,
    },
    Success {
        ends: Timestamp,
        keys: String,
    },
}

/// What a capture reports: the keys, or nothing.
pub(super) struct Captured(pub Option<String>);

/// What a capture needs to know of the line it is part of.
pub(super) struct Here<'a> {
    pub rules: &'a Rules,
    pub now: Timestamp,
    pub heard: &'a mut Vec<Heard>,
}

impl Capturing {
    pub fn begin(order: Box<Capture>, here: &mut Here<'_>) -> Self {
        let tries = order.tries;
        let part = Part::prompt(&order, here);
        Capturing {
            order,
            keys: String::new(),
            tries,
            part,
        }
    }

    /// When something happens by itself.
    pub fn until(&self) -> Timestamp {
        match &self.part {
            Part::Prompt { ends, .. } | Part::Failure { ends } | Part::Success { ends, .. } => {
                *ends
            }
            Part::Listening {
                begun,
                overall_from,
                pause_from,
            } => {
                let overall = after(*overall_from, self.order.overall);
                let pause = self.order.pause.map(|pause| after(*pause_from, pause));
                let first = pause.map_or(overall, |pause| overall.min(pause));
                // A time that ran out while the prompt was speaking is told behind it.
                first.max(after(*begun, SignedDuration::from_millis(1)))
            }
        }
    }

    pub fn is_listening(&self) -> bool {
        matches!(self.part, Part::Listening { .. })
    }

    /// True where a key that is pressed now counts.
    pub fn takes_keys(&self, rules: &Rules) -> bool {
        match self.part {
            Part::Prompt { .. } => rules.barge_in,
            Part::Listening { .. } => true,
            Part::Failure { .. } | Part::Success { .. } => false,
        }
    }

    /// A key that counts.
    pub fn press(&mut self, key: char, here: &mut Here<'_>) -> Option<Captured> {
        if let Part::Prompt { begun, .. } = self.part {
            self.listen(begun, here);
        }
        let Part::Listening { pause_from, .. } = &mut self.part else {
            return None;
        };
        if key == '#' && self.order.complete_on_hash {
            let keys = match here.rules.keeps_hash && !self.keys.is_empty() {
                true => format!("{}#", self.keys),
                false => self.keys.clone(),
            };
            return self.judge(keys, here);
        }
        *pause_from = here.now;
        self.keys.push(key);
        if self.keys.len() < self.order.max_digits {
            return None;
        }
        self.judge(self.keys.clone(), here)
    }

    /// What happens at [`Capturing::until`].
    pub fn happen(&mut self, here: &mut Here<'_>) -> Option<Captured> {
        match &mut self.part {
            Part::Prompt { begun, .. } => {
                let begun = *begun;
                self.listen(begun, here);
                None
            }
            Part::Listening { .. } => match here.rules.on_timeout {
                OnTimeout::Reported => self.judge(self.keys.clone(), here),
                OnTimeout::Lost => self.fail(here),
            },
            Part::Failure { .. } => self.try_again(here),
            Part::Success { keys, .. } => Some(Captured(Some(std::mem::take(keys)))),
        }
    }

    fn listen(&mut self, prompt_begun: Timestamp, here: &Here<'_>) {
        self.part = Part::Listening {
            begun: here.now,
            overall_from: match here.rules.times_from {
                TimesFrom::PromptStart => prompt_begun,
                TimesFrom::PromptEnd => here.now,
            },
            pause_from: here.now,
        };
    }

    /// An entry is over. How many digits it has counts without its finishing `#`.
    fn judge(&mut self, keys: String, here: &mut Here<'_>) -> Option<Captured> {
        if self.keys.len() < self.order.min_digits {
            return self.fail(here);
        }
        let Some(message) = &self.order.success else {
            return Some(Captured(Some(keys)));
        };
        self.part = Part::Success {
            ends: say(message, here),
            keys,
        };
        None
    }

    fn fail(&mut self, here: &mut Here<'_>) -> Option<Captured> {
        self.keys.clear();
        self.tries = self.tries.saturating_sub(1);
        match &self.order.failure {
            Some(message) => {
                let ends = say(message, here);
                self.part = Part::Failure { ends };
                None
            }
            None => self.try_again(here),
        }
    }

    fn try_again(&mut self, here: &mut Here<'_>) -> Option<Captured> {
        if self.tries == 0 {
            return Some(Captured(None));
        }
        self.part = Part::prompt(&self.order, here);
        None
    }
}

impl Part {
    fn prompt(order: &Capture, here: &mut Here<'_>) -> Self {
        here.heard.push(Heard::Asked {
            text: order.prompt.text.clone(),
            voice: order.prompt.voice.clone(),
            speed: order.prompt.speed,
            max_digits: order.max_digits,
        });
        Part::Prompt {
            begun: here.now,
            ends: after(here.now, order.prompt.length()),
        }
    }
}

/// A text begins to be heard; when it will be over.
pub(super) fn say(speech: &Speech, here: &mut Here<'_>) -> Timestamp {
    here.heard.push(Heard::Said {
        text: speech.text.clone(),
        voice: speech.voice.clone(),
        speed: speech.speed,
        repetition: speech.repetition,
    });
    after(here.now, speech.length())
}
