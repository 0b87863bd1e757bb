//! The same flows with other words: what a reload brings to a test that asks whether a
//! call that is up hears anything of it.

use std::sync::Arc;

use crate::call::{FileUrl, Speed, SpokenText};

use super::build::{Build, build};
use super::catalog::Catalog;
use super::resolved::{Flow, Revision};
use super::source::SourceFile;
use super::state::Kind;
use super::text::Text;

/// What every text says.
const WORDS: &str = "This is what the flow says since it was changed.";
/// What every recording is.
const RECORDING: &str = "https://example.com/changed.mp3";

/// The flows of a project, of which every text says something else, under a new
/// revision each. The flows that do not compile are not among them, as in [`build`].
pub fn reworded(files: &[Arc<SourceFile>]) -> Catalog {
    // The rest of the build, which holds the same flows, ends with this line.
    let Build { catalog, .. } = build(files);
    catalog.map_flows(Flow::reworded)
}

impl Flow {
    fn reworded(mut self) -> Flow {
        let changed = format!("{} reworded", self.revision);
        self.revision = Revision::of([changed.as_str(), self.name.as_ref()]);
        for state in &mut self.states {
            if let Some(say) = &mut state.say {
                say.speed = Speed::NORMAL;
                reword(&mut say.text);
            }
            match &mut state.kind {
                Kind::Menu(asking) => asking.prompts.iter_mut().for_each(reword),
                Kind::Ask(asking, entry) => {
                    asking.prompts.iter_mut().for_each(reword);
                    entry.confirm.iter_mut().for_each(reword);
                }
                Kind::Http(http) => {
                    if let Some(speech) = &mut http.while_waiting {
                        reword(&mut speech.text);
                    }
                }
                _ => continue,
            }
            if let Kind::Menu(asking) | Kind::Ask(asking, _) = &mut state.kind {
                let wordings = &mut asking.wordings;
                for list in [
                    &mut wordings.no_input,
                    &mut wordings.no_match,
                    &mut wordings.invalid,
                ] {
                    list.iter_mut().for_each(reword);
                }
            }
        }
        self
    }
}

fn reword(text: &mut Text) {
    *text = match text {
        Text::Each(texts) => return texts.iter_mut().for_each(reword),
        // A language in which it is not said.
        Text::Spoken(pieces) if pieces.is_empty() => return,
        Text::Recording(_) => {
            Text::Recording(FileUrl::new(RECORDING).expect("the address is one of a recording"))
        }
        Text::Spoken(_) | Text::Template(_) => {
            let words = SpokenText::new(WORDS).expect("the text is short and plain");
            Text::Spoken(vec![words])
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_says_something_else_under_a_new_revision() {
        let text = "flow: a\nvoice: en-US-BenjaminRUS\nstates:\n  a:\n    say: One.\n    menu: Two ${now.hour}.\n    no_match: Three.\n    give_up: hangup\n    keys: {1: {say: https://example.com/four.mp3, then: hangup}}\n";
        let files = [SourceFile::new("flows/a.yaml", text)];
        let before = build(&files);
        assert!(!before.has_errors(), "{:?}", before.diagnostics);
        let before = before.catalog.named("a").unwrap().clone();
        let after = reworded(&files);
        let after = after.named("a").unwrap();
        assert_ne!(before.revision(), after.revision());
        assert_eq!(before.states().len(), after.states().len());
        for (state, other) in before.states().iter().zip(after.states()) {
            assert_eq!(state.hash, other.hash);
            let words = |state: &super::super::State| {
                let mut texts: Vec<String> = Vec::new();
                let mut add = |text: &Text| {
                    texts.push(match text {
                        Text::Spoken(pieces) => pieces[0].as_str().to_owned(),
                        Text::Recording(url) => url.as_str().to_owned(),
                        Text::Template(_) | Text::Each(_) => "a template".to_owned(),
                    })
                };
                state.say.iter().for_each(|say| add(&say.text));
                if let Some(asking) = state.kind.asking() {
                    asking.prompts.iter().for_each(&mut add);
                    asking.wordings.no_match.iter().for_each(&mut add);
                }
                texts
            };
            let (one, two) = (words(state), words(other));
            assert!(!one.is_empty());
            assert!(one.iter().zip(&two).all(|(a, b)| a != b), "{one:?} {two:?}");
        }
    }
}
