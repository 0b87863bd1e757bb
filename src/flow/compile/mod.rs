//! From the document as written to the flow that runs: names become ids, scripts
//! are compiled, fixed texts made ready. Whatever keeps a flow from going live is
//! found here or in the graph check behind it, all at once.

mod collect;
mod expressions;
mod graph;
mod heard;
mod hours;
mod kinds;
mod languages;
mod lookups;
mod on_end;
mod places;
mod prompts;
mod runs;
mod secrets;
mod splits;
mod states;
mod tables;
mod texts;
mod variables;

pub use expressions::{code_of, help_for};
pub use runs::{Flows, Known};

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::script::{self, Library};

use super::code::Code;
use super::design;
use super::diagnostic::Findings;
use super::document::{Document, HANGUP, NumberDoc, REPEAT, StateDoc, is_good_name};
use super::exits::Exits;
use super::language::{LangId, Language};
use super::project::Project;
use super::prompts::{Prompts, ReadPrompts, Wording};
use super::resolved::{Flow, Revision};
use super::source::{Located, SourceFile, Span};
use super::state::{Kind, Reads, State, StateId};
use super::suggest::{did_you_mean, nearest};
use super::table::{ReadTables, Table, Tables};
use super::variable::{VarId, VarSet, Variable};

/// The most states that a flow can have.
const MAX_STATES: usize = 5000;

/// The language that is spoken, as `set` has it.
const LANG: &str = "lang";

/// The scripts of a project, compiled, and their texts for the revision.
#[derive(Debug)]
pub struct Scripts {
    pub library: Library,
    pub files: HashMap<String, Arc<SourceFile>>,
}

/// What lies beside a flow file and is used by it.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    pub scripts: &'a Scripts,
    pub tables: &'a ReadTables,
    pub prompts: &'a ReadPrompts,
    pub project: &'a Project,
    /// The other flows of the project, which may be run.
    pub flows: &'a Flows,
}

/// Compiles a document. `None` where it holds an error; every finding is in `findings`.
pub fn compile(document: &Document, beside: Beside<'_>, findings: &mut Findings) -> Option<Flow> {
    let sound_so_far = !findings.have_errors();
    let mut compiler = Compiler::new(document, beside, findings);
    compiler.check_names();
    compiler.check_voices();
    let mut states: Vec<State> = (0..document.states.len())
        .map(|index| compiler.state(index))
        .collect();
    let written = (0..states.len()).map(|index| compiler.written(index));
    let written = written.collect();
    let on_end = compiler.on_end();
    let counted = compiler.counted.len();
    for (at, id) in std::mem::take(&mut compiler.counted)
        .into_iter()
        .enumerate()
    {
        states[usize::from(id.0)].counted = Some(at as u16);
    }
    let start = compiler.start();
    compiler.report_unknown_states();
    let start = start?;
    let zone = compiler.zone();
    let hours = compiler.hours(&zone);
    let revision = compiler.revision();
    let (parts, depth) = compiler.bundle();
    let needed = compiler.needed(&states);
    compiler.check_run_names(&states);
    let Compiler {
        variables,
        declared,
        subs,
        labels,
        holes,
        modules,
        used_tables,
        languages,
        used_prompts,
        ..
    } = compiler;
    let splits = states
        .iter()
        .any(|state| matches!(state.kind, Kind::Split(_)));
    let (numbers, takes_any) = numbers(document);
    let mut flow = Flow {
        name: flow_name(document).into(),
        file: Arc::clone(&document.file),
        revision,
        scripts: modules.into_iter().map(Into::into).collect(),
        tables: Arc::new(Tables(used_tables)),
        numbers,
        takes_any,
        subs,
        parts,
        depth,
        labels,
        exits: Exits::default(),
        declared,
        needed,
        start,
        zone,
        languages,
        prompts: Prompts(used_prompts),
        hours,
        patience: document.defaults.patience.as_ref().map_or(10, |p| p.value),
        allow_dial: document
            .allow_dial
            .iter()
            .flatten()
            .map(|prefix| prefix.value.as_str().into())
            .collect(),
        on_end,
        variables,
        states,
        written,
        splits,
        counted,
        collectors: Vec::new(),
        input_collectors: Vec::new(),
    };
    graph::check(&flow, document, findings, sound_so_far && !holes);
    collect::find_collectors(&mut flow);
    flow.exits = Exits::of(&flow);
    if findings.have_errors() {
        return None;
    }
    design::check(&flow, document, beside.prompts, findings);
    Some(flow)
}

/// The flow's name: what `flow:` says, else the file's path below `flows`.
pub fn flow_name(document: &Document) -> String {
    if let Some(name) = &document.name {
        return name.value.clone();
    }
    let path = document.file.path();
    let path = path.strip_prefix("flows/").unwrap_or(path);
    let end = path.rfind('.').unwrap_or(path.len());
    path[..end].to_owned()
}

/// The names under `languages`.
pub fn language_names(document: &Document) -> Vec<Box<str>> {
    let languages = document.languages.iter().flatten();
    languages
        .map(|language| language.name.value.as_str().into())
        .collect()
}

fn numbers(document: &Document) -> (Vec<crate::call::PhoneNumber>, bool) {
    let numbers = document
        .numbers
        .iter()
        .filter_map(|number| match number.value {
            NumberDoc::Number(number) => Some(number),
            NumberDoc::Any => None,
        })
        .collect();
    let takes_any = document.numbers.iter().any(|n| n.value == NumberDoc::Any);
    (numbers, takes_any)
}

/// What is known while one document is compiled.
struct Compiler<'a> {
    document: &'a Document,
    scripts: &'a Scripts,
    tables: &'a ReadTables,
    prompts: &'a ReadPrompts,
    project: &'a Project,
    /// The other flows of the project, which may be run.
    flows: &'a Flows,
    findings: &'a mut Findings,
    /// The sub-flows that are run.
    subs: Vec<Arc<Flow>>,
    /// Flows that cannot be run, of which that was said.
    lost_flows: HashSet<String>,
    /// The labels that are given back to a flow that runs this one.
    labels: Vec<Box<str>>,
    /// How many of the variables stand in `vars`.
    declared: usize,
    /// At least one.
    languages: Vec<Language>,
    /// The languages in which the state that is being compiled says everything.
    said_in: Box<[LangId]>,
    /// The prompts that are said, with what they say.
    used_prompts: BTreeMap<Box<str>, BTreeMap<LangId, Vec<Wording>>>,
    /// Prompts that are missing or have faults of their own, of which that was said.
    told_prompts: BTreeSet<String>,
    /// The states that have a name of their own.
    names: HashMap<&'a str, StateId>,
    variables: Vec<Variable>,
    /// Why variables are secret that nobody has declared so.
    secret_by: HashMap<VarId, secrets::Source>,
    /// Script files whose functions are called.
    modules: BTreeSet<String>,
    /// The tables in which some expression looks things up.
    used_tables: BTreeMap<Box<str>, Arc<Table>>,
    /// States whose visits some expression asks for.
    counted: BTreeSet<StateId>,
    /// A target is missing somewhere, so the graph is not what it is meant to be.
    holes: bool,
    voice_missed: bool,
    give_up_missed: bool,
    /// A variable has a name that cannot be read, so another may seem not to be there.
    bad_variable: bool,
    /// Tables with faults of their own, of which that was said.
    broken_tables: BTreeSet<Box<str>>,
    /// What was said of script files that cannot be called.
    broken_scripts: HashSet<String>,
    /// Names of states that are not there, each with the places where it stands.
    unknown_states: BTreeMap<String, (Code, Vec<Span>)>,
    /// What the state that is being compiled reads.
    reads: Reads,
    /// It is `on_end` that is being compiled, and more names are known.
    at_end: bool,
    /// `on_end` reads `path`.
    reads_path: bool,
}

impl<'a> Compiler<'a> {
    fn new(document: &'a Document, beside: Beside<'a>, findings: &'a mut Findings) -> Self {
        let names = document
            .states
            .iter()
            .enumerate()
            .filter(|(_, state)| !is_in_place(state))
            .map(|(index, state)| (state.name.value.as_str(), StateId(index as u16)))
            .collect();
        let mut compiler = Compiler {
            document,
            scripts: beside.scripts,
            tables: beside.tables,
            prompts: beside.prompts,
            project: beside.project,
            flows: beside.flows,
            findings,
            subs: Vec::new(),
            lost_flows: HashSet::new(),
            labels: Vec::new(),
            declared: 0,
            languages: languages::of(document),
            said_in: Box::default(),
            used_prompts: BTreeMap::new(),
            told_prompts: BTreeSet::new(),
            names,
            variables: Vec::new(),
            secret_by: HashMap::new(),
            modules: BTreeSet::new(),
            used_tables: BTreeMap::new(),
            broken_tables: BTreeSet::new(),
            counted: BTreeSet::new(),
            holes: false,
            voice_missed: false,
            give_up_missed: false,
            bad_variable: false,
            broken_scripts: HashSet::new(),
            unknown_states: BTreeMap::new(),
            reads: Reads::default(),
            at_end: false,
            reads_path: false,
        };
        compiler.collect_variables();
        compiler.spread_secrets();
        compiler
    }

    fn check_names(&mut self) {
        let states = &self.document.states;
        if let Some(extra) = states.get(MAX_STATES) {
            let message = format!("a flow has at most {MAX_STATES} states");
            self.findings
                .add(Code::TooMany, extra.name.at, message)
                .help("split the flow in two, each with a number of its own");
        }
        // A token has room for a hash of the name alone.
        let mut hashes: HashMap<u32, &str> = HashMap::new();
        for state in states {
            let name = state.name.value.as_str();
            let hash = super::resolved::name_hash(name);
            if let Some(other) = hashes.insert(hash, name).filter(|other| *other != name) {
                let message = format!("the names `{name}` and `{other}` have the same hash");
                self.findings
                    .add(Code::BadName, state.name.at, message)
                    .help("give one of the two another name");
            }
        }
    }

    /// The state where calls begin. `None` where there are no states.
    fn start(&mut self) -> Option<StateId> {
        let document = self.document;
        let first = document.states.iter().position(|state| !is_in_place(state));
        let Some(first) = first else {
            if !self.findings.have_errors() {
                let at = Span::default();
                self.findings
                    .add(Code::NotAFlow, at, "the flow has no states")
                    .help("write the first one under `states:`");
            }
            return None;
        };
        let first = StateId(first as u16);
        let Some(start) = &document.start else {
            return Some(first);
        };
        let id = self.names.get(start.value.as_str()).copied();
        if id.is_none() {
            self.holes = true;
            self.unknown_state(start, Code::UnknownTarget);
        }
        Some(id.unwrap_or(first))
    }

    fn unknown_state(&mut self, name: &Located<String>, code: Code) {
        let places = self.unknown_states.entry(name.value.clone());
        places.or_insert((code, Vec::new())).1.push(name.at);
    }

    /// Tells of a name that stands in a file of prompts.
    fn unknown_state_elsewhere(&mut self, name: &str, at: Span) {
        let states = self.state_names();
        let flow = flow_name(self.document);
        self.findings
            .add(
                Code::UnknownState,
                at,
                format!("`{flow}` has no state `{name}`"),
            )
            .help(did_you_mean(name, states, "the states are"));
    }

    /// Tells each name once, since most often it is the state that is misspelt.
    fn report_unknown_states(&mut self) {
        let states = self.state_names();
        for (name, (code, mut places)) in std::mem::take(&mut self.unknown_states) {
            let mut known = states.clone();
            if code == Code::UnknownTarget {
                known.extend([HANGUP, REPEAT]);
            }
            // Which is badly named, and was told so.
            if nearest(&name, states.iter().copied()).is_some_and(|near| !is_good_name(near)) {
                continue;
            }
            let what = if code == Code::UnknownTarget {
                "targets"
            } else {
                "states"
            };
            let mut help = did_you_mean(&name, known, &format!("the {what} are"));
            places.sort_unstable();
            places.dedup();
            let lines: BTreeSet<usize> = places[1..]
                .iter()
                .map(|at| self.findings.file().line_column(at.start).0)
                .collect();
            let lines: Vec<String> = lines.iter().map(|line| format!("line {line}")).collect();
            if !lines.is_empty() {
                let joint = if help.ends_with('?') {
                    " The same"
                } else {
                    "; the same"
                };
                help.push_str(&format!("{joint} stands in {}", lines.join(", ")));
            }
            let message = format!("there is no state `{name}`");
            let hears = (code == Code::UnknownTarget)
                .then(|| heard::at_a_target(self.document, places[0]))
                .flatten();
            self.findings.add(code, places[0], message).help(help).hears = hears;
        }
    }

    /// The names of the flow's states, in the order in which they are written.
    fn state_names(&self) -> Vec<&'a str> {
        let document = self.document;
        document
            .states
            .iter()
            .filter(|state| !is_in_place(state))
            .map(|state| state.name.value.as_str())
            .collect()
    }

    fn zone(&mut self) -> TimeZone {
        let zone = self.document.zone.as_ref();
        zone.map_or(TimeZone::UTC, |zone| self.zone_named(zone))
    }

    /// The time zone of this name; UTC where there is none, which is reported.
    fn zone_named(&mut self, zone: &Located<String>) -> TimeZone {
        match TimeZone::get(&zone.value) {
            Ok(zone) => zone,
            Err(_) => {
                let message = format!("there is no time zone `{}`", zone.value);
                let names: Vec<String> = jiff::tz::db()
                    .available()
                    .map(|name| name.to_string())
                    .collect();
                let help = super::suggest::nearest(&zone.value, names.iter().map(String::as_str))
                    .map(|name| format!("did you mean `{name}`?"))
                    .unwrap_or("write a zone of the IANA list, such as `Asia/Singapore`".into());
                self.findings
                    .add(Code::BadValue, zone.at, message)
                    .help(help);
                TimeZone::UTC
            }
        }
    }

    fn revision(&self) -> Revision {
        let scripts = self.modules.iter().filter_map(|name| {
            let file = self.scripts.files.get(name)?;
            Some([name.as_str(), file.text()])
        });
        let tables = self.used_tables.keys().filter_map(|name| {
            let read = self.tables.get(name)?;
            Some(["table", name, read.file.text()])
        });
        let prompts = self.prompt_texts();
        let mut subs: Vec<(&str, String)> = self
            .subs
            .iter()
            .map(|sub| (sub.name(), format!("{:016x}", sub.revision().0)))
            .collect();
        subs.sort_unstable();
        let subs = subs.iter().map(|(name, revision)| ["flow", name, revision]);
        Revision::of(
            [self.document.file.text()]
                .into_iter()
                .chain(scripts.flatten())
                .chain(tables.flatten())
                .chain(prompts.iter().map(|text| &**text))
                .chain(subs.flatten()),
        )
    }

    /// What the prompts are that the flow says, each with its language and its id in
    /// front. Others of the same files change nothing of the flow.
    fn prompt_texts(&self) -> Vec<Cow<'a, str>> {
        let mut all = Vec::new();
        for (id, langs) in &self.used_prompts {
            for lang in langs.keys() {
                let name = &self.languages[usize::from(lang.0)].name;
                let prompts = self
                    .prompts
                    .get(name)
                    .and_then(|file| file.prompts.as_ref());
                let Some(prompt) = prompts.and_then(|prompts| prompts.get(id)) else {
                    continue;
                };
                let count = prompt.texts.len();
                all.push(Cow::Owned(format!("prompt {name} {id} {count}")));
                let texts = prompt.texts.iter();
                all.extend(texts.map(|text| Cow::Borrowed(text.value.text.as_str())));
            }
        }
        all
    }

    fn reserved_word(name: &str) -> bool {
        script::is_reserved(name)
    }

    /// The reads of what was compiled since the last call.
    fn take_reads(&mut self) -> Reads {
        std::mem::take(&mut self.reads)
    }
}

/// True for a state written in place of a target; such names hold a point.
fn is_in_place(state: &StateDoc) -> bool {
    state.name.value.contains('.')
}

impl Reads {
    fn merged(self, other: Reads) -> Reads {
        Reads {
            vars: self.vars.or(other.vars),
            input: self.input || other.input,
        }
    }

    fn without_vars(self, set: VarSet) -> Reads {
        Reads {
            vars: self.vars.without(set),
            ..self
        }
    }
}
