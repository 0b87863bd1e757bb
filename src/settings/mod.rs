//! Flags and environment, parsed once into types. `app` and `cli` turn them into
//! what each room needs; no other room knows them.

mod api;
mod call;
mod check;
mod dev;
mod dial;
mod doctor;
mod emulate;
mod explain;
mod faults;
mod graph;
mod hours;
mod load;
mod log;
mod mock;
mod new;
mod numbers;
mod pace;
mod prompts;
mod read;
mod recordings;
mod schema;
mod serve;
mod server;
mod test;
mod voices;
mod webhooks;

use clap::{Parser, Subcommand, ValueEnum};

pub use api::ApiSettings;
pub use call::CallSettings;
pub use check::CheckSettings;
pub use dev::DevSettings;
pub use dial::DialSettings;
pub use doctor::DoctorSettings;
pub use emulate::{AsksAgainSetting, EmulateSettings};
pub use explain::ExplainSettings;
pub use graph::{GraphFormat, GraphSettings};
pub use hours::{HoursSettings, HoursWord};
pub use load::{LoadSettings, SpacingSetting};
pub use log::{LogFormat, LogSettings};
pub use mock::MockSettings;
pub use new::{NewSettings, TemplateSetting};
pub use numbers::NumbersSettings;
pub use prompts::{ExportSettings, ImportSettings, PromptsCommand, PromptsSettings};
pub use read::duration;
pub use recordings::RecordingsSettings;
pub use schema::SchemaSettings;
pub use serve::ServeSettings;
pub use server::{AnswersSetting, ServerSettings};
pub use test::TestSettings;
pub use voices::VoicesSettings;
pub use webhooks::{
    ListSettings, RemoveSettings, RestoreSettings, SetSettings, WebhookType, WebhooksCommand,
    WebhooksSettings,
};

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
    /// Begin a project that checks and tests green
    New(NewSettings),
    /// Edit a project: each save is checked and tested, goes live, and is heard on a phone
    Dev(Box<DevSettings>),
    /// Answer the platform's webhooks with the flows of a project
    Serve(Box<ServeSettings>),
    /// Say everything that is wrong with the files of a project
    Check(CheckSettings),
    /// Run the scenarios of a project
    Test(TestSettings),
    /// Call a flow from the terminal, without a phone
    Call(Box<CallSettings>),
    /// Have the running server call somebody, or all numbers of a file
    Dial(Box<DialSettings>),
    /// Stand in for the platform: its API, its calls and people who call
    Emulate(Box<EmulateSettings>),
    /// Stand in for the servers that look-ups ask, by the stubs of test files
    Mock(MockSettings),
    /// Call a running server thousands of times, and measure how it answers
    Load(Box<LoadSettings>),
    /// Say what a code of `check` means, with an example
    Explain(ExplainSettings),
    /// Draw a flow: its states, and the keys and outcomes that lead from one to the next
    Graph(GraphSettings),
    /// Say whether it is open and until when, or decide it by hand
    Hours(HoursSettings),
    /// Hand the prompts of all languages to translators as a table, and take it back
    Prompts(PromptsSettings),
    /// Print the JSON Schema of flow files, for editors
    Schema(SchemaSettings),
    /// Have the platform send its webhooks here, and put back what was there before
    Webhooks(WebhooksSettings),
    /// List the voices of the platform, and let `check` know them
    Voices(VoicesSettings),
    /// List the numbers of the account, and the flows that answer them
    Numbers(NumbersSettings),
    /// List what was recorded of a session
    Recordings(RecordingsSettings),
    /// Say what keeps calls from reaching the flows
    Doctor(Box<DoctorSettings>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorSetting {
    Auto,
    Always,
    Never,
}

impl ColorSetting {
    /// Whether to use colours on an output that is a terminal or is none.
    pub fn on(self, is_terminal: bool) -> bool {
        match self {
            ColorSetting::Auto => is_terminal,
            ColorSetting::Always => true,
            ColorSetting::Never => false,
        }
    }
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
