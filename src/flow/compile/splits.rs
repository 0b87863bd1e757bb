//! Callers divided by weights: every side needs its case, and every case its side.

use crate::flow::code::Code;
use crate::flow::document::StateDoc;
use crate::flow::source::Located;
use crate::flow::split::{Side, Split};
use crate::flow::state::{Kind, Target};
use crate::flow::suggest::{did_you_mean, nearest};

use super::Compiler;

impl Compiler<'_> {
    pub(super) fn split(
        &mut self,
        index: usize,
        doc: &StateDoc,
        weights: &[(Located<String>, u32)],
    ) -> Kind {
        let labels: Vec<&str> = weights
            .iter()
            .map(|(name, _)| name.value.as_str())
            .collect();
        let case_of = |label: &str| doc.cases.iter().find(|(name, _)| name.value == label);
        let mut misspelt: Vec<&str> = Vec::new();
        for (name, _) in &doc.cases {
            if labels.is_empty() || labels.contains(&name.value.as_str()) {
                continue;
            }
            self.holes = true;
            // The side that is meant, if it has no other case.
            let open = labels
                .iter()
                .copied()
                .filter(|label| case_of(label).is_none());
            misspelt.extend(nearest(&name.value, open));
            self.findings
                .add(
                    Code::UnknownCase,
                    name.at,
                    format!("`{}` is no side of this `split`", name.value),
                )
                .help(did_you_mean(
                    &name.value,
                    labels.iter().copied(),
                    "the sides are",
                ));
        }
        let told = doc.unread_target || self.no_cases(doc);
        let mut sides = Vec::new();
        for (name, weight) in weights {
            let target = match case_of(&name.value) {
                Some((_, target)) => self.target(target, index),
                None => {
                    self.holes = true;
                    if !told && !misspelt.contains(&name.value.as_str()) {
                        self.side_without_case(doc, name);
                    }
                    Target::Hangup
                }
            };
            sides.push(Side {
                label: name.value.as_str().into(),
                weight: *weight,
                target,
            });
        }
        if sides.is_empty() {
            self.holes = true;
        }
        Kind::Split(Split { sides })
    }

    /// Reports a `split` without `cases`; true where it is one.
    fn no_cases(&mut self, doc: &StateDoc) -> bool {
        if !doc.cases.is_empty() {
            return false;
        }
        if !doc.unread_target {
            let name = &doc.name.value;
            self.findings
                .add(
                    Code::MissingKey,
                    doc.name.at,
                    format!("the split `{name}` has no `cases`"),
                )
                .help("add `cases:` with a line for each side, as in `new: STATE`");
        }
        true
    }

    fn side_without_case(&mut self, doc: &StateDoc, side: &Located<String>) {
        let label = &side.value;
        self.findings
            .add(
                Code::MissingTarget,
                side.at,
                format!("nothing says where the side `{label}` leads"),
            )
            .help(format!(
                "add `{label}:` under `cases`, with the name of a state or `hangup`"
            ))
            .hears(format!(
                "a caller who gets `{label}` in `{}` would hear the line go dead",
                doc.name.value
            ));
    }
}
