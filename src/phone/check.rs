//! One action of a callflow, held against the platform's table.

use jiff::SignedDuration;

use super::judge::Judge;
use super::order::{Capture, Order, Speech};
use super::refused::Refused;
use crate::call::{FileUrl, MAX_TEXT_CHARS, PhoneNumber};
use crate::wire::{ActionKind, Callflow, Loose, LooseAction, Param};

/// One action, and what is wrong with it.
pub(super) struct Check<'a> {
    pub judge: &'a Judge<'a>,
    pub index: usize,
    pub action: &'a LooseAction,
    pub found: Vec<Refused>,
}

impl Check<'_> {
    /// The action, or `None` where something was found.
    pub fn order(&mut self) -> Option<Order> {
        let Some(kind) = self.action.kind else {
            self.wrong_name();
            return None;
        };
        self.check_nulls(kind);
        match kind {
            ActionKind::Say => {
                let mut speech = self.speech(Param::Text)?;
                speech.repetition = self.repetition()?;
                Some(Order::Say(speech))
            }
            ActionKind::PlayFile => {
                let url = self.file();
                let repetition = self.repetition()?;
                Some(Order::Play {
                    url: url?,
                    repetition,
                })
            }
            ActionKind::SayAndCapture => {
                let capture = self.capture()?;
                Some(Order::Capture(Box::new(capture)))
            }
            ActionKind::MakeCall => {
                let from = self.source();
                let to = self.destination();
                let records = self.recording();
                Some(Order::Call {
                    from: from?,
                    to: to?,
                    records,
                })
            }
            ActionKind::Hangup => Some(Order::HangUp),
        }
    }

    /// Other optional parameters, those of a capture, may be `null`, which is the same as
    /// absent.
    fn check_nulls(&mut self, kind: ActionKind) {
        for (of, param, expected) in NEVER_NULL {
            if of == kind && self.action.is_null(param) {
                self.entry(param, &format!("null found, {expected} expected"));
            }
        }
    }

    fn wrong_name(&mut self) {
        let place = Callflow::place_of_name(self.index);
        match &self.action.name {
            None => self.refuse(Refused::ENTRY, format!("{place}: {MISSING}")),
            Some(Loose::Text(_)) => {
                let names: Vec<_> = ActionKind::ALL.iter().map(|kind| kind.word()).collect();
                let rule = format!("{place} should be one of: {}", names.join(","));
                self.refuse(Refused::ACTION, rule);
            }
            Some(other) => {
                let rule = format!("{place}: {} found, string expected", other.kind());
                self.refuse(Refused::ENTRY, rule);
            }
        }
    }

    /// A text with its voice and speed, said once.
    fn speech(&mut self, text: Param) -> Option<Speech> {
        let said = self.required_text(text);
        if let Some(said) = &said {
            self.check_spoken(text, said);
        }
        let voice = self.required_text(Param::Voice);
        if let Some(voice) = &voice {
            self.check_voice(voice);
        }
        let speed = self.speed();
        Some(Speech {
            text: said?,
            voice: voice?,
            speed: speed?,
            repetition: 1,
        })
    }

    fn check_spoken(&mut self, param: Param, text: &str) {
        let chars = text.chars().count();
        if text.trim().is_empty() {
            self.entry(param, "must be at least 1 characters long");
        }
        if chars > MAX_TEXT_CHARS {
            self.entry(param, "must be at most 3000 characters long");
        }
        let takes_markup = self.judge.rules.takes_markup;
        let is_refused = |c: char| {
            (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
                || (!takes_markup && matches!(c, '<' | '>' | '&'))
        };
        if text.contains(is_refused) {
            let place = Callflow::place_of(self.index, param);
            let rule = format!("{place}: contains characters that are not accepted");
            self.refuse(Refused::CHARACTERS, rule);
        }
    }

    fn check_voice(&mut self, voice: &str) {
        let is_code = !voice.is_empty()
            && voice
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        let known = match &self.judge.account.voices {
            Some(voices) => voices.iter().any(|other| other == voice),
            None => true,
        };
        if !is_code || !known {
            let place = Callflow::place_of(self.index, Param::Voice);
            self.refuse(
                Refused::VOICE,
                format!("{place}: the voice profile or language is invalid"),
            );
        }
    }

    fn speed(&mut self) -> Option<f64> {
        let speed = match self.action.param(Param::Speed) {
            None => return Some(1.0),
            Some(Loose::Whole(whole)) => whole as f64,
            Some(Loose::Number(number)) => number,
            Some(other) => {
                self.mistyped(Param::Speed, &other, "number");
                return None;
            }
        };
        if speed < 0.5 {
            self.entry(Param::Speed, "must have a minimum value of 0.5");
        } else if speed > 2.0 {
            self.entry(Param::Speed, "must have a maximum value of 2.0");
        } else {
            return Some(speed);
        }
        None
    }

    fn repetition(&mut self) -> Option<u32> {
        let repetition = self.whole(Param::Repetition, 1, Some(3)).ok()?;
        Some(repetition.unwrap_or(1) as u32)
    }

    fn file(&mut self) -> Option<String> {
        let url = self.required_text(Param::FileUrl)?;
        if FileUrl::new(&url).is_err() {
            let rule = "must be an http or https address of an .mp3 or .wav file";
            self.entry(Param::FileUrl, rule);
            return None;
        }
        Some(url)
    }

    fn capture(&mut self) -> Option<Capture> {
        let prompt = self.speech(Param::Prompt);
        let min = self.whole(Param::MinDigits, 1, None);
        let max = self.whole(Param::MaxDigits, 1, Some(25));
        let pause = self.whole(Param::DigitTimeout, 1, None);
        let overall = self.whole(Param::OverallTimeout, 1, None);
        let tries = self.whole(Param::Tries, 1, None);
        let on_hash = self.flag(Param::CompleteOnHash);
        let given_max = max.ok().flatten();
        if let Ok(Some(min)) = min
            && given_max.is_none_or(|max| max < min)
        {
            let rule = "Invalid Callflow : minDigits needs a maxDigits that is not below it";
            self.refuse(Refused::MIN_DIGITS, rule);
        }
        match (pause, overall) {
            (Ok(Some(_)), Ok(None)) => self.refuse(
                Refused::DIGIT_TIMEOUT,
                "Invalid Callflow : digitTimeout needs an overallTimeout",
            ),
            (Ok(Some(pause)), Ok(Some(overall)))
                if pause > overall || (pause == overall && !self.judge.rules.equal_timeouts) =>
            {
                self.refuse(
                    Refused::TIMEOUTS,
                    "Invalid Callflow : overallTimeout must be greater than digitTimeout",
                );
            }
            _ => {}
        }
        if on_hash == Some(false) && given_max.is_none() {
            let rule = "Invalid Callflow : maxDigits is required when completeOnHash is false";
            self.refuse(Refused::HASH, rule);
        }
        let success = self.message(Param::SuccessMessage, prompt.as_ref());
        let failure = self.message(Param::FailureMessage, prompt.as_ref());
        Some(Capture {
            prompt: prompt?,
            min_digits: min.ok()?.unwrap_or(1) as usize,
            max_digits: max.ok()?.unwrap_or(25) as usize,
            pause: pause.ok()?.map(SignedDuration::from_millis),
            overall: SignedDuration::from_millis(overall.ok()?.unwrap_or(30_000)),
            complete_on_hash: on_hash?,
            tries: tries.ok()?.unwrap_or(3) as u32,
            success,
            failure,
        })
    }

    /// A message behind a try, in the voice of the prompt.
    fn message(&mut self, param: Param, prompt: Option<&Speech>) -> Option<Speech> {
        match self.action.param(param)? {
            Loose::Text(text) if text.trim().is_empty() => None,
            Loose::Text(text) => {
                self.check_spoken(param, &text);
                Some(Speech {
                    text,
                    ..prompt?.clone()
                })
            }
            other => {
                self.mistyped(param, &other, "string");
                None
            }
        }
    }

    fn source(&mut self) -> Option<PhoneNumber> {
        let text = self.required_text(Param::Source)?;
        let number = msisdn(&text);
        let allowed = match (&self.judge.account.numbers, number) {
            (Some(numbers), Some(number)) => numbers.contains(&number),
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if !allowed {
            let place = Callflow::place_of(self.index, Param::Source);
            self.refuse(
                Refused::SOURCE,
                format!("{place}: the source is not allowed"),
            );
        }
        number
    }

    fn destination(&mut self) -> Option<PhoneNumber> {
        let place = Callflow::place_of(self.index, Param::Destination);
        let several = format!("{place}: only one destination is allowed");
        if self.action.param(Param::Destination) == Some(Loose::List) {
            self.refuse(Refused::DESTINATIONS, several);
            return None;
        }
        let text = self.required_text(Param::Destination)?;
        if text.contains([',', ';']) {
            self.refuse(Refused::DESTINATIONS, several);
            return None;
        }
        let number = msisdn(&text);
        if number.is_none() {
            self.refuse(
                Refused::DESTINATION,
                format!("{place}: the destination is not a valid MSISDN"),
            );
        }
        number
    }

    fn recording(&mut self) -> bool {
        let records = self.flag_or(Param::Recording, false) == Some(true);
        if records && !self.judge.account.records {
            self.entry(Param::Recording, "call recording is not set up");
        }
        records
    }

    fn flag(&mut self, param: Param) -> Option<bool> {
        self.flag_or(param, true)
    }

    fn flag_or(&mut self, param: Param, default: bool) -> Option<bool> {
        match self.action.param(param) {
            None => Some(default),
            Some(Loose::Flag(flag)) => Some(flag),
            Some(other) => {
                self.mistyped(param, &other, "boolean");
                None
            }
        }
    }

    fn required_text(&mut self, param: Param) -> Option<String> {
        match self.action.param(param) {
            Some(Loose::Text(text)) => return Some(text),
            Some(other) => self.mistyped(param, &other, "string"),
            None => self.entry(param, MISSING),
        }
        None
    }

    /// A whole number within bounds, if it is there. An error is told.
    fn whole(&mut self, param: Param, least: i64, most: Option<i64>) -> Result<Option<i64>, ()> {
        // No time and no count is above this, and none of it may overflow.
        const BOUND: i64 = i32::MAX as i64;
        match self.action.param(param) {
            None => return Ok(None),
            Some(Loose::Whole(whole)) if whole < least => {
                self.entry(param, &format!("must have a minimum value of {least}"));
            }
            Some(Loose::Whole(whole)) if whole > most.unwrap_or(BOUND) => {
                let most = most.unwrap_or(BOUND);
                self.entry(param, &format!("must have a maximum value of {most}"));
            }
            Some(Loose::Whole(whole)) => return Ok(Some(whole)),
            Some(other) => self.mistyped(param, &other, "integer"),
        }
        Err(())
    }

    fn mistyped(&mut self, param: Param, value: &Loose, expected: &str) {
        let rule = format!("{} found, {expected} expected", value.kind());
        self.entry(param, &rule);
    }

    /// A parameter is missing or wrong.
    fn entry(&mut self, param: Param, rule: &str) {
        let place = Callflow::place_of(self.index, param);
        self.refuse(Refused::ENTRY, format!("{place}: {rule}"));
    }

    pub fn refuse(&mut self, code: i32, rule: impl Into<String>) {
        self.found.push(Refused::new(code, rule));
    }
}

/// Optional parameters that the platform's document does not mark as nullable.
const NEVER_NULL: [(ActionKind, Param, &str); 5] = [
    (ActionKind::Say, Param::Speed, "number"),
    (ActionKind::Say, Param::Repetition, "integer"),
    (ActionKind::PlayFile, Param::Repetition, "integer"),
    (ActionKind::SayAndCapture, Param::Speed, "number"),
    (ActionKind::MakeCall, Param::Recording, "boolean"),
];

const MISSING: &str = "is missing but it is required";

/// A number as the platform takes it: with or without `+`, and nothing but digits.
fn msisdn(text: &str) -> Option<PhoneNumber> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}
