//! Texts that are said by their id: taken from the prompts of every language in which
//! they can be heard, and compiled there as if they stood in the flow.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::flow::code::Code;
use crate::flow::document::TextDoc;
use crate::flow::language::LangId;
use crate::flow::prompts::{PromptFile, Wording, is_prompt_name};
use crate::flow::suggest::nearest;
use crate::flow::text::{Piece, Text, pieces};

use super::Compiler;
use super::texts::Heard;

impl Compiler<'_> {
    /// The texts of a prompt where a list may stand, in the order in which repeats hear
    /// them.
    pub(super) fn prompt_list(&mut self, id: &str, text: &TextDoc, heard: Heard) -> Vec<Text> {
        let Some(found) = self.found(id, text) else {
            return Vec::new();
        };
        let most = found.iter().map(|(_, _, texts)| texts.len()).max();
        (0..most.unwrap_or(0))
            .filter_map(|nth| self.in_each(&found, nth, text, heard))
            .collect()
    }

    /// The text of a prompt where one alone is said.
    pub(super) fn prompt(&mut self, id: &str, text: &TextDoc, heard: Heard) -> Option<Text> {
        let found = self.found(id, text)?;
        let list = found.iter().find(|(_, file, _)| {
            let prompt = file.prompts.as_ref().and_then(|prompts| prompts.get(id));
            prompt.is_some_and(|prompt| prompt.is_list)
        });
        if let Some((_, file, _)) = list {
            let message = format!(
                "`{id}` is a list in `{}`, and one text alone is said here",
                file.file.path()
            );
            self.findings
                .add(Code::PromptList, text.at, message)
                .help("write one text there; a list is for what repeats of a `menu` or `ask` say, and for what is said after failures");
            return None;
        }
        self.in_each(&found, 0, text, heard)
    }

    /// A prompt in every language in which it can be heard here. `None` where it is
    /// missing in one of them, which is reported.
    fn found(&mut self, id: &str, text: &TextDoc) -> Option<Vec<Found>> {
        if !is_prompt_name(id) {
            self.findings
                .add(
                    Code::BadName,
                    text.at,
                    format!("`{id}` cannot name a prompt"),
                )
                .help(crate::flow::document::good_name_help(id, true));
            return None;
        }
        let langs: Vec<LangId> = match &*self.said_in {
            [] => (0..self.languages.len())
                .map(|at| LangId(at as u8))
                .collect(),
            said_in => said_in.to_vec(),
        };
        let mut found = Vec::new();
        let mut missing = Vec::new();
        let mut is_told = false;
        for lang in &langs {
            let name = self.languages[usize::from(lang.0)].name.clone();
            let file = self.prompts.get(&name).map(Arc::clone);
            let prompts = file.as_ref().map(|file| file.prompts.as_ref());
            let fault = match (&file, prompts) {
                (Some(file), Some(None)) => Some(format!("`{}`", file.file.path())),
                (Some(file), Some(Some(prompts))) => match prompts.get(id) {
                    Some(prompt) if prompt.is_sound => {
                        found.push((*lang, Arc::clone(file), prompt.texts.clone()));
                        continue;
                    }
                    Some(_) => Some(format!("`{id}` of `{}`", file.file.path())),
                    None => None,
                },
                _ => None,
            };
            let Some(fault) = fault else {
                missing.push((name, file));
                continue;
            };
            is_told = true;
            // Once is enough.
            if self.told_prompts.insert(fault.clone()) {
                self.findings
                    .add(
                        Code::UnknownPrompt,
                        text.at,
                        format!("{fault} has faults of its own"),
                    )
                    .help("put that file right first");
            }
        }
        if !missing.is_empty() && self.told_prompts.insert(id.to_owned()) {
            self.missing_prompt(id, text, &missing, missing.len() == langs.len());
        }
        let is_whole = missing.is_empty() && !is_told;
        if is_whole {
            let used = self.used_prompts.entry(id.into()).or_default();
            for (lang, _, texts) in &found {
                used.entry(*lang)
                    .or_insert_with(|| texts.iter().map(wording).collect());
            }
        }
        is_whole.then_some(found)
    }

    fn missing_prompt(
        &mut self,
        id: &str,
        text: &TextDoc,
        missing: &[(Box<str>, Option<Arc<PromptFile>>)],
        everywhere: bool,
    ) {
        let paths: Vec<String> = missing
            .iter()
            .map(|(name, file)| match file {
                Some(file) => file.file.path().to_owned(),
                None => format!("flows/prompts/{name}.yaml"),
            })
            .collect();
        let files = missing.iter().filter_map(|(_, file)| file.as_ref());
        let near = files.clone().find_map(|file| {
            let ids = file.prompts.iter().flat_map(|prompts| prompts.keys());
            nearest(id, ids.map(|id| &**id)).map(str::to_owned)
        });
        let (message, help) = match (near, files.clone().next()) {
            (Some(near), _) if everywhere => (
                format!("there is no prompt `{id}`"),
                format!("did you mean `<{near}>`?"),
            ),
            (None, Some(file)) if everywhere => {
                (format!("there is no prompt `{id}`"), file.help_for(id))
            }
            (None, None) if everywhere => (
                format!(
                    "there is no prompt `{id}`, since `{}` is not there",
                    paths[0]
                ),
                format!("write it to that file, as in `{id}: Welcome.`"),
            ),
            (near, _) => (
                format!(
                    "the prompt `{id}` is missing in `{}`",
                    paths.join("` and `")
                ),
                match near {
                    Some(near) => format!(
                        "write it there in that language; `{near}` is there, should it be misspelt"
                    ),
                    None => "write it there in that language".to_owned(),
                },
            ),
        };
        self.findings
            .add(Code::UnknownPrompt, text.at, message)
            .help(help);
    }

    /// The n-th text of a prompt, in each language; of a shorter list the last one stays.
    fn in_each(
        &mut self,
        found: &[Found],
        nth: usize,
        text: &TextDoc,
        heard: Heard,
    ) -> Option<Text> {
        let mut each: BTreeMap<LangId, Text> = BTreeMap::new();
        let mut all_good = true;
        for (lang, file, texts) in found {
            let Some(prompt) = texts.get(nth).or(texts.last()) else {
                all_good = false;
                continue;
            };
            let told = self.findings.count();
            let flow = self.findings.turn_to(&file.file);
            let compiled = self.written_text(prompt, heard);
            self.findings.turn_to(&flow);
            self.findings
                .relate_from(told, &flow, text.at, "it is said here");
            match compiled {
                Some(compiled) => drop(each.insert(*lang, compiled)),
                None => all_good = false,
            }
        }
        if !all_good {
            return None;
        }
        if self.languages.len() == 1 {
            return each.into_values().next();
        }
        // A language in which this state says nothing has nothing to say here.
        let count = self.languages.len() as u8;
        let texts =
            (0..count).map(|at| each.remove(&LangId(at)).unwrap_or(Text::Spoken(Vec::new())));
        Some(Text::Each(texts.collect()))
    }
}

/// A prompt in one language: its file and its texts there.
type Found = (LangId, Arc<PromptFile>, Vec<TextDoc>);

fn wording(text: &TextDoc) -> Wording {
    // One whose value never ends is reported where it is compiled.
    let cut = pieces(&text.value.text).unwrap_or_default();
    cut.into_iter()
        .map(|piece| match piece {
            Piece::Literal(words) => Some(words.into()),
            Piece::Value(_) => None,
        })
        .collect()
}
