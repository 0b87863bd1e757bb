//! Whether the platform takes a callflow. The first action that breaks a rule decides,
//! and of several rules that it breaks the one whose code comes first.

use jiff::Timestamp;

use super::account::Account;
use super::check::Check;
use super::order::Order;
use super::refused::Refused;
use super::rules::Rules;
use crate::wire::{ActionKind, Callflow, Loose};

/// What callflows are judged by.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    pub rules: &'a Rules,
    pub account: &'a Account,
    /// How many `makeCall` were taken before, where they count.
    pub calls: usize,
}

/// The most `makeCall` in one callflow.
const MAX_CALLS: usize = 2;

impl Judge<'_> {
    /// The answer to a webhook, as actions to run and the token that comes back.
    pub fn answer(&self, body: &[u8]) -> Result<(Vec<Order>, Option<String>), Refused> {
        let callflow = read(body)?;
        let token = text_of(callflow.token.as_ref(), Callflow::TOKEN)?;
        Ok((self.actions(&callflow, false)?, token))
    }

    /// A request that starts a call, with the request's own name for it and the time
    /// until which it may be started.
    pub fn request(&self, body: &[u8], now: Timestamp) -> Result<Request, Refused> {
        let callflow = read(body)?;
        text_of(callflow.token.as_ref(), Callflow::TOKEN)?;
        let id = text_of(callflow.request_id.as_ref(), Callflow::REQUEST_ID)?;
        let valid_until = match text_of(callflow.valid_until.as_ref(), Callflow::VALID_UNTIL)? {
            None => None,
            Some(text) => Some(text.parse::<Timestamp>().map_err(|_| {
                let rule = "does not match the date-time pattern";
                Refused::new(
                    Refused::ENTRY,
                    format!("$.{}: {rule}", Callflow::VALID_UNTIL),
                )
            })?),
        };
        let orders = self.actions(&callflow, true)?;
        if valid_until.is_some_and(|until| until <= now) {
            let rule = "Invalid Callflow : validUntil has passed";
            return Err(Refused::new(Refused::TOO_LATE, rule));
        }
        Ok(Request {
            orders,
            id,
            valid_until,
        })
    }

    fn actions(&self, callflow: &Callflow, starts: bool) -> Result<Vec<Order>, Refused> {
        let mut orders = Vec::new();
        let mut calls = self.calls;
        for (index, action) in callflow.actions.iter().enumerate() {
            let is_last = index + 1 == callflow.actions.len();
            let mut check = Check {
                judge: self,
                index,
                action,
                found: Vec::new(),
            };
            let order = check.order();
            match action.kind {
                Some(ActionKind::MakeCall) => {
                    calls += 1;
                    if calls > MAX_CALLS {
                        let rule = "Invalid Callflow : makeCall is allowed at most 2 times";
                        check.refuse(Refused::TOO_OFTEN, rule);
                    }
                }
                Some(ActionKind::Hangup) if !is_last => check.refuse(
                    Refused::HANGUP,
                    "Invalid Callflow : hangup should be the last action",
                ),
                Some(ActionKind::SayAndCapture) if !self.account.has_webhook => check.refuse(
                    Refused::NO_WEBHOOK,
                    "Invalid Callflow : no callback URL for DTMF is configured",
                ),
                _ => {}
            }
            if starts && index == 0 && action.kind != Some(ActionKind::MakeCall) {
                let rule = "Invalid Callflow : First action should be a MakeCall action";
                check.refuse(Refused::FIRST, rule);
            }
            match (Refused::first(check.found), order) {
                (Some(refused), _) => return Err(refused),
                (None, Some(order)) => orders.push(order),
                (None, None) => {
                    let rule = format!("{}: is invalid", Callflow::place_of_name(index));
                    return Err(Refused::new(Refused::ENTRY, rule));
                }
            }
        }
        Ok(orders)
    }
}

/// A request that starts a call.
pub(super) struct Request {
    pub orders: Vec<Order>,
    pub id: Option<String>,
    pub valid_until: Option<Timestamp>,
}

fn read(body: &[u8]) -> Result<Callflow, Refused> {
    use crate::wire::NoCallflow;

    Callflow::read(body).map_err(|error| {
        let code = match error {
            NoCallflow::NotJson(_) => Refused::NOT_JSON,
            _ => Refused::ENTRY,
        };
        Refused::new(code, error.to_string())
    })
}

fn text_of(value: Option<&Loose>, name: &str) -> Result<Option<String>, Refused> {
    match value {
        None => Ok(None),
        Some(Loose::Text(text)) => Ok(Some(text.clone())),
        Some(other) => {
            let rule = format!("$.{name}: {} found, string expected", other.kind());
            Err(Refused::new(Refused::ENTRY, rule))
        }
    }
}
