//! `ringflow schema`

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::flow::{PROJECT_FILE, flow_schema, project_schema, prompts_schema};
use crate::scenario::tests_schema;
use crate::settings::SchemaSettings;

use super::print;

/// The schema of flows, beside them: under version control, so that everybody who
/// opens a flow has it.
pub const FLOW_SCHEMA: &str = ".schema.json";
/// The schema of test files.
pub const TESTS_SCHEMA: &str = ".test.schema.json";
/// The schema of `ringflow.yaml`, which lies one folder higher.
pub const PROJECT_SCHEMA: &str = ".project.schema.json";

pub fn run(settings: &SchemaSettings) -> Result<ExitCode> {
    if !settings.write {
        let schema = if settings.tests {
            tests_schema()
        } else if settings.prompts {
            prompts_schema()
        } else if settings.project {
            project_schema()
        } else {
            flow_schema()
        };
        print(&format!("{schema:#}\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let flows = settings.dir.join("flows");
    if !flows.is_dir() {
        bail!(
            "there is no folder `{}` to write into; name the project, or begin one with `ringflow new DIR`",
            flows.display()
        );
    }
    write(&flows)?;
    // Where there are prompts, theirs lies beside them.
    let prompts = flows.join("prompts");
    if prompts.is_dir() {
        let path = prompts.join(FLOW_SCHEMA);
        fs::write(&path, format!("{:#}\n", prompts_schema()))
            .with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    print(&format!(
        "wrote `{0}/{FLOW_SCHEMA}`, `{0}/{TESTS_SCHEMA}` and `{0}/{PROJECT_SCHEMA}`\n\
         begin each flow in `{0}` with\n  {1}\neach test file with\n  {2}\n\
         and `{PROJECT_FILE}`, where there is one, with\n  {3}\n",
        flows.display(),
        first_line(FLOW_SCHEMA),
        first_line(TESTS_SCHEMA),
        first_line(&format!("flows/{PROJECT_SCHEMA}")),
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes all schemas into a folder of flows.
pub fn write(flows: &Path) -> Result<()> {
    let schemas = [
        (FLOW_SCHEMA, flow_schema()),
        (TESTS_SCHEMA, tests_schema()),
        (PROJECT_SCHEMA, project_schema()),
    ];
    for (name, schema) in schemas {
        let path = flows.join(name);
        fs::write(&path, format!("{schema:#}\n"))
            .with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    Ok(())
}

/// The line by which an editor knows the schema of a file.
pub fn first_line(schema: &str) -> String {
    format!("# yaml-language-server: $schema={schema}")
}
