//! How a session ends, and its summary.

use jiff::SignedDuration;

use super::line::{Ending, Line, Phase, WebhookKind};
use super::refused::Refused;
use super::unique;
use crate::wire::{LegName, LegStatus, SessionError, SessionStatus, Summary, write_summary};

/// The session's errors, which are told later than a refusal and have codes of their own.
const INVALID: i32 = -2003;
const EXPIRED: i32 = -2007;

impl Line {
    /// The session is over. Legs that are still up went well.
    pub(super) fn end(&mut self, ending: Ending) {
        if let Some(b) = &self.b
            && !b.is_over()
        {
            self.end_b(SessionStatus::Completed, 200);
        }
        if !self.a.is_over() {
            self.a.end(SessionStatus::Completed, 200, self.now);
            self.tell(true, LegStatus::Disconnected);
        }
        self.recorded.extend(self.a.recording(self.now));
        self.orders.clear();
        self.keys.clear();
        self.phase = Phase::Over(ending);
        let summary = self.summary();
        self.send(WebhookKind::Summary, write_summary(&summary));
    }

    /// The caller had left before the answer came.
    pub(super) fn end_left(&mut self) {
        self.end(Ending::CallerGaveUp);
    }

    pub(super) fn end_refused(&mut self, refused: &Refused) {
        let (code, message) = match refused.code {
            Refused::CONNECTIVITY => (Refused::CONNECTIVITY, refused.rule.clone()),
            _ => (
                INVALID,
                format!("The callflow is invalid. {}", refused.rule),
            ),
        };
        self.end_with_error(code, message, Ending::Refused);
    }

    pub(super) fn end_expired(&mut self) {
        let message = "The validity of the callflow has expired".to_owned();
        self.end_with_error(EXPIRED, message, Ending::Expired);
    }

    fn end_with_error(&mut self, code: i32, message: String, ending: Ending) {
        self.error = Some((code, message));
        // A caller who had left before the answer came has ended the leg already.
        if !self.a.is_over() {
            self.a.end(SessionStatus::Error, 200, self.now);
            self.tell(true, LegStatus::Disconnected);
        }
        self.end(ending);
    }

    /// How the session ended, in the platform's word; `None` while it is up.
    pub fn status(&self) -> Option<SessionStatus> {
        matches!(self.phase, Phase::Over(_)).then(|| self.as_it_stands())
    }

    /// How long it has been going on, from its first event.
    pub fn lasted(&self) -> SignedDuration {
        self.now.duration_since(self.begun)
    }

    fn as_it_stands(&self) -> SessionStatus {
        match self.error {
            Some(_) => SessionStatus::Error,
            None => session_status(&self.a.status, self.b.as_ref().map(|leg| &leg.status)),
        }
    }

    fn summary(&self) -> Summary {
        let a = &self.a;
        let b = self.b.as_ref();
        let mut legs = vec![a.ended(LegName::A, self.now)];
        legs.extend(b.map(|leg| leg.ended(LegName::B, self.now)));
        Summary {
            session: self.session.clone(),
            sub_account: Some(self.account.name.clone()),
            status: Some(self.as_it_stands()),
            start: Some(self.begun),
            end: Some(self.now),
            last_action: self.last_action.clone(),
            call_count: Some(self.legs),
            client_request_id: self.request_id.clone(),
            error: self.error.as_ref().map(|(code, message)| SessionError {
                message: Some(message.clone()),
                code: Some(i64::from(*code)),
                callflow_request: Some(unique::id(self.session.as_str(), "request", self.events)),
                action: None,
            }),
            legs,
        }
    }
}

/// How a session ended, from how its legs did.
fn session_status(a: &SessionStatus, b: Option<&SessionStatus>) -> SessionStatus {
    use SessionStatus::*;

    match (a, b) {
        (Error, _) | (_, Some(Error)) => Error,
        (Canceled, Some(Canceled)) => Canceled,
        (Completed, Some(b @ (NoAnswer | Busy | Failed))) => b.clone(),
        (a @ (NoAnswer | Busy | Failed), None) => a.clone(),
        _ => Completed,
    }
}

#[cfg(test)]
mod tests {
    use super::session_status;
    use crate::wire::SessionStatus::*;

    #[test]
    fn a_session_ends_as_its_legs_do() {
        let table = [
            (Completed, None, Completed),
            (Completed, Some(Completed), Completed),
            (Completed, Some(NoAnswer), NoAnswer),
            (Completed, Some(Busy), Busy),
            (Completed, Some(Failed), Failed),
            (Canceled, Some(Canceled), Canceled),
            (Error, None, Error),
            (Error, Some(Completed), Error),
            (Completed, Some(Error), Error),
            (Busy, None, Busy),
        ];
        for (a, b, status) in table {
            assert_eq!(session_status(&a, b.as_ref()), status, "{a:?} {b:?}");
        }
    }
}
