//! A conversation whose flow is edited meanwhile: the call goes over to the edit, and what
//! is new where it waits is heard at once.

use std::sync::Arc;

use super::Conversation;
use crate::call::Action;
use crate::flow::Catalog;
use crate::phone::Doing;
use crate::scenario::Followed;

impl Conversation<'_> {
    /// Other flows are live. The call goes over to them where its state is still there,
    /// and where what is said in that is new, it is said; calls from now on begin there.
    pub fn go_live(&mut self, catalog: &Arc<Catalog>) {
        let before = self.end.says_again(self.line.now());
        let live = self.end.go_live(catalog);
        if let Some(flow) = &live.next {
            self.call.aim(flow);
        }
        match live.call {
            Followed::Nothing => {}
            Followed::On(flow) => {
                let revision = flow.revision();
                self.tell_quiet(&format!("the call goes on with {} {revision}", flow.name()));
                let now = self.end.says_again(self.line.now());
                if before != now {
                    self.story.hears_instead(&now);
                    self.tell_again(&now);
                }
            }
            Followed::Stays { on, state } => {
                let (name, revision) = (on.name(), on.revision());
                self.tell_quiet(&format!(
                    "the call stays on {name} {revision}: its state `{state}` is gone or of another kind"
                ));
            }
            Followed::Withdrawn => {
                self.tell_quiet("the call stays as it is: its flow is not live any more");
            }
        }
    }

    /// What is said where the call waits, once more.
    pub(super) fn hear(&mut self) {
        let again = self.end.says_again(self.line.now());
        match again.is_empty() {
            true => self.tell_why_no_more(),
            false => self.tell_again(&again),
        }
    }

    /// What is said once more, without the call going on.
    fn tell_again(&mut self, said: &[Action]) {
        self.label = self.end.view().map(|view| view.state).unwrap_or_default();
        for action in said {
            match action {
                Action::Say { text, .. } => self.tell_labelled(&format!("“{}”", text.as_str())),
                Action::SayAndCapture(capture) => {
                    self.tell_labelled(&format!("“{}”", capture.prompt.as_str()));
                }
                Action::PlayFile { url, .. } => {
                    self.tell_labelled(&format!("plays {}", url.as_str()));
                }
                Action::MakeCall { destination, .. } => {
                    self.tell_labelled(&format!("rings {destination}"));
                }
                Action::Hangup => self.tell_quiet("hangs up"),
            }
        }
        self.label.clear();
    }

    /// Why nothing can be said once more.
    fn tell_why_no_more(&mut self) {
        match self.line.doing() {
            Doing::Over(_) => self.tell_why_not(),
            _ => self.tell_text("", "a server says it once: `again` calls again"),
        }
    }
}
