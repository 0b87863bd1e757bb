//! A call in memory whose flow is edited while it goes on, as a designer wants to hear it.

use std::sync::Arc;

use jiff::Timestamp;

use super::engine::Engine;
use crate::call::Action;
use crate::flow::Flow;
use crate::machine::Call;

/// What became of a call when other flows were served.
#[derive(Debug, Clone)]
pub enum Followed {
    /// No call is up, or its flow is as it was.
    Nothing,
    /// It goes on with this revision.
    On(Arc<Flow>),
    /// It stays on the revision it has, as the state it is in is gone or another.
    Stays { on: Arc<Flow>, state: String },
    /// It stays, as its flow is not live any more.
    Withdrawn,
}

impl Engine {
    /// Takes the call over to what is served of its flow now, where its state is still
    /// there, as a server does in front of a designer.
    pub fn follow(&mut self) -> Followed {
        let Some(call) = &mut self.call else {
            return Followed::Nothing;
        };
        let Some(session) = call.session() else {
            return Followed::Nothing;
        };
        let was = Arc::clone(session.root());
        let state = was.shown_state(session.at());
        match self.catalog.named(was.name()) {
            None => Followed::Withdrawn,
            Some(now) if now.revision() == was.revision() => Followed::Nothing,
            Some(now) if call.follow(now) => Followed::On(Arc::clone(now)),
            Some(_) => Followed::Stays { on: was, state },
        }
    }

    /// What is said where the call waits, once more. The call stays as it is.
    pub fn says_again(&self, now: Timestamp) -> Vec<Action> {
        let session = self.call.as_ref().and_then(Call::session);
        session.map_or_else(Vec::new, |session| {
            session.says_again(now, &self.desk.policy)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{SourceFile, build};
    use crate::machine::Answers;
    use crate::scenario::desk;

    const FLOW: &str = "flow: a
numbers: [+6561115777]
voice: en-US-BenjaminRUS
vars: {card: digits}
defaults: {give_up: hangup}
states:
  first:
    ask: ['Your card, please.', Once more.]
    digits: 4
    save: card
    confirm: It is ${card}. Press 1 to keep it, 2 to change it.
    then: desk
  desk:
    say: Please hold.
    transfer: +6561110001
    then: hangup
    otherwise: hangup
";

    fn catalog(text: &str) -> Arc<crate::flow::Catalog> {
        let build = build(&[SourceFile::new("flows/a.yaml", text)]);
        assert!(!build.has_errors(), "{:?}", build.diagnostics);
        Arc::new(build.catalog)
    }

    fn post(engine: &mut Engine, id: u8, status: &str, digits: &str) {
        let body = format!(
            r#"{{"eventType":"CALL_ACTION","payload":{{"eventId":"{id}","callId":"leg","sessionId":"one","callStatus":"{status}","callDirection":"INBOUND","source":"+6591234567","destination":"+6561115777","eventData":{{"dtmf":"{digits}"}}}}}}"#
        );
        let response = engine.post(body.as_bytes(), Timestamp::UNIX_EPOCH);
        assert_eq!(response.status, 200);
    }

    /// What is said once more, and that it is so each time.
    fn again(engine: &Engine) -> Vec<String> {
        let said = engine.says_again(Timestamp::UNIX_EPOCH);
        assert_eq!(said, engine.says_again(Timestamp::UNIX_EPOCH));
        let texts = said.iter().map(|action| match action {
            Action::Say { text, .. } => text.as_str().to_owned(),
            Action::SayAndCapture(capture) => capture.prompt.as_str().to_owned(),
            Action::MakeCall { destination, .. } => destination.to_string(),
            other => panic!("{other:?}"),
        });
        texts.collect()
    }

    #[test]
    fn what_is_said_where_the_call_waits_is_said_again() {
        let mut engine = Engine::new(catalog(FLOW), desk(Answers::Single));
        assert!(again(&engine).is_empty(), "there is no call yet");
        post(&mut engine, 1, "CALL_RECEIVED", "");
        assert_eq!(again(&engine), ["Your card, please."]);
        // Nothing was keyed in, so the second prompt was said.
        post(&mut engine, 2, "ACTION_COMPLETED", "");
        assert_eq!(again(&engine), ["Once more."]);
        post(&mut engine, 3, "ACTION_COMPLETED", "1234");
        assert!(again(&engine)[0].contains("Press 1 to keep it"));
        post(&mut engine, 4, "ACTION_COMPLETED", "1");
        // The text has been heard, and the number is rung.
        post(&mut engine, 5, "ACTION_COMPLETED", "");
        assert_eq!(again(&engine), ["Please hold.", "+6561110001"]);
        engine.forget();
        assert!(again(&engine).is_empty());
    }

    #[test]
    fn a_call_goes_on_with_an_edit_if_its_state_is_there() {
        let mut engine = Engine::new(catalog(FLOW), desk(Answers::Single));
        post(&mut engine, 1, "CALL_RECEIVED", "");
        assert!(matches!(engine.follow(), Followed::Nothing));
        engine.serve(catalog(&FLOW.replace("Your card", "The card")));
        assert!(matches!(engine.follow(), Followed::On(_)));
        assert_eq!(again(&engine), ["The card, please."]);
        engine.serve(catalog(&FLOW.replace("first:", "start:")));
        let Followed::Stays { state, .. } = engine.follow() else {
            panic!("its state is gone");
        };
        assert_eq!(state, "first");
        assert_eq!(again(&engine), ["The card, please."]);
        engine.serve(catalog(&FLOW.replace("flow: a", "flow: b")));
        assert!(matches!(engine.follow(), Followed::Withdrawn));
    }
}
