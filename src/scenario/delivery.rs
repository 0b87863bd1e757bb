//! How the webhooks of a run come to the engine.

use std::sync::Arc;

use jiff::Timestamp;

use crate::flow::Catalog;
use crate::phone::AsksAgain;

use super::engine::{Engine, Response};

/// What a call has to survive in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Each webhook once, and nothing happens in between.
    Plain,
    /// Each webhook twice, and both answers are the same bytes.
    Duplicates,
    /// Between any two webhooks the call is written to bytes and read back.
    Restarts,
    /// In the middle every flow is replaced by one that says something else.
    Reload,
    /// Between any two webhooks nothing but the token is left.
    Lost,
}

/// One way to run a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub delivery: Delivery,
    /// When the platform asks for the next step.
    pub asks_again: AsksAgain,
}

impl Run {
    /// The run that all others are compared with.
    pub const FIRST: Run = Run {
        delivery: Delivery::Plain,
        asks_again: AsksAgain::AfterTheList,
    };

    /// The word by which a scenario names what it survives.
    pub fn word(self) -> &'static str {
        match self.delivery {
            Delivery::Plain => "plain",
            Delivery::Duplicates => "duplicates",
            Delivery::Restarts => "restarts",
            Delivery::Reload => "reload",
            Delivery::Lost => "lost",
        }
    }

    /// When the platform asks in it, in one word.
    pub fn asks_word(self) -> &'static str {
        match self.asks_again {
            AsksAgain::AfterTheList => "list",
            AsksAgain::AfterEachAction => "action",
        }
    }

    /// What is different in it, in words for people; `None` for the first.
    pub fn shown(self) -> Option<String> {
        let what = match self.delivery {
            Delivery::Plain => None,
            Delivery::Duplicates => Some("duplicates: every webhook comes twice"),
            Delivery::Restarts => Some("restarts: the call is kept and read back between webhooks"),
            Delivery::Reload => Some("reload: the flows are replaced in the middle"),
            Delivery::Lost => Some("lost: only the token is left between webhooks"),
        };
        let when = match self.asks_again {
            AsksAgain::AfterTheList => None,
            AsksAgain::AfterEachAction => Some("the platform asks after each action"),
        };
        match (what, when) {
            (None, None) => None,
            (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
            (Some(what), Some(when)) => Some(format!("{what}; {when}")),
        }
    }
}

/// Who answers the webhooks of a run: the engine. Tests of the checks put a broken one
/// in its place.
pub trait Answering {
    fn engine(&mut self) -> &mut Engine;

    fn post(&mut self, body: &[u8], now: Timestamp) -> Response {
        self.engine().post(body, now)
    }

    fn forget(&mut self) {
        self.engine().forget();
    }

    fn keep_and_read(&mut self) -> Result<(), String> {
        self.engine().keep_and_read()
    }

    fn serve(&mut self, catalog: Arc<Catalog>) {
        self.engine().serve(catalog);
    }
}

impl Answering for Engine {
    fn engine(&mut self) -> &mut Engine {
        self
    }
}
