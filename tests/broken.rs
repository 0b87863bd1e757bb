//! Flow files with one fault each, and the text that a designer reads for it. With
//! `RINGFLOW_BLESS=1` the texts beside the files are written anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ringflow::flow::{Build, Code, PROJECT_FILE, SourceFile, VOICES_FILE, build};

/// Codes that no file of the folder has, with the reason.
const NOT_HERE: &[Code] = &[];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken")
}

/// The names of all cases: `NAME.yaml`, beside which `NAME.2.yaml` is a second flow,
/// `NAME.rhai` a script file, `NAME.csv` the table `branches`, and `NAME.en` and `NAME.ms`
/// the prompts of two languages. `NAME.project.yaml` is the file `ringflow.yaml`, with or
/// without a flow beside it, and `NAME.voices` the list of the platform's voices.
fn cases() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .expect("the folder is there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| Some(name.strip_suffix(".yaml")?.to_owned()))
        .filter(|name| !name.ends_with(".2"))
        .map(|name| name.trim_end_matches(".project").to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

fn built(name: &str) -> Build {
    let parts = [
        ("flows", ".yaml"),
        ("flows", ".2.yaml"),
        ("scripts", ".rhai"),
    ];
    let files: Vec<Arc<SourceFile>> = parts
        .iter()
        .filter_map(|(room, end)| {
            let text = fs::read_to_string(folder().join(format!("{name}{end}"))).ok()?;
            Some(SourceFile::new(&format!("{room}/{name}{end}"), &text))
        })
        .collect();
    let table = fs::read_to_string(folder().join(format!("{name}.csv"))).ok();
    let table = table.map(|text| SourceFile::new("flows/tables/branches.csv", &text));
    let prompts = ["en", "ms"].into_iter().filter_map(|lang| {
        let text = fs::read_to_string(folder().join(format!("{name}.{lang}"))).ok()?;
        Some(SourceFile::new(
            &format!("flows/prompts/{lang}.yaml"),
            &text,
        ))
    });
    let project = fs::read_to_string(folder().join(format!("{name}.project.yaml"))).ok();
    let project = project.map(|text| SourceFile::new(PROJECT_FILE, &text));
    let voices = fs::read_to_string(folder().join(format!("{name}.voices"))).ok();
    let voices = voices.map(|text| SourceFile::new(VOICES_FILE, &text));
    let files = files.into_iter().chain(table).chain(prompts).chain(project);
    let files = files.chain(voices);
    let files: Vec<_> = files.collect();
    build(&files)
}

#[test]
fn every_fault_is_told_as_it_is_written_beside_it() {
    let bless = std::env::var_os("RINGFLOW_BLESS").is_some();
    let cases = cases();
    assert!(cases.len() >= 55, "only {} cases are there", cases.len());
    let mut wrong = Vec::new();
    for name in &cases {
        let told: Vec<String> = built(name)
            .diagnostics
            .iter()
            .map(|diagnostic| diagnostic.render(false) + "\n")
            .collect();
        let told = told.join("\n");
        let path = folder().join(format!("{name}.txt"));
        if bless {
            fs::write(&path, &told).expect("the text can be written");
        } else if fs::read_to_string(&path).unwrap_or_default() != told {
            wrong.push(format!("{name}:\n{told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_fault_is_one_finding_with_help() {
    let mut wrong = Vec::new();
    for name in &cases() {
        let diagnostics = built(name).diagnostics;
        let files: BTreeSet<_> = diagnostics.iter().map(|found| found.file()).collect();
        if diagnostics.is_empty() || files.len() != diagnostics.len() {
            let lines: Vec<_> = diagnostics.iter().map(|found| found.line()).collect();
            wrong.push(format!("{name}: {lines:#?}"));
        }
        for found in &diagnostics {
            if found.help.as_deref().unwrap_or_default().is_empty() {
                wrong.push(format!("{name} has no help: {}", found.line()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A flow that calls a script file, says a prompt or runs a flow with a fault is told so
/// in its own place, and those are the only faults which two files tell.
#[test]
fn only_what_is_broken_elsewhere_is_told_in_two_files() {
    let two: Vec<String> = cases()
        .into_iter()
        .filter(|name| built(name).diagnostics.len() > 1)
        .collect();
    assert_eq!(
        two,
        [
            "prompt_cut_at_hash",
            "prompt_empty",
            "prompt_nested",
            "prompt_twice",
            "prompts_as_list",
            "prompts_broken",
            "run_of_a_broken_flow",
            "script_broken_and_called",
            "script_broken_and_called_twice",
        ]
    );
}

#[test]
fn every_code_is_met() {
    let met: BTreeSet<Code> = cases()
        .iter()
        .flat_map(|name| built(name).diagnostics)
        .map(|found| found.code)
        .collect();
    for code in Code::ALL {
        let here = !NOT_HERE.contains(code);
        assert_eq!(met.contains(code), here, "{}", code.word());
    }
}

#[test]
fn nothing_is_left_over_in_the_folder() {
    let cases: BTreeSet<String> = cases().into_iter().collect();
    for entry in fs::read_dir(folder()).expect("the folder is there") {
        let name = entry.expect("it can be listed").file_name();
        let name = name.to_string_lossy();
        let case = name.split('.').next().unwrap_or_default();
        assert!(cases.contains(case), "{name} belongs to no case");
    }
}
