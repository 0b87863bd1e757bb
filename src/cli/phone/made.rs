//! A call that is made from the terminal.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::when;
use crate::call::PhoneNumber;
use crate::flow::Flow;
use crate::phone::Rules;

/// The number that a flow is called at which answers every number, or none.
pub const ANY_NUMBER: &str = "+6561110000";

/// A call that is made, and made again.
#[derive(Debug, Clone)]
pub struct Call {
    /// What is called, as it is shown.
    pub title: String,
    pub from: String,
    /// Our number.
    pub to: String,
    /// We start the call: `from` is called, and takes it.
    pub outbound: bool,
    pub at: Timestamp,
    /// The zone in which times are read and shown.
    pub zone: TimeZone,
    /// The session's id; later calls get a number behind it.
    pub session: String,
    pub rules: Rules,
}

impl Call {
    /// A call to a flow in memory, at the usual time.
    pub fn to(flow: &Flow, from: &str, session: &str) -> Call {
        let mut call = Call {
            title: String::new(),
            from: from.to_owned(),
            to: String::new(),
            outbound: false,
            at: when::usual(flow.zone()),
            zone: flow.zone().clone(),
            session: session.to_owned(),
            rules: Rules::default(),
        };
        call.aim(flow);
        call
    }

    /// Calls this flow, or this revision of it, from now on.
    pub fn aim(&mut self, flow: &Flow) {
        self.title = format!("{} {}", flow.name(), flow.revision());
        self.to = number_of(flow).to_string();
        self.zone = flow.zone().clone();
    }
}

/// The number at which a flow is called.
pub fn number_of(flow: &Flow) -> PhoneNumber {
    let any = || ANY_NUMBER.parse();
    let first = flow.numbers().first().copied();
    first.unwrap_or_else(|| any().expect("it is a number as it is written here"))
}
