//! The key by which a call is found: a hash of its session id under secret keys.
//!
//! The id itself lies elsewhere in memory, and with many calls to look there costs as
//! much as the rest of the search. 128 bits do not meet by chance, and nobody who does
//! not know the keys can make them meet.

use std::borrow::Borrow;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};
use std::sync::Arc;

use super::slot::Slot;
use crate::call::SessionId;

/// What stands for a session id in the map of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SessionKey(u64, u64);

/// The secret keys, different in every process.
#[derive(Debug, Default)]
pub(super) struct Keys(RandomState, RandomState);

impl Keys {
    pub fn of(&self, session: &SessionId) -> SessionKey {
        SessionKey(self.0.hash_one(session), self.1.hash_one(session))
    }
}

impl Hash for SessionKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

/// A slot in the map, found by the key that it holds: that has to be looked at anyway, and
/// the map needs less room without it.
#[derive(Debug)]
pub(super) struct Keyed(pub Arc<Slot>);

impl Borrow<SessionKey> for Keyed {
    fn borrow(&self) -> &SessionKey {
        self.0.key()
    }
}

impl PartialEq for Keyed {
    fn eq(&self, other: &Self) -> bool {
        self.0.key() == other.0.key()
    }
}

impl Eq for Keyed {}

impl Hash for Keyed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.key().hash(state);
    }
}

/// A session key is a hash already.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AsItIs(u64);

pub(super) type BuildAsItIs = BuildHasherDefault<AsItIs>;

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
