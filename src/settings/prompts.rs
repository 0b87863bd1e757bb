//! `ringflow prompts`

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct PromptsSettings {
    #[command(subcommand)]
    pub command: PromptsCommand,
}

#[derive(Debug, Subcommand)]
pub enum PromptsCommand {
    /// Write the prompts as a table for translators: a row an id, a column a language
    Export(ExportSettings),
    /// Take a table back: texts that are another in it are written into `flows/prompts`
    Import(ImportSettings),
}

#[derive(Debug, Args)]
pub struct ExportSettings {
    /// The name of a flow, whose prompts alone are written; without it all are
    pub flow: Option<String>,

    /// Where the table is written, as CSV; without it to the terminal
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// The project: the folder that holds `flows` and `scripts`
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,
}

#[derive(Debug, Args)]
pub struct ImportSettings {
    /// The table, as CSV
    pub file: PathBuf,

    /// Say what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// The project: the folder that holds `flows` and `scripts`
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,
}
