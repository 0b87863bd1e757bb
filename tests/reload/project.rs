//! A project in memory, with a server that answers with what is live of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ringflow::flow::{Flow, SourceFile};
use ringflow::live::{Clock, Outcome, ReadError, Reloader, Snapshot};

use crate::support::caller::{Call, PLAIN, Variant, accepted_by_platform};
use crate::support::server::{Server, Setup};

/// A flow that says these words, and says them again at each press of 1.
pub fn flow(name: &str, number: &str, words: &str) -> String {
    format!(
        "flow: {name}\nnumbers: [{number}]\nvoice: en-US-BenjaminRUS\ndefaults: {{give_up: hangup}}\n\
         states:\n  main: {{menu: '{words} Press 1.', keys: {{1: main}}}}\n"
    )
}

/// One that is wrong: a key leads nowhere.
pub fn broken(name: &str, number: &str) -> String {
    flow(name, number, "Broken.").replace("{1: main}", "{1: nowhere}")
}

pub struct Project {
    pub files: BTreeMap<String, String>,
    pub unread: Vec<ReadError>,
    pub server: Server,
    pub reloader: Reloader,
}

impl Project {
    pub fn of(files: &[(&str, &str)]) -> Self {
        Project::with(files, false)
    }

    pub fn with(files: &[(&str, &str)], follow_edits: bool) -> Self {
        let files: BTreeMap<String, String> = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        let server = Setup {
            follow_edits,
            ..Setup::flow(&flow("none", "+6560000000", "None."))
        };
        let server = server.start();
        let snapshot = snapshot(&files, &[]);
        let reloader = Reloader::new(snapshot, server.clock.clone());
        assert!(reloader.refused().is_empty(), "{:?}", reloader.refused());
        server.calls().go_live(Arc::clone(reloader.catalog()));
        Project {
            files,
            unread: Vec::new(),
            server,
            reloader,
        }
    }

    pub fn clock(&self) -> &Clock {
        &self.server.clock
    }

    pub fn write(&mut self, path: &str, text: &str) -> &mut Self {
        self.files.insert(path.to_owned(), text.to_owned());
        self
    }

    pub fn remove(&mut self, path: &str) -> &mut Self {
        self.files.remove(path).unwrap();
        self
    }

    pub fn rename(&mut self, path: &str, to: &str) -> &mut Self {
        let text = self.files.remove(path).unwrap();
        self.write(to, &text)
    }

    pub fn ms_pass(&mut self, ms: u64) -> &mut Self {
        self.clock().advance_ms(ms);
        self
    }

    /// Looks at the files as they are now, and puts live what is decided.
    pub fn look(&mut self) -> Outcome {
        let snapshot = snapshot(&self.files, &self.unread);
        let outcome = self.reloader.consider(snapshot);
        let catalog = Arc::clone(self.reloader.catalog());
        self.server.calls().go_live(catalog);
        outcome
    }

    pub fn live(&self, name: &str) -> Option<Arc<Flow>> {
        self.reloader.catalog().named(name).cloned()
    }

    pub fn call(&self, number: &str) -> Call<'_> {
        let index = self.server.calls().len();
        self.server.call(number, Variant { index, ..PLAIN })
    }

    /// What a new caller of this number hears, up to the first point.
    pub fn says(&self, number: &str) -> String {
        let call = self.call(number);
        let response = self.server.post(&call.webhook(None, 200));
        let (actions, _) = accepted_by_platform(&response);
        let params = &actions[0]["params"];
        let text = params["promptMessage"].as_str().or(params["text"].as_str());
        let text = text.unwrap();
        text.split('.').next().unwrap().to_owned()
    }
}

fn snapshot(files: &BTreeMap<String, String>, unread: &[ReadError]) -> Snapshot {
    let files = files.iter();
    let files = files.map(|(path, text)| SourceFile::new(path, text));
    Snapshot::of(files.collect(), unread.to_vec())
}

/// The names of what went live, and of what was refused.
pub fn told(outcome: &Outcome) -> (Vec<&str>, Vec<&str>) {
    let live = outcome.live.iter().map(|live| &*live.flow).collect();
    let refused = outcome.refused.iter().map(|refused| &*refused.file);
    (live, refused.collect())
}
