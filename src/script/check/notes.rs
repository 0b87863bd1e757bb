//! What is known about a program once it is checked.

use crate::script::problem::{Problem, Spot};
use crate::script::program::ReadColumn;

/// Everything the walk found, good and bad.
#[derive(Default)]
pub(in crate::script) struct Notes {
    pub problems: Vec<Problem>,
    pub reads: Vec<Box<str>>,
    pub exposes: Vec<Box<str>>,
    pub labels: Vec<(Box<str>, Spot)>,
    pub visited: Vec<(Box<str>, Spot)>,
    /// Tables that are looked up, at every place.
    pub tables: Vec<(Box<str>, Spot)>,
    /// Columns that are read right behind a look-up.
    pub columns: Vec<ReadColumn>,
    /// Script files that are called, each with every place of a call.
    pub calls: Vec<(Box<str>, Spot)>,
}

pub(in crate::script) fn push_once(list: &mut Vec<Box<str>>, name: &str) {
    if !list.iter().any(|known| **known == *name) {
        list.push(name.into());
    }
}
