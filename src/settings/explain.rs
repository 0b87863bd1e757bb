//! `ringflow explain`

use clap::Args;

#[derive(Debug, Args)]
pub struct ExplainSettings {
    /// What stands in brackets in a finding, as in `unknown-target`; without one, all
    /// are listed
    pub code: Option<String>,
}
