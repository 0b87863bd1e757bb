//! The languages of a file, each with its voice, and those of a state.

use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::language::{MAX_LANGUAGES, is_language_name};
use crate::flow::source::Located;
use crate::flow::yaml::{Body, Node};

use super::LanguageDoc;
use super::keys;
use super::read::{entry, refuse_unknown, respelled};
use super::values;

const EXAMPLE: &str = "en: {voice: en-US-BenjaminRUS}";

/// `{en: {voice: …}, ms: {voice: …}}`.
pub fn of_file(findings: &mut Findings, node: &Node) -> Vec<LanguageDoc> {
    if let Body::List(_) = node.body {
        findings
            .add(
                Code::WrongShape,
                node.at,
                "`languages` are names with their voices, and this is a list",
            )
            .help(format!(
                "write each on a line of its own, as in `{EXAMPLE}`"
            ));
        return Vec::new();
    }
    let Some(map) = values::map(findings, node, "languages", EXAMPLE) else {
        return Vec::new();
    };
    let mut languages: Vec<LanguageDoc> = Vec::new();
    for each in &map.entries {
        let name = &each.key;
        if languages.len() == MAX_LANGUAGES {
            findings
                .add(
                    Code::TooMany,
                    name.at,
                    format!("a flow has at most {MAX_LANGUAGES} languages"),
                )
                .help("take some out");
            break;
        }
        if !is_language_name(&name.value) {
            findings
                .add(
                    Code::BadName,
                    name.at,
                    format!("`{}` cannot name a language", name.value),
                )
                .help("use its code, such as `en`, `ms` or `zh-Hant`: it names the file of its prompts too");
        }
        let voice = match &each.value.body {
            Body::Scalar(scalar) => {
                let code = scalar.text.trim();
                findings
                    .add(
                        Code::WrongShape,
                        each.value.at,
                        "a language has its voice under `voice`",
                    )
                    .help(format!("write `{}: {{voice: {code}}}`", name.value));
                None
            }
            _ => voice(findings, &each.value, name),
        };
        languages.push(LanguageDoc {
            name: name.clone(),
            voice,
        });
    }
    languages
}

fn voice(
    findings: &mut Findings,
    node: &Node,
    name: &Located<String>,
) -> Option<Located<crate::call::Voice>> {
    let map = values::map(findings, node, &name.value, "voice: en-US-BenjaminRUS")?;
    let map = &*respelled(findings, map, keys::LANGUAGE);
    let all_known = refuse_unknown(findings, map, keys::LANGUAGE, "a language has");
    match entry(map, "voice") {
        Some(entry) => values::voice(findings, &entry.value),
        None => {
            if all_known {
                findings
                    .add(
                        Code::MissingVoice,
                        name.at,
                        format!("nothing says which voice speaks `{}`", name.value),
                    )
                    .help("write `voice: en-US-BenjaminRUS`, or another voice of your platform, below it");
            }
            None
        }
    }
}

/// `lang` of a state: a language or a list of them.
pub fn of_state(findings: &mut Findings, node: &Node) -> Vec<Located<String>> {
    let nodes = match &node.body {
        Body::List(items) if items.is_empty() => {
            values::empty(findings, node.at, "lang");
            return Vec::new();
        }
        Body::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut names: Vec<Located<String>> = Vec::new();
    for node in nodes {
        let Some(name) = values::word(findings, node, "lang") else {
            continue;
        };
        if names.iter().any(|other| other.value == name.value) {
            findings
                .add(
                    Code::BadValue,
                    name.at,
                    format!("`{}` stands in this list twice", name.value),
                )
                .help("take one out");
            continue;
        }
        names.push(name);
    }
    names
}
