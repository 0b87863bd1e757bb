//! From the files of a project to its catalog, upon what was live before. What goes
//! live is a *bundle*, a flow with everything it uses: one that compiles goes live as
//! a whole, and of one that does not the last good one stays as a whole.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::call::{PhoneNumber, Voice};
use crate::script::Library;

use super::catalog::{Catalog, is_flow_path, prompts_language, script_name, table_name};
use super::claims::{self, Claim, Slot};
use super::compile::{self, Beside, Flows, Known, Scripts};
use super::diagnostic::{Diagnostic, Findings, has_errors};
use super::document::{self, Document, KindDoc};
use super::order;
use super::own_numbers;
use super::project::{Project, ReadProject};
use super::prompts::{PromptFile, ReadPrompts};
use super::resolved::{Flow, Revision};
use super::source::{Located, SourceFile};
use super::table::{ReadTable, ReadTables};
use super::voices::{self, ReadVoices};

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
    voices: Arc<ReadVoices>,
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

    /// False where the platform's list of voices is there, and this one is not in it.
    pub fn may_speak(&self, voice: &Voice) -> bool {
        self.voices.may_be(voice)
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
    /// The voices that it names.
    pub voices: Vec<Located<Voice>>,
    /// The names under `languages`.
    languages: Vec<Box<str>>,
    /// `None` where the file has errors.
    pub flow: Option<Arc<Flow>>,
    diagnostics: Vec<Diagnostic>,
    /// The names of the flows that it runs.
    runs: Vec<Box<str>>,
    /// The script files and tables of its bundle. Of a file with errors all are: one that
    /// is not there yet may be what it lacks.
    uses: Uses,
    /// What the project allowed when it was compiled.
    project: Arc<Project>,
}

/// A flow file as it is now, before it is compiled.
struct Unread<'a> {
    file: &'a Arc<SourceFile>,
    /// What was made of the same text before.
    known: Vec<Arc<Read>>,
    /// `None` where that is enough to know its name and what it runs.
    parsed: Option<Parsed>,
}

/// What stands in a flow file.
struct Parsed {
    findings: Findings,
    document: Option<Document>,
    claims: Vec<Located<Claim>>,
    runs: Vec<Box<str>>,
    dials: Vec<Located<PhoneNumber>>,
    voices: Vec<Located<Voice>>,
    /// The names under `languages`.
    languages: Vec<Box<str>>,
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
    let voices = ReadVoices::upon(&files, &previous.voices);
    let parts = Parts {
        scripts,
        tables,
        prompts,
        project: Arc::clone(&project.live),
    };
    let flows = files.iter().filter(|file| is_flow_path(file.path()));
    let read = previous.reading(flows.copied().collect(), &parts);
    let mut slots: Vec<Slot> = read
        .into_iter()
        .map(|now| Slot {
            live: previous.live.get(now.file.path()).cloned(),
            now,
            lost: Vec::new(),
            lost_too: Vec::new(),
            own_numbers: Vec::new(),
            unknown_voices: Vec::new(),
        })
        .collect();
    find_moved(&mut slots, previous);
    claims::settle(&mut slots);
    own_numbers::check(&mut slots);
    voices.check(&mut slots);
    let mut diagnostics = project.diagnostics.clone();
    diagnostics.extend(voices.diagnostic());
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
        voices,
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
    /// All flow files, from memory where neither they nor what they use has changed.
    /// A flow is compiled behind those that it runs.
    fn reading(&self, files: Vec<&Arc<SourceFile>>, parts: &Parts) -> Vec<Arc<Read>> {
        let mut texts: Vec<Unread> = files.iter().map(|file| self.unread(file)).collect();
        let named: Vec<_> = texts
            .iter()
            .map(|text| (text.name(), text.runs()))
            .collect();
        let turns = order::of(&named);
        let mut flows = Flows::default();
        let mut twice = HashSet::new();
        // Until it is compiled, and where the name is not its alone, a flow cannot be run.
        for name in named.iter().filter_map(|(name, _)| *name) {
            if flows.known.insert(name.to_owned(), Known::Broken).is_some() {
                twice.insert(name.to_owned());
            }
        }
        let mut read: Vec<Option<Arc<Read>>> = files.iter().map(|_| None).collect();
        for turn in turns {
            let mut hidden = Vec::new();
            for (name, way) in turn.rings {
                hidden.extend(
                    flows
                        .known
                        .insert(name.clone(), Known::Ring(way))
                        .map(|was| (name, was)),
                );
            }
            let text = &mut texts[turn.index];
            let now = text.reading(parts, &flows);
            flows.known.extend(hidden);
            if let Some(name) = text.name().filter(|name| !twice.contains(*name)) {
                let known = match &now.flow {
                    Some(flow) => Known::Flow(Arc::clone(flow)),
                    None => Known::Broken,
                };
                flows.known.insert(name.to_owned(), known);
            }
            read[turn.index] = Some(now);
        }
        read.into_iter().flatten().collect()
    }

    /// A file, with what is remembered of it if it has not changed.
    fn unread<'a>(&self, file: &'a Arc<SourceFile>) -> Unread<'a> {
        let known = [self.live.get(file.path()), self.read.get(file.path())];
        let known = known
            .into_iter()
            .flatten()
            .filter(|read| *read.file == **file);
        let known: Vec<_> = known.cloned().collect();
        let parsed = known.is_empty().then(|| Parsed::of(file));
        Unread {
            file,
            known,
            parsed,
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
            &slot.unknown_voices,
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

impl Unread<'_> {
    fn name(&self) -> Option<&str> {
        let known = self.known.first().map(|read| &read.claims);
        name_of(known.or(self.parsed.as_ref().map(|parsed| &parsed.claims))?)
    }

    fn runs(&self) -> &[Box<str>] {
        let known = self.known.first().map(|read| &read.runs);
        let runs = known.or(self.parsed.as_ref().map(|parsed| &parsed.runs));
        runs.map_or(&[], Vec::as_slice)
    }

    /// From memory, where that still holds.
    fn reading(&mut self, parts: &Parts, flows: &Flows) -> Arc<Read> {
        let mut known = self.known.iter();
        if let Some(read) = known.find(|read| read.still_holds(parts, flows)) {
            return Arc::clone(read);
        }
        let parsed = self.parsed.take().unwrap_or_else(|| Parsed::of(self.file));
        let read = Arc::new(Read::compile(self.file, parsed, parts, flows));
        self.known.insert(0, Arc::clone(&read));
        read
    }
}

impl Parsed {
    fn of(file: &Arc<SourceFile>) -> Self {
        let mut findings = Findings::about(file);
        let document = document::read(&mut findings);
        let mut parsed = Parsed {
            findings,
            document: None,
            claims: Vec::new(),
            runs: Vec::new(),
            dials: Vec::new(),
            voices: Vec::new(),
            languages: Vec::new(),
        };
        if let Some(document) = document {
            parsed.languages = compile::language_names(&document);
            parsed.dials = own_numbers::dialled(&document);
            parsed.voices = voices::named(&document);
            parsed.claims = claims::of(&document, &compile::flow_name(&document));
            let runs = document
                .states
                .iter()
                .filter_map(|state| match &state.kind {
                    KindDoc::Run(run) => run.flow.as_ref(),
                    _ => None,
                });
            parsed.runs = runs.map(|name| name.value.as_str().into()).collect();
            parsed.document = Some(document);
        }
        parsed
    }
}

fn name_of(claims: &[Located<Claim>]) -> Option<&str> {
    claims.iter().find_map(|claim| match &claim.value {
        Claim::Name(name) => Some(&**name),
        Claim::Number(_) => None,
    })
}

impl Read {
    fn compile(file: &Arc<SourceFile>, parsed: Parsed, parts: &Parts, flows: &Flows) -> Self {
        let Parts {
            scripts,
            tables,
            prompts,
            project,
        } = parts;
        let Parsed {
            mut findings,
            document,
            claims,
            runs,
            dials,
            voices,
            languages,
        } = parsed;
        let beside = Beside {
            scripts: &scripts.scripts,
            tables,
            prompts,
            project,
            flows,
        };
        let flow = document.and_then(|document| compile::compile(&document, beside, &mut findings));
        let flow = flow.map(Arc::new);
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
            voices,
            languages,
            flow,
            diagnostics: findings.into_sorted(),
            runs,
            uses,
            project: Arc::clone(project),
        }
    }

    /// The flow's name, as far as it can be read.
    pub fn name(&self) -> Option<&str> {
        name_of(&self.claims)
    }

    /// True where compiling this file with these parts and flows would come to the same.
    fn still_holds(&self, parts: &Parts, flows: &Flows) -> bool {
        let subs = self.flow.iter().flat_map(|flow| &flow.subs);
        let is_same = |sub: &Arc<Flow>| {
            let known = flows.known.get(sub.name());
            matches!(known, Some(Known::Flow(now)) if Arc::ptr_eq(now, sub))
        };
        // One with errors may have them from a flow that it runs.
        let are_same = match &self.flow {
            Some(_) => subs.clone().all(is_same),
            None => self.runs.is_empty(),
        };
        if !are_same || !Arc::ptr_eq(&self.project, &parts.project) {
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
