//! What one look has brought.

use serde_json::{Value, json};

use crate::cli::table::plain;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Ok,
    Warning,
    Fault,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Fault => "fault",
        }
    }
}

/// How one thing is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, in a word.
    pub check: &'static str,
    pub level: Level,
    pub told: String,
    pub advice: Option<String>,
}

impl Finding {
    pub fn ok(check: &'static str, told: impl Into<String>) -> Self {
        Finding::new(check, Level::Ok, told.into())
    }

    pub fn warning(check: &'static str, told: impl Into<String>) -> Self {
        Finding::new(check, Level::Warning, told.into())
    }

    pub fn fault(check: &'static str, told: impl Into<String>) -> Self {
        Finding::new(check, Level::Fault, told.into())
    }

    /// Says what to do.
    pub fn do_this(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    pub fn line(&self) -> String {
        let level = self.level.word();
        let told = plain(&self.told);
        let advice = self
            .advice
            .as_ref()
            .map(|advice| format!("; {}", plain(advice)));
        format!(
            "{level:<7}  {:<9}  {told}{}",
            self.check,
            advice.unwrap_or_default()
        )
    }

    pub fn json(&self) -> Value {
        json!({
            "check": self.check,
            "level": self.level.word(),
            "told": self.told,
            "advice": self.advice,
        })
    }

    fn new(check: &'static str, level: Level, told: String) -> Self {
        Finding {
            check,
            level,
            told,
            advice: None,
        }
    }
}
