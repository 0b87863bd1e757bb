//! When calls begin.

use std::time::Duration;

use crate::platform::drive::Dice;

/// What decides when a call begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arrivals {
    /// A schedule, which takes no notice of the server: an open loop.
    Open { rate: f64, spacing: Spacing },
    /// The end of the call before: so many callers, each with one call after the other. A
    /// server that is slow is called less often: a closed loop.
    Closed { at_once: usize },
}

/// How long there is between two calls of an open loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
    /// By chance, as callers come who know nothing of each other: a Poisson process.
    Random,
    /// Always the same.
    Even,
}

/// The beginnings of the calls of an open loop, in order, each as the time since the
/// beginning of the load. The rate rises from nothing over the ramp, in a straight line.
/// The same seed gives the same.
#[derive(Debug, Clone)]
pub struct Schedule {
    rate: f64,
    ramp: f64,
    duration: f64,
    spacing: Spacing,
    dice: Dice,
    /// Where the last call lies on a line on which there is one call in each unit.
    place: f64,
    is_first: bool,
}

/// Dice that nothing else throws.
const ARRIVALS: u64 = 0x0061_7272_6976_616c;

impl Schedule {
    /// So many calls a second, all of which begin within the duration. A rate that is none
    /// gives no call.
    pub fn new(rate: f64, spacing: Spacing, duration: Duration, ramp: Duration, seed: u64) -> Self {
        let is_rate = rate.is_finite() && rate > 0.0;
        Schedule {
            rate,
            ramp: ramp.as_secs_f64(),
            duration: if is_rate { duration.as_secs_f64() } else { 0.0 },
            spacing,
            dice: Dice::at(seed, &[ARRIVALS]),
            place: 0.0,
            is_first: true,
        }
    }

    /// After how many seconds so many calls have begun.
    fn seconds(&self, calls: f64) -> f64 {
        let in_ramp = self.rate * self.ramp / 2.0;
        match calls < in_ramp {
            true => (2.0 * calls * self.ramp / self.rate).sqrt(),
            false => calls / self.rate + self.ramp / 2.0,
        }
    }
}

impl Iterator for Schedule {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.place += match (self.spacing, self.is_first) {
            (Spacing::Random, _) => -(1.0 - self.dice.share()).ln(),
            (Spacing::Even, true) => 0.0,
            (Spacing::Even, false) => 1.0,
        };
        self.is_first = false;
        let seconds = self.seconds(self.place);
        match seconds < self.duration {
            true => Duration::try_from_secs_f64(seconds).ok(),
            false => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(spacing: Spacing, ramp_s: u64, seed: u64) -> Vec<Duration> {
        let (duration, ramp) = (Duration::from_secs(100), Duration::from_secs(ramp_s));
        Schedule::new(50.0, spacing, duration, ramp, seed).collect()
    }

    fn between(starts: &[Duration], from: u64, to: u64) -> usize {
        let span = Duration::from_secs(from)..Duration::from_secs(to);
        starts.iter().filter(|start| span.contains(start)).count()
    }

    #[test]
    fn even_calls_are_as_far_apart_as_the_rate_says() {
        let starts = starts(Spacing::Even, 0, 1);
        assert_eq!(starts.len(), 5_000);
        assert_eq!(starts[0], Duration::ZERO);
        assert_eq!(starts[50], Duration::from_secs(1));
    }

    #[test]
    fn random_calls_come_in_order_at_the_rate_and_by_the_seed() {
        let one = starts(Spacing::Random, 0, 1);
        assert!((4_800..5_200).contains(&one.len()), "{}", one.len());
        assert!(one.is_sorted());
        assert_eq!(one, starts(Spacing::Random, 0, 1));
        assert_ne!(one, starts(Spacing::Random, 0, 2));
        // Of a Poisson process as many gaps are longer than the mean as 1/e says.
        let long = one
            .windows(2)
            .filter(|pair| pair[1] - pair[0] > Duration::from_millis(20));
        let share = long.count() as f64 / one.len() as f64;
        assert!((0.34..0.40).contains(&share), "{share}");
    }

    #[test]
    fn a_ramp_rises_in_a_straight_line() {
        let starts = starts(Spacing::Even, 40, 1);
        // The area below the line: half of the rate over the ramp, all of it behind.
        assert!(between(&starts, 0, 20).abs_diff(250) <= 1);
        assert!(between(&starts, 20, 40).abs_diff(750) <= 1);
        assert!(between(&starts, 40, 100).abs_diff(3_000) <= 1);
    }

    #[test]
    fn a_rate_that_is_none_gives_no_call() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let duration = Duration::from_secs(10);
            let mut schedule = Schedule::new(rate, Spacing::Random, duration, Duration::ZERO, 1);
            assert_eq!(schedule.next(), None, "{rate}");
        }
    }
}
