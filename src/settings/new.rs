//! `ringflow new`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct NewSettings {
    /// Where the project goes: a folder that is empty or not there yet
    pub dir: PathBuf,

    /// What to begin with
    #[arg(long, value_name = "NAME", value_enum, default_value_t = TemplateSetting::Menu)]
    pub template: TemplateSetting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TemplateSetting {
    /// A menu with opening hours and a person to speak to
    Menu,
    /// An account number that is asked for, checked and read back
    Ask,
    /// Callers who reach each other without seeing numbers
    Masking,
    /// Five ratings after a call
    Survey,
}
