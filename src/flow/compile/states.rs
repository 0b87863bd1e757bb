//! States and the targets between them.

use crate::call::{Repetition, Speed};
use crate::flow::code::Code;
use crate::flow::document::{HANGUP, KindDoc, REPEAT, StateDoc, TargetDoc};
use crate::flow::resolved::name_hash;
use crate::flow::source::{Located, Span};
use crate::flow::state::{Assignee, Assignment, Kind, Reads, Speech, State, StateId, Target};
use crate::flow::variable::VarSet;

use super::texts::Heard;
use super::{Compiler, LANG, heard};

impl Compiler<'_> {
    pub(super) fn state(&mut self, index: usize) -> State {
        let document = self.document;
        let doc = &document.states[index];
        self.take_reads();
        let (set, set_reads, own) = self.assignments(doc);
        self.said_in = self.said_in(doc);
        let say = self.speech(doc);
        let kind = self.kind(index, doc);
        let inside = self.take_reads();
        let said_in = std::mem::take(&mut self.said_in);
        let on_error = self.on_error(index, doc, &kind);
        let fails = self.fails(doc, &kind);
        State {
            name: doc.name.value.as_str().into(),
            hash: name_hash(&doc.name.value),
            counted: None,
            set,
            said_in,
            say,
            kind,
            on_error,
            fails,
            reads_on_entry: set_reads.merged(inside.without_vars(own)),
            reads_inside: inside,
        }
    }

    /// The lines of `set`, what they read that none of them set before, and what
    /// they set.
    fn assignments(&mut self, doc: &StateDoc) -> (Vec<Assignment>, Reads, VarSet) {
        let mut set = Vec::new();
        let mut reads = Reads::default();
        let mut own = VarSet::default();
        for (name, value) in &doc.set {
            if name.value == LANG {
                let value = self.assigned_lang(name, value);
                reads = reads.merged(self.take_reads().without_vars(own));
                let to = Assignee::Lang;
                set.extend(value.map(|value| Assignment { to, value }));
                continue;
            }
            let Some(var) = self.id_of(&name.value) else {
                continue;
            };
            let value = self.assigned(var, name, value);
            reads = reads.merged(self.take_reads().without_vars(own));
            own.insert(var);
            if let Some(value) = value {
                let to = Assignee::Variable(var);
                set.push(Assignment { to, value });
            }
        }
        (set, reads, own)
    }

    fn speech(&mut self, doc: &StateDoc) -> Option<Speech> {
        let text = doc.say.as_ref()?;
        let voices = self.voices(doc);
        let text = self.text(text, Heard::Say)?;
        Some(Speech {
            text,
            voices,
            speed: self.speed(doc),
            repetition: self.repetition(doc),
        })
    }

    pub(super) fn speed(&self, doc: &StateDoc) -> Speed {
        let speed = doc.speed.as_ref().or(self.document.defaults.speed.as_ref());
        speed.map_or(Speed::NORMAL, |speed| speed.value)
    }

    pub(super) fn repetition(&self, doc: &StateDoc) -> Repetition {
        let defaults = &self.document.defaults;
        let repetition = doc.repetition.as_ref().or(defaults.repetition.as_ref());
        repetition.map_or(Repetition::ONCE, |repetition| repetition.value)
    }

    fn kind(&mut self, index: usize, doc: &StateDoc) -> Kind {
        match &doc.kind {
            KindDoc::Plain => Kind::Plain {
                then: self.then(index, doc),
            },
            KindDoc::Menu(asking) => self.menu(index, doc, asking),
            KindDoc::Ask(asking, entry) => self.ask(index, doc, asking, entry),
            KindDoc::Transfer {
                numbers,
                from,
                record,
            } => self.transfer(index, doc, numbers, (from.as_ref(), *record)),
            KindDoc::Choose(arms) => self.choose(index, doc, arms),
            KindDoc::Label(text) => self.label(index, doc, text),
            KindDoc::Split(sides) => self.split(index, doc, sides),
            KindDoc::Hours(name) => self.by_hours(index, doc, name),
            KindDoc::Http(http) => self.http(index, doc, http),
            KindDoc::Run(run) => self.run(index, doc, run),
        }
    }

    /// `on_error`: the state's own, the flow's, then what giving up would do.
    fn on_error(&mut self, index: usize, doc: &StateDoc, kind: &Kind) -> Target {
        let defaults = &self.document.defaults;
        let written = doc.on_error.as_ref().or(defaults.on_error.as_ref());
        if let Some(written) = written {
            return self.target(written, index);
        }
        if let Some(asking) = kind.asking() {
            return asking.give_up;
        }
        match &defaults.give_up {
            Some(give_up) => self.target(give_up, index),
            None => Target::Hangup,
        }
    }

    /// True where nothing says where a call goes on an error.
    fn fails(&self, doc: &StateDoc, kind: &Kind) -> bool {
        let defaults = &self.document.defaults;
        let written = [&doc.on_error, &defaults.on_error, &defaults.give_up];
        written.iter().all(|target| target.is_none()) && kind.asking().is_none()
    }

    pub(super) fn then(&mut self, index: usize, doc: &StateDoc) -> Target {
        match &doc.then {
            Some(then) => self.target(then, index),
            None => {
                let help = if doc.say.is_none() && doc.set.is_empty() {
                    "say what the state does, with `say`, `menu`, `ask`, `transfer`, `choose`, `split`, `hours`, `http` or `run`, and where it goes `then`"
                } else {
                    "add `then: hangup`, or the name of the state that follows"
                };
                self.missing(doc, "then", help)
            }
        }
    }

    pub(super) fn otherwise(&mut self, index: usize, doc: &StateDoc) -> Option<Target> {
        let written = doc
            .otherwise
            .as_ref()
            .or(self.document.defaults.otherwise.as_ref())?;
        Some(self.target(written, index))
    }

    /// Reports a target that has to be there.
    pub(super) fn missing(&mut self, doc: &StateDoc, key: &str, help: &str) -> Target {
        self.holes = true;
        // A state in another's place was told so when it was read.
        let told = doc.unread_target || (key == "then" && doc.name.value.contains('.'));
        let told = told || (key != "then" && self.document.defaults.unread_target);
        // In `defaults` one is enough for all states, so one is told.
        let told = told || (key == "give_up" && std::mem::replace(&mut self.give_up_missed, true));
        if !told {
            let message = if doc.name.value.contains('.') {
                format!("this state has no `{key}`")
            } else {
                format!("`{}` has no `{key}`", doc.name.value)
            };
            self.findings
                .add(Code::MissingTarget, Self::shown_name(doc), message)
                .help(help)
                .hears = heard::without(doc, key);
        }
        Target::Hangup
    }

    /// Where a state's name stands; a state written in another's place has none,
    /// and its first line stands for it.
    pub(super) fn shown_name(doc: &StateDoc) -> Span {
        doc.name.at
    }

    /// Resolves a target, as seen from state `index`.
    pub(super) fn target(&mut self, target: &TargetDoc, index: usize) -> Target {
        let name = match target {
            TargetDoc::Place(place) => return Target::State(StateId(*place as u16)),
            TargetDoc::Name(name) => name,
            TargetDoc::Return(label) => return self.returning(label),
        };
        match name.value.as_str() {
            HANGUP => Target::Hangup,
            REPEAT => self.again(name, index),
            word => match self.names.get(word) {
                Some(id) => Target::State(*id),
                None => {
                    self.unknown_target(name);
                    Target::Hangup
                }
            },
        }
    }

    /// `return`, which needs a flow that runs this one.
    fn returning(&mut self, label: &Located<Option<String>>) -> Target {
        if !self.document.numbers.is_empty() {
            let message =
                "this flow answers numbers of its own, and such calls have no flow to return to";
            self.findings
                .add(Code::MisplacedReturn, label.at, message)
                .help("write `hangup`; or take out `numbers`, and `run` this flow from one that has them");
        }
        let Some(label) = &label.value else {
            return Target::Return(None);
        };
        let known = self.labels.iter().position(|known| **known == **label);
        let at = known.unwrap_or_else(|| {
            self.labels.push(label.as_str().into());
            self.labels.len() - 1
        });
        Target::Return(Some(at as u16))
    }

    /// `repeat`: the state's own prompt, or that of the state around it.
    fn again(&mut self, name: &Located<String>, index: usize) -> Target {
        let states = &self.document.states;
        let asks =
            |index: &usize| matches!(states[*index].kind, KindDoc::Menu(_) | KindDoc::Ask(..));
        let asker = [Some(index), states[index].parent]
            .into_iter()
            .flatten()
            .find(asks);
        if let Some(asker) = asker {
            return Target::Again(StateId(asker as u16));
        }
        self.holes = true;
        self.findings
            .add(
                Code::MisplacedRepeat,
                name.at,
                "`repeat` says the prompt of a `menu` or `ask` again, and there is none here",
            )
            .help("write the name of the state to go to");
        Target::Hangup
    }

    fn unknown_target(&mut self, name: &Located<String>) {
        self.holes = true;
        self.unknown_state(name, Code::UnknownTarget);
    }
}
