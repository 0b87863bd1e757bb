//! Callers, by the settings.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};

use crate::platform::drive::{Caller, Habits, Walker};

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
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("`{shown}` cannot be read"))?;
    caller_of(&text).map_err(|why| anyhow!("`{shown}`: {why}"))?;
    Ok(Arc::new(move |_| {
        caller_of(&text).expect("the same text was read before")
    }))
}

/// A caller from the text of a file. The error says what is wrong with it.
pub fn caller_of(_text: &str) -> Result<Box<dyn Caller>, String> {
    Err("callers from files are not read yet".to_owned())
}
