//! Callers of nobody's making: one that does anything, and one that does nothing.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::SignedDuration;

use super::caller::{Caller, Deed, Scene};
use super::dice::Dice;
use crate::phone::{Doing, Heard, OtherSide};

/// Presses keys at random, says nothing, hangs up at any time, and whoever is dialled does
/// anything too. The same seed and number do the same in the same call.
pub struct Walker {
    dice: Dice,
    habits: Arc<Habits>,
    /// What is asked, until it was decided what to do about it.
    asked: Option<Asked>,
    /// Keys that are to be pressed.
    keys: VecDeque<char>,
    /// The prompt is heard to its end before a key is pressed.
    listens: bool,
    /// Somebody is rung, and it was decided for how long.
    rings: bool,
    /// The two are talking, and it was decided for how long.
    talks: bool,
}

/// What walkers are inclined to, in shares of 0 to 1.
#[derive(Debug, Clone)]
pub struct Habits {
    /// Hangs up at a prompt.
    pub hangs_up: f64,
    /// Hangs up while we think about an answer.
    pub leaves: f64,
    /// Says nothing to a prompt.
    pub is_silent: f64,
    /// Presses a key that the prompt names, where it names some.
    pub follows: f64,
    /// Keys in something of [`Habits::known`] where several digits are asked for.
    pub knows: f64,
    /// What may be right somewhere, such as account numbers.
    pub known: Vec<String>,
}

impl Default for Habits {
    fn default() -> Self {
        Habits {
            hangs_up: 0.03,
            leaves: 0.01,
            is_silent: 0.08,
            follows: 0.8,
            knows: 0.5,
            known: Vec::new(),
        }
    }
}

/// A prompt that keys are wanted for.
struct Asked {
    max_digits: usize,
    /// The digits in its text.
    named: Vec<char>,
}

const KEYS: [char; 12] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'];

impl Walker {
    /// The walker of this number among those of a seed.
    pub fn new(seed: u64, number: u64, habits: Arc<Habits>) -> Self {
        Walker {
            dice: Dice::at(seed, &[number, CALLER]),
            habits,
            asked: None,
            keys: VecDeque::new(),
            listens: false,
            rings: false,
            talks: false,
        }
    }

    /// Some time between these, in ms.
    fn time(&mut self, least_ms: u64, most_ms: u64) -> SignedDuration {
        let ms = least_ms + self.dice.below(most_ms - least_ms);
        SignedDuration::from_millis(ms as i64)
    }

    /// What to do about a prompt.
    fn decide(&mut self, asked: &Asked) -> Option<Deed> {
        self.keys.clear();
        self.listens = self.dice.is(0.7);
        if self.dice.is(self.habits.hangs_up) {
            return Some(Deed::HangUp);
        }
        if self.dice.is(self.habits.is_silent) {
            return None;
        }
        match asked.max_digits {
            1 => {
                let key = match self.dice.is(self.habits.follows) {
                    true => self.dice.pick(&asked.named),
                    false => None,
                };
                let key = key.or_else(|| self.dice.pick(&KEYS));
                self.keys.extend(key);
            }
            most => self.key_in(most),
        }
        None
    }

    /// Several digits: right in number for the most part, and else too few, too many, or
    /// with a key among them that is no digit.
    fn key_in(&mut self, most: usize) {
        let habits = Arc::clone(&self.habits);
        if !habits.known.is_empty() && self.dice.is(habits.knows) {
            let at = self.dice.below(habits.known.len() as u64) as usize;
            self.keys.extend(habits.known[at].chars());
        } else {
            let many = most as u64;
            let length = match self.dice.below(10) {
                0 => many + 1 + self.dice.below(3),
                1..=3 => 1 + self.dice.below(many),
                _ => many,
            };
            for _ in 0..length {
                let key = match self.dice.is(0.02) {
                    true => self.dice.pick(&KEYS),
                    false => self.dice.pick(&KEYS[..10]),
                };
                self.keys.extend(key);
            }
        }
        if self.keys.len() < most && self.dice.is(0.8) {
            self.keys.push_back('#');
        }
    }

    /// What whoever is rung does, after some time.
    fn rung(&mut self, is_first: bool) -> Deed {
        if !self.rings {
            self.rings = true;
            return Deed::Pause(self.time(500, 12_000));
        }
        let of_100 = self.dice.below(100);
        let seconds = 1 + self.dice.below(600) as u32;
        match (is_first, of_100) {
            (true, 0..85) | (false, 0..55) => Deed::Other(OtherSide::Answers { seconds }),
            (true, 85..90) | (false, 55..70) => Deed::Other(OtherSide::Busy),
            (true, 90..95) | (false, 70..82) => Deed::Other(OtherSide::NoAnswer),
            (true, _) | (false, 82..90) => Deed::Other(OtherSide::Fails),
            (false, _) => Deed::HangUp,
        }
    }

    fn talking(&mut self) -> Deed {
        if !std::mem::replace(&mut self.talks, true) {
            if self.dice.is(0.85) {
                return Deed::Wait;
            }
            return Deed::Pause(self.time(1_000, 60_000));
        }
        Deed::HangUp
    }

    fn listening(&mut self, scene: &Scene<'_>) -> Deed {
        if let Some(asked) = self.asked.take()
            && let Some(deed) = self.decide(&asked)
        {
            return deed;
        }
        if self.listens && *scene.doing == Doing::Speaking {
            return Deed::Wait;
        }
        match self.keys.pop_front() {
            Some(key) => Deed::Press(key),
            None => Deed::Wait,
        }
    }
}

/// Dice that no fault throws.
const CALLER: u64 = 0x0063_616c_6c65_7273;

impl Caller for Walker {
    fn next(&mut self, scene: &Scene<'_>) -> Deed {
        self.rings &= matches!(scene.doing, Doing::Ringing(_));
        self.talks &= matches!(scene.doing, Doing::Talking(_));
        match scene.doing {
            Doing::WaitsForAnswer if self.dice.is(self.habits.leaves) => Deed::HangUp,
            Doing::Ringing(_) => self.rung(scene.is_first),
            Doing::Talking(_) => self.talking(),
            Doing::Listening | Doing::Speaking if scene.takes_keys => self.listening(scene),
            Doing::Speaking if self.dice.is(self.habits.hangs_up / 2.0) => Deed::HangUp,
            _ => Deed::Wait,
        }
    }

    fn heard(&mut self, heard: &[Heard]) {
        for heard in heard {
            if let Heard::Asked {
                text, max_digits, ..
            } = heard
            {
                self.asked = Some(Asked {
                    max_digits: *max_digits,
                    named: text.chars().filter(char::is_ascii_digit).collect(),
                });
            }
        }
    }
}

/// Takes a call, and neither says nor presses anything. Nobody else takes one.
pub struct Silent;

impl Caller for Silent {
    fn next(&mut self, scene: &Scene<'_>) -> Deed {
        match scene.is_first {
            true => Deed::Other(OtherSide::Answers { seconds: 0 }),
            false => Deed::Wait,
        }
    }
}
