//! `ringflow emulate`

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use secrecy::SecretString;

use super::faults::faults;
use super::pace::pace;
use super::read::address;
use crate::call::PhoneNumber;
use crate::phone::{AsksAgain, Rules};
use crate::platform::drive::{Faults, Pace};
use crate::platform::emulator::is_subaccount;

#[derive(Debug, Args)]
pub struct EmulateSettings {
    /// Where to listen; port 0 takes a free one
    #[arg(
        long,
        value_name = "ADDR",
        value_parser = address,
        default_value = "127.0.0.1:8090"
    )]
    pub listen: SocketAddr,

    /// The only subaccount there is; by default any of the right form
    #[arg(long, value_name = "ID", value_parser = subaccount)]
    pub subaccount: Option<String>,

    /// The only key that is good; by default any
    #[arg(
        long,
        value_name = "KEY",
        env = "RINGFLOW_EMULATE_KEY",
        hide_env_values = true
    )]
    pub key: Option<SecretString>,

    /// The virtual numbers, from which alone calls can be started; by default from all
    #[arg(long, value_name = "NUMBER", value_delimiter = ',', value_parser = number)]
    pub numbers: Vec<PhoneNumber>,

    /// When a call asks how it goes on: when the list of actions has run out, or after each
    /// action
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = AsksAgainSetting::List)]
    pub asks_again: AsksAgainSetting,

    /// Another reading of what the platform's documentation leaves open, such as
    /// `barge-in=no`; a wrong name is answered with all of them. May be given again
    #[arg(long = "rule", value_name = "NAME=CHOICE", value_parser = rule)]
    pub rules: Vec<(String, String)>,

    /// How fast calls go: `real`, `fast` as they can, or `x10`
    #[arg(long, value_name = "PACE", value_parser = pace, default_value = "real")]
    pub pace: Pace,

    /// What goes wrong and how often, such as `duplicates=2%,lost-answers=0.5%`; a wrong
    /// name is answered with all of them
    #[arg(long, value_name = "LIST", value_parser = faults, default_value = "")]
    pub faults: Faults,

    /// What chance begins with: the same seed, the same faults and callers
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// Who takes every call, and calls: a caller from a file of scenarios
    #[arg(long, value_name = "FILE")]
    pub caller: Option<PathBuf>,

    /// Who takes every call, and calls: somebody who presses keys at random, is silent or
    /// hangs up. It is so unless there is a `--caller`
    #[arg(long, conflicts_with = "caller")]
    pub walk: bool,

    /// Call this number, and end when that is done; by default once somebody has
    /// registered a webhook for it
    #[arg(long, value_name = "NUMBER", value_parser = number)]
    pub call: Option<PhoneNumber>,

    /// Who calls
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = "+6591234567",
        requires = "call"
    )]
    pub from: String,

    /// How many calls to make
    #[arg(long, value_name = "N", default_value_t = 1, requires = "call")]
    pub calls: u32,

    /// How many calls are up at once, at most
    #[arg(long, value_name = "N", default_value_t = 1, requires = "call", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub at_once: u32,

    /// Where webhooks go that nobody has registered for
    #[arg(long, value_name = "URL")]
    pub target: Option<String>,

    /// The `Authorization` header of webhooks that go to `--target`
    #[arg(
        long,
        value_name = "VALUE",
        env = "RINGFLOW_AUTH_HEADER",
        hide_env_values = true
    )]
    pub auth_header: Option<SecretString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AsksAgainSetting {
    List,
    Action,
}

impl EmulateSettings {
    /// All that is chosen of what is left open.
    pub fn rules(&self) -> Rules {
        let mut rules = Rules {
            asks_again: match self.asks_again {
                AsksAgainSetting::List => AsksAgain::AfterTheList,
                AsksAgainSetting::Action => AsksAgain::AfterEachAction,
            },
            ..Rules::default()
        };
        for (name, choice) in &self.rules {
            // It was looked at when it was read.
            let _ = rules.choose(name, choice);
        }
        rules
    }
}

fn rule(text: &str) -> Result<(String, String), String> {
    let (name, choice) = text
        .split_once('=')
        .ok_or("write a name and a choice, as in `barge-in=no`")?;
    Rules::default().choose(name, choice)?;
    Ok((name.to_owned(), choice.to_owned()))
}

fn number(text: &str) -> Result<PhoneNumber, String> {
    text.parse().map_err(|why| format!("{why}"))
}

fn subaccount(text: &str) -> Result<String, String> {
    match is_subaccount(text) {
        true => Ok(text.to_owned()),
        false => Err("one has 3 to 50 letters, digits and `-._&`".to_owned()),
    }
}
