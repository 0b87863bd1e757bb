//! What operators decide of opening hours while the process runs: it wins over the
//! calendar, belongs to names, and so outlives every reload, and a restart by a file.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tracing::{error, info};

use crate::flow::{Flow, Hours};
use crate::machine::{Override, Overrides};

use super::calls::Calls;

/// Keeps decisions where the next process finds them.
pub type KeepOverrides = Box<dyn Fn(&Overrides) -> io::Result<()> + Send + Sync>;

/// Where opening hours are decided by hand.
pub struct HoursDesk {
    calls: Arc<Calls>,
    keep: KeepOverrides,
    /// One decision after another, as each is written to the file; turns do not wait.
    deciding: Mutex<()>,
}

/// What an operator orders.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    pub flow: String,
    pub hours: String,
    /// `open`, `closed` or `auto`, which gives them back to the calendar.
    pub set: String,
    /// For how long, in seconds; until it is taken back where there is nothing.
    pub seconds: Option<u64>,
}

/// Why an order is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OrderRefused {
    #[error("{0}")]
    Unknown(String),
    #[error("{0}")]
    Unreadable(String),
    #[error("it cannot be kept: {0}")]
    NotKept(io::Error),
}

/// Opening hours as they are at this moment.
#[derive(Debug, Clone, Serialize)]
pub struct HoursReport {
    pub flow: String,
    pub hours: String,
    pub zone: String,
    pub open: bool,
    /// When that changes; nothing where it does not by itself.
    pub until: Option<String>,
    /// The exception of the calendar that the present day is.
    pub exception: Option<String>,
    /// True where an operator has decided it, over the calendar.
    pub decided: bool,
    /// When the decision ends by itself.
    pub decided_until: Option<String>,
    /// What the calendar says.
    pub calendar_open: bool,
}

impl HoursDesk {
    /// Begins with what was kept.
    pub fn new(calls: &Arc<Calls>, kept: Overrides, keep: KeepOverrides) -> Arc<Self> {
        for one in kept.entries() {
            info!(
                flow = &*one.flow,
                hours = &*one.hours,
                set = if one.open { "open" } else { "closed" },
                until = one.until.map(tracing::field::display),
                "opening hours are as an operator has decided before"
            );
        }
        calls.overrides.store(Arc::new(kept));
        Arc::new(HoursDesk {
            calls: Arc::clone(calls),
            keep,
            deciding: Mutex::default(),
        })
    }

    /// The hours of all flows that are live.
    pub fn report(&self) -> Vec<HoursReport> {
        let (catalog, overrides) = (self.calls.catalog(), self.calls.overrides.load());
        let now = self.calls.clock.now();
        let all = catalog.flows().iter().flat_map(|flow| {
            let hours = flow.hours().iter();
            hours.map(|hours| HoursReport::of(flow, hours, &overrides, now))
        });
        all.collect()
    }

    /// Carries out an order, and says what the hours are then.
    ///
    /// # Errors
    /// Where there are no such hours, or the decision cannot be kept: then nothing has
    /// changed.
    pub fn order(&self, order: &Order) -> Result<HoursReport, OrderRefused> {
        let _one = self.deciding.lock().unwrap_or_else(PoisonError::into_inner);
        let catalog = self.calls.catalog();
        let found = catalog.named(&order.flow);
        let found = found.and_then(|flow| Some((flow, flow.hours_named(&order.hours)?)));
        let Some((flow, hours)) = found else {
            return Err(OrderRefused::Unknown(self.unknown(order)));
        };
        let now = self.calls.clock.now();
        let open = match order.set.as_str() {
            "open" => Some(true),
            "closed" => Some(false),
            "auto" => None,
            word => {
                let message = format!("`{word}` is none of `open`, `closed` and `auto`");
                return Err(OrderRefused::Unreadable(message));
            }
        };
        let until = order
            .seconds
            .map(|seconds| end_of(now, seconds))
            .transpose()?;
        let mut overrides = Overrides::clone(&self.calls.overrides.load());
        overrides.take(&order.flow, &order.hours);
        if let Some(open) = open {
            overrides.put(Override {
                flow: order.flow.as_str().into(),
                hours: order.hours.as_str().into(),
                open,
                until,
            });
        }
        (self.keep)(&overrides).map_err(OrderRefused::NotKept)?;
        let overrides = Arc::new(overrides);
        self.calls.overrides.store(Arc::clone(&overrides));
        info!(
            flow = order.flow,
            hours = order.hours,
            set = order.set,
            until = until.map(tracing::field::display),
            "opening hours were decided by an operator"
        );
        Ok(HoursReport::of(flow, hours, &overrides, now))
    }

    /// Takes out what has ended by itself, which holds no more in any case.
    pub fn sweep(&self) {
        let now = self.calls.clock.now();
        if self
            .calls
            .overrides
            .load()
            .entries()
            .iter()
            .all(|one| one.holds(now))
        {
            return;
        }
        let _one = self.deciding.lock().unwrap_or_else(PoisonError::into_inner);
        let mut overrides = Overrides::clone(&self.calls.overrides.load());
        let ended = overrides.take_ended(now);
        if let Err(error) = (self.keep)(&overrides) {
            error!(%error, "what is decided of opening hours cannot be kept");
        }
        self.calls.overrides.store(Arc::new(overrides));
        for one in ended {
            info!(
                flow = &*one.flow,
                hours = &*one.hours,
                "opening hours are those of the calendar again"
            );
        }
    }

    fn unknown(&self, order: &Order) -> String {
        let catalog = self.calls.catalog();
        let list = |names: Vec<&str>| format!("`{}`", names.join("`, `"));
        let Some(flow) = catalog.named(&order.flow) else {
            let names = catalog.flows().iter().map(|flow| flow.name()).collect();
            let (name, names) = (&order.flow, list(names));
            return format!("no flow `{name}` is live; there are {names}");
        };
        let names: Vec<&str> = flow.hours().iter().map(Hours::name).collect();
        match names.is_empty() {
            true => format!("the flow `{}` has no hours", order.flow),
            false => format!(
                "the flow `{}` has no hours `{}`; it has {}",
                order.flow,
                order.hours,
                list(names)
            ),
        }
    }
}

/// When what is decided now ends.
fn end_of(now: Timestamp, seconds: u64) -> Result<Timestamp, OrderRefused> {
    let long = SignedDuration::try_from(Duration::from_secs(seconds)).ok();
    let end = long.and_then(|long| now.checked_add(long).ok());
    end.filter(|end| *end > now).ok_or_else(|| {
        let message = format!("{seconds} seconds are no time that can be waited for");
        OrderRefused::Unreadable(message)
    })
}

impl HoursReport {
    /// The hours of a flow at a moment, with what is decided.
    pub fn of(flow: &Flow, hours: &Hours, overrides: &Overrides, now: Timestamp) -> Self {
        let verdict = hours.judge(now);
        let (open, until) = overrides.until(flow.name(), hours, now);
        let decided = overrides.of(flow.name(), hours.name(), now);
        let local = |at: Timestamp| {
            let zone = hours.zone();
            at.display_with_offset(zone.to_offset(at)).to_string()
        };
        HoursReport {
            flow: flow.name().to_owned(),
            hours: hours.name().to_owned(),
            zone: hours.zone().iana_name().unwrap_or("UTC").to_owned(),
            open,
            until: until.map(local),
            exception: verdict
                .exception
                .map(|at| hours.exceptions()[usize::from(at)].name.to_string()),
            decided: decided.is_some(),
            decided_until: decided.and_then(|one| one.until).map(local),
            calendar_open: verdict.open,
        }
    }
}
