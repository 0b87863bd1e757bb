//! The keys that prompts offer, held against those that there are.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use crate::call::Key;
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, quoted};
use crate::flow::document::{
    AskingDoc, AskingRules, EntryDoc, KindDoc, REPEAT, StateDoc, TargetDoc, TextDoc,
};
use crate::flow::language::LangId;
use crate::flow::prompts::prompt_id;
use crate::flow::source::{Located, SourceFile, Span};
use crate::flow::state::{Asking, Failure, StateId, Target};
use crate::flow::text::{Part, Piece, Text, is_address, pieces};
use crate::flow::yaml::place_of;

use super::languages::{Language, is_known, spoken};
use super::offers::{Offer, mentioned, offers};
use super::{Design, shown};

/// How many options callers keep in mind.
const MANY: usize = 5;

/// A state that has so many keys says "any key", or is no menu of options.
const NEARLY_ALL: usize = 10;

/// What is written of a text: the keys in its words, in which values are signs that
/// mean nothing. Bytes are where they are in the text itself.
#[derive(Debug)]
pub(super) struct Words {
    /// The language of a prompt; `None` where the text stands in the flow.
    lang: Option<LangId>,
    /// Where it is written.
    file: Arc<SourceFile>,
    text: TextDoc,
    has_values: bool,
    offers: Vec<Offer>,
    mentioned: BTreeSet<Key>,
}

impl Design<'_> {
    pub(super) fn keys(&self, findings: &mut Findings) {
        let leading = self.said_before();
        for id in self.flow.state_ids() {
            let doc = self.doc(id);
            let (asking, entry) = match &doc.kind {
                KindDoc::Menu(asking) => (asking, None),
                KindDoc::Ask(asking, entry) => (asking, Some(&**entry)),
                _ => continue,
            };
            let Some(resolved) = self.flow.state(id).kind.asking() else {
                continue;
            };
            self.missing(findings, doc, asking, entry, resolved);
            let before = leading.get(&id).map(Vec::as_slice).unwrap_or_default();
            self.unoffered(findings, doc, asking, before);
            if entry.is_none() {
                many(findings, doc, asking);
            }
        }
        self.unoffered_everywhere(findings);
    }

    /// What is written of a text; of a prompt, in each language in which it is said.
    /// Those of `defaults` are heard in every state, so each is read once. `None` for a
    /// recording, which cannot be read.
    fn words(&self, text: &TextDoc) -> Option<Rc<[Words]>> {
        let mut known = self.words.borrow_mut();
        let known = known.entry(text.at.start);
        let read = || {
            self.written(text)?
                .into_iter()
                .collect::<Option<Rc<[Words]>>>()
        };
        known.or_insert_with(read).clone()
    }

    fn written(&self, text: &TextDoc) -> Option<Vec<Option<Words>>> {
        let Some(id) = prompt_id(&text.value.text) else {
            return Some(vec![words(text, None, &self.document.file, None)]);
        };
        let mut all = Vec::new();
        for lang in self.flow.prompts().languages_of(id) {
            let name = self.flow.lang(lang);
            let file = self.prompts.get(name)?;
            let prompt = file.prompts.as_ref()?.get(id)?;
            let texts = prompt.texts.iter();
            all.extend(texts.map(|text| words(text, Some(lang), &file.file, spoken(name))));
        }
        Some(all)
    }

    /// For each state that asks, what states that lead to it say.
    fn said_before(&self) -> HashMap<StateId, Vec<&TextDoc>> {
        let mut before: HashMap<StateId, Vec<&TextDoc>> = HashMap::new();
        for id in self.flow.state_ids() {
            let state = self.flow.state(id);
            let Some(say) = &self.doc(id).say else {
                continue;
            };
            if state.kind.asking().is_some() {
                continue;
            }
            for (_, target) in state.edges() {
                if let Target::State(to) | Target::Again(to) = target {
                    before.entry(to).or_default().push(say);
                }
            }
        }
        before
    }

    /// Keys that a text of the state offers, and that do nothing there.
    fn missing(
        &self,
        findings: &mut Findings,
        doc: &StateDoc,
        asking: &AskingDoc,
        entry: Option<&EntryDoc>,
        resolved: &Asking,
    ) {
        let own = doc
            .say
            .iter()
            .chain(&asking.prompts)
            .chain(wordings(&asking.rules));
        let mut told = BTreeSet::new();
        for text in own {
            let Some(all) = self.words(text) else {
                continue;
            };
            for (words, offer) in all.iter().flat_map(Words::each_offer) {
                let key = offer.key;
                let is_there = resolved.keys.iter().any(|other| other.key == key);
                let is_entry = entry.is_some_and(|entry| {
                    let digit = key != Key::STAR && key != Key::HASH;
                    key == Key::HASH || digit && (offer.may_be_entry || entry.digits.value.0 == 1)
                });
                if is_there || is_entry || !told.insert((words.lang, key)) {
                    continue;
                }
                let name = key.name();
                let message = format!("`{}` has no key `{name}`, and this offers it", shown(doc));
                let help = format!(
                    "add `{name}:` under `keys` with where it leads, or take it out of the text"
                );
                let lang = words.lang.unwrap_or_default();
                let heard = self.heard_after_a_wrong_key(resolved, lang);
                let hears =
                    heard.map(|heard| format!("a caller who presses {name} would hear: {heard}"));
                words.tell(findings, text, offer, message, help, hears);
            }
        }
        // A confirmation takes 1 and 2 alone.
        let confirm = entry.and_then(|entry| entry.confirm.as_ref());
        let Some((text, all)) = confirm.and_then(|text| Some((text, self.words(text)?))) else {
            return;
        };
        let other = |key: Key| !matches!(key.name(), "1" | "2" | "hash");
        let mut offers = all.iter().flat_map(Words::each_offer);
        if let Some((words, offer)) = offers.find(|(_, offer)| other(offer.key)) {
            let message = format!(
                "`confirm` takes the keys 1 and 2, and this offers `{}`",
                offer.key.name()
            );
            let help = "offer 1 to keep the entry and 2 to give it again".to_owned();
            words.tell(findings, text, offer, message, help, None);
        }
    }

    /// Keys of the state that nothing heard there offers.
    fn unoffered(
        &self,
        findings: &mut Findings,
        doc: &StateDoc,
        asking: &AskingDoc,
        before: &[&TextDoc],
    ) {
        let rules = &asking.rules;
        let inherited = &self.document.defaults.asking;
        let wordings = [
            (&rules.no_input, &inherited.no_input),
            (&rules.no_match, &inherited.no_match),
            (&rules.invalid, &inherited.invalid),
        ];
        let wordings = wordings
            .into_iter()
            .flat_map(|(own, other)| if own.is_empty() { other } else { own });
        let heard = doc.say.iter().chain(&asking.prompts).chain(wordings);
        let heard = heard.chain(before.iter().copied());
        let heard: Option<Vec<Rc<[Words]>>> = heard.map(|text| self.words(text)).collect();
        // A recording may offer every key.
        let Some(heard) = heard else { return };
        if asking.keys.len() >= NEARLY_ALL {
            return;
        }
        let heard: Vec<&Words> = heard.iter().flat_map(|words| words.iter()).collect();
        // Where it is said in several languages at once, each offers for all of them; else
        // every caller hears one.
        let langs: Vec<Option<LangId>> = match heard.iter().any(|words| words.lang.is_some()) {
            true if doc.lang.is_empty() => self.flow.language_ids().map(Some).collect(),
            _ => vec![None],
        };
        let silent: Vec<_> = langs
            .iter()
            .map(|lang| (*lang, self.silent(doc, asking, &heard, *lang)))
            .filter(|(_, keys)| !keys.is_empty())
            .collect();
        let Some((lang, keys)) = silent.first() else {
            return;
        };
        let Some((first, others)) = keys.split_first() else {
            return;
        };
        let is_everywhere = silent.len() == langs.len();
        let also: Vec<String> = others
            .iter()
            .map(|key| format!(", `{}`", key.value.name()))
            .collect();
        let name = first.value.name();
        let where_to = match lang.filter(|_| !is_everywhere) {
            Some(lang) => format!(" in `{}`", self.flow.lang(lang)),
            None => String::new(),
        };
        findings
            .add(
                Code::KeyNotOffered,
                first.at,
                format!(
                    "no text of `{}` offers the {} `{name}`{}{where_to}",
                    shown(doc),
                    if also.is_empty() { "key" } else { "keys" },
                    also.concat()
                ),
            )
            .help(format!(
                "say it in the prompt, as in `For the desk, press {name}.`, or take the key out"
            ));
    }

    /// The keys of a state that nothing offers which is heard in this language.
    fn silent<'k>(
        &self,
        doc: &StateDoc,
        asking: &'k AskingDoc,
        heard: &[&Words],
        lang: Option<LangId>,
    ) -> Vec<&'k Located<Key>> {
        let is_heard =
            |words: &&&Words| lang.is_none() || words.lang.is_none() || words.lang == lang;
        let heard: Vec<&Words> = heard.iter().filter(is_heard).copied().collect();
        let named: BTreeSet<Key> = heard
            .iter()
            .flat_map(|words| words.mentioned.iter().copied())
            .collect();
        let none_found = heard.iter().all(|words| words.offers.is_empty());
        let unreadable =
            heard.iter().any(|words| words.has_values) || !self.speaks_known(doc, lang);
        if none_found && unreadable {
            return Vec::new();
        }
        let keys = asking.keys.iter().map(|(key, _)| key);
        keys.filter(|key| !named.contains(&key.value)).collect()
    }

    /// Keys of `defaults` that no text of the flow offers.
    fn unoffered_everywhere(&self, findings: &mut Findings) {
        let keys = &self.document.defaults.keys;
        if keys.is_empty() {
            return;
        }
        let mut named = BTreeSet::new();
        for text in self.all_texts() {
            match self.words(text) {
                Some(all) => {
                    let mentioned = all.iter().flat_map(|words| words.mentioned.iter());
                    named.extend(mentioned.copied());
                }
                None => return,
            }
        }
        for (key, _) in keys.iter().filter(|(key, _)| !named.contains(&key.value)) {
            let name = key.value.name();
            findings
                .add(
                    Code::KeyNotOffered,
                    key.at,
                    format!("no text of this flow offers the key `{name}`"),
                )
                .help("say it in a prompt, or take the key out");
        }
    }

    fn all_texts(&self) -> impl Iterator<Item = &TextDoc> {
        let own = self.document.states.iter().flat_map(|state| {
            let asking = match &state.kind {
                KindDoc::Menu(asking) | KindDoc::Ask(asking, _) => Some(asking),
                _ => None,
            };
            let asked = asking
                .into_iter()
                .flat_map(|asking| asking.prompts.iter().chain(wordings(&asking.rules)));
            state.say.iter().chain(asked)
        });
        wordings(&self.document.defaults.asking).chain(own)
    }

    /// True where the words for keys are known in the language that a state speaks: its
    /// own, this one, or else the first.
    fn speaks_known(&self, doc: &StateDoc, lang: Option<LangId>) -> bool {
        let first = |code: &str| code.split('-').next().unwrap_or_default().to_lowercase();
        if let Some(voice) = &doc.voice {
            return is_known(&first(voice.value.as_str()));
        }
        let lang = lang.unwrap_or_default();
        let language = &self.flow.languages()[usize::from(lang.0)];
        let voice = language.voice.as_ref().map(|voice| first(voice.as_str()));
        voice.is_some_and(|voice| is_known(&voice))
    }

    /// What is said after the first key that a state does not have.
    fn heard_after_a_wrong_key(&self, asking: &Asking, lang: LangId) -> Option<String> {
        let text = if asking.tries > 1 {
            let wording = asking.wordings.after(Failure::NoMatch, 1);
            wording.or(asking.prompts.get(1).or(asking.prompts.first()))
        } else {
            match asking.cases.no_match.unwrap_or(asking.give_up) {
                Target::State(id) => self.flow.state(id).say.as_ref().map(|say| &say.text),
                _ => None,
            }
        };
        match text?.in_language(lang) {
            Text::Spoken(pieces) => Some(quoted(pieces.first()?.as_str())),
            Text::Template(template) => {
                let parts = template.parts.iter().map(|part| match part {
                    Part::Literal(literal) => literal,
                    Part::Value(_) => "…",
                });
                Some(quoted(&parts.collect::<String>()))
            }
            Text::Recording(_) | Text::Each(_) => None,
        }
    }
}

/// More options than callers keep in mind. Hearing them again is none.
fn many(findings: &mut Findings, doc: &StateDoc, asking: &AskingDoc) {
    let is_option = |target: &TargetDoc| match target {
        TargetDoc::Name(name) => name.value != REPEAT,
        TargetDoc::Place(_) | TargetDoc::Return(_) => true,
    };
    let options: Vec<&Located<Key>> = asking
        .keys
        .iter()
        .filter(|(_, target)| is_option(target))
        .map(|(key, _)| key)
        .collect();
    if let Some(extra) = options.get(MANY) {
        findings
            .add(
                Code::ManyOptions,
                extra.at,
                format!(
                    "`{}` has {} options, and callers keep about {MANY} in mind",
                    shown(doc),
                    options.len()
                ),
            )
            .help("put those that belong together into a menu of their own, behind one key");
    }
}

/// What a state or `defaults` says after failures.
pub(super) fn wordings(rules: &AskingRules) -> impl Iterator<Item = &TextDoc> {
    rules
        .no_input
        .iter()
        .chain(&rules.no_match)
        .chain(&rules.invalid)
}

/// What is written of one text, with the words of its language where that is known.
/// `None` for a recording, which cannot be read.
fn words(
    text: &TextDoc,
    lang: Option<LangId>,
    file: &Arc<SourceFile>,
    spoken: Option<&'static Language>,
) -> Option<Words> {
    let written = &text.value.text;
    if is_address(written) {
        return None;
    }
    let mut bytes = written.clone().into_bytes();
    let mut has_values = false;
    for piece in pieces(written).ok()? {
        if let Piece::Value(range) = piece {
            has_values = true;
            bytes[range.start - 2..range.end + 1].fill(b'_');
        }
    }
    let plain = String::from_utf8(bytes).ok()?;
    Some(Words {
        lang,
        file: Arc::clone(file),
        text: text.clone(),
        has_values,
        offers: offers(&plain, spoken),
        mentioned: mentioned(&plain),
    })
}

impl Words {
    fn each_offer(&self) -> impl Iterator<Item = (&Words, &Offer)> {
        self.offers.iter().map(move |offer| (self, offer))
    }

    /// Tells that an offer is wrong, where it is written; of a prompt also where it is
    /// said.
    fn tell(
        &self,
        findings: &mut Findings,
        said: &TextDoc,
        offer: &Offer,
        message: String,
        help: String,
        hears: Option<String>,
    ) {
        let told = findings.count();
        let flow = findings.turn_to(&self.file);
        let at = span_in(findings, &self.text, offer.at.clone());
        findings
            .add(Code::OfferedKeyMissing, at, message)
            .help(help)
            .hears = hears;
        findings.turn_to(&flow);
        if self.lang.is_some() {
            findings.relate_from(told, &flow, said.at, "it is said here");
        }
    }
}

/// Where the bytes of a text stand in the file.
fn span_in(findings: &Findings, text: &TextDoc, range: std::ops::Range<usize>) -> Span {
    let file = findings.file().text();
    let place = |offset| place_of(file, text.at, &text.value, offset);
    let start = place(range.start);
    // The last character's own place, since white space behind it counts as its end.
    let last = range.end
        - text.value.text[range.clone()]
            .chars()
            .next_back()
            .map_or(0, char::len_utf8);
    let last = place(last);
    let len = file[last..].chars().next().map_or(0, char::len_utf8);
    Span::new(start, (last + len).max(start + 1))
}
