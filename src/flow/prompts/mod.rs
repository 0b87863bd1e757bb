//! Prompts: texts by their id, one file a language, `flows/prompts/en.yaml`. A flow
//! says one with `<id>`, in the language that is spoken.

mod edit;
mod read;
mod sheet;
mod used;

use std::collections::BTreeMap;

use super::language::LangId;

pub use read::{PromptFile, is_prompt_name};
pub use sheet::{BadSheet, Written, from_sheet, to_sheet};
pub use used::ReadPrompts;

/// The id of a text that is wholly `<id>`, as it stands between the brackets.
pub fn prompt_id(text: &str) -> Option<&str> {
    let id = text.trim().strip_prefix('<')?.strip_suffix('>')?;
    let is_one =
        !id.is_empty() && !id.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>'));
    is_one.then_some(id)
}

/// A text as it is written in parts: words that are always the same, and `None` for
/// each value.
pub type Wording = Vec<Option<Box<str>>>;

/// The prompts that a flow says, each in every language in which it says it.
#[derive(Debug, Default)]
pub struct Prompts(pub(super) BTreeMap<Box<str>, BTreeMap<LangId, Vec<Wording>>>);

impl Prompts {
    /// The wordings of a prompt in a language: more than one where repeats have others.
    pub fn get(&self, id: &str, lang: LangId) -> Option<&[Wording]> {
        self.0.get(id)?.get(&lang).map(Vec::as_slice)
    }

    /// The languages in which a prompt is said.
    pub fn languages_of(&self, id: &str) -> impl Iterator<Item = LangId> + use<'_> {
        self.0
            .get(id)
            .into_iter()
            .flat_map(|langs| langs.keys().copied())
    }

    pub fn ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.keys().map(|id| &**id)
    }
}
