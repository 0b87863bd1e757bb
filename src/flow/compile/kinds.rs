//! What each kind of state needs: menus and asks, transfers, choices.

use crate::call::{Key, PhoneNumber};
use crate::flow::code::Code;
use crate::flow::document::{
    ArmDoc, AskingDoc, AskingRules, EntryDoc, StateDoc, TargetDoc, TextDoc, VarType, number_help,
};
use crate::flow::source::Located;
use crate::flow::state::{
    Asking, Dial, Entry, FailureCases, KeyTarget, Kind, Ready, Target, Transfer, Wordings,
};
use crate::flow::suggest::did_you_mean;
use crate::flow::text::Expression;
use crate::flow::variable::VarId;

use super::Compiler;
use super::expressions::Purpose;
use super::texts::{Heard, described};

/// How many numbers one transfer can try, as the platform dials twice a call.
const MAX_NUMBERS: usize = 2;

impl Compiler<'_> {
    pub(super) fn menu(&mut self, index: usize, doc: &StateDoc, asking: &AskingDoc) -> Kind {
        let known = ["no_input", "no_match"];
        let result = self.asking(index, doc, asking, &known);
        if result.keys.is_empty() && !asking.has_keys {
            self.holes = true;
            let name = &doc.name.value;
            self.findings
                .add(
                    Code::MissingKey,
                    doc.name.at,
                    format!("the menu `{name}` has no `keys`"),
                )
                .help("add `keys:` with a line for each key, as in `1: hours`");
        }
        Kind::Menu(result)
    }

    pub(super) fn ask(
        &mut self,
        index: usize,
        doc: &StateDoc,
        asking: &AskingDoc,
        entry: &EntryDoc,
    ) -> Kind {
        let known = ["no_input", "no_match", "invalid"];
        let result = self.asking(index, doc, asking, &known);
        for (key, _) in &asking.keys {
            if key.value == Key::HASH {
                self.findings
                    .add(
                        Code::BadValue,
                        key.at,
                        "`#` ends the entry of an `ask`, so it is no key of its own",
                    )
                    .help("use `star` or a digit");
            }
        }
        let save = entry.save.as_ref().and_then(|name| self.id_of(&name.value));
        if let (Some(var), Some(name)) = (save, &entry.save) {
            self.check_save(var, name);
        }
        let secret = save.is_some_and(|var| self.variables[usize::from(var.0)].secret);
        // Under its own name the entry is there for `valid` and `confirm` already.
        let before = self.take_reads();
        let valid = entry
            .valid
            .as_ref()
            .and_then(|text| self.whole_expression(text, Purpose::Decide));
        let confirm = entry.confirm.as_ref().and_then(|text| {
            self.text(
                text,
                Heard::Wording {
                    secret_entry: secret,
                },
            )
        });
        let mut entry_reads = self.take_reads();
        entry_reads.input = false;
        if let Some(var) = save {
            entry_reads.vars.remove(var);
        }
        self.reads = before.merged(entry_reads);
        let then = self.then(index, doc);
        Kind::Ask(
            result,
            Entry {
                least: entry.digits.value.0,
                most: entry.digits.value.1,
                save,
                secret,
                valid,
                confirm,
                reads: entry_reads,
                then,
            },
        )
    }

    /// An entry is digits, and not every variable takes those.
    fn check_save(&mut self, var: VarId, name: &Located<String>) {
        let kind = self.variables[usize::from(var.0)].kind;
        if matches!(kind, Some(VarType::Flag | VarType::List | VarType::Map)) {
            let (holds, _) = described(kind);
            let word = &name.value;
            self.findings
                .add(
                    Code::BadType,
                    name.at,
                    format!("an entry is digits, and `{word}` holds {holds}"),
                )
                .help(format!(
                    "declare `{word}: digits` under `vars`, or save under another name"
                ));
        }
    }

    /// What menus and asks have in common, with what they inherit.
    fn asking(
        &mut self,
        index: usize,
        doc: &StateDoc,
        asking: &AskingDoc,
        known: &[&str],
    ) -> Asking {
        let document = self.document;
        let defaults = &document.defaults;
        let voices = self.voices(doc);
        let prompts = self.texts(&asking.prompts, Heard::Prompt);
        let rules = &asking.rules;
        let wordings = self.wordings(rules, &defaults.asking);
        let give_up = match doc.give_up.as_ref().or(defaults.give_up.as_ref()) {
            Some(target) => self.target(target, index),
            None => self.missing(
                doc,
                "give_up",
                "say where a call goes when no answer comes: add `give_up:` with the name of a state or `hangup`, here or for all states under `defaults`",
            ),
        };
        let cases = self.failure_cases(index, doc, known);
        let ready = Ready::for_prompts(prompts.len(), self.languages.len());
        Asking {
            prompts,
            voices,
            speed: self.speed(doc),
            wait_ms: inherited(&rules.wait_ms, &defaults.asking.wait_ms, 5000),
            tries: inherited(&rules.tries, &defaults.asking.tries, 3),
            wordings,
            give_up,
            cases,
            keys: self.keys(index, asking, &defaults.keys),
            ready,
        }
    }

    fn wordings(&mut self, own: &AskingRules, inherited: &AskingRules) -> Wordings {
        let wording = |compiler: &mut Self, own: &[TextDoc], other: &[TextDoc]| {
            let list = if own.is_empty() { other } else { own };
            compiler.texts(
                list,
                Heard::Wording {
                    secret_entry: false,
                },
            )
        };
        Wordings {
            no_input: wording(self, &own.no_input, &inherited.no_input),
            no_match: wording(self, &own.no_match, &inherited.no_match),
            invalid: wording(self, &own.invalid, &inherited.invalid),
        }
    }

    fn keys(
        &mut self,
        index: usize,
        asking: &AskingDoc,
        global: &[(Located<Key>, TargetDoc)],
    ) -> Vec<KeyTarget> {
        let mut keys: Vec<KeyTarget> = Vec::new();
        for (is_global, list) in [(false, asking.keys.as_slice()), (true, global)] {
            for (key, target) in list {
                if keys.iter().any(|other| other.key == key.value) {
                    continue;
                }
                keys.push(KeyTarget {
                    key: key.value,
                    target: self.target(target, index),
                    global: is_global,
                });
            }
        }
        keys
    }

    fn failure_cases(&mut self, index: usize, doc: &StateDoc, known: &[&str]) -> FailureCases {
        let mut cases = FailureCases::default();
        for (name, target) in &doc.cases {
            let target = self.target(target, index);
            match name.value.as_str() {
                word if !known.contains(&word) => self.unknown_case(name, known),
                "no_input" => cases.no_input = Some(target),
                "no_match" => cases.no_match = Some(target),
                _ => cases.invalid = Some(target),
            }
        }
        cases
    }

    pub(super) fn unknown_case(&mut self, name: &Located<String>, known: &[&str]) {
        self.findings
            .add(
                Code::UnknownCase,
                name.at,
                format!("`{}` is no outcome of this state", name.value),
            )
            .help(did_you_mean(
                &name.value,
                known.iter().copied(),
                "the outcomes are",
            ));
    }

    pub(super) fn transfer(
        &mut self,
        index: usize,
        doc: &StateDoc,
        numbers: &[TextDoc],
        (from, record): (Option<&TextDoc>, bool),
    ) -> Kind {
        if let Some(extra) = numbers.get(MAX_NUMBERS) {
            self.findings
                .add(
                    Code::TooMany,
                    extra.at,
                    "the platform dials at most two numbers in a call",
                )
                .help("take this number out");
        }
        let numbers = numbers
            .iter()
            .take(MAX_NUMBERS)
            .filter_map(|text| self.dial(text, true))
            .collect();
        let from = from.and_then(|text| self.dial(text, false));
        let otherwise = self.otherwise(index, doc);
        let known = ["busy", "no_answer", "failed"];
        let mut outcomes = [otherwise; 3];
        for (name, target) in &doc.cases {
            let target = self.target(target, index);
            match known.iter().position(|word| *word == name.value) {
                Some(at) => outcomes[at] = Some(target),
                None => self.unknown_case(name, &known),
            }
        }
        let mut missing = None;
        let outcomes = outcomes.map(|outcome| {
            outcome.unwrap_or_else(|| {
                *missing.get_or_insert_with(|| {
                    self.missing(
                        doc,
                        "otherwise",
                        "say what happens when nobody answers: add `otherwise:` with a state's name, or `{say: …, then: hangup}`",
                    )
                })
            })
        });
        let [busy, no_answer, failed] = outcomes;
        Kind::Transfer(Transfer {
            numbers,
            from,
            record,
            then: self.then(index, doc),
            busy,
            no_answer,
            failed,
        })
    }

    /// A number to dial, fixed or computed.
    fn dial(&mut self, text: &TextDoc, guarded: bool) -> Option<Dial> {
        let written = text.value.text.trim();
        if !written.contains("${") {
            return match written.parse::<PhoneNumber>() {
                Ok(number) => Some(Dial::Fixed(number)),
                Err(reason) => {
                    self.findings
                        .add(
                            Code::BadNumber,
                            text.at,
                            format!("`{written}` is no phone number: {reason}"),
                        )
                        .help(number_help(written, "as in `+6561110001`"));
                    None
                }
            };
        }
        if guarded && self.document.allow_dial.is_none() {
            self.findings
                .add(Code::OpenDial, text.at, "this number is computed, and nothing says which numbers may be dialled")
                .help("add `allow_dial: [+65]` at the top of the file, with the beginnings of the numbers that may be");
        }
        let template = self.template(
            text,
            Purpose::Show {
                secret_entry: false,
            },
        )?;
        Some(Dial::Computed(template))
    }

    pub(super) fn choose(&mut self, index: usize, doc: &StateDoc, arms: &[ArmDoc]) -> Kind {
        if let Some((name, _)) = doc.cases.first() {
            self.findings
                .add(
                    Code::MisplacedKey,
                    name.at,
                    "`cases` belong to a `choose` that is one expression",
                )
                .help("write `choose: EXPRESSION`, or give each line its own `then`");
        }
        let mut resolved = Vec::new();
        for arm in arms {
            let condition = self.whole_expression(&arm.condition, Purpose::Decide);
            let target = self.target(&arm.then, index);
            self.holes |= condition.is_none();
            resolved.extend(condition.map(|condition| (condition, target)));
        }
        Kind::Choose {
            arms: resolved,
            otherwise: self.required_otherwise(index, doc),
        }
    }

    pub(super) fn label(&mut self, index: usize, doc: &StateDoc, text: &TextDoc) -> Kind {
        let expression = self.whole_expression(text, Purpose::Decide);
        let cases: Vec<(Box<str>, Target)> = doc
            .cases
            .iter()
            .map(|(name, target)| (name.value.as_str().into(), self.target(target, index)))
            .collect();
        let otherwise = self.required_otherwise(index, doc);
        let Some(expression) = expression else {
            self.holes = true;
            return Kind::Plain { then: otherwise };
        };
        let names: Vec<&str> = cases.iter().map(|(name, _)| &**name).collect();
        if !doc.unread_target {
            self.check_labels(text, &expression, &names);
        }
        self.check_secret_label(doc, &expression);
        Kind::Label {
            expression,
            cases,
            otherwise,
        }
    }

    /// A secret may decide a way. Which way a call took is in the log and in the picture, so
    /// a case must not spell the digits that lead there.
    fn check_secret_label(&mut self, doc: &StateDoc, expression: &Expression) {
        let mut exposed = expression.program.exposes().iter();
        let Some(secret) = exposed.find(|name| self.is_secret(name)) else {
            return;
        };
        let why = self.why_secret(secret);
        let has_digits = |name: &str| name.chars().any(|c| c.is_ascii_digit());
        let mut cases = doc.cases.iter();
        if let Some((case, _)) = cases.find(|(name, _)| has_digits(&name.value)) {
            let message = format!(
                "`{secret}` is secret, and the case `{}` tells what it is",
                case.value
            );
            self.findings
                .add(Code::SecretLabel, case.at, message)
                .help(format!("{why}compare it with what is kept, as in `choose: [{{if: {secret} == stored, then: …}}]`, or let a script give a word without digits"));
        }
    }

    pub(super) fn required_otherwise(&mut self, index: usize, doc: &StateDoc) -> Target {
        match self.otherwise(index, doc) {
            Some(target) => target,
            None => self.missing(
                doc,
                "otherwise",
                "say where to go when nothing else holds: add `otherwise:` with a state's name",
            ),
        }
    }
}

fn inherited<T: Copy>(own: &Option<Located<T>>, other: &Option<Located<T>>, default: T) -> T {
    own.as_ref()
        .or(other.as_ref())
        .map_or(default, |value| value.value)
}
