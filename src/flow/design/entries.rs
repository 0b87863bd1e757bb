//! Digits that callers are asked for and nothing uses.

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::document::KindDoc;
use crate::flow::state::Reads;
use crate::flow::variable::VarId;

use super::{Design, shown};

impl Design<'_> {
    pub(super) fn entries(&self, findings: &mut Findings) {
        let mut used = Reads::default();
        for state in self.flow.states() {
            for reads in [state.reads_on_entry, state.reads_inside] {
                used.vars = used.vars.or(reads.vars);
                used.input |= reads.input;
            }
        }
        // A flow that runs this one may read what it gives back.
        if !self.flow.exits.returns.is_empty() {
            let result = self.flow.variable_named("result");
            result.into_iter().for_each(|var| used.vars.insert(var));
        }
        if let Some(end) = self.flow.on_end() {
            used.vars = used.vars.or(end.reads.vars);
            used.input |= end.reads.input;
        }
        for doc in &self.document.states {
            let KindDoc::Ask(_, entry) = &doc.kind else {
                continue;
            };
            // What is refused unless it is right has been used.
            if entry.valid.is_some() || used.input {
                continue;
            }
            let (at, message) = match &entry.save {
                Some(save) => {
                    let is = |var: &VarId| *self.flow.variable(*var).name == *save.value;
                    if used.vars.iter().any(|var| is(&var)) {
                        continue;
                    }
                    let name = &save.value;
                    (
                        save.at,
                        format!("callers are asked for `{name}`, and nothing uses it"),
                    )
                }
                None => (
                    entry.digits.at,
                    format!(
                        "the entry of `{}` is not saved, and nothing uses it",
                        shown(doc)
                    ),
                ),
            };
            findings
                .add(Code::UnusedEntry, at, message)
                .help("use it in a condition, a text or a `set`, or do not ask for it");
        }
    }
}
