//! The kinds of webhooks, and where each goes.

use std::sync::Arc;

use crate::phone::WebhookKind;
use crate::platform::Delivery;

/// A kind of webhook, under which an address is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The call waits for its next step.
    Vca,
    /// Progress of a leg.
    Vcs,
    /// The session ended.
    Vss,
    /// A recording is there.
    Vru,
    /// The state of a virtual number has changed.
    Vnu,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Vca, Kind::Vcs, Kind::Vss, Kind::Vru, Kind::Vnu];

    /// Its name, as the platform's API has it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Vca => "VCA",
            Kind::Vcs => "VCS",
            Kind::Vss => "VSS",
            Kind::Vru => "VRU",
            Kind::Vnu => "VNU",
        }
    }

    /// The kind of this name.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The kind of what a line hands out.
    pub fn of(webhook: WebhookKind) -> Self {
        match webhook {
            WebhookKind::Action => Kind::Vca,
            WebhookKind::Status => Kind::Vcs,
            WebhookKind::Summary => Kind::Vss,
        }
    }
}

/// Knows where webhooks go.
pub trait Deliver: Send + Sync {
    /// Where webhooks of this kind go just now. `None` where no address is registered for
    /// them; they are not sent then.
    fn target(&self, kind: Kind) -> Option<Arc<Delivery>>;
}

/// All kinds go to one address.
pub struct Single(pub Arc<Delivery>);

impl Deliver for Single {
    fn target(&self, _: Kind) -> Option<Arc<Delivery>> {
        Some(Arc::clone(&self.0))
    }
}
