//! A file of prompts from its text, with everything that is wrong with it alone. What
//! the texts say is looked at where a flow says them.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::flow::code::Code;
use crate::flow::diagnostic::{Diagnostic, Findings};
use crate::flow::document::{TextDoc, good_name_help, is_good_name, values};
use crate::flow::source::{SourceFile, Span};
use crate::flow::yaml::{self, Body};

/// The prompts of one language, as they are written.
#[derive(Debug)]
pub struct PromptFile {
    pub file: Arc<SourceFile>,
    /// `None` where the file cannot be read at all.
    pub prompts: Option<BTreeMap<Box<str>, Prompt>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// One prompt.
#[derive(Debug)]
pub struct Prompt {
    /// Where its id stands.
    pub id_at: Span,
    /// One text, or those of a list. Empty where it cannot be read.
    pub texts: Vec<TextDoc>,
    pub is_list: bool,
    /// Nothing is wrong with it.
    pub is_sound: bool,
}

/// True for what can name a prompt.
pub fn is_prompt_name(name: &str) -> bool {
    is_good_name(name)
}

impl PromptFile {
    /// The prompts of this file.
    pub fn of(file: &Arc<SourceFile>) -> Self {
        read(file)
    }
}

/// Reads a file of prompts.
pub(super) fn read(file: &Arc<SourceFile>) -> PromptFile {
    let mut findings = Findings::about(file);
    let prompts = prompts(&mut findings);
    PromptFile {
        file: Arc::clone(file),
        prompts,
        diagnostics: findings.into_sorted(),
    }
}

fn prompts(findings: &mut Findings) -> Option<BTreeMap<Box<str>, Prompt>> {
    let root = yaml::read(findings, |_| false);
    let Some(root) = root else {
        // A file of remarks alone is one without prompts.
        return (!findings.have_errors()).then(BTreeMap::new);
    };
    let map = match &root.body {
        Body::Map(map) => map,
        Body::Nothing { .. } => return Some(BTreeMap::new()),
        _ => {
            findings
                .add(
                    Code::WrongShape,
                    root.at,
                    format!(
                        "a file of prompts holds texts by their ids, and this is {}",
                        root.shape()
                    ),
                )
                .help("write each as `welcome: Welcome to ABC Bank.`, a line for each");
            return None;
        }
    };
    let mut seen = HashSet::new();
    let mut prompts = BTreeMap::new();
    for entry in &map.entries {
        let (id, value) = (&entry.key, &entry.value);
        let mut is_sound = seen.insert(id.value.as_str());
        if !is_good_name(&id.value) {
            is_sound = false;
            findings
                .add(
                    Code::BadName,
                    id.at,
                    format!("`{}` cannot name a prompt", id.value),
                )
                .help(good_name_help(&id.value, true));
        }
        let before = findings.count();
        let texts = match &value.body {
            Body::Map(_) => {
                findings
                    .add(
                        Code::WrongShape,
                        value.at,
                        format!("`{}` is a text or a list of texts, and this is keys with values", id.value),
                    )
                    .help("ids do not lie in each other: write each on a line of its own; a text with `: ` in it goes in quotes, or under `|` on lines of its own");
                Vec::new()
            }
            _ => values::texts(findings, value, &id.value),
        };
        is_sound &= findings.count() == before;
        let prompt = Prompt {
            id_at: id.at,
            texts,
            is_list: matches!(value.body, Body::List(_)),
            is_sound,
        };
        // Of two with one id neither is meant more.
        if let Some(twice) = prompts.insert(Box::from(id.value.as_str()), prompt)
            && let Some(last) = prompts.get_mut(id.value.as_str())
        {
            last.is_sound &= twice.is_sound && is_sound;
        }
    }
    Some(prompts)
}
