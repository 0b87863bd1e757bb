//! The script files of a project, and which function is in which of them.

use std::collections::BTreeMap;

use rhai::{Module, Shared};

use super::problem::{Problem, ProblemKind, Spot};

/// The script files by name.
#[derive(Default)]
pub(super) struct Files(BTreeMap<Box<str>, File>);

#[derive(Default)]
pub(super) struct File {
    /// How many values each function takes; two functions may share a name.
    pub functions: BTreeMap<Box<str>, Vec<usize>>,
    /// Calls into other files, with their places.
    pub calls: Vec<(Box<str>, Spot)>,
    /// `None` where the file has problems.
    pub module: Option<Shared<Module>>,
}

impl Files {
    pub fn add(&mut self, name: &str, file: File) {
        self.0.insert(name.into(), file);
    }

    /// Keeps what runs a file, once it is found good.
    pub fn checked(&mut self, name: &str, module: Shared<Module>, calls: Vec<(Box<str>, Spot)>) {
        if let Some(file) = self.0.get_mut(name) {
            file.module = Some(module);
            file.calls = calls;
        }
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|name| &**name)
    }

    pub fn knows(&self, file: &str) -> bool {
        self.0.contains_key(file)
    }

    /// True for a file with problems. While files are checked, one that is not
    /// checked yet counts as good.
    pub fn is_broken(&self, file: &str) -> bool {
        self.0.get(file).is_some_and(|file| file.module.is_none())
    }

    /// The counts of values that a function takes, where there is one.
    pub fn takes(&self, file: &str, function: &str) -> Option<&[usize]> {
        let takes = self.0.get(file)?.functions.get(function)?;
        Some(takes)
    }

    pub fn functions(&self, file: &str) -> impl Iterator<Item = &str> {
        let functions = self.0.get(file).map(|file| file.functions.keys());
        functions.into_iter().flatten().map(|name| &**name)
    }

    /// A file that has a function of this name.
    pub fn file_with(&self, function: &str) -> Option<&str> {
        let mut files = self.0.iter();
        let (name, _) = files.find(|(_, file)| file.functions.contains_key(function))?;
        Some(name)
    }

    /// These files and all that they call, in turn, with what runs them.
    pub fn reached(&self, calls: &[(Box<str>, Spot)]) -> Vec<(Box<str>, Shared<Module>)> {
        let mut reached: Vec<(Box<str>, Shared<Module>)> = Vec::new();
        let mut open: Vec<&str> = calls.iter().map(|(name, _)| &**name).rev().collect();
        while let Some(name) = open.pop() {
            let Some(file) = self.0.get(name) else {
                continue;
            };
            let known = reached.iter().any(|(known, _)| **known == *name);
            if let (false, Some(module)) = (known, &file.module) {
                reached.push((name.into(), module.clone()));
                open.extend(file.calls.iter().map(|(name, _)| &**name));
            }
        }
        reached
    }

    pub fn mark_broken(&mut self, name: &str) {
        if let Some(file) = self.0.get_mut(name) {
            file.module = None;
        }
    }

    /// A file that calls a broken one cannot run either.
    pub fn break_callers(&mut self, problems: &mut Vec<(String, Problem)>) {
        loop {
            let found: Vec<_> = self
                .0
                .iter()
                .filter(|(_, file)| file.module.is_some())
                .filter_map(|(name, file)| {
                    let mut calls = file.calls.iter();
                    let (called, spot) = calls.find(|(called, _)| self.is_broken(called))?;
                    Some((name.clone(), called.clone(), *spot))
                })
                .collect();
            if found.is_empty() {
                return;
            }
            for (name, called, spot) in found {
                let message = format!("`scripts/{called}.rhai` has problems of its own");
                let problem = Problem::new(spot, ProblemKind::UnknownFunction, message);
                let problem = problem.help("put that file right first").elsewhere();
                problems.push((name.to_string(), problem));
                self.mark_broken(&name);
            }
        }
    }
}
