//! From the text of `ringflow.yaml` to what it allows, with everything that is wrong.

use super::tables::{self, FILE, Key, LOOKUPS, MAX_COUNT, TRANSFERS};
use super::{BadHost, Host, MISNAMED, PROJECT_FILE, Project};
use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::document::values;
use crate::flow::source::{Located, Span};
use crate::flow::suggest::did_you_mean;
use crate::flow::yaml::{self, Body, Map, Node};

/// The most hosts, and the most variables of the environment.
const MAX_NAMES: usize = 256;

/// Reads the file. What it gives is whole only where `findings` have no error.
pub fn read(findings: &mut Findings) -> Project {
    let mut project = Project::default();
    if findings.file().path() == MISNAMED {
        findings
            .add(
                Code::BadName,
                Span::default(),
                format!("a file of this name is not read, and `{PROJECT_FILE}` is"),
            )
            .help(format!("call it `{PROJECT_FILE}`"));
        return project;
    }
    // An empty file, or one of remarks alone, allows nothing.
    let Some(root) = yaml::read(findings, tables::is_key) else {
        return project;
    };
    if matches!(root.body, Body::Nothing { .. }) {
        return project;
    }
    let Body::Map(map) = &root.body else {
        findings
            .add(
                Code::WrongShape,
                root.at,
                format!(
                    "`{PROJECT_FILE}` holds keys with values, and this is {}",
                    root.shape()
                ),
            )
            .help("write keys such as `lookups:` on lines of their own");
        return project;
    };
    refuse_unknown(findings, map, FILE, PROJECT_FILE);
    if let Some(node) = value(map, "lookups") {
        lookups(findings, node, &mut project);
    }
    if let Some(node) = value(map, "env") {
        project.env = env(findings, node);
    }
    if let Some(node) = value(map, "transfers")
        && let Some(map) = values::map(findings, node, "transfers", "per_minute: 60")
    {
        refuse_unknown(findings, map, TRANSFERS, "transfers");
        project.per_minute = count(findings, map, "per_minute");
        project.per_number = count(findings, map, "per_number");
    }
    project
}

fn value<'a>(map: &'a Map, key: &str) -> Option<&'a Node> {
    let entry = map.entries.iter().find(|entry| entry.key.value == key);
    entry.map(|entry| &entry.value)
}

fn refuse_unknown(findings: &mut Findings, map: &Map, known: &'static [Key], place: &str) {
    for entry in &map.entries {
        let key = entry.key.value.as_str();
        if tables::names(known).any(|name| name == key) {
            continue;
        }
        // A key that belongs under another one, as those do that say what they mean.
        let parent = FILE.iter().find(|parent| {
            matches!(parent.shape, tables::Shape::Keys(keys) if tables::names(keys).any(|name| name == key))
        });
        let help = match parent {
            Some(parent) => format!("write it under `{}`", parent.name),
            None => did_you_mean(
                key,
                tables::names(known),
                &format!("the keys of `{place}` are"),
            ),
        };
        findings
            .add(
                Code::UnknownKey,
                entry.key.at,
                format!("there is no key `{key}` here"),
            )
            .help(help);
    }
}

fn lookups(findings: &mut Findings, node: &Node, project: &mut Project) {
    let Some(map) = values::map(findings, node, "lookups", "hosts: [crm.example.com]") else {
        return;
    };
    refuse_unknown(findings, map, LOOKUPS, "lookups");
    if let Some(node) = value(map, "hosts") {
        let texts = names(findings, node, "hosts");
        let hosts = texts.iter().filter_map(|text| host(findings, text));
        project.hosts = hosts.collect();
    }
    project.insecure = flag(findings, map, "insecure");
    project.private = flag(findings, map, "private");
}

/// One text or several, trimmed, and not more than there may be.
fn names(findings: &mut Findings, node: &Node, key: &str) -> Vec<Located<String>> {
    let texts = values::texts(findings, node, key);
    if let Some(first) = texts.get(MAX_NAMES) {
        findings
            .add(
                Code::TooMany,
                first.at,
                format!("`{key}` holds {} names", texts.len()),
            )
            .help(format!("write at most {MAX_NAMES}"));
    }
    let trimmed = texts.into_iter().take(MAX_NAMES);
    trimmed
        .map(|text| text.map(|scalar| scalar.text.trim().to_owned()))
        .collect()
}

fn host(findings: &mut Findings, text: &Located<String>) -> Option<Host> {
    let written = &text.value;
    let wrong = match Host::parse(written) {
        Ok(host) => return Some(host),
        Err(wrong) => wrong,
    };
    let (message, help) = match wrong {
        BadHost::Address(host) if Host::parse(&host).is_ok() => (
            format!("`{written}` is a whole address, and here stands a host"),
            format!("write `{host}`"),
        ),
        BadHost::Pattern => (
            format!("`{written}` stands for several hosts"),
            "write each host by itself, as in `crm.example.com`".to_owned(),
        ),
        BadHost::Port => (
            format!("`{written}` has no port behind its `:`"),
            "write a number from 1 to 65535 there, as in `crm.example.com:8443`, or no `:`"
                .to_owned(),
        ),
        BadHost::Name | BadHost::Address(_) if !written.is_ascii() => (
            format!("`{written}` is not written as hosts are asked for"),
            "write it as names of hosts are written in ASCII, beginning with `xn--`".to_owned(),
        ),
        BadHost::Name | BadHost::Address(_) => (
            format!("`{written}` is no host"),
            "write a name or an address, as in `crm.example.com` or `10.0.0.7:8080`".to_owned(),
        ),
    };
    findings.add(Code::BadHost, text.at, message).help(help);
    None
}

fn env(findings: &mut Findings, node: &Node) -> Vec<Box<str>> {
    let mut good = Vec::new();
    for name in names(findings, node, "env") {
        let written = name.value.as_str();
        let signs = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let bare = written.trim_start_matches('$').trim_matches(['{', '}']);
        let is_good = |name: &str| {
            !name.is_empty()
                && name.len() <= 128
                && name.chars().all(signs)
                && !name.starts_with(|c: char| c.is_ascii_digit())
        };
        if !is_good(written) {
            let help = if bare != written && is_good(bare) {
                format!("write its name alone: `{bare}`")
            } else if let Some((name, _)) = written.split_once('=') {
                format!("write its name alone, `{name}`, and set it where the server is started")
            } else {
                "write letters, digits and `_`, as in `CRM_TOKEN`".to_owned()
            };
            // A value that was written where a name belongs is not shown again.
            let shown = written.split('=').next().unwrap_or_default();
            let message = format!("`{shown}` cannot name a variable of the environment");
            let message = match written.contains('=') {
                true => "a value stands here, and only a name belongs here".to_owned(),
                false => message,
            };
            findings.add(Code::BadName, name.at, message).help(help);
            continue;
        }
        if written.to_ascii_uppercase().starts_with("RINGFLOW_") {
            findings
                .add(
                    Code::ReservedName,
                    name.at,
                    format!("`{written}` is the program's own, and no look-up may send it"),
                )
                .help("give what is to be sent a name of its own, as in `CRM_TOKEN`");
            continue;
        }
        good.push(written.into());
    }
    good
}

fn flag(findings: &mut Findings, map: &Map, key: &str) -> bool {
    let flag = value(map, key).and_then(|node| values::flag(findings, node, key));
    flag.unwrap_or(false)
}

fn count(findings: &mut Findings, map: &Map, key: &str) -> Option<u32> {
    let word = value(map, key).and_then(|node| values::word(findings, node, key))?;
    let count = word.value.parse().ok();
    let count = count.filter(|count| (1..=MAX_COUNT).contains(count));
    if count.is_none() {
        findings
            .add(
                Code::BadValue,
                word.at,
                format!("`{key}` is a whole number from 1 to {MAX_COUNT}"),
            )
            .help(format!("write a number such as `{key}: 60`"));
    }
    count
}
