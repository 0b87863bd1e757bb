//! A project of one flow, in a folder that goes when it is dropped.

use std::path::Path;

pub struct Project(tempfile::TempDir);

impl Project {
    pub fn of(flow: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let flows = folder.path().join("flows");
        std::fs::create_dir(&flows).expect("the folder can be made");
        std::fs::copy(flow, flows.join("flow.yaml")).expect("the flow can be copied");
        Project(folder)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}
