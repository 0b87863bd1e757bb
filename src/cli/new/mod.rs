//! `ringflow new`

mod template;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::scenario::quoted;
use crate::settings::NewSettings;

use super::{print, schema};
use template::{File, Template};

pub fn run(settings: &NewSettings) -> Result<ExitCode> {
    let dir = settings.dir.as_path();
    refuse_full(dir)?;
    let template = Template::named(settings.template);
    let mut made = Vec::new();
    for File { path, text } in template.files() {
        write(&dir.join(&path), &text)?;
        made.push(path);
    }
    schema::write(&dir.join("flows"))?;
    made.extend(
        [
            schema::FLOW_SCHEMA,
            schema::TESTS_SCHEMA,
            schema::PROJECT_SCHEMA,
        ]
        .map(|name| format!("flows/{name}")),
    );
    let mut told = format!("made `{}`\n", dir.display());
    for path in &made {
        told.push_str(&format!("  {path}\n"));
    }
    told.push_str("\nnow type\n");
    if dir != Path::new(".") {
        let dir = quoted(&dir.to_string_lossy());
        told.push_str(&format!("  cd {dir}\n"));
    }
    for command in template::COMMANDS {
        told.push_str(&format!("  {command}\n"));
    }
    print(&told)?;
    Ok(ExitCode::SUCCESS)
}

/// Nothing that is there already is touched.
fn refuse_full(dir: &Path) -> Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    let shown = dir.display();
    if !dir.is_dir() {
        bail!("`{shown}` is a file, and a project is a folder; name another one");
    }
    let mut entries =
        fs::read_dir(dir).with_context(|| format!("`{shown}` cannot be looked into"))?;
    if let Some(entry) = entries.next() {
        let entry = entry.with_context(|| format!("`{shown}` cannot be looked into"))?;
        bail!(
            "`{shown}` is not empty, `{}` is in it; name a folder that is new, or take out what is there",
            entry.file_name().display()
        );
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    let failed = || format!("`{}` cannot be written", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(failed)?;
    }
    fs::write(path, text).with_context(failed)
}
