//! How fast calls go.

use crate::platform::drive::Pace;

/// Reads `real`, `fast`, or `x10` for ten times as fast as real.
pub fn pace(text: &str) -> Result<Pace, String> {
    let wrong =
        || "write `real`, `fast`, or how many times as fast as real, as in `x10`".to_owned();
    match text {
        "real" => Ok(Pace::Real),
        "fast" => Ok(Pace::Fast),
        text => {
            let times: Option<f64> = text.strip_prefix('x').and_then(|times| times.parse().ok());
            let times = times.filter(|times| times.is_finite() && *times > 0.0);
            times.map(Pace::Times).ok_or_else(wrong)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_a_word_or_a_number_of_times() {
        assert_eq!(pace("real"), Ok(Pace::Real));
        assert_eq!(pace("fast"), Ok(Pace::Fast));
        assert_eq!(pace("x2.5"), Ok(Pace::Times(2.5)));
        for bad in ["", "x", "x0", "x-1", "xinf", "10", "slow"] {
            assert!(pace(bad).is_err(), "{bad}");
        }
    }
}
