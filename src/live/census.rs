//! How many calls are on which revision, and on which of our numbers.

use std::collections::HashMap;

use crate::call::PhoneNumber;
use crate::flow::Revision;

use super::calls::Calls;
use super::slot::Standing;

/// The calls in progress at one moment.
#[derive(Debug, Default)]
pub struct Census {
    by_revision: HashMap<Revision, usize>,
    by_number: HashMap<PhoneNumber, usize>,
}

impl Census {
    pub fn on_revision(&self, revision: Revision) -> usize {
        self.by_revision.get(&revision).copied().unwrap_or(0)
    }

    pub fn on_number(&self, number: PhoneNumber) -> usize {
        self.by_number.get(&number).copied().unwrap_or(0)
    }
}

impl Calls {
    /// Counts the calls in progress. It goes through all that are kept, so it is for
    /// reloads and operators, and not for a turn.
    pub fn census(&self) -> Census {
        let mut census = Census::default();
        for entry in &self.slots {
            let slot = &entry.key().0;
            if !matches!(slot.standing(), Standing::Caller | Standing::Transfer) {
                continue;
            }
            slot.with_begun(|begun| {
                let on = census.by_revision.entry(begun.flow().revision());
                *on.or_insert(0) += 1;
                if let Some(number) = begun.dialled() {
                    *census.by_number.entry(number).or_insert(0) += 1;
                }
            });
        }
        census
    }
}
