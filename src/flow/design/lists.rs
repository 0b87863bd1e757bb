//! A text in a list in brackets, where a comma ends it: `[Sorry, we are closed.]` is
//! two texts.

use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, quoted};
use crate::flow::document::{KindDoc, TextDoc};
use crate::flow::yaml::Style;

use super::Design;

impl Design<'_> {
    pub(super) fn lists(&self, findings: &mut Findings) {
        let defaults = &self.document.defaults.asking;
        let mut lists: Vec<&[TextDoc]> =
            vec![&defaults.no_input, &defaults.no_match, &defaults.invalid];
        for state in &self.document.states {
            if let KindDoc::Menu(asking) | KindDoc::Ask(asking, _) = &state.kind {
                let rules = &asking.rules;
                lists.extend([
                    asking.prompts.as_slice(),
                    &rules.no_input,
                    &rules.no_match,
                    &rules.invalid,
                ]);
            }
        }
        for list in lists {
            split(findings, list);
        }
        for (id, langs) in &self.flow.prompts().0 {
            for lang in langs.keys() {
                let file = self.prompts.get(self.flow.lang(*lang));
                let prompts = file.and_then(|file| Some((file, file.prompts.as_ref()?)));
                if let Some((file, prompts)) = prompts
                    && let Some(prompt) = prompts.get(id)
                {
                    let flow = findings.turn_to(&file.file);
                    split(findings, &prompt.texts);
                    findings.turn_to(&flow);
                }
            }
        }
    }
}

/// A text that goes on with a small letter, behind one that no sign ends, is most
/// likely the rest of it.
fn split(findings: &mut Findings, list: &[TextDoc]) {
    let Some(first) = list.first() else { return };
    let before = &findings.file().text()[..first.at.start];
    if !before.trim_end().ends_with('[') {
        return;
    }
    let plain = |text: &TextDoc| text.value.style == Style::Plain;
    let torn = list.windows(2).find(|pair| {
        let begins_small = pair[1].value.text.starts_with(char::is_lowercase);
        let ends = pair[0].value.text.ends_with(|c: char| !c.is_alphanumeric());
        plain(&pair[0]) && plain(&pair[1]) && begins_small && !ends
    });
    if let Some([text, rest]) = torn {
        let heard = quoted(&text.value.text);
        findings
            .add(
                Code::TornText,
                rest.at,
                "inside `[…]` a comma ends a text, so this is one of its own",
            )
            .help("put the whole text in quotes, or the texts on lines of their own with `- ` in front")
            .hears(format!("a caller would hear: {heard}"));
    }
}
