//! What operators have decided of opening hours, over the calendar.

use jiff::Timestamp;

use crate::flow::Hours;

/// Decisions by flow and hours. They are few, and most often there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    entries: Vec<Override>,
}

/// One decision, which wins over the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The name of the flow.
    pub flow: Box<str>,
    /// The name of the hours in it.
    pub hours: Box<str>,
    pub open: bool,
    /// When it ends by itself; `None` for one that is ended by hand.
    pub until: Option<Timestamp>,
}

impl Override {
    /// True while it holds.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl Overrides {
    /// No decision: the calendar alone.
    pub const NONE: &Overrides = &Overrides {
        entries: Vec::new(),
    };

    /// All of them, in the order of their names.
    pub fn entries(&self) -> &[Override] {
        &self.entries
    }

    /// What holds now for the hours of a flow.
    pub fn of(&self, flow: &str, hours: &str, now: Timestamp) -> Option<&Override> {
        let mut entries = self.entries.iter();
        entries.find(|entry| *entry.flow == *flow && *entry.hours == *hours && entry.holds(now))
    }

    /// Puts a decision in the place of the one before.
    pub fn put(&mut self, decision: Override) {
        self.take(&decision.flow, &decision.hours);
        self.entries.push(decision);
        self.entries
            .sort_by(|a, b| (&a.flow, &a.hours).cmp(&(&b.flow, &b.hours)));
    }

    /// Takes a decision back, if there was one.
    pub fn take(&mut self, flow: &str, hours: &str) -> Option<Override> {
        let same = |entry: &Override| *entry.flow == *flow && *entry.hours == *hours;
        let at = self.entries.iter().position(same)?;
        Some(self.entries.remove(at))
    }

    /// Takes out those that have ended by themselves.
    pub fn take_ended(&mut self, now: Timestamp) -> Vec<Override> {
        let (holding, ended) = std::mem::take(&mut self.entries)
            .into_iter()
            .partition(|entry| entry.holds(now));
        self.entries = holding;
        ended
    }

    /// Whether the hours of a flow are open now, and when that changes next; as
    /// [`Hours::at`] has it, with what was decided.
    pub fn until(&self, flow: &str, hours: &Hours, now: Timestamp) -> (bool, Option<Timestamp>) {
        let calendar = hours.at(now);
        let Some(decided) = self.of(flow, hours.name(), now) else {
            return (calendar.verdict.open, calendar.until);
        };
        let Some(until) = decided.until else {
            return (decided.open, None);
        };
        let behind = hours.at(until);
        match behind.verdict.open == decided.open {
            true => (decided.open, behind.until),
            false => (decided.open, Some(until)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(hours: &str, open: bool, until: Option<i64>) -> Override {
        Override {
            flow: "clinic".into(),
            hours: hours.into(),
            open,
            until: until.map(second),
        }
    }

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_decision_holds_until_its_time_and_the_last_one_wins() {
        let mut overrides = Overrides::default();
        overrides.put(decision("office", true, Some(10)));
        overrides.put(decision("desk", false, None));
        let open = |overrides: &Overrides, hours, now| {
            let found = overrides.of("clinic", hours, second(now));
            found.map(|decision| decision.open)
        };
        assert_eq!(open(&overrides, "office", 9), Some(true));
        assert_eq!(open(&overrides, "office", 10), None);
        assert_eq!(open(&overrides, "desk", 10), Some(false));
        assert_eq!(overrides.of("bank", "desk", second(1)), None);
        assert_eq!(overrides.entries()[0].hours.as_ref(), "desk");

        overrides.put(decision("office", false, Some(20)));
        assert_eq!(overrides.entries().len(), 2);
        assert_eq!(open(&overrides, "office", 10), Some(false));
        let ended = overrides.take_ended(second(20));
        assert_eq!(ended, [decision("office", false, Some(20))]);
        assert_eq!(overrides.take_ended(second(20)), []);
        assert!(overrides.take("clinic", "desk").is_some());
        assert_eq!(&overrides, Overrides::NONE);
    }
}
