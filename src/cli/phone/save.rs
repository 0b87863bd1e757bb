//! A file of scenarios to which conversations are appended. What it holds stays as it is,
//! comments included.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use super::story::{Story, unique};
use crate::flow::{Build, SourceFile};
use crate::scenario::{self, Tests};

/// The file of one flow.
pub struct TestFile {
    path: PathBuf,
    flow: String,
    build: Arc<Build>,
}

/// A scenario that was written.
#[derive(Debug, PartialEq, Eq)]
pub struct Saved {
    pub name: String,
    /// It ends before the call did, at a secret.
    pub is_cut: bool,
}

const ENDINGS: [&str; 2] = [".test.yaml", ".test.yml"];

impl TestFile {
    /// A file for this flow, which need not be there yet.
    ///
    /// # Errors
    /// It is there and is no file of scenarios of this flow, or its name is not that of
    /// one.
    pub fn open(path: &Path, flow: &str, build: Arc<Build>) -> Result<Self> {
        let name = path.to_string_lossy();
        if !ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            bail!("a file of scenarios is called `NAME.test.yaml`, and this is `{name}`");
        }
        let file = TestFile {
            path: path.to_owned(),
            flow: flow.to_owned(),
            build,
        };
        if let Some(text) = file.read()? {
            file.check(&text)?;
            place(&text).with_context(|| format!("nothing can be appended to `{name}`"))?;
        }
        Ok(file)
    }

    /// Appends a scenario, with this name if one is given; the file is made where there is
    /// none.
    pub fn append(&self, story: &Story, name: Option<&str>, from: &str, at: &str) -> Result<Saved> {
        let old = self.read()?;
        let text = old.unwrap_or_else(|| format!("flow: {}\n\nscenarios:\n", self.flow));
        let names = match text.contains("- ") {
            true => self.check(&text)?,
            false => Vec::new(),
        };
        let name = match name {
            Some(name) => unique(name, &names),
            None => story.name(&names),
        };
        let place = place(&text)?;
        let block = story.scenario(&name, from, at, place.indent);
        let (head, tail) = text.split_at(place.at);
        let gap = if names.is_empty() { "" } else { "\n" };
        let line_end = if head.ends_with('\n') { "" } else { "\n" };
        let new = format!("{head}{line_end}{gap}{block}{tail}");
        self.check(&new)
            .context("the conversation makes no scenario that can be read again")?;
        self.write(&new)?;
        Ok(Saved {
            name,
            is_cut: story.is_cut(),
        })
    }

    fn read(&self) -> Result<Option<String>> {
        match fs::read_to_string(&self.path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => {
                Err(error).with_context(|| format!("`{}` cannot be read", self.path.display()))
            }
        }
    }

    /// The names of the scenarios in a text, which must be readable and of this flow.
    fn check(&self, text: &str) -> Result<Vec<String>> {
        let path = self.path.display();
        // Where the file lies says nothing about its text.
        let file = SourceFile::new("flows/saved.test.yaml", text);
        let Tests {
            files, diagnostics, ..
        } = scenario::tests(&[file], &self.build);
        let [file] = &files[..] else {
            let first = diagnostics.first();
            let why = first.map_or_else(String::new, |first| format!(": {}", first.message));
            bail!("`{path}` cannot be read as scenarios{why}");
        };
        if file.flow.name() != self.flow {
            bail!(
                "`{path}` is for the flow `{}`, and `{}` was called",
                file.flow.name(),
                self.flow
            );
        }
        let names = file.scenarios.iter();
        Ok(names.map(|scenario| scenario.name.value.clone()).collect())
    }

    /// Writes the whole file, or leaves it as it is.
    fn write(&self, text: &str) -> Result<()> {
        let cannot = || format!("`{}` cannot be written", self.path.display());
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).with_context(cannot)?;
        }
        let mut new = self.path.clone().into_os_string();
        new.push(".new");
        fs::write(&new, text).with_context(cannot)?;
        fs::rename(&new, &self.path).with_context(cannot)
    }
}

/// Where the next scenario goes.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    /// In bytes.
    at: usize,
    indent: usize,
}

/// Behind the last line of the list under `scenarios:`.
fn place(text: &str) -> Result<Place> {
    let mut offset = 0;
    let mut place: Option<Place> = None;
    let mut indent = None;
    for line in text.split_inclusive('\n') {
        let begin = offset;
        offset += line.len();
        let bare = line.trim();
        if let Some(place) = &mut place {
            let is_inside = line.starts_with([' ', '\t']) || bare.starts_with("- ");
            if bare.is_empty() {
                continue;
            }
            if is_inside {
                if indent.is_none() && bare.starts_with('-') {
                    indent = Some(line.len() - line.trim_start().len());
                }
                place.at = offset;
            } else if !bare.starts_with('#') {
                break;
            }
        } else if let Some(rest) = line.strip_prefix("scenarios:") {
            let rest = rest.trim();
            if !(rest.is_empty() || rest.starts_with('#')) {
                bail!("its `scenarios` stand on one line; write each below it, with `- name:`");
            }
            place = Some(Place {
                at: begin + line.len(),
                indent: 2,
            });
        }
    }
    let Some(place) = place else {
        bail!("it has no line `scenarios:`");
    };
    Ok(Place {
        indent: indent.unwrap_or(2),
        ..place
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: &str = "flow: a\nnumbers: [+6561115777]\nvoice: en-US-One\nstates:\n  only: {say: Hello there., then: hangup}\n";

    fn file(dir: &tempfile::TempDir, flow: &str) -> Result<TestFile> {
        let build = crate::flow::build(&[SourceFile::new("flows/a.yaml", FLOW)]);
        TestFile::open(&dir.path().join("flows/a.test.yaml"), flow, Arc::new(build))
    }

    fn story() -> Story {
        let mut story = Story::default();
        story.hears("Hello there.");
        story.hung_up();
        story
    }

    #[test]
    fn a_file_is_made_and_then_appended_to() {
        let dir = tempfile::tempdir().unwrap();
        let at = "2026-03-02T10:00:00+08:00";
        for name in ["only listens", "only listens (2)"] {
            let saved = file(&dir, "a").unwrap();
            let saved = saved.append(&story(), None, "+6591234567", at).unwrap();
            assert_eq!((saved.name.as_str(), saved.is_cut), (name, false));
        }
        let text = fs::read_to_string(dir.path().join("flows/a.test.yaml")).unwrap();
        assert!(
            text.starts_with("flow: a\n\nscenarios:\n  - name: only listens\n"),
            "{text}"
        );
        assert!(text.contains("\n\n  - name: only listens (2)\n"), "{text}");
    }

    #[test]
    fn what_is_there_stays_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("flows")).unwrap();
        let old = "# Of the bakery.\nscenarios: # all\n# first\n- name: x\n  call: [hears: hello]\n\n# The end.\nfrom: anonymous\n";
        let path = dir.path().join("flows/a.test.yaml");
        fs::write(&path, old).unwrap();
        // Without `flow:`, a file is for the flow beside it.
        let with_flow = format!("{old}flow: a\n");
        fs::write(&path, &with_flow).unwrap();
        let saved = file(&dir, "a").unwrap();
        saved
            .append(&story(), None, "anonymous", "2026-03-02T10:00:00Z")
            .unwrap();
        let new = fs::read_to_string(&path).unwrap();
        let block = "\n- name: only listens\n  from: anonymous\n  at: 2026-03-02T10:00:00Z\n  call:\n    - hears: Hello there.\n    - hung_up: true\n";
        let first = "call: [hears: hello]\n";
        assert_eq!(new, with_flow.replace(first, &format!("{first}{block}")));
    }

    #[test]
    fn what_is_no_file_of_scenarios_of_this_flow_is_told_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let build = Arc::new(crate::flow::build(&[SourceFile::new("flows/a.yaml", FLOW)]));
        let error = TestFile::open(Path::new("flows/a.yaml"), "a", build)
            .err()
            .unwrap();
        assert!(error.to_string().contains("NAME.test.yaml"), "{error}");
        fs::create_dir(dir.path().join("flows")).unwrap();
        for (text, part) in [
            (
                "flow: b\nscenarios:\n  - name: x\n    call: [hears: hello]\n",
                "no flow `b`",
            ),
            (
                "flow: a\nscenarios: [{name: x, call: [hears: hello]}]\n",
                "nothing can be appended",
            ),
            ("nonsense", "cannot be read as scenarios"),
        ] {
            fs::write(dir.path().join("flows/a.test.yaml"), text).unwrap();
            let error = file(&dir, "a").err().unwrap().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
