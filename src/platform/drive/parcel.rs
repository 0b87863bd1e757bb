//! One webhook on its way, and what happens to it there.

use std::sync::Arc;

use tokio::time::{Instant, sleep};

use super::answers::Again;
use super::faults::Happens;
use super::kind::Kind;
use super::watch::{TurnTaken, Wrong};
use crate::platform::{Delivered, Delivery, Pieces};

/// What is to be delivered.
#[derive(Clone)]
pub(super) struct Parcel {
    pub kind: Kind,
    pub bytes: Arc<[u8]>,
    pub due: Instant,
    /// Which turn's event it is, where that has been delivered before.
    pub again: Option<Again>,
    /// It was delivered before.
    pub is_again: bool,
    pub happens: Happens,
}

/// What came of one request.
pub(super) struct Arrived {
    pub taken: TurnTaken,
    pub again: Option<Again>,
    pub body: Vec<u8>,
}

/// What came of a parcel.
pub(super) struct Outcome {
    /// The answers that the platform, or a fault in its place, has got, in order: one, or two
    /// where the first was lost.
    pub arrived: Vec<Arrived>,
    pub requests: u32,
}

impl Parcel {
    /// Delivers it to whoever waits for its kind. Without an address for it, it is
    /// not sent, and that is no answer.
    pub async fn deliver(mut self, number: u64, target: Option<Arc<Delivery>>) -> Outcome {
        if let Some(delay) = self.happens.delay {
            sleep(delay).await;
            self.due += delay;
        }
        let mut outcome = Outcome {
            arrived: Vec::new(),
            requests: 0,
        };
        let Some(target) = target else {
            let why = format!("no webhook is registered for {}", self.kind.word());
            let now = Instant::now();
            outcome.arrived.push(self.arrived(number, now, Err(why)));
            return outcome;
        };
        if self.happens.is_cut {
            outcome.requests += 1;
            let sent = Instant::now();
            let half = target.post_in(&self.bytes, Pieces::Half).await;
            if matches!(half, Ok(Delivered { status: 200, .. })) {
                let mut arrived = self.arrived(number, sent, half);
                arrived.taken.is_again = true;
                arrived.taken.wrong = Some(Wrong::Half { kind: self.kind });
                outcome.arrived.push(arrived);
                return outcome;
            }
            // It is the whole one that should have come now.
            self.due = Instant::now();
        }
        let pieces = match self.happens.is_slow {
            true => Pieces::Drops,
            false => Pieces::Whole,
        };
        let times = if self.happens.is_lost { 2 } else { 1 };
        for _ in 0..times {
            outcome.requests += 1;
            let sent = Instant::now();
            let delivered = target.post_in(&self.bytes, pieces).await;
            outcome.arrived.push(self.arrived(number, sent, delivered));
            self.is_again = true;
            self.due = Instant::now();
        }
        outcome
    }

    fn arrived(&self, number: u64, sent: Instant, delivered: Result<Delivered, String>) -> Arrived {
        let kind = self.kind;
        let status = delivered.as_ref().ok().map(|delivered| delivered.status);
        let wrong = match &delivered {
            Err(why) => Some(Wrong::None { why: why.clone() }),
            Ok(Delivered { status, .. }) if *status != 200 => Some(Wrong::Status {
                kind,
                status: *status,
            }),
            Ok(_) => None,
        };
        Arrived {
            taken: TurnTaken {
                number,
                kind,
                is_again: self.is_again,
                due: self.due.into_std(),
                sent: sent.into_std(),
                over: Instant::now().into_std(),
                status,
                wrong,
            },
            again: self.again,
            body: delivered.map_or_else(|_| Vec::new(), |delivered| delivered.body),
        }
    }
}
