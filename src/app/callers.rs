//! Callers, by the settings.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};

use crate::platform::drive::{Caller, FromFile, Habits, Walker};
use crate::scenario::Script;

/// What a file is called whose name is not known here.
const SHOWN: &str = "caller.yaml";

/// Makes the caller of a number among all calls.
pub type Make = Arc<dyn Fn(u64) -> Box<dyn Caller> + Send + Sync>;

/// Callers from a file; without one, such as do anything, by a seed.
///
/// # Errors
/// Where the file cannot be read, or what is wrong in it.
pub fn callers(file: Option<&Path>, seed: u64) -> Result<Make> {
    let Some(path) = file else {
        let habits = Arc::new(Habits::default());
        return Ok(Arc::new(move |number| {
            Box::new(Walker::new(seed, number, Arc::clone(&habits)))
        }));
    };
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).with_context(|| format!("`{shown}` cannot be read"))?;
    let script = Script::read(&shown, &text, None).map_err(|why| anyhow!(why))?;
    let script = Arc::new(script);
    Ok(Arc::new(move |_| {
        Box::new(FromFile::new(Arc::clone(&script)))
    }))
}

/// The caller of the first scenario in the text of a file. The error says what is wrong
/// with it.
pub fn caller_of(text: &str) -> Result<Box<dyn Caller>, String> {
    let script = Script::read(SHOWN, text, None)?;
    Ok(Box::new(FromFile::new(Arc::new(script))))
}
