//! Look-ups: what is asked of somebody's server, and where what came of it leads. The
//! asking itself is done outside: a turn that needs an answer stops without a trace, and
//! is run again from its start when the answer is there.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::call::{
    Action, Found, HeaderPart, LookUp, LookUpFailure, SessionId, Value, clean_value,
};
use crate::flow::{
    Assigned, Edge, HeaderPiece, Http, Kind, MAX_WITHIN_MS, Request, Speech, State, VarId,
};
use crate::script;

use super::render::Heard;
use super::session::{Begun, Session, Stage};
use super::step::{Go, Runner, Trouble, Unfinished};

/// In how many turns a call hears that it has to wait. A recording may be over at once.
const MOST_WAITS: u16 = 30;

impl Runner<'_> {
    /// Looks something up: at once, or while the caller hears so.
    pub(super) fn begin_look_up(&mut self, state: &State, http: &Http) -> Result<Go, Trouble> {
        // What is held may go out alone, and what came behind it is then undone; a server
        // that was asked is not. And who has to wait hears it before.
        if self.held.is_some() {
            return Ok(self.send_held());
        }
        let here = self.session.at();
        let before = self.looked_up.iter().filter(|other| **other == here);
        let begun = Begun {
            turn: self.turn,
            nth: before.count().min(7) as u8,
            since: Some(self.now),
        };
        self.looked_up.push(here);
        let Some(speech) = http.while_waiting.as_ref().filter(|_| !self.muted) else {
            return self.look_up_now(state, http, begun);
        };
        let look_up = self.look_up(state, http, begun)?;
        match self.waiting_words(speech)? {
            Some(words) => {
                self.begun = Some(Box::new(look_up));
                self.session.place.stage = Stage::Looking(Box::new(begun));
                Ok(self.send(words))
            }
            None => self.look_up_now(state, http, begun),
        }
    }

    /// Something was being looked up when the caller last heard from us.
    pub(super) fn look_on(&mut self, state: &State, begun: Begun) -> Result<Go, Trouble> {
        let Kind::Http(http) = &state.kind else {
            return Ok(self.go_out_on_error(state));
        };
        let key = self.key(state, begun);
        let is_pending = self.outside.pending == Some(&*key);
        if !is_pending || self.outside.found(&key).is_some() {
            // Known, or begun in a process that is gone: then the same is asked again, and
            // the caller has waited already.
            return self.look_up_now(state, http, begun);
        }
        let words = match (&http.while_waiting, self.is_late(http, begun)) {
            (Some(speech), false) => self.waiting_words(speech)?,
            _ => None,
        };
        match words {
            Some(words) => {
                self.session.place.stage = Stage::Looking(Box::new(begun));
                Ok(self.send(words))
            }
            None => Ok(self.found(http, &Found::Failed(LookUpFailure::TimedOut))),
        }
    }

    fn is_late(&self, http: &Http, begun: Begun) -> bool {
        let waited = begun.since.map(|since| self.now.duration_since(since));
        let most = i128::from(http.request.within_ms);
        self.turn.saturating_sub(begun.turn) >= MOST_WAITS
            || waited.is_some_and(|waited| waited.as_millis() >= most)
    }

    /// Goes on with what was found; the turn stops here until it is known.
    fn look_up_now(&mut self, state: &State, http: &Http, begun: Begun) -> Result<Go, Trouble> {
        let key = self.key(state, begun);
        if let Some(found) = self.outside.found(&key) {
            return Ok(self.found(http, found));
        }
        let mut look_up = self.look_up(state, http, begun)?;
        look_up.within_ms = look_up.within_ms.min(MAX_WITHIN_MS);
        let look_up = Unfinished::LookUp(Box::new(look_up));
        Err(Trouble::Unfinished(look_up))
    }

    /// What is said meanwhile; `None` where its values leave nothing to say.
    fn waiting_words(&mut self, speech: &Speech) -> Result<Option<Action>, Trouble> {
        Ok(match self.hear(&speech.text, self.session.lang)? {
            Heard::Recording(url) => Some(Action::PlayFile {
                url,
                repetition: speech.repetition,
            }),
            Heard::Spoken(pieces) => pieces.into_iter().next().map(|text| Action::Say {
                text,
                voice: speech.voices.of(self.session.lang).clone(),
                speed: speech.speed,
                repetition: speech.repetition,
            }),
        })
    }

    /// Where an answer leads, or none.
    fn found(&mut self, http: &Http, found: &Found) -> Go {
        let Found::Answered { status, json } = found else {
            return self.go(Edge::Otherwise, http.otherwise);
        };
        if let Some((edge, target)) = http.case(*status) {
            return self.go(edge, target);
        }
        let is_good = (200..300).contains(status);
        match http.save {
            _ if !is_good => self.go(Edge::Otherwise, http.otherwise),
            Some(var) if !self.keep_answer(var, json.as_ref()) => {
                self.go(Edge::Otherwise, http.otherwise)
            }
            _ => self.go(Edge::Then, http.then),
        }
    }

    /// Keeps the JSON of an answer; false where there is none, or it cannot be kept.
    fn keep_answer(&mut self, var: VarId, json: Option<&Value>) -> bool {
        let Some(json) = json else {
            return false;
        };
        let name = &self.flow.variable(var).name;
        let message = if !script::is_keepable(json) {
            format!("the answer for `{name}` is larger than 4 KiB or deeper than 8 lists or maps")
        } else if !self.session.assign(var, json.clone()) {
            format!("the answer is not of the type of `{name}`")
        } else {
            return true;
        };
        let mut fault = self.our_fault(&message);
        fault.ours = false;
        self.note(fault);
        false
    }

    /// The request with its values.
    fn look_up(&mut self, state: &State, http: &Http, begun: Begun) -> Result<LookUp, Trouble> {
        let key = self.key(state, begun);
        self.request(&http.request, key, http.save.is_some())
    }

    pub(super) fn request(
        &mut self,
        request: &Request,
        key: Box<str>,
        wants_json: bool,
    ) -> Result<LookUp, Trouble> {
        let url = self.fill(&request.url)?;
        let mut headers = Vec::new();
        for (name, pieces) in &request.headers {
            headers.push((name.clone(), self.header(pieces)?));
        }
        let body = match &request.body {
            Some(body) => Some(self.body(body)?),
            None => None,
        };
        Ok(LookUp {
            method: request.method,
            url: url.into(),
            headers,
            body,
            within_ms: request.within_ms,
            retries: request.retries,
            key,
            wants_json,
        })
    }

    fn header(&mut self, pieces: &[HeaderPiece]) -> Result<Vec<HeaderPart>, Trouble> {
        let mut parts = Vec::new();
        for piece in pieces {
            parts.push(match piece {
                HeaderPiece::Text(text) => HeaderPart::Text(text.clone()),
                HeaderPiece::Env(name) => HeaderPart::Env(name.clone()),
                HeaderPiece::Value(expression) => {
                    let value = clean_value(&self.evaluate(expression)?);
                    if !value.is_ascii() {
                        let message = "a header holds letters without accents alone";
                        let fault = self.fault_at(expression, 0, 0, message.to_owned());
                        return Err(Trouble::Fault(fault));
                    }
                    HeaderPart::Text(value.into())
                }
            });
        }
        Ok(parts)
    }

    /// What is sent, as JSON text.
    fn body(&mut self, body: &Assigned) -> Result<Box<str>, Trouble> {
        let value = self.assigned(body)?;
        if script::is_keepable(&value) {
            return Ok(json(&value).to_string().into());
        }
        let message = "what is sent is larger than 4 KiB or deeper than 8 lists or maps";
        Err(Trouble::Fault(self.fault(body, message.to_owned())))
    }

    fn key(&self, state: &State, begun: Begun) -> Box<str> {
        self.session.look_up_key(state, begun)
    }
}

impl Session {
    /// What makes it this look-up and no other: the same for a webhook that comes again,
    /// also where another process answers it that knows the call's token alone.
    fn look_up_key(&self, state: &State, begun: Begun) -> Box<str> {
        let mut hash = Sha256::new();
        hash.update(self.facts().id.as_str());
        hash.update([0]);
        hash.update(begun.turn.to_be_bytes());
        // In a sub-flow also the states that run it: another may have one of this name.
        for run in self.stack_hashes() {
            hash.update(run.to_be_bytes());
        }
        hash.update(state.hash.to_be_bytes());
        hash.update([begun.nth]);
        key_of(hash)
    }

    /// The key of the look-up that the call waits for, where it waits for one.
    pub(super) fn awaited_key(&self) -> Option<Box<str>> {
        match &self.place.stage {
            Stage::Looking(begun) => {
                Some(self.look_up_key(self.flow().state(self.place.state), **begun))
            }
            _ => None,
        }
    }
}

/// The key of what is asked when a call is over: one for each session.
pub(super) fn end_key(session: &SessionId) -> Box<str> {
    let mut hash = Sha256::new();
    hash.update(session.as_str());
    hash.update([0]);
    hash.update("end");
    key_of(hash)
}

fn key_of(hash: Sha256) -> Box<str> {
    let hash = hash.finalize();
    let hex = hash.iter().take(16).map(|byte| format!("{byte:02x}"));
    hex.collect::<String>().into()
}

/// A value as the text of a body of JSON.
pub fn json_text(value: &Value) -> String {
    json(value).to_string()
}

pub(super) fn json(value: &Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Value::Nothing => Json::Null,
        Value::Flag(flag) => Json::Bool(*flag),
        Value::Int(number) => Json::from(*number),
        // One that JSON cannot write is null.
        Value::Float(number) => Json::from(*number),
        Value::Text(text) => Json::from(&**text),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(fields) => {
            let fields: &BTreeMap<_, _> = fields;
            let fields = fields.iter();
            Json::Object(
                fields
                    .map(|(name, item)| (name.to_string(), json(item)))
                    .collect(),
            )
        }
    }
}
