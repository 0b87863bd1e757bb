//! Scripts of the kinds that designers need: each gives what its file says.

use ringflow::flow::{Code, build};

use crate::phone_call::call;
use crate::script_file::{ScriptFile, all};

#[test]
fn every_honest_script_gives_what_it_should() {
    let files = all("honest");
    assert!(files.len() >= 35, "{} scripts", files.len());
    let mut wrong = Vec::new();
    for path in &files {
        let script = ScriptFile::read(path);
        let cases = script.cases();
        if cases.is_empty() {
            wrong.push(format!("{}: nothing is expected", script.name));
        }
        let mut labels: Vec<&str> = cases.iter().map(|(_, gives)| gives.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        for (index, (given, gives)) in cases.iter().enumerate() {
            let project = script.project(script.noted("as").unwrap_or("set"), given, &labels);
            let build = build(&project.files);
            // What is keyed in is read by the scripts that look at `input` alone.
            let found = build.diagnostics.iter();
            let lines: Vec<_> = found
                .filter(|found| found.code != Code::UnusedEntry)
                .map(|found| found.line())
                .collect();
            if !lines.is_empty() {
                wrong.push(format!("{}: {}", script.name, lines.join("\n")));
                break;
            }
            let heard = call(&build.catalog, given);
            let expected = format!("Gives {gives}.");
            if !heard.faults.is_empty() || !heard.text.contains(&expected) {
                wrong.push(format!(
                    "{}, case {}: {expected:?}, heard {:?} {:?}",
                    script.name,
                    index + 1,
                    heard.text,
                    heard.faults
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
