//! Times as they are spread: percentiles of a histogram.

use hdrhistogram::Histogram;
use serde::Serialize;

/// The longest time that is told from a longer one, in µs: ten minutes.
const LONGEST_US: u64 = 600_000_000;

/// A histogram of times in µs, exact to a thousandth.
pub(super) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST_US, 3).expect("these bounds are good ones")
}

/// A small one, exact to a hundredth.
pub(super) fn small_histogram() -> Histogram<u32> {
    Histogram::new_with_bounds(1, LONGEST_US, 2).expect("these bounds are good ones")
}

/// How times are spread, in µs.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Spread {
    pub count: u64,
    pub min_us: u64,
    pub mean_us: f64,
    pub p50_us: u64,
    pub p90_us: u64,
    pub p99_us: u64,
    pub p999_us: u64,
    pub max_us: u64,
}

impl Spread {
    pub(super) fn of(times: &Histogram<u64>) -> Self {
        if times.is_empty() {
            return Spread::default();
        }
        let at = |quantile| times.value_at_quantile(quantile).min(times.max());
        Spread {
            count: times.len(),
            min_us: times.min(),
            mean_us: times.mean(),
            p50_us: at(0.5),
            p90_us: at(0.9),
            p99_us: at(0.99),
            p999_us: at(0.999),
            max_us: times.max(),
        }
    }
}

/// One point of the curve of percentiles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// The share of all that took no longer, in per cent.
    pub percentile: f64,
    pub from_due_us: u64,
    pub from_sent_us: u64,
}

/// The curve of percentiles, closer and closer to 100 %, as far as there are times to tell.
pub(super) fn curve(from_due: &Histogram<u64>, from_sent: &Histogram<u64>) -> Vec<Point> {
    let count = from_due.len().min(from_sent.len());
    if count == 0 {
        return Vec::new();
    }
    let point = |quantile: f64| Point {
        // What is left of a hundred is shown without the dust of binary fractions.
        percentile: (quantile * 1e10).round() / 1e8,
        from_due_us: from_due.value_at_quantile(quantile).min(from_due.max()),
        from_sent_us: from_sent.value_at_quantile(quantile).min(from_sent.max()),
    };
    let mut points: Vec<Point> = (0..18).map(|step| point(f64::from(step) / 20.0)).collect();
    let mut left = 0.1;
    while left * count as f64 >= 1.0 {
        for part in [1.0, 0.75, 0.5, 0.35, 0.2] {
            if left * part * count as f64 >= 1.0 {
                points.push(point(1.0 - left * part));
            }
        }
        left /= 10.0;
    }
    points.push(point(1.0));
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_rises_to_the_longest_and_knows_no_more_than_there_is() {
        let mut times = histogram();
        (1..=1_000).for_each(|us| times.record(us * 100).unwrap());
        let curve = curve(&times, &times);
        let percentiles: Vec<f64> = curve.iter().map(|point| point.percentile).collect();
        assert!(percentiles.is_sorted() && curve.is_sorted_by_key(|point| point.from_due_us));
        assert!(
            percentiles.contains(&99.9) && percentiles.contains(&50.0),
            "{percentiles:?}"
        );
        assert_eq!(curve.last().unwrap().from_sent_us, times.max());
        let spread = Spread::of(&times);
        assert!(spread.p50_us.abs_diff(50_000) < 100, "{spread:?}");
        assert_eq!((spread.count, spread.max_us), (1_000, times.max()));
    }

    #[test]
    fn of_nothing_there_is_nothing_to_tell() {
        assert_eq!(Spread::of(&histogram()), Spread::default());
        assert_eq!(curve(&histogram(), &histogram()), []);
    }
}
