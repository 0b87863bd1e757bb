//! How much work the programs of one turn may do together.

/// Operations left. One budget is handed to every program of a turn, so that a
/// flow cannot multiply the work by having many small expressions. What is counted
/// is the same on a busy machine and in a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    granted: u64,
    spent: u64,
}

impl Budget {
    pub fn new(operations: u64) -> Self {
        Budget {
            granted: operations,
            spent: 0,
        }
    }

    pub fn spent(&self) -> u64 {
        self.spent
    }

    pub fn left(&self) -> u64 {
        self.granted - self.spent
    }

    /// Takes `operations` away, at most what is left.
    pub(super) fn spend(&mut self, operations: u64) {
        self.spent += operations.min(self.left());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_spent_than_was_granted() {
        let mut budget = Budget::new(10);
        budget.spend(4);
        assert_eq!((budget.spent(), budget.left()), (4, 6));
        budget.spend(100);
        assert_eq!((budget.spent(), budget.left()), (10, 0));
    }
}
