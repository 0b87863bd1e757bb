//! `on_end` of a file: a look-up, or an expression.

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::yaml::{Body, Node};

use super::OnEndDoc;
use super::keys;
use super::read::{entry, refuse_unknown, respelled};
use super::states::http;
use super::values;

/// `None` where it cannot be read, which is reported.
pub(super) fn read(findings: &mut Findings, node: &Node) -> Option<OnEndDoc> {
    let Body::Map(map) = &node.body else {
        return values::text(findings, node, "on_end").map(OnEndDoc::Record);
    };
    let map = &*respelled(findings, map, keys::ON_END);
    let all_known = refuse_unknown(findings, map, keys::ON_END, "`on_end` has");
    if entry(map, "http").is_none() {
        if all_known {
            findings
                .add(
                    Code::MissingKey,
                    node.at,
                    "`on_end` does not say who is told of the call",
                )
                .help("add `http: POST https://crm.example.com/calls`; an expression stands behind `on_end` alone");
        }
        return None;
    }
    Some(OnEndDoc::Http(Box::new(http(findings, map))))
}
