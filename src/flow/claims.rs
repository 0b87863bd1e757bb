//! Which flow has which number and which name. What two of them claim stays with the
//! one that has it.

use std::collections::HashMap;
use std::sync::Arc;

use super::build::Read;
use super::code::Code;
use super::diagnostic::Diagnostic;
use super::document::{Document, NumberDoc};
use super::source::{Located, SourceFile, Span};

/// What only one flow can have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Claim {
    Name(Box<str>),
    Number(NumberDoc),
}

/// What a document claims, with places.
pub(super) fn of(document: &Document, name: &str) -> Vec<Located<Claim>> {
    let at = document
        .name
        .as_ref()
        .map_or(Span::default(), |name| name.at);
    let numbers = document.numbers.iter().cloned();
    std::iter::once(Located::new(Claim::Name(name.into()), at))
        .chain(numbers.map(|number| number.map(Claim::Number)))
        .collect()
}

/// One file's place in a build: what it holds now, and what is live of it.
#[derive(Debug)]
pub(super) struct Slot {
    /// The file as it is now.
    pub now: Arc<Read>,
    /// The last good one of this file, which is live.
    pub live: Option<Arc<Read>>,
    /// What it claims and another has, and is refused for, though it compiles.
    pub lost: Vec<Diagnostic>,
    /// The same of a file that has errors anyway.
    pub lost_too: Vec<Diagnostic>,
    /// Transfers in it to what flows of the project answer.
    pub own_numbers: Vec<Diagnostic>,
    /// Voices in it that the platform does not have.
    pub unknown_voices: Vec<Diagnostic>,
}

impl Slot {
    /// What is going to be live of it.
    pub fn chosen(&self) -> Option<&Arc<Read>> {
        if self.is_candidate() {
            Some(&self.now)
        } else {
            self.live.as_ref()
        }
    }

    /// True while nothing keeps the file as it is now from going live.
    pub fn is_candidate(&self) -> bool {
        self.now.flow.is_some() && self.lost.is_empty()
    }
}

type Owners<'a> = HashMap<Claim, (usize, &'a Arc<SourceFile>, Span)>;

/// Decides who has what is claimed more than once, in an order that is always the
/// same: what is kept of a file that does not compile, then who had it before, then
/// the first in the order of paths. Whoever loses something is refused as a whole,
/// and what was live of it stays, which may take something from another in turn.
pub(super) fn settle(slots: &mut [Slot]) {
    let mut is_settled = false;
    while !is_settled {
        let lost = losers(slots);
        is_settled = true;
        for (index, lost) in lost {
            // What is live of it comes back, so the others are looked at again.
            is_settled &= slots[index].live.is_none();
            slots[index].lost = lost;
        }
        // A new file that has lost may have lost to one that is refused now.
        let again = slots
            .iter_mut()
            .filter(|slot| !is_settled && slot.live.is_none());
        again.for_each(|slot| slot.lost.clear());
    }
    for (index, lost) in also_claimed(slots) {
        slots[index].lost_too = lost;
    }
}

/// The slots that lose something, and what is to be said of it.
fn losers(slots: &[Slot]) -> Vec<(usize, Vec<Diagnostic>)> {
    let mut owners = Owners::new();
    let mut before: HashMap<&Claim, usize> = HashMap::new();
    for (index, slot) in slots.iter().enumerate() {
        let live = slot.live.iter().flat_map(|live| &live.claims);
        before.extend(live.map(|claim| (&claim.value, index)));
        if let (false, Some(kept)) = (slot.is_candidate(), &slot.live) {
            own(&mut owners, index, kept);
        }
    }
    // Who had it before and still claims it comes before the order of paths.
    for (index, slot) in candidates(slots) {
        for claim in &slot.now.claims {
            if before.get(&claim.value) == Some(&index) {
                let owner = (index, &slot.now.file, claim.at);
                owners.entry(claim.value.clone()).or_insert(owner);
            }
        }
    }
    let mut losers = Vec::new();
    for (index, slot) in candidates(slots) {
        let lost = taken_from(&slot.now, index, &owners);
        if lost.is_empty() {
            own(&mut owners, index, &slot.now);
        } else {
            losers.push((index, lost));
        }
    }
    losers
}

fn candidates(slots: &[Slot]) -> impl Iterator<Item = (usize, &Slot)> {
    let all = slots.iter().enumerate();
    all.filter(|(_, slot)| slot.is_candidate())
}

fn own<'a>(owners: &mut Owners<'a>, index: usize, read: &'a Read) {
    for claim in &read.claims {
        let owner = (index, &read.file, claim.at);
        owners.entry(claim.value.clone()).or_insert(owner);
    }
}

/// What a file claims and another has.
fn taken_from(read: &Read, index: usize, owners: &Owners<'_>) -> Vec<Diagnostic> {
    let claims = read.claims.iter();
    let taken = claims.filter_map(|claim| {
        let (owner, file, at) = owners.get(&claim.value)?;
        (*owner != index).then(|| taken(claim, &read.file, file, *at))
    });
    taken.collect()
}

/// What files with errors claim and another has; among them the first has it.
fn also_claimed(slots: &[Slot]) -> Vec<(usize, Vec<Diagnostic>)> {
    let mut owners = Owners::new();
    for (index, slot) in slots.iter().enumerate() {
        if let Some(chosen) = slot.chosen() {
            own(&mut owners, index, chosen);
        }
    }
    let mut found = Vec::new();
    for (index, slot) in slots.iter().enumerate() {
        if slot.now.flow.is_none() {
            found.push((index, taken_from(&slot.now, index, &owners)));
            own(&mut owners, index, &slot.now);
        }
    }
    found
}

/// Says that another has what is claimed.
fn taken(
    claim: &Located<Claim>,
    file: &Arc<SourceFile>,
    other: &Arc<SourceFile>,
    other_at: Span,
) -> Diagnostic {
    let number = match &claim.value {
        Claim::Name(name) => {
            let message = format!("`{}` is called `{name}` too", other.path());
            let mut diagnostic = Diagnostic::new(Code::DuplicateFlow, file, claim.at, message);
            diagnostic.help("give one of the two another name with `flow:`");
            return diagnostic;
        }
        Claim::Number(NumberDoc::Number(number)) => number.to_string(),
        Claim::Number(NumberDoc::Any) => "*".to_owned(),
    };
    let message = format!("`{number}` is answered by another flow already");
    let mut diagnostic = Diagnostic::new(Code::DuplicateNumber, file, claim.at, message);
    diagnostic
        .help("take the number out of one of the two files")
        .related_in(other, other_at, "it is here as well");
    diagnostic
}
