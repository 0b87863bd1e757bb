//! A project in two languages, from its files: its conversations hold and survive
//! everything, each language is said in its own voice, and its prompts are a part of
//! what goes live.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use ringflow::flow::{Build, Code, Severity, SourceFile, build, build_upon};
use ringflow::live::read_project;
use ringflow::phone::Heard;
use ringflow::scenario::{Bench, Look, Ran, Report, tests};

fn project() -> Vec<Arc<SourceFile>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bilingual");
    let (files, unread) = read_project(&folder);
    assert!(unread.is_empty());
    files
}

/// The project with one text in a file replaced by another.
fn with(path: &str, from: &str, to: &str) -> Vec<Arc<SourceFile>> {
    let mut is_there = false;
    let change = |file: Arc<SourceFile>| {
        if file.path() != path || !file.text().contains(from) {
            return file;
        }
        is_there = true;
        SourceFile::new(path, &file.text().replacen(from, to, 1))
    };
    let files = project().into_iter().map(change).collect();
    assert!(is_there, "`{from}` stands in `{path}`");
    files
}

const EN: &str = "flows/prompts/en.yaml";
const MS: &str = "flows/prompts/ms.yaml";

fn lines(build: &Build) -> Vec<String> {
    build.diagnostics.iter().map(|found| found.line()).collect()
}

fn revision(build: &Build) -> String {
    let flow = build.catalog.named("bank").expect("the flow is live");
    flow.revision().to_string()
}

#[test]
fn its_conversations_hold_and_survive_everything() {
    let files = project();
    let build = build(&files);
    assert_eq!(lines(&build), Vec::<String>::new());
    let tests = tests(&files, &build);
    let found: Vec<_> = tests.diagnostics.iter().map(|d| d.render(false)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let bench = Bench::new(&files, build);
    let ran = tests.files.iter().map(|file| Ran {
        file,
        outcomes: file
            .scenarios
            .iter()
            .map(|scenario| (scenario, bench.run(file, scenario)))
            .collect(),
    });
    let report = Report::new(ran.collect(), bench.catalog());
    let look = Look {
        color: false,
        dir: None,
        filtered: true,
    };
    assert_eq!(report.failed(), 0, "{}", report.text(look));
    let covered = report.coverage.first().expect("there is one flow");
    assert!(covered.states.is_whole(), "{covered:#?}");
}

#[test]
fn a_prompt_in_the_wrong_language_is_not_the_prompt() {
    // The caller who chose Malay is spoken to in English.
    let files = with(
        "flows/bank.yaml",
        "2: {set: {lang: ms}, then: main}",
        "2: {set: {lang: en}, then: main}",
    );
    let build = build(&files);
    let tests = tests(&files, &build);
    let bench = Bench::new(&files, build);
    let file = tests.files.first().expect("the tests can be run");
    let outcome = bench.run(file, &file.scenarios[0]);
    let failure = outcome.failures.first().expect("it fails");
    assert!(
        failure.unmet.what.contains("Selamat datang"),
        "{}",
        failure.unmet.what
    );
    // Each language was said in its own voice, one behind the other.
    let said: Vec<(&str, &str)> = failure
        .heard
        .iter()
        .filter_map(|heard| match heard {
            Heard::Said { text, voice, .. } | Heard::Asked { text, voice, .. } => {
                Some((text.as_str(), voice.as_str()))
            }
            _ => None,
        })
        .take(2)
        .collect();
    assert_eq!(
        said,
        [
            ("For English, press 1.", "en-US-BenjaminRUS"),
            ("Untuk Bahasa Melayu, tekan 2.", "ms-MY-Yasmin"),
        ]
    );
}

#[test]
fn what_a_flow_says_is_a_part_of_its_bundle_and_nothing_else_is() {
    let first = build(&project());
    let other = build_upon(&with(MS, "Sila tunggu.", "Sila tunggu sebentar."), &first);
    assert!(!other.has_errors(), "{:?}", lines(&other));
    assert_ne!(revision(&first), revision(&other));
    // A remark, and a prompt that it does not say, are not.
    let more = build_upon(
        &with(EN, "welcome:", "# Hello.\nunsaid: Not said.\nwelcome:"),
        &first,
    );
    assert_eq!(revision(&first), revision(&more));
    let found: Vec<_> = more.diagnostics.iter().map(|found| found.code).collect();
    assert_eq!(found, [Code::UnusedPrompt]);
}

#[test]
fn a_flow_whose_prompt_is_broken_keeps_its_last_good_one() {
    let first = build(&project());
    for (path, from, to, code) in [
        (MS, "hold: Sila tunggu.\n", "", Code::UnknownPrompt),
        (
            MS,
            "hold: Sila tunggu.",
            "hold: Tan & Sons",
            Code::TextCharacter,
        ),
        (
            MS,
            "hold: Sila tunggu.",
            "hold: ${nam}",
            Code::UnknownVariable,
        ),
        (EN, "card: Your", "card: <b> Your", Code::TextCharacter),
        (
            EN,
            "busy: Nobody",
            "busy: [x, y] # Nobody",
            Code::PromptList,
        ),
        (
            EN,
            "hold: Please hold the line.",
            "hold: {a: b}",
            Code::UnknownPrompt,
        ),
        (
            EN,
            "main:\n",
            "main:\n  - https://example.com/a.mp3\n",
            Code::RecordingPrompt,
        ),
    ] {
        let build = build_upon(&with(path, from, to), &first);
        let errors = build.diagnostics.iter();
        let errors = errors.filter(|found| found.severity == Severity::Error);
        let errors: Vec<_> = errors.collect();
        assert!(
            errors.iter().any(|found| found.code == code),
            "{to}: {:?}",
            lines(&build)
        );
        assert_eq!(build.refused.len(), 1, "{to}: {:?}", lines(&build));
        assert_eq!(revision(&first), revision(&build));
        // What stands in a prompt is told there, with where it is said.
        let in_prompt = errors
            .iter()
            .find(|found| found.code == code && found.file() == path);
        if let Some(found) = in_prompt
            && code != Code::UnknownPrompt
        {
            assert_eq!(found.related_file(), Some("flows/bank.yaml"), "{to}");
        }
    }
}

#[test]
fn each_language_has_to_offer_the_keys_with_its_own_words() {
    let files = with(MS, "kami, tekan 0.", "kami, tunggu.");
    let found: Vec<_> = build(&files)
        .diagnostics
        .iter()
        .map(|d| d.message.clone())
        .collect();
    assert_eq!(found, ["no text of `main` offers the key `0` in `ms`"]);
    let files = with(MS, "tekan 0.", "tekan 0, atau tekan 7.");
    let build = build(&files);
    let found = build.diagnostics.first().expect("it is found");
    assert_eq!((found.code, found.file()), (Code::OfferedKeyMissing, MS));
    assert_eq!(found.message, "`main` has no key `7`, and this offers it");
}

#[test]
fn one_fault_of_a_prompt_is_told_once_however_many_flows_say_it() {
    let mut files = with(MS, "hold: Sila tunggu.", "hold: Tan & Sons");
    let second = "languages: {ms: {voice: ms-MY-Yasmin}}\nstates:\n  a: {say: <hold>, then: b}\n  b: {say: <hold>, then: hangup}\n";
    files.push(SourceFile::new("flows/second.yaml", second));
    let build = build(&files);
    assert_eq!(build.refused.len(), 2);
    assert_eq!(lines(&build).len(), 1, "{:?}", lines(&build));
}

/// The project in a folder of its own.
fn on_disk() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder can be made");
    fs::create_dir_all(dir.path().join("flows/prompts")).expect("a folder can be made");
    for file in project() {
        fs::write(dir.path().join(file.path()), file.text()).expect("it can be written");
    }
    dir
}

fn ringflow(dir: &Path, args: &[&str]) -> (bool, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_ringflow"))
        .args(args)
        .arg("--dir")
        .arg(dir)
        .output();
    let Output {
        status,
        stdout,
        stderr,
    } = run.expect("the program runs");
    let text = [stdout, stderr].concat();
    (
        status.success(),
        String::from_utf8(text).expect("it writes UTF-8"),
    )
}

fn text_of(dir: &Path, path: &str) -> String {
    fs::read_to_string(dir.join(path)).expect("the file is there")
}

#[test]
fn a_table_for_translators_goes_there_and_back() {
    let dir = on_disk();
    let dir = dir.path();
    let sheet = dir.join("prompts.csv");
    let sheet = sheet.to_str().expect("the path is UTF-8");
    let (good, told) = ringflow(dir, &["prompts", "export", "bank", "--out", sheet]);
    assert!(good && told.starts_with("wrote 13 texts to"), "{told}");
    let table = text_of(dir, "prompts.csv");
    assert!(table.starts_with("\u{feff}id,en,ms,said in\n"), "{table}");
    assert!(
        table.contains("\nmain#2,\"Press 1, 2, or 0.\",,bank\n"),
        "{table}"
    );

    let before = [EN, MS].map(|path| text_of(dir, path));
    let (good, told) = ringflow(dir, &["prompts", "import", sheet]);
    assert!(good && told.starts_with("nothing changes"), "{told}");
    assert_eq!(before, [EN, MS].map(|path| text_of(dir, path)));

    let table = table
        .replace(
            "\"Press 1, 2, or 0.\",,bank",
            "\"Press 1, 2, or 0.\",\"Tekan 1, 2, atau 0.\",bank",
        )
        .replace("Sila tunggu.", "Sila tunggu: sebentar.");
    fs::write(sheet, &table).expect("it can be written");
    let (good, told) = ringflow(dir, &["prompts", "import", sheet, "--dry-run"]);
    let list = format!("{MS}\n  changed hold\n  added main#2\n");
    assert_eq!(
        (good, told),
        (
            true,
            format!("{list}2 texts would be written; nothing was\n")
        )
    );
    assert_eq!(before, [EN, MS].map(|path| text_of(dir, path)));
    let (good, told) = ringflow(dir, &["prompts", "import", sheet]);
    assert!(good && told.starts_with(&list), "{told}");
    assert_eq!(before[0], text_of(dir, EN));
    let now = text_of(dir, MS);
    assert!(now.contains("hold: 'Sila tunggu: sebentar.'\n"), "{now}");
    assert!(
        now.contains("tekan 0.\", \"Tekan 1, 2, atau 0.\"]\n"),
        "{now}"
    );
    let (good, told) = ringflow(dir, &["prompts", "import", sheet]);
    assert!(good && told.starts_with("nothing changes"), "{told}");

    fs::write(sheet, "id,en,my\nmain,a,b\n").expect("it can be written");
    let (good, told) = ringflow(dir, &["prompts", "import", sheet]);
    assert!(!good, "{told}");
    assert!(
        told.contains("row 1, column `my`: no flow has the language `my`"),
        "{told}"
    );
    assert_eq!(now, text_of(dir, MS));
}

/// A language that has no file yet: its column is there to be filled in.
#[test]
fn a_new_language_is_a_column_and_then_a_file() {
    let dir = on_disk();
    let dir = dir.path();
    fs::remove_file(dir.join(MS)).expect("it was there");
    let (good, table) = ringflow(dir, &["prompts", "export"]);
    assert!(good && table.starts_with("id,en,ms,said in\n"), "{table}");
    let sheet = dir.join("prompts.csv");
    fs::write(&sheet, "id;ms\r\nhold;Sila tunggu.\r\n").expect("it can be written");
    let sheet = sheet.to_str().expect("the path is UTF-8");
    let (good, told) = ringflow(dir, &["prompts", "import", sheet]);
    assert!(good && told.contains("added hold"), "{told}");
    assert_eq!(text_of(dir, MS), "hold: Sila tunggu.\n");
}

#[test]
fn an_editor_takes_the_files_of_prompts_and_marks_what_is_none() {
    let schema = ringflow::flow::prompts_schema();
    let validator = jsonschema::draft7::new(&schema).expect("the schema is one");
    let is_taken = |value: serde_json::Value| validator.is_valid(&value);
    use serde_json::json;
    assert!(is_taken(
        json!({ "welcome": "Hello.", "main": ["One.", "Two."], "n": 5 })
    ));
    assert!(is_taken(json!(null)));
    assert!(!is_taken(json!({ "good bye": "Bye." })));
    assert!(!is_taken(json!({ "welcome": { "short": "Hello." } })));
    assert!(!is_taken(json!({ "welcome": [] })));
    assert!(!is_taken(json!(["Hello."])));
}
