//! A script with what is expected of it, as it is written in a file.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use ringflow::flow::SourceFile;
use std::sync::Arc;

/// One file of `tests/scripts`.
pub struct ScriptFile {
    pub name: String,
    /// The lines in front of the script, in order.
    notes: Vec<(String, String)>,
    kind: Kind,
}

enum Kind {
    /// The script, with an empty line for each note, and files beside it.
    Script {
        text: String,
        others: Vec<(String, String)>,
    },
    /// A flow as a whole.
    Flow(String),
}

/// What a script is run with.
#[derive(Clone, Default)]
pub struct Given {
    /// Variables, each with an expression.
    pub variables: Vec<(String, String)>,
    pub input: Option<String>,
    pub caller: Option<String>,
    pub now: Option<Timestamp>,
}

/// A flow with a script in it.
pub struct Project {
    pub files: Vec<Arc<SourceFile>>,
    /// How many lines, and columns, the script stands further down in the flow.
    shift: (usize, usize),
}

const FLOW: &str = "flows/attack.yaml";

/// All files of a folder below `tests/scripts`.
pub fn all(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new("tests/scripts").join(folder);
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    paths.sort();
    paths
}

impl ScriptFile {
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("the script can be read");
        let name = path.file_name().expect("it is a file");
        let is_flow = path.extension().is_some_and(|ending| ending == "yaml");
        let mark = if is_flow { "#" } else { "//" };
        let lines = text.lines().map_while(|line| note(line, mark));
        let notes: Vec<_> = lines.take_while(|(word, _)| word != "file").collect();
        let kind = if is_flow {
            Kind::Flow(expanded(&text))
        } else {
            script(&text, notes.len())
        };
        ScriptFile {
            name: name.to_string_lossy().into_owned(),
            notes,
            kind,
        }
    }

    /// The value of a note that may be there once.
    pub fn noted(&self, word: &str) -> Option<&str> {
        let mut notes = self.notes.iter().filter(|(other, _)| other == word);
        let found = notes.next().map(|(_, value)| value.as_str());
        assert!(notes.next().is_none(), "{}: `{word}` twice", self.name);
        found
    }

    /// Each case: what is given, and what comes of it.
    pub fn cases(&self) -> Vec<(Given, String)> {
        let mut cases = Vec::new();
        let mut given = Given::default();
        for (word, value) in &self.notes {
            match word.as_str() {
                "given" => {
                    let (name, value) = value.split_once('=').expect("`given: name = value`");
                    given.take(name.trim(), value.trim());
                }
                "gives" => cases.push((given.clone(), value.clone())),
                _ => {}
            }
        }
        cases
    }

    /// The script in a flow; `labels` are the cases of a `choose`.
    pub fn project(&self, place: &str, given: &Given, labels: &[&str]) -> Project {
        let (text, others) = match &self.kind {
            Kind::Flow(text) => {
                return Project {
                    files: vec![SourceFile::new(FLOW, text)],
                    shift: (0, 0),
                };
            }
            Kind::Script { text, others } => (text, others),
        };
        let mut flow = start(given);
        let asks = match place {
            "valid" => "\n    invalid: This is not valid.\n    valid: |-",
            _ => "",
        };
        flow += &format!("    ask: Welcome.\n    digits: 1-8\n    save: keyed{asks}");
        let next = "\n    then: script\n  script:";
        let (before, after, depth) = match place {
            "choose" => {
                let cases = labels
                    .iter()
                    .map(|label| format!("\n      {label}: {{say: Gives {label}., then: hangup}}"));
                let cases: String = cases.collect();
                let cases = match cases.is_empty() {
                    true => String::new(),
                    false => format!("\n    cases:{cases}"),
                };
                let after = format!("{cases}\n    otherwise: {{say: Otherwise., then: hangup}}");
                (format!("{next}\n    choose: |-"), after, 6)
            }
            "if" => (
                format!("{next}\n    choose:\n      - if: |-"),
                "\n        then: {say: Gives true., then: hangup}\n    otherwise: {say: Gives false., then: hangup}".into(),
                10,
            ),
            "set" => (
                format!("{next}\n    set:\n      result: |-\n        ${{"),
                "\n        }\n    then: told\n  told:\n    say: Gives ${result}.\n    then: hangup".into(),
                8,
            ),
            "say" => (
                format!("{next}\n    say: |-\n      Gives ${{"),
                "\n      }.\n    then: hangup".into(),
                6,
            ),
            "valid" => (
                String::new(),
                format!("{next}\n    say: Gives true.\n    then: hangup"),
                6,
            ),
            other => panic!("{}: `as: {other}` is no place for a script", self.name),
        };
        flow += &before;
        let shift = (flow.lines().count(), depth);
        for line in text.lines() {
            flow.push('\n');
            if !line.is_empty() {
                flow += &" ".repeat(depth);
                flow += line;
            }
        }
        flow += &after;
        flow += "\n  sorry:\n    say: Something went wrong.\n    then: hangup\n";
        let mut files = vec![SourceFile::new(FLOW, &flow)];
        for (name, text) in others {
            files.push(SourceFile::new(&format!("scripts/{name}.rhai"), text));
        }
        Project { files, shift }
    }
}

impl Project {
    /// Where a place in one of its files is in the file that it was made of.
    pub fn place(&self, file: &str, (line, column): (usize, usize)) -> (usize, usize) {
        if file == FLOW {
            let (lines, columns) = self.shift;
            (line.saturating_sub(lines), column.saturating_sub(columns))
        } else {
            (line, column)
        }
    }
}

impl Given {
    fn take(&mut self, name: &str, value: &str) {
        match name {
            "input" => self.input = Some(value.into()),
            "caller" => self.caller = Some(value.into()),
            "now" => self.now = Some(value.parse().expect("a time with its offset")),
            _ => {
                self.variables.retain(|(other, _)| other != name);
                self.variables.push((name.into(), value.into()));
            }
        }
    }
}

/// The head of a flow, and of its first state.
fn start(given: &Given) -> String {
    let mut flow = String::from(
        "flow: attack\nnumbers: [+6561115777]\nvoice: en-US-BenjaminRUS\nzone: Asia/Singapore\n\
         vars: {pin: secret digits}\ndefaults: {give_up: sorry, tries: 2}\n\
         states:\n  first:\n",
    );
    if !given.variables.is_empty() {
        flow += "    set:\n";
        for (name, value) in &given.variables {
            let value = value.replace('\'', "''");
            flow += &format!("      {name}: '${{{value}}}'\n");
        }
    }
    flow
}

fn note(line: &str, mark: &str) -> Option<(String, String)> {
    let (word, value) = line.strip_prefix(mark)?.trim_start().split_once(':')?;
    let known = ["as", "expect", "given", "gives", "file"];
    known
        .contains(&word)
        .then(|| (word.into(), value.trim().into()))
}

/// The script behind its notes, and the files behind it. Lines that belong to another
/// of them are empty, so that every line keeps its number.
fn script(text: &str, notes: usize) -> Kind {
    let mut own = "\n".repeat(notes);
    let mut others: Vec<(String, String)> = Vec::new();
    for (index, line) in text.lines().enumerate().skip(notes) {
        match (note(line, "//"), others.last_mut()) {
            (Some((word, name)), _) if word == "file" => {
                others.push((name, "\n".repeat(index + 1)));
            }
            (_, Some((_, file))) => *file += &(line.to_owned() + "\n"),
            (_, None) => own += &(line.to_owned() + "\n"),
        }
    }
    let others = others.into_iter();
    Kind::Script {
        text: expanded(&own),
        others: others.map(|(name, text)| (name, expanded(&text))).collect(),
    }
}

/// The text with every `@times{…}@` written out.
fn expanded(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let behind = &rest[at + 1..];
        let digits = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
        let inner = behind[digits..].strip_prefix('{').filter(|_| digits > 0);
        let Some((inner, end)) = inner.and_then(|inner| inner.split_once("}@")) else {
            result += &rest[..=at];
            rest = behind;
            continue;
        };
        let times: usize = behind[..digits].parse().expect("the digits are a number");
        result += &rest[..at];
        for i in 0..times {
            result += &inner.replace("$i", &i.to_string());
        }
        rest = end;
    }
    result + rest
}
