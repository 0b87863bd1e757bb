//! A caller from a file.

use std::sync::Arc;

use super::caller::{Caller, Deed, Scene};
use crate::phone::Heard;
use crate::scenario::{Act, Script, Scripted};

/// Does what a scenario says, and holds the call to it.
pub struct FromFile(Scripted);

impl FromFile {
    pub fn new(script: Arc<Script>) -> Self {
        FromFile(Scripted::new(script))
    }
}

impl Caller for FromFile {
    fn next(&mut self, scene: &Scene<'_>) -> Deed {
        match self.0.next(scene.doing, scene.is_first, scene.now) {
            Act::Wait => Deed::Wait,
            Act::Pause(time) => Deed::Pause(time),
            Act::Press(keys) => Deed::Keys(keys),
            Act::HangUp => Deed::HangUp,
            Act::Other(how) => Deed::Other(how),
        }
    }

    fn heard(&mut self, heard: &[Heard]) {
        self.0.heard(heard);
    }

    fn verdict(&self) -> Result<(), String> {
        self.0.verdict()
    }
}
