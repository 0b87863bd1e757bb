//! `on_end`: a look-up or a record, with the whole call in scope.

use crate::flow::code::Code;
use crate::flow::document::{OnEndDoc, TextDoc};
use crate::flow::on_end::{AtEnd, END_NAMES, OnEnd};
use crate::flow::source::Located;
use crate::flow::text::{Piece, pieces};

use super::Compiler;
use super::expressions::Purpose;
use super::lookups::Waits;

impl Compiler<'_> {
    /// `None` where there is none, and where it has a fault, which is reported.
    pub(super) fn on_end(&mut self) -> Option<OnEnd> {
        let document = self.document;
        let written = document.on_end.as_ref()?;
        self.at_end = true;
        self.take_reads();
        let what = match written {
            OnEndDoc::Http(http) => self
                .request(http, Waits::Nobody)
                .map(|request| AtEnd::Ask(Box::new(request))),
            OnEndDoc::Record(text) => self.record(text),
        };
        self.at_end = false;
        Some(OnEnd {
            what: what?,
            reads: self.take_reads(),
            reads_path: self.reads_path,
        })
    }

    /// An expression, alone or in `${…}`. Its value can be read in the log.
    fn record(&mut self, text: &TextDoc) -> Option<AtEnd> {
        let shown = Purpose::Show {
            secret_entry: false,
        };
        let written = text.value.text.trim();
        let inner = match pieces(written).as_deref() {
            Ok([Piece::Value(range)]) if written.starts_with("${") => Some(range.clone()),
            _ => None,
        };
        let expression = match inner {
            Some(range) => {
                let lead = text.value.text.len() - text.value.text.trim_start().len();
                self.expression(text, lead + range.start..lead + range.end, shown)
            }
            None => self.whole_expression(text, shown),
        };
        expression.map(AtEnd::Record)
    }

    /// In a flow with `on_end` its names are no variables.
    pub(super) fn check_end_name(&mut self, name: &Located<String>) {
        let word = name.value.as_str();
        if self.document.on_end.is_none() || !END_NAMES.contains(&word) {
            return;
        }
        self.findings
            .add(
                Code::ReservedName,
                name.at,
                format!("`{word}` tells `on_end` of the whole call and cannot name a variable"),
            )
            .help(format!("give it another name, such as `my_{word}`"));
    }
}
