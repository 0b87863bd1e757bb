//! Signs that a number does not keep: zeros and a `+` in front.

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::document::{ValueDoc, VarType};
use crate::flow::source::Located;

use super::Design;

impl Design<'_> {
    pub(super) fn numbers(&self, findings: &mut Findings) {
        let document = self.document;
        let defaults = document
            .vars
            .iter()
            .filter_map(|var| Some((&var.name, var.default.as_ref()?)));
        let set = document.states.iter().flat_map(|state| &state.set);
        for (name, value) in defaults.chain(set.map(|(name, value)| (name, value))) {
            self.number(findings, name, value);
        }
    }

    fn number(&self, findings: &mut Findings, name: &Located<String>, value: &ValueDoc) {
        let is_number = |kind: &Option<VarType>| *kind == Some(VarType::Number);
        let mut variables = self.document.vars.iter();
        let declared = variables.find(|var| var.name.value == name.value);
        let ValueDoc::Text(text) = value else { return };
        if !declared.is_some_and(|var| is_number(&var.kind)) {
            return;
        }
        let written = text.value.text.trim();
        let zero =
            written.starts_with('0') && written[1..].starts_with(|c: char| c.is_ascii_digit());
        let sign = if written.starts_with('+') {
            "+"
        } else if zero {
            "0"
        } else {
            return;
        };
        let kept = if sign == "+" { "text" } else { "digits" };
        findings
            .add(
                Code::LostZeros,
                text.at,
                format!(
                    "`{}` holds a number, which does not keep the `{sign}` in front",
                    name.value
                ),
            )
            .help(format!(
                "declare it as `{}: {kept}`, or write the number without it",
                name.value
            ));
    }
}
