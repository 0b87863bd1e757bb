//! From the files of a project to its catalog, upon what was live before. What goes
//! live is a *bundle*, a flow with everything it uses: one that compiles goes live as
//! a whole, and of one that does not the last good one stays as a whole.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::call::PhoneNumber;
use crate::script::Library;

use super::catalog::{Catalog, is_flow_path, prompts_language, script_name, table_name};
use super::claims::{self, Claim, Slot};
use super::compile::{self, Beside, Scripts};
use super::diagnostic::{Diagnostic, Findings, has_errors};
use super::document;
use super::own_numbers;
use super::project::{Project, ReadProject};
use super::prompts::{PromptFile, ReadPrompts};
use super::resolved::{Flow, Revision};
use super::source::{Located, SourceFile};
use super::table::{ReadTable, ReadTables};

/// A project's files, compiled.
#[derive(Debug, Default)]
pub struct Build {
    /// What is live: the good flows, and the last good ones of files that are not.
    pub catalog: Catalog,
    /// Everything that was found, in the order of files and places.
    pub diagnostics: Vec<Diagnostic>,
    /// The paths of all files that are meant to be flows.
    pub flow_files: Vec<String>,
    /// The flow files that are not live as they are now, in the order of paths.
    pub refused: Vec<Refused>,
    /// A file that may be a flow is there, and could not be read.
    has_unread: bool,
    project: Arc<ReadProject>,
    scripts: Arc<ReadScripts>,
    tables: Arc<ReadTables>,
    prompts: Arc<ReadPrompts>,
    /// All flow files as they are now, by path: what has not changed is not compiled
    /// again.
    read: HashMap<Box<str>, Arc<Read>>,
    /// What is live, by the path of its file.
    live: HashMap<Box<str>, Arc<Read>>,
}

impl Build {
    pub fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }

    /// The files of prompts by their language.
    pub fn prompt_files(&self) -> BTreeMap<Box<str>, Arc<PromptFile>> {
        let files = self.prompts.files();
        files
            .map(|(lang, file)| (lang.into(), Arc::clone(file)))
            .collect()
    }

    /// The names under `languages` of all flow files, those with errors too.
    pub fn languages_written(&self) -> BTreeSet<Box<str>> {
        let names = self.read.values().flat_map(|read| read.languages.iter());
        names.cloned().collect()
    }

    /// What the project allows: of a file with errors, what it said when it was good.
    pub fn project(&self) -> &Arc<Project> {
        &self.project.live
    }

    /// This file or folder of the project could not be read. Where a flow may be in it,
    /// nobody knows its name.
    pub fn leave_unread(&mut self, path: &str) {
        let below = path.strip_prefix("flows/");
        let is_file = |below: &str| {
            [".yaml", ".yml", ".rhai"]
                .iter()
                .any(|end| below.ends_with(end))
        };
        self.has_unread |= match below {
            Some(below) => is_flow_path(path) || !is_file(below),
            None => matches!(path, "" | "flows"),
        };
    }

    /// True where a flow that does not compile or could not be read has this name, or may
    /// have it.
    pub fn may_hold(&self, name: &str) -> bool {
        if self.has_unread {
            return true;
        }
        let broken = self.read.values().filter(|read| read.flow.is_none());
        let mut names = broken.map(|read| read.name());
        names.any(|other| other.is_none_or(|other| other == name))
    }
}

/// A flow file that does not go live as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub file: String,
    /// The flow of this file that stays live instead, and its revision.
    pub keeps: Option<(String, Revision)>,
}

/// A flow file that was read and, where it is good, compiled.
#[derive(Debug)]
pub(super) struct Read {
    pub file: Arc<SourceFile>,
    pub claims: Vec<Located<Claim>>,
    /// The numbers that it dials, as they are written.
    pub dials: Vec<Located<PhoneNumber>>,
    /// The names under `languages`.
    languages: Vec<Box<str>>,
    /// `None` where the file has errors.
    pub flow: Option<Arc<Flow>>,
    diagnostics: Vec<Diagnostic>,
    /// The script files and tables of its bundle. Of a file with errors all are: one that
    /// is not there yet may be what it lacks.
    uses: Uses,
    /// What the project allowed when it was compiled.
    project: Arc<Project>,
}

#[derive(Debug)]
enum Uses {
    These {
        scripts: Vec<Arc<SourceFile>>,
        tables: Vec<Arc<ReadTable>>,
        prompts: Vec<Arc<PromptFile>>,
    },
    All(Parts),
}

/// What flows are compiled with: all of it that a project has.
#[derive(Debug, Clone)]
struct Parts {
    scripts: Arc<ReadScripts>,
    tables: Arc<ReadTables>,
    prompts: Arc<ReadPrompts>,
    project: Arc<Project>,
}

/// The script files of a project, compiled, and what was found in them.
#[derive(Debug)]
struct ReadScripts {
    scripts: Scripts,
    diagnostics: Vec<Diagnostic>,
}

impl Default for ReadScripts {
    fn default() -> Self {
        ReadScripts::compile(HashMap::new())
    }
}

/// Compiles the files of a project. Paths are relative to it, with `/` between
/// their parts; files that are neither flows, scripts, tables, prompts nor the project's
/// own are left alone.
pub fn build(files: &[Arc<SourceFile>]) -> Build {
    build_upon(files, &Build::default())
}

/// The same where something is live. A flow goes live where it compiles with the
/// scripts it calls and claims nothing that another has; of a file that does not, what
/// was live before stays, with the scripts it had. A flow whose file is not among
/// `files` is withdrawn, unless a new file has its very text: then it has moved.
pub fn build_upon(files: &[Arc<SourceFile>], previous: &Build) -> Build {
    let mut files: Vec<_> = files.iter().collect();
    files.sort_by(|a, b| a.path().cmp(b.path()));
    files.dedup_by(|a, b| a.path() == b.path());
    let project = ReadProject::upon(&files, &previous.project);
    let scripts = ReadScripts::upon(&files, &previous.scripts);
    let tables = ReadTables::upon(&files, &previous.tables);
    let prompts = ReadPrompts::upon(&files, &previous.prompts);
    let parts = Parts {
        scripts,
        tables,
        prompts,
        project: Arc::clone(&project.live),
    };
    let flows = files.iter().filter(|file| is_flow_path(file.path()));
    let mut slots: Vec<Slot> = flows
        .map(|file| Slot {
            now: previous.reading(file, &parts),
            live: previous.live.get(file.path()).cloned(),
            lost: Vec::new(),
            lost_too: Vec::new(),
            own_numbers: Vec::new(),
        })
        .collect();
    find_moved(&mut slots, previous);
    claims::settle(&mut slots);
    own_numbers::check(&mut slots);
    let mut diagnostics = project.diagnostics.clone();
    diagnostics.extend(parts.prompts.diagnostics().cloned());
    diagnostics.extend(unused_prompts(&slots, &parts.prompts));
    diagnostics.extend(parts.tables.diagnostics().cloned());
    diagnostics.extend(unused_tables(&slots, &parts.tables));
    diagnostics.extend(parts.scripts.diagnostics.iter().cloned());
    let mut build = Build {
        diagnostics,
        project,
        scripts: parts.scripts,
        tables: parts.tables,
        prompts: parts.prompts,
        ..Build::default()
    };
    build.catalog.project = Arc::clone(&build.project.live);
    slots.into_iter().for_each(|slot| build.take(slot));
    build
}

/// Where every flow compiles, the tables that none of them uses.
fn unused_tables(slots: &[Slot], tables: &ReadTables) -> Vec<Diagnostic> {
    let mut used = BTreeSet::new();
    for slot in slots {
        match &slot.now.flow {
            Some(flow) => used.extend(flow.tables().0.keys().map(|name| &**name)),
            None => return Vec::new(),
        }
    }
    tables.unused(&used)
}

/// Where every flow compiles, the prompts that none of them says.
fn unused_prompts(slots: &[Slot], prompts: &ReadPrompts) -> Vec<Diagnostic> {
    let mut used = BTreeSet::new();
    for slot in slots {
        let Some(flow) = &slot.now.flow else {
            return Vec::new();
        };
        for (id, langs) in &flow.prompts().0 {
            used.extend(langs.keys().map(|lang| (flow.lang(*lang), &**id)));
        }
    }
    prompts.unused(&used)
}

/// A file that is new and has the text of a live one that has gone is that one.
fn find_moved(slots: &mut [Slot], previous: &Build) {
    let present: HashSet<&str> = slots.iter().map(|slot| slot.now.file.path()).collect();
    let gone = previous
        .live
        .iter()
        .filter(|(path, _)| !present.contains(&***path));
    let mut gone: HashMap<&str, &Arc<Read>> =
        gone.map(|(_, read)| (read.file.text(), read)).collect();
    if gone.is_empty() {
        return;
    }
    let mut moved = Vec::new();
    for (index, slot) in slots.iter().enumerate() {
        if slot.live.is_none()
            && let Some(live) = gone.remove(slot.now.file.text())
        {
            moved.push((index, Arc::clone(live)));
        }
    }
    for (index, live) in moved {
        slots[index].live = Some(live);
    }
}

impl Build {
    /// A flow file, from memory where neither it nor what it uses has changed.
    fn reading(&self, file: &Arc<SourceFile>, parts: &Parts) -> Arc<Read> {
        let known = [self.live.get(file.path()), self.read.get(file.path())];
        let mut known = known.into_iter().flatten();
        match known.find(|read| read.still_holds(file, parts)) {
            Some(read) => Arc::clone(read),
            None => Arc::new(Read::compile(file, parts)),
        }
    }

    /// Takes over what was decided of one file.
    fn take(&mut self, slot: Slot) {
        let path: Box<str> = slot.now.file.path().into();
        let found = [
            &slot.now.diagnostics,
            &slot.lost,
            &slot.lost_too,
            &slot.own_numbers,
        ];
        let mut found: Vec<_> = found.into_iter().flatten().cloned().collect();
        found.sort_by(|a, b| (a.file(), a.at()).cmp(&(b.file(), b.at())));
        for found in found {
            // What is wrong with a prompt is wrong in every flow that says it.
            let is_told = prompts_language(found.file()).is_some()
                && self
                    .diagnostics
                    .iter()
                    .any(|other| found.says_the_same(other));
            if !is_told {
                self.diagnostics.push(found);
            }
        }
        let chosen = slot.chosen();
        if let Some(read) = chosen
            && let Some(flow) = &read.flow
        {
            self.catalog.add(Arc::clone(flow));
            self.live.insert(path.clone(), Arc::clone(read));
        }
        if !slot.is_candidate() {
            let kept = chosen.and_then(|read| read.flow.as_ref());
            self.refused.push(Refused {
                file: path.to_string(),
                keeps: kept.map(|flow| (flow.name().to_owned(), flow.revision())),
            });
        }
        self.flow_files.push(path.to_string());
        self.read.insert(path, slot.now);
    }
}

impl Read {
    fn compile(file: &Arc<SourceFile>, parts: &Parts) -> Self {
        let Parts {
            scripts,
            tables,
            prompts,
            project,
        } = parts;
        let mut findings = Findings::about(file);
        let mut claims = Vec::new();
        let mut dials = Vec::new();
        let mut flow = None;
        let mut languages = Vec::new();
        if let Some(document) = document::read(&mut findings) {
            languages = compile::language_names(&document);
            claims = claims::of(&document, &compile::flow_name(&document));
            dials = own_numbers::dialled(&document);
            let beside = Beside {
                scripts: &scripts.scripts,
                tables,
                prompts,
                project,
            };
            let compiled = compile::compile(&document, beside, &mut findings);
            flow = compiled.map(Arc::new);
        }
        let uses = match &flow {
            Some(flow) => {
                let names = flow.tables().0.keys();
                Uses::These {
                    scripts: scripts.named(flow.scripts()),
                    tables: names.filter_map(|name| tables.get(name).cloned()).collect(),
                    prompts: said_by(flow, prompts),
                }
            }
            None => Uses::All(parts.clone()),
        };
        Read {
            file: Arc::clone(file),
            claims,
            dials,
            languages,
            flow,
            diagnostics: findings.into_sorted(),
            uses,
            project: Arc::clone(project),
        }
    }

    /// The flow's name, as far as it can be read.
    pub fn name(&self) -> Option<&str> {
        self.claims.iter().find_map(|claim| match &claim.value {
            Claim::Name(name) => Some(&**name),
            Claim::Number(_) => None,
        })
    }

    /// True where compiling this file with these parts would come to the same.
    fn still_holds(&self, file: &SourceFile, parts: &Parts) -> bool {
        if *self.file != *file || !Arc::ptr_eq(&self.project, &parts.project) {
            return false;
        }
        match &self.uses {
            Uses::These {
                scripts,
                tables,
                prompts,
            } => {
                let same_table = |used: &Arc<ReadTable>| {
                    let name = table_name(used.file.path());
                    let now = name.and_then(|name| parts.tables.get(name));
                    now.is_some_and(|now| Arc::ptr_eq(now, used) || now.file == used.file)
                };
                let same_prompts = |used: &Arc<PromptFile>| {
                    let lang = prompts_language(used.file.path());
                    let now = lang.and_then(|lang| parts.prompts.get(lang));
                    now.is_some_and(|now| Arc::ptr_eq(now, used) || now.file == used.file)
                };
                scripts.iter().all(|used| parts.scripts.has(used))
                    && tables.iter().all(same_table)
                    && prompts.iter().all(same_prompts)
            }
            Uses::All(all) => {
                Arc::ptr_eq(&all.scripts, &parts.scripts)
                    && Arc::ptr_eq(&all.tables, &parts.tables)
                    && Arc::ptr_eq(&all.prompts, &parts.prompts)
            }
        }
    }
}

/// The files of prompts of which a flow says some.
fn said_by(flow: &Flow, prompts: &ReadPrompts) -> Vec<Arc<PromptFile>> {
    let langs: BTreeSet<&str> = flow
        .prompts()
        .0
        .values()
        .flat_map(|langs| langs.keys())
        .map(|lang| flow.lang(*lang))
        .collect();
    let files = langs.into_iter().filter_map(|lang| prompts.get(lang));
    files.cloned().collect()
}

impl ReadScripts {
    /// The script files among these; from memory where none of them has changed.
    fn upon(files: &[&Arc<SourceFile>], previous: &Arc<ReadScripts>) -> Arc<Self> {
        let named: HashMap<String, Arc<SourceFile>> = files
            .iter()
            .filter_map(|file| Some((script_name(file.path())?.to_owned(), Arc::clone(file))))
            .collect();
        if named == previous.scripts.files {
            return Arc::clone(previous);
        }
        Arc::new(ReadScripts::compile(named))
    }

    fn compile(named: HashMap<String, Arc<SourceFile>>) -> Self {
        let mut sources: Vec<(&str, &str)> = named
            .iter()
            .map(|(name, file)| (name.as_str(), file.text()))
            .collect();
        sources.sort_unstable();
        let (library, problems) = Library::compile(sources);
        let mut diagnostics = Vec::new();
        for (module, problem) in problems {
            let Some(file) = named.get(&module) else {
                continue;
            };
            let spot = problem.spot;
            let at = file.span_at(spot.line, spot.column, spot.len);
            let code = compile::code_of(problem.kind);
            let help = compile::help_for(&problem);
            let mut diagnostic = Diagnostic::new(code, file, at, problem.message);
            diagnostic.help(help);
            diagnostics.push(diagnostic);
        }
        diagnostics.sort_by(|a, b| (a.file(), a.at()).cmp(&(b.file(), b.at())));
        let scripts = Scripts {
            library,
            files: named,
        };
        ReadScripts {
            scripts,
            diagnostics,
        }
    }

    fn named(&self, names: &[Box<str>]) -> Vec<Arc<SourceFile>> {
        let files = names
            .iter()
            .map(|name| self.scripts.files.get(&**name).cloned());
        files.flatten().collect()
    }

    fn has(&self, used: &SourceFile) -> bool {
        let name = script_name(used.path());
        let file = name.and_then(|name| self.scripts.files.get(name));
        file.is_some_and(|file| **file == *used)
    }
}
