//! Calls between two numbers, one after the other: the first webhook of a call shows its
//! numbers and no more, so two that are begun at once could not be told from each other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use crate::live::Pair;

/// Whose turn it is, pair by pair.
#[derive(Default)]
pub(super) struct Pairs {
    /// Each is held while a call of it is begun, and handed on in the order in which it was
    /// asked for. The map is held for a look, so a plain lock.
    turns: Mutex<HashMap<Pair, Arc<tokio::sync::Mutex<()>>>>,
}

/// The turn of one call.
pub(super) struct Turn<'a> {
    pairs: &'a Pairs,
    pair: Pair,
    held: Option<OwnedMutexGuard<()>>,
}

impl Pairs {
    pub async fn turn(&self, pair: Pair) -> Turn<'_> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(pair).or_default())
        };
        Turn {
            pairs: self,
            pair,
            held: Some(turn.lock_owned().await),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut turns = self
            .pairs
            .turns
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        drop(self.held.take());
        // Nobody waits for it where the map alone has it.
        if turns
            .get(&self.pair)
            .is_some_and(|turn| Arc::strong_count(turn) == 1)
        {
            turns.remove(&self.pair);
        }
    }
}
