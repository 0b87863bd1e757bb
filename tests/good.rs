//! Flow files that use what is allowed and looks as if it were not: nothing is found
//! in any of them.

use std::fs;
use std::path::Path;

use ringflow::flow::{SourceFile, build};

#[test]
fn nothing_is_found_in_a_good_flow() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good");
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&path).expect("it can be read");
        if name == "ringflow.yaml" {
            files.push(SourceFile::new(&name, &text));
            continue;
        }
        let room = if name.ends_with(".rhai") {
            "scripts"
        } else if name.ends_with(".csv") {
            "flows/tables"
        } else {
            "flows"
        };
        let path = match name.rsplit_once('.') {
            Some((_, lang @ ("en" | "zh-Hans"))) => format!("flows/prompts/{lang}.yaml"),
            _ => format!("{room}/{name}"),
        };
        files.push(SourceFile::new(&path, &text));
    }
    let build = build(&files);
    let found: Vec<_> = build.diagnostics.iter().map(|d| d.render(false)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(build.flow_files.len() >= 16, "only {:?}", build.flow_files);
    assert_eq!(build.catalog.flows().len(), build.flow_files.len());
}
