//! What one catalog has and another has not.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::flow::{Catalog, Flow};

use super::outcome::{NumberTaken, WentLive, Withdrawn};

/// Two catalogs side by side.
pub(super) struct Difference<'a> {
    before: &'a Catalog,
    now: &'a Catalog,
    old: HashMap<&'a str, &'a Arc<Flow>>,
    new: HashMap<&'a str, &'a Arc<Flow>>,
}

impl<'a> Difference<'a> {
    pub fn of(before: &'a Catalog, now: &'a Catalog) -> Self {
        let by_name = |catalog: &'a Catalog| {
            let flows = catalog.flows().iter();
            flows.map(|flow| (flow.name(), flow)).collect()
        };
        Difference {
            old: by_name(before),
            new: by_name(now),
            before,
            now,
        }
    }

    pub fn went_live(&self) -> Vec<WentLive> {
        let flows = self.now.flows().iter();
        let other = flows.filter(|flow| {
            let old = self.old.get(flow.name());
            old.is_none_or(|old| old.revision() != flow.revision() || old.path() != flow.path())
        });
        let live = other.map(|flow| WentLive {
            flow: flow.name().to_owned(),
            file: flow.path().to_owned(),
            revision: flow.revision(),
            was: self.old.get(flow.name()).map(|old| old.revision()),
            calls_on_old: 0,
        });
        live.collect()
    }

    pub fn withdrawn(&self) -> Vec<Withdrawn> {
        let flows = self.before.flows().iter();
        let withdrawn = flows.filter(|flow| !self.new.contains_key(flow.name()));
        let withdrawn = withdrawn.map(|flow| Withdrawn {
            flow: flow.name().to_owned(),
            file: flow.path().to_owned(),
            revision: flow.revision(),
            calls_on_old: 0,
        });
        withdrawn.collect()
    }

    /// The flows that are not there any more, and of which nothing is: neither another
    /// flow in the same file nor one that answers all of its numbers.
    pub fn gone(&self) -> Vec<String> {
        let paths: HashSet<&str> = self.now.flows().iter().map(|flow| flow.path()).collect();
        let flows = self.before.flows().iter();
        let gone = flows.filter(|flow| {
            !self.new.contains_key(flow.name())
                && !paths.contains(flow.path())
                && !self.is_replaced(flow)
        });
        gone.map(|flow| flow.name().to_owned()).collect()
    }

    fn is_replaced(&self, flow: &Flow) -> bool {
        let has_any = flow.takes_any() || !flow.numbers().is_empty();
        let any_stays = !flow.takes_any() || self.now.answering(None).is_some();
        let mut numbers = flow.numbers().iter();
        has_any && any_stays && numbers.all(|number| self.now.naming(*number).is_some())
    }

    /// Numbers that a flow had and has no more, whether or not calls are in progress.
    pub fn numbers_taken(&self) -> Vec<NumberTaken> {
        let mut taken = Vec::new();
        for old in self.before.flows() {
            for number in old.numbers() {
                let new = self.now.naming(*number);
                if new.is_some_and(|new| new.name() == old.name()) {
                    continue;
                }
                let to = self.now.answering(Some(*number));
                taken.push(NumberTaken {
                    number: *number,
                    flow: old.name().to_owned(),
                    file: old.path().to_owned(),
                    to: to.map(|flow| flow.name().to_owned()),
                    calls: 0,
                });
            }
        }
        taken
    }
}
