//! The files of prompts of a project, and what no flow says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::read::{PromptFile, read};
use crate::flow::catalog::prompts_language;
use crate::flow::code::Code;
use crate::flow::diagnostic::{Diagnostic, Findings};
use crate::flow::language::is_language_name;
use crate::flow::source::{SourceFile, Span};
use crate::flow::suggest::did_you_mean;

/// All files of prompts of a project, by the name of their language.
#[derive(Debug, Default)]
pub struct ReadPrompts {
    files: BTreeMap<String, Arc<PromptFile>>,
    /// Files that could be meant for prompts and are not read.
    strays: Vec<Diagnostic>,
}

impl ReadPrompts {
    /// The files of prompts among these; those that have not changed from memory.
    pub fn upon(files: &[&Arc<SourceFile>], previous: &Arc<ReadPrompts>) -> Arc<Self> {
        let mut changed = false;
        let mut read_files: BTreeMap<String, Arc<PromptFile>> = BTreeMap::new();
        let mut strays = Vec::new();
        for file in files {
            let Some(lang) = prompts_language(file.path()) else {
                continue;
            };
            if let Some(stray) = stray(file, lang, read_files.get(lang)) {
                strays.push(stray);
                continue;
            }
            let known = previous.files.get(lang);
            let known =
                known.filter(|known| Arc::ptr_eq(&known.file, file) || *known.file == ***file);
            let read = known.cloned().unwrap_or_else(|| {
                changed = true;
                Arc::new(read(file))
            });
            read_files.insert(lang.to_owned(), read);
        }
        changed |= strays != previous.strays;
        if !changed && read_files.len() == previous.files.len() {
            return Arc::clone(previous);
        }
        Arc::new(ReadPrompts {
            files: read_files,
            strays,
        })
    }

    /// The file of this language.
    pub fn get(&self, lang: &str) -> Option<&Arc<PromptFile>> {
        self.files.get(lang)
    }

    /// Every file with the name of its language, in the order of names.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Arc<PromptFile>)> {
        self.files.iter().map(|(lang, file)| (lang.as_str(), file))
    }

    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        let own = self.files.values().flat_map(|file| &file.diagnostics);
        own.chain(&self.strays)
    }

    /// A warning for each prompt that is not among the used ones, which are told by
    /// language and id; for a file of which none is used, one.
    pub fn unused(&self, used: &BTreeSet<(&str, &str)>) -> Vec<Diagnostic> {
        let mut warnings = Vec::new();
        for (lang, read) in &self.files {
            let Some(prompts) = &read.prompts else {
                continue;
            };
            let mut findings = Findings::about(&read.file);
            let is_used = |id: &str| used.contains(&(lang.as_str(), id));
            let spoken: Vec<&str> = used
                .iter()
                .filter(|(other, _)| *other == lang.as_str())
                .map(|(_, id)| *id)
                .collect();
            if spoken.is_empty() && prompts.len() > 1 {
                let end = read.file.text().lines().next().map_or(1, str::len);
                findings
                    .add(
                        Code::UnusedPrompt,
                        Span::new(0, end.max(1)),
                        format!("no flow says any of these prompts in `{lang}`"),
                    )
                    .help(format!(
                        "name `{lang}` among the `languages` of a flow, or take the file out"
                    ));
            } else {
                for (id, prompt) in prompts.iter().filter(|(id, _)| !is_used(id)) {
                    if prompt.is_sound {
                        findings
                            .add(
                                Code::UnusedPrompt,
                                prompt.id_at,
                                format!("no flow says `{id}` in `{lang}`"),
                            )
                            .help(format!("say it with `<{id}>`, or take it out"));
                    }
                }
            }
            warnings.extend(findings.into_sorted());
        }
        warnings
    }
}

/// What is wrong with the name of a file that lies among the prompts.
fn stray(
    file: &Arc<SourceFile>,
    lang: &str,
    twice: Option<&Arc<PromptFile>>,
) -> Option<Diagnostic> {
    let at = Span::default();
    if let Some(other) = twice {
        let message = format!(
            "`{}` holds the prompts of `{lang}` already",
            other.file.path()
        );
        let mut found = Diagnostic::new(Code::BadName, file, at, message);
        found.help("put both into one file");
        return Some(found);
    }
    if is_language_name(lang) {
        return None;
    }
    let message = format!("`{lang}` cannot name a language");
    let mut found = Diagnostic::new(Code::BadName, file, at, message);
    found.help("name the file after its language, as in `flows/prompts/en.yaml`");
    Some(found)
}

impl PromptFile {
    /// What to write instead of an id that the file does not have.
    pub fn help_for(&self, id: &str) -> String {
        let ids = self.prompts.iter().flat_map(|prompts| prompts.keys());
        let ids: Vec<&str> = ids.map(|id| &**id).collect();
        if ids.is_empty() {
            return format!("write it to `{}`, as in `{id}: Welcome.`", self.file.path());
        }
        did_you_mean(id, ids, "the prompts there are")
    }
}
