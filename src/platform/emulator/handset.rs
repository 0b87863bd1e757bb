//! A phone that a person answers: whoever is told that it rings drives the line.

use std::sync::Arc;

use tokio::runtime::Handle;

use super::Emulator;
use super::registered::Targets;
use crate::phone::{Line, Webhook};
use crate::platform::Delivered;
use crate::platform::drive::{Deliver, Kind};

/// A call that rings. Whoever has it takes the line out, drives it to its end and says so;
/// a call that is dropped is over for the emulator too.
pub struct Rings {
    /// Who calls, and who is called.
    pub from: String,
    pub to: String,
    /// The line, until it is taken.
    line: Option<Line>,
    given: Given,
}

/// What a line needs beside whoever drives it: the way to the registered webhooks.
pub struct Given {
    emulator: Arc<Emulator>,
    targets: Arc<Targets>,
    session: String,
    runtime: Handle,
    is_over: bool,
}

impl Rings {
    pub(super) fn new(
        emulator: Arc<Emulator>,
        targets: Arc<Targets>,
        line: Line,
        runtime: Handle,
    ) -> Self {
        let (from, to) = line.parties();
        Rings {
            from: from.to_string(),
            to: to.to_string(),
            given: Given {
                emulator,
                targets,
                session: line.session().to_owned(),
                runtime,
                is_over: false,
            },
            line: Some(line),
        }
    }

    pub fn session(&self) -> &str {
        &self.given.session
    }

    /// The line, which rings, and the way to the webhooks.
    pub fn take(mut self) -> (Line, Given) {
        let line = self
            .line
            .take()
            .expect("it is taken once, and with it the call");
        (line, self.given)
    }
}

impl Given {
    /// Delivers a webhook to where its kind is registered just now, and waits for the
    /// answer; for a thread that belongs to no runtime. What nobody has registered for is
    /// not sent, which is the same as an empty answer where none is waited for.
    ///
    /// # Errors
    /// In plain words, where there is no answer.
    pub fn post(&self, webhook: &Webhook) -> Result<Delivered, String> {
        let kind = Kind::of(webhook.kind);
        match self.targets.target(kind) {
            Some(target) => self.runtime.block_on(target.post(&webhook.bytes)),
            None if kind == Kind::Vca => Err(
                "no webhook is registered for VCA, so nobody can be asked how the call goes on"
                    .to_owned(),
            ),
            None => Ok(Delivered {
                status: 200,
                body: Vec::new(),
            }),
        }
    }

    /// The call is over. What was recorded of it is told.
    pub fn over(&mut self, line: &Line) {
        if std::mem::replace(&mut self.is_over, true) {
            return;
        }
        let recordings = line.recordings();
        self.emulator.over(&self.session, &recordings);
        let targets = Arc::clone(&self.targets);
        self.runtime.spawn(async move {
            for webhook in recordings {
                let Some(target) = targets.target(Kind::Vru) else {
                    return;
                };
                // Nobody waits for its answer, and the platform tells nobody that none came.
                let _ = target.post(&webhook).await;
            }
        });
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        if !self.is_over {
            self.emulator.sessions.end(&self.session, Vec::new());
        }
    }
}
