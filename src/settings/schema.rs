//! `ringflow schema`

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct SchemaSettings {
    /// The project: the folder that holds `flows` and `scripts`
    #[arg(default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    /// The schema of test files instead of that of flows
    #[arg(long, conflicts_with = "write")]
    pub tests: bool,

    /// The schema of files of prompts instead of that of flows
    #[arg(long, conflicts_with_all = ["write", "tests"])]
    pub prompts: bool,

    /// The schema of `ringflow.yaml` instead of that of flows
    #[arg(long, conflicts_with_all = ["write", "tests", "prompts"])]
    pub project: bool,

    /// Write all into the `flows` of the project, and say what each file has to begin with
    #[arg(long)]
    pub write: bool,
}
