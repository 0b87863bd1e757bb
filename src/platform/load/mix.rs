//! Which flow a call is for.

use crate::platform::drive::Dice;

/// Numbers that are called, each as often beside the others as its weight says.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    numbers: Vec<(String, f64)>,
    total: f64,
}

/// Dice that nothing else throws.
const NUMBERS: u64 = 0x006e_756d_6265_7273;

impl Mix {
    /// These numbers with their weights. `None` where there is none that has any weight.
    pub fn new(numbers: Vec<(String, f64)>) -> Option<Self> {
        let total = numbers.iter().map(|(_, weight)| weight).sum::<f64>();
        let is_good = numbers.iter().all(|(_, weight)| *weight >= 0.0);
        (is_good && total > 0.0 && total.is_finite()).then_some(Mix { numbers, total })
    }

    /// The number that this call of a seed is for.
    pub fn of(&self, seed: u64, call: u64) -> &str {
        let mut left = Dice::at(seed, &[call, NUMBERS]).share() * self.total;
        let mut last = "";
        for (number, weight) in self.numbers.iter().filter(|(_, weight)| *weight > 0.0) {
            last = number;
            if left < *weight {
                break;
            }
            left -= weight;
        }
        last
    }

    pub fn numbers(&self) -> &[(String, f64)] {
        &self.numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_called_as_often_as_their_weights_say() {
        let mix = |weights: &[(&str, f64)]| {
            let numbers = weights
                .iter()
                .map(|(to, weight)| ((*to).to_owned(), *weight));
            Mix::new(numbers.collect())
        };
        let three = mix(&[("a", 3.0), ("never", 0.0), ("b", 1.0)]).unwrap();
        let count = |to| (0..10_000).filter(|call| three.of(1, *call) == to).count();
        assert!(count("a").abs_diff(7_500) < 200, "{}", count("a"));
        assert_eq!(count("a") + count("b"), 10_000);
        assert!((0..100).any(|call| three.of(1, call) != three.of(2, call)));
        assert_eq!(mix(&[]), None);
        assert_eq!(mix(&[("a", 0.0)]), None);
        assert_eq!(mix(&[("a", 2.0), ("b", -1.0)]), None);
        assert_eq!(mix(&[("a", f64::NAN)]), None);
    }
}
