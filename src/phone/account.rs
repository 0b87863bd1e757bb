//! What the platform knows of a customer, against which callflows are checked.

use crate::call::PhoneNumber;

/// A subaccount. By default everything is allowed that has the right form.
#[derive(Debug, Clone)]
pub struct Account {
    pub name: String,
    /// The virtual numbers, the only ones that may call; `None` allows every number.
    pub numbers: Option<Vec<PhoneNumber>>,
    /// The voices there are; `None` for every code.
    pub voices: Option<Vec<String>>,
    /// Calls may be recorded.
    pub records: bool,
    /// There is an address for webhooks of calls that wait.
    pub has_webhook: bool,
}

impl Default for Account {
    fn default() -> Self {
        Account {
            name: "ringflow".to_owned(),
            numbers: None,
            voices: None,
            records: true,
            has_webhook: true,
        }
    }
}
