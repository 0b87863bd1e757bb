//! `ringflow prompts`: a table for translators, and the way back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::flow::{
    self, Build, PromptFile, SourceFile, WrittenPrompts, prompts_from_sheet, prompts_to_sheet,
};
use crate::live::read_project;
use crate::settings::{ExportSettings, ImportSettings, PromptsCommand, PromptsSettings};

use super::{FOUND, counted, print};

pub fn run(settings: &PromptsSettings) -> Result<ExitCode> {
    match &settings.command {
        PromptsCommand::Export(settings) => export(settings),
        PromptsCommand::Import(settings) => import(settings),
    }
}

fn export(settings: &ExportSettings) -> Result<ExitCode> {
    let build = built(&settings.dir)?;
    let flows = build.catalog.flows();
    if let Some(name) = &settings.flow
        && build.catalog.named(name).is_none()
    {
        let names: Vec<&str> = flows.iter().map(|flow| flow.name()).collect();
        eprintln!(
            "error: there is no flow `{name}` that compiles; these do: `{}`",
            names.join("`, `")
        );
        eprintln!("  = help: without a name the prompts of all flows are written");
        return Ok(ExitCode::from(FOUND));
    }
    let wanted = |name: &str| settings.flow.as_deref().is_none_or(|wanted| wanted == name);
    let flows: Vec<_> = flows.iter().filter(|flow| wanted(flow.name())).collect();
    let mut said_in: BTreeMap<Box<str>, BTreeSet<String>> = BTreeMap::new();
    let mut langs: BTreeSet<Box<str>> = BTreeSet::new();
    for flow in &flows {
        if flow.prompts().ids().next().is_none() {
            continue;
        }
        let ids = flow.prompts().ids();
        ids.for_each(|id| {
            let places = said_in.entry(id.into()).or_default();
            places.insert(flow.name().to_owned());
        });
        langs.extend(
            flow.languages()
                .iter()
                .map(|language| language.name.clone()),
        );
    }
    let mut files = build.prompt_files();
    if settings.flow.is_some() {
        files.retain(|lang, _| langs.contains(lang));
    } else {
        // A flow to which a language was just added does not compile without its prompts.
        langs.extend(build.languages_written());
    }
    if said_in.is_empty() && files.is_empty() {
        bail!(
            "there are no prompts in `{}`",
            settings.dir.join("flows/prompts").display()
        );
    }
    // A language that has no file yet is a column to be filled in.
    for lang in langs {
        let file = no_prompts(&lang);
        files.entry(lang).or_insert(file);
    }
    let sheet = prompts_to_sheet(&files, &said_in, settings.flow.is_some());
    let Some(out) = &settings.out else {
        print(&sheet)?;
        return Ok(ExitCode::SUCCESS);
    };
    // The mark in front tells programs for tables that it is UTF-8.
    write(out, &format!("\u{feff}{sheet}"))?;
    let rows = counted(sheet_rows(&sheet), "text");
    print(&format!("wrote {rows} to `{}`\n", out.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn no_prompts(lang: &str) -> Arc<PromptFile> {
    let path = format!("flows/prompts/{lang}.yaml");
    Arc::new(PromptFile::of(&SourceFile::new(&path, "")))
}

/// How many texts a table has: its rows, in which a text may have lines of its own.
fn sheet_rows(sheet: &str) -> usize {
    let mut quoted = false;
    let ends = sheet.bytes().filter(|byte| {
        quoted ^= *byte == b'"';
        *byte == b'\n' && !quoted
    });
    ends.count().saturating_sub(1)
}

fn import(settings: &ImportSettings) -> Result<ExitCode> {
    let path = &settings.file;
    let bytes = fs::read(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
    let Ok(sheet) = String::from_utf8(bytes) else {
        bail!(
            "`{}` is not UTF-8: save the table as “CSV UTF-8”",
            path.display()
        );
    };
    let build = built(&settings.dir)?;
    let files = build.prompt_files();
    let mut langs: BTreeSet<Box<str>> = files.keys().cloned().collect();
    for flow in build.catalog.flows() {
        langs.extend(
            flow.languages()
                .iter()
                .map(|language| language.name.clone()),
        );
    }
    langs.extend(build.languages_written());
    let written = match prompts_from_sheet(&sheet, &files, &langs) {
        Ok(written) => written,
        Err(bad) => {
            let place = match (bad.row, &bad.column) {
                (0, _) => String::new(),
                (row, None) => format!(" row {row}:"),
                (row, Some(column)) => format!(" row {row}, column `{column}`:"),
            };
            eprintln!("error: {}:{place} {}", path.display(), bad.message);
            eprintln!("  = help: {}", bad.help);
            return Ok(ExitCode::from(FOUND));
        }
    };
    if written.is_empty() {
        print("nothing changes: every text of the table is there already\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    if !settings.dry_run {
        for file in &written {
            let path = settings.dir.join(&file.path);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)
                    .with_context(|| format!("`{}` cannot be made", folder.display()))?;
            }
            write(&path, &file.text)?;
        }
    }
    print(&told(&written, settings.dry_run))?;
    Ok(ExitCode::SUCCESS)
}

fn told(written: &[WrittenPrompts], dry_run: bool) -> String {
    let mut text = String::new();
    for file in written {
        let changed = file.changed.iter().map(|id| format!("  changed {id}\n"));
        let added = file.added.iter().map(|id| format!("  added {id}\n"));
        text.push_str(&format!("{}\n", file.path));
        text.extend(changed.chain(added));
    }
    let count = written.iter();
    let count = count
        .map(|file| file.changed.len() + file.added.len())
        .sum();
    let texts = counted(count, "text");
    text.push_str(&match dry_run {
        true => format!("{texts} would be written; nothing was\n"),
        false => format!("{texts} written; `ringflow check` says whether they can be said\n"),
    });
    text
}

/// Writes a whole file, or leaves it as it is.
fn write(path: &Path, text: &str) -> Result<()> {
    let cannot = || format!("`{}` cannot be written", path.display());
    // Beside it, under a name that is no file of a project.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.new"));
    fs::write(&draft, text).with_context(cannot)?;
    fs::rename(&draft, path).with_context(cannot)
}

fn built(dir: &Path) -> Result<Build> {
    let (files, unread) = read_project(dir);
    if let Some(error) = unread.first() {
        bail!("{error}");
    }
    Ok(flow::build(&files))
}
