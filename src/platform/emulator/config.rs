//! What an emulator is made of.

use std::sync::Arc;

use secrecy::SecretString;

use super::handset::Rings;
use super::story::Story;
use crate::call::PhoneNumber;
use crate::live::Clock;
use crate::phone::Rules;
use crate::platform::Delivery;
use crate::platform::drive::{Caller, Faults, Pace};

pub struct EmulatorConfig {
    /// The only subaccount; without it any of the right form exists.
    pub subaccount: Option<String>,
    /// The only key; without it any is good.
    pub key: Option<SecretString>,
    pub numbers: Numbers,
    /// What the documentation leaves open.
    pub rules: Rules,
    pub pace: Pace,
    pub faults: Faults,
    /// Where goes what no webhook is registered for.
    pub otherwise: Option<Arc<Delivery>>,
    /// Makes a caller of the text of a file. The error says what is wrong with it.
    pub caller_of: CallerOf,
    /// Who takes a call for which no caller was brought.
    pub takes: Takes,
    /// Told of each session when it is over. It must not wait for anything.
    pub told: Box<dyn Fn(Story) + Send + Sync>,
    /// What ids are made of: a text that no other emulator has.
    pub name: String,
    pub clock: Clock,
}

/// Makes a caller of the text of a file. The error says in plain words what is wrong.
pub type CallerOf = fn(&str) -> Result<Box<dyn Caller>, String>;

/// The virtual numbers of every subaccount.
pub enum Numbers {
    /// These, and no others may call.
    These(Vec<PhoneNumber>),
    /// Every number may call, and these are listed.
    Any(Box<dyn Fn() -> Vec<PhoneNumber> + Send + Sync>),
}

impl Numbers {
    /// Those that are listed.
    pub(super) fn shown(&self) -> Vec<PhoneNumber> {
        match self {
            Numbers::These(numbers) => numbers.clone(),
            Numbers::Any(shown) => shown(),
        }
    }

    /// Those that may call; `None` for all.
    pub(super) fn allowed(&self) -> Option<Vec<PhoneNumber>> {
        match self {
            Numbers::These(numbers) => Some(numbers.clone()),
            Numbers::Any(_) => None,
        }
    }
}

/// Who takes calls.
pub enum Takes {
    /// A caller made for each, from its number among all calls.
    Caller(Box<dyn Fn(u64) -> Box<dyn Caller> + Send + Sync>),
    /// Somebody at a phone, who is told that it rings. It must not wait for anything.
    Person(Box<dyn Fn(Rings) + Send + Sync>),
}
