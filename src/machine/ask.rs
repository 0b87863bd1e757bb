//! Menus and asks: the prompt, the judging of an entry, and what happens when the
//! caller does not answer well. The engine counts, not the platform.

use std::sync::Arc;

use smallvec::SmallVec;

use crate::call::{
    Action, Answer, Capture, DigitLimit, Digits, Key, Repetition, SpokenText, Value,
};
use crate::flow::{Asking, Edge, Entry, Failure, Kind, LangId, State, Target, Text};

use super::input::Input;
use super::render::Heard;
use super::scope::Candidate;
use super::session::Stage;
use super::step::{Go, Runner, Trouble};

/// The keys of a confirmation: keep it, ask again.
const KEEP: &str = "1";
const AGAIN: &str = "2";

/// Something said in one or more languages.
type InEach = SmallVec<[(LangId, SpokenText); 2]>;

/// What an entry is.
enum Judged {
    Key(Target, Key),
    Accepted(Arc<str>),
    Failed(Failure),
}

impl Runner<'_> {
    /// Says the prompt, from this piece on; its last piece collects keys.
    pub(super) fn ask(&mut self, state: &State, piece: u8) -> Result<Go, Trouble> {
        let Some(asking) = state.kind.asking() else {
            return Ok(self.go_out_on_error(state));
        };
        let nth = usize::from(self.session.counters.prompts);
        let Some(text) = asking.prompts.get(nth).or(asking.prompts.last()) else {
            return Err(Trouble::Fault(self.our_fault("there is no prompt")));
        };
        if let Some(ready) = self.ready_answer(state, asking, text)? {
            self.session.place.stage = Stage::Asking;
            self.session.counters.prompts = nth.saturating_add(1).min(255) as u8;
            self.ready = Some(ready);
            return Ok(Go::Stop);
        }
        let mut pieces = InEach::new();
        for lang in self.languages(state) {
            match self.hear(text, lang)? {
                Heard::Spoken(spoken) => pieces.extend(spoken.into_iter().map(|said| (lang, said))),
                Heard::Recording(_) => {
                    let message = "the prompt came out as a recording".into();
                    return Err(self.wrong_text(text, message));
                }
            }
        }
        let Some(((lang, last), before)) = pieces.split_last() else {
            return Err(self.wrong_text(text, "the prompt came out empty".into()));
        };
        for (index, (lang, text)) in before.iter().enumerate().skip(usize::from(piece)) {
            self.session.place.stage = Stage::Ask(index.saturating_add(1) as u8);
            if self.emit(said(asking, *lang, text.clone())) == Go::Stop {
                return Ok(Go::Stop);
            }
        }
        let capture = self.capture(asking, *lang, last.clone(), limit_of(state))?;
        self.session.place.stage = Stage::Asking;
        self.session.counters.prompts = nth.saturating_add(1).min(255) as u8;
        Ok(self.send(Action::SayAndCapture(capture)))
    }

    /// The whole answer, where it is this prompt alone, and the same for all callers.
    fn ready_answer(
        &mut self,
        state: &State,
        asking: &Asking,
        text: &Text,
    ) -> Result<Option<Answer>, Trouble> {
        let is_alone = self.held.is_none() && self.actions.is_empty() && !self.muted;
        let lang = match &*state.said_in {
            [] => self.session.lang,
            [lang] => *lang,
            _ => return Ok(None),
        };
        let Text::Spoken(pieces) = text.in_language(lang) else {
            return Ok(None);
        };
        let ([prompt], true) = (&pieces[..], is_alone) else {
            return Ok(None);
        };
        let nth = usize::from(self.session.counters.prompts);
        let nth = nth.min(asking.prompts.len().saturating_sub(1));
        let Some(place) = asking.ready.place(nth, lang) else {
            return Ok(None);
        };
        if let Some(ready) = place.get() {
            return Ok(Some(ready.clone()));
        }
        let capture = self.capture(asking, lang, prompt.clone(), limit_of(state))?;
        let made = Answer::new([Action::SayAndCapture(capture)]);
        Ok(made.ok().map(|made| place.get_or_init(|| made).clone()))
    }

    /// Reads the entry back, from this piece on, to be confirmed with one key.
    pub(super) fn confirm(
        &mut self,
        state: &State,
        entry: Arc<str>,
        piece: u8,
    ) -> Result<Go, Trouble> {
        let Kind::Ask(asking, rules) = &state.kind else {
            return Ok(self.go_out_on_error(state));
        };
        let Some(text) = &rules.confirm else {
            return self.keep(rules, entry);
        };
        self.candidate = Some(Candidate {
            entry: Arc::clone(&entry),
            save: rules.save,
        });
        let heard = self.hear_in_each(state, text);
        self.candidate = None;
        let heard = heard?;
        let Some(((lang, prompt), before)) = heard.split_last() else {
            return Err(self.wrong_text(text, "the confirmation came out empty".into()));
        };
        for (index, (lang, text)) in before.iter().enumerate().skip(usize::from(piece)) {
            let next = index.saturating_add(1) as u8;
            self.session.place.stage = Stage::Confirm(Box::new(Arc::clone(&entry)), next);
            if self.emit(said(asking, *lang, text.clone())) == Go::Stop {
                return Ok(Go::Stop);
            }
        }
        let capture = self.capture(asking, *lang, prompt.clone(), DigitLimit::OneKey)?;
        self.session.place.stage = Stage::Confirming(Box::new(entry));
        Ok(self.send(Action::SayAndCapture(capture)))
    }

    /// A text that is spoken at once, in every language of a state.
    fn hear_in_each(&mut self, state: &State, text: &Text) -> Result<InEach, Trouble> {
        let mut heard = InEach::new();
        for lang in self.languages(state) {
            heard.extend(self.hear_once(text, lang)?.map(|said| (lang, said)));
        }
        Ok(heard)
    }

    fn capture(
        &self,
        asking: &Asking,
        lang: LangId,
        prompt: SpokenText,
        limit: DigitLimit,
    ) -> Result<Capture, Trouble> {
        let voice = asking.voices.of(lang).clone();
        Capture::new(prompt, voice, asking.speed, limit, asking.wait_ms)
            .map_err(|limit| Trouble::Fault(self.our_fault(&limit.to_string())))
    }

    /// Judges what was keyed in at a menu or ask.
    pub(super) fn judge(&mut self, digits: Option<Digits>) -> Result<Go, Trouble> {
        let flow = self.flow;
        let state = flow.state(self.session.place.state);
        let judged = match &state.kind {
            Kind::Menu(asking) => judge_menu(asking, digits.as_ref()),
            Kind::Ask(asking, entry) => {
                if self.misses(entry.reads) && !self.compute_again(entry.reads)? {
                    return Ok(self.go_back(entry.reads));
                }
                self.judge_entry(asking, entry, digits.as_ref())?
            }
            _ => return Ok(self.go_out_on_error(state)),
        };
        match (judged, &state.kind) {
            (Judged::Failed(failure), kind) => match kind.asking() {
                Some(asking) => self.failed(asking, failure),
                None => Ok(self.go_out_on_error(state)),
            },
            (Judged::Key(target, key), _) => {
                self.session.counters.streak = 0;
                // Of what is keyed in where a secret is asked for, `input` has nothing.
                let is_secret = matches!(&state.kind, Kind::Ask(_, entry) if entry.secret);
                let input = if is_secret { "" } else { key_face(key) };
                self.session.input = Input::from(input);
                Ok(self.go(Edge::Key(key), target))
            }
            (Judged::Accepted(value), Kind::Ask(_, entry)) => {
                self.session.counters.streak = 0;
                if entry.confirm.is_some() {
                    self.session.place.stage = Stage::Confirm(Box::new(value), 0);
                    return Ok(Go::On);
                }
                self.keep(entry, value)
            }
            (Judged::Accepted(_), _) => Ok(self.go_out_on_error(state)),
        }
    }

    fn judge_entry(
        &mut self,
        asking: &Asking,
        entry: &Entry,
        digits: Option<&Digits>,
    ) -> Result<Judged, Trouble> {
        let pressed = digits.map(Digits::as_str).unwrap_or_default();
        // Whether a finishing `#` is part of the value is not documented.
        let pressed = pressed.strip_suffix('#').unwrap_or(pressed);
        if pressed.is_empty() {
            return Ok(Judged::Failed(Failure::NoInput));
        }
        let fits = pressed.chars().all(|c| c.is_ascii_digit())
            && (usize::from(entry.least)..=usize::from(entry.most)).contains(&pressed.len());
        if let Some(key) = single_key(pressed)
            && let Some(found) = asking.keys.iter().find(|other| other.key == key)
            && (!found.global || !fits)
        {
            return Ok(Judged::Key(found.target, key));
        }
        if !fits {
            return Ok(Judged::Failed(Failure::NoMatch));
        }
        let value: Arc<str> = pressed.into();
        if let Some(valid) = &entry.valid {
            self.candidate = Some(Candidate {
                entry: Arc::clone(&value),
                save: entry.save,
            });
            let holds = self.holds(valid);
            self.candidate = None;
            match holds {
                Ok(true) => {}
                Ok(false) => return Ok(Judged::Failed(Failure::Invalid)),
                // A check that failed has not accepted anything.
                Err(Trouble::Fault(fault)) => {
                    self.note(fault);
                    return Ok(Judged::Failed(Failure::Invalid));
                }
                Err(over) => return Err(over),
            }
        }
        Ok(Judged::Accepted(value))
    }

    /// Keeps an entry and goes on.
    fn keep(&mut self, entry: &Entry, value: Arc<str>) -> Result<Go, Trouble> {
        // A secret is kept under its name alone.
        self.session.input = Input::from(if entry.secret { "" } else { &value });
        if let Some(var) = entry.save
            && !self.session.assign(var, Value::Text(value))
        {
            let name = &self.flow.variable(var).name;
            let message = format!("the entry is not of the type of `{name}`");
            return Err(Trouble::Fault(self.our_fault(&message)));
        }
        Ok(self.go(Edge::Then, entry.then))
    }

    /// Judges the key behind a confirmation.
    pub(super) fn judge_confirmation(
        &mut self,
        entry: Arc<str>,
        digits: Option<Digits>,
    ) -> Result<Go, Trouble> {
        let flow = self.flow;
        let state = flow.state(self.session.place.state);
        let Kind::Ask(asking, rules) = &state.kind else {
            return Ok(self.go_out_on_error(state));
        };
        match digits.as_ref().map(Digits::as_str) {
            Some(KEEP) => self.keep(rules, entry),
            Some(AGAIN) if self.session.counters.refusals < asking.tries => {
                self.session.counters.refusals += 1;
                self.session.place.stage = Stage::Ask(0);
                Ok(Go::On)
            }
            Some(AGAIN) => self.failed(asking, Failure::NoMatch),
            pressed => {
                let failure = match pressed {
                    None => Failure::NoInput,
                    Some(_) => Failure::NoMatch,
                };
                match self.count(asking, failure) {
                    Some((edge, target)) => Ok(self.go(edge, target)),
                    None => {
                        self.session.place.stage = Stage::Confirm(Box::new(entry), 0);
                        Ok(Go::On)
                    }
                }
            }
        }
    }

    /// Counts a failure: with its wording the prompt again, or giving up.
    fn failed(&mut self, asking: &Asking, failure: Failure) -> Result<Go, Trouble> {
        if let Some((edge, target)) = self.count(asking, failure) {
            return Ok(self.go(edge, target));
        }
        let flow = self.flow;
        self.wording(flow.state(self.session.place.state), failure, 0)
    }

    /// Says what is said after a failure, from this piece on; the prompt comes next.
    pub(super) fn wording(
        &mut self,
        state: &State,
        failure: Failure,
        piece: u8,
    ) -> Result<Go, Trouble> {
        let Some(asking) = state.kind.asking() else {
            return Ok(self.go_out_on_error(state));
        };
        self.session.place.stage = Stage::Ask(0);
        let nth = self.session.counters.failures;
        let Some(wording) = asking.wordings.after(failure, nth) else {
            return Ok(Go::On);
        };
        let heard = self.hear_in_each(state, wording)?;
        let count = heard.len();
        for (index, (lang, text)) in heard.into_iter().enumerate().skip(usize::from(piece)) {
            let next = index.saturating_add(1);
            self.session.place.stage = match next < count {
                true => Stage::Wording(failure, next as u8),
                false => Stage::Ask(0),
            };
            if self.emit(said(asking, lang, text)) == Go::Stop {
                return Ok(Go::Stop);
            }
        }
        Ok(Go::On)
    }

    /// Counts a failure, and says where to go where it was the last one: of this
    /// state, or in a row in the whole call.
    fn count(&mut self, asking: &Asking, failure: Failure) -> Option<(Edge, Target)> {
        let counters = &mut self.session.counters;
        counters.failures = counters.failures.saturating_add(1);
        counters.streak = counters.streak.saturating_add(1);
        if counters.streak >= self.flow.patience() {
            return Some((Edge::GiveUp, asking.give_up));
        }
        if counters.failures >= asking.tries {
            return Some(match asking.cases.of(failure) {
                Some(target) => (Edge::Failure(failure), target),
                None => (Edge::GiveUp, asking.give_up),
            });
        }
        None
    }
}

/// When the entry of a state ends by itself.
fn limit_of(state: &State) -> DigitLimit {
    match &state.kind {
        Kind::Ask(_, entry) => DigitLimit::UpTo(entry.most),
        _ => DigitLimit::OneKey,
    }
}

fn judge_menu(asking: &Asking, digits: Option<&Digits>) -> Judged {
    let Some(digits) = digits else {
        return Judged::Failed(Failure::NoInput);
    };
    let pressed = digits.as_str();
    if let Some(key) = single_key(pressed)
        && let Some(found) = asking.keys.iter().find(|other| other.key == key)
    {
        return Judged::Key(found.target, key);
    }
    match pressed {
        "#" => Judged::Failed(Failure::NoInput),
        _ => Judged::Failed(Failure::NoMatch),
    }
}

fn single_key(pressed: &str) -> Option<Key> {
    let mut chars = pressed.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Key::pressed(c),
        _ => None,
    }
}

fn key_face(key: Key) -> &'static str {
    match key.name() {
        "star" => "*",
        "hash" => "#",
        digit => digit,
    }
}

fn said(asking: &Asking, lang: LangId, text: SpokenText) -> Action {
    Action::Say {
        text,
        voice: asking.voices.of(lang).clone(),
        speed: asking.speed,
        repetition: Repetition::ONCE,
    }
}
