//! Flags and environment, parsed once into types. `app` and `cli` turn them into
//! what each room needs; no other room knows them.

mod check;
mod log;
mod read;
mod serve;
mod test;

use clap::{Parser, Subcommand, ValueEnum};

pub use check::CheckSettings;
pub use log::{LogFormat, LogSettings};
pub use serve::{AnswersSetting, ServeSettings};
pub use test::TestSettings;

/// A dynamic IVR callflow engine: it answers a phone platform's webhooks with the
/// next actions of a call, from flow files that can be read.
#[derive(Debug, Parser)]
#[command(name = "ringflow", version, max_term_width = 100)]
pub struct Settings {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer the platform's webhooks with the flows of a project
    Serve(Box<ServeSettings>),
    /// Say everything that is wrong with the files of a project
    Check(CheckSettings),
    /// Run the scenarios of a project
    Test(TestSettings),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorSetting {
    Auto,
    Always,
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_flags_fit_together() {
        Settings::command().debug_assert();
    }
}
