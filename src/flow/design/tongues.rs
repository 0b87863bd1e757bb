//! Texts of a flow with several languages that are the same in all of them.

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::document::{KindDoc, StateDoc, TextDoc};
use crate::flow::prompts::prompt_id;
use crate::flow::text::{Piece, is_address, pieces};

use super::Design;
use super::keys::wordings;

impl Design<'_> {
    /// A text that stands in the flow is said as it stands, whatever language the caller
    /// has chosen. One that has a voice of its own is meant so.
    pub(super) fn tongues(&self, findings: &mut Findings) {
        let languages = self.flow.languages();
        if languages.len() < 2 {
            return;
        }
        let names: Vec<String> = languages
            .iter()
            .map(|language| format!("`{}`", language.name))
            .collect();
        let inherited = wordings(&self.document.defaults.asking);
        let own = self
            .document
            .states
            .iter()
            .filter(|doc| doc.voice.is_none());
        for text in inherited.chain(own.flat_map(said)) {
            if !has_words(text) {
                continue;
            }
            findings
                .add(
                    Code::SameInAll,
                    text.at,
                    format!("this is said as it stands in {}", names.join(" and in ")),
                )
                .help("write it to the file of prompts of each language and its id here, as in `<welcome>`, or give the state a `voice`");
        }
    }
}

/// All that a state says.
fn said(doc: &StateDoc) -> Vec<&TextDoc> {
    let mut texts: Vec<&TextDoc> = doc.say.iter().collect();
    match &doc.kind {
        KindDoc::Menu(asking) => {
            texts.extend(&asking.prompts);
            texts.extend(wordings(&asking.rules));
        }
        KindDoc::Ask(asking, entry) => {
            texts.extend(&asking.prompts);
            texts.extend(wordings(&asking.rules));
            texts.extend(&entry.confirm);
        }
        _ => {}
    }
    texts
}

/// True for a text of a language: no prompt, no recording, and more than values.
fn has_words(text: &TextDoc) -> bool {
    let written = &text.value.text;
    if prompt_id(written).is_some() || is_address(written) {
        return false;
    }
    pieces(written).is_ok_and(|cut| {
        cut.iter().any(|piece| match piece {
            Piece::Literal(words) => words.chars().any(char::is_alphabetic),
            Piece::Value(_) => false,
        })
    })
}
