//! How often what goes wrong.

use crate::platform::drive::Faults;

/// The names of the faults.
const NAMES: &str = "duplicates, late-duplicates, new-event-ids, reordered, lost-answers, \
                     slow-bodies, cut-bodies, delays, missing-summaries, digit-shapes";

/// Reads a list such as `duplicates=2%,reordered=0.01`; the shares are of 0 to 1, or of
/// 100 with `%`.
pub fn faults(text: &str) -> Result<Faults, String> {
    let mut faults = Faults::NONE;
    for part in text.split(',').filter(|part| !part.trim().is_empty()) {
        let (name, share) = part
            .split_once('=')
            .ok_or("write a name and its share, as in `duplicates=2%`")?;
        let place = match name.trim() {
            "duplicates" => &mut faults.duplicates,
            "late-duplicates" => &mut faults.late_duplicates,
            "new-event-ids" => &mut faults.new_event_ids,
            "reordered" => &mut faults.reordered,
            "lost-answers" => &mut faults.lost_answers,
            "slow-bodies" => &mut faults.slow_bodies,
            "cut-bodies" => &mut faults.cut_bodies,
            "delays" => &mut faults.delays,
            "missing-summaries" => &mut faults.missing_summaries,
            "digit-shapes" => &mut faults.digit_shapes,
            other => return Err(format!("there is no fault `{other}`; there are {NAMES}")),
        };
        *place = of(share.trim())?;
    }
    Ok(faults)
}

fn of(text: &str) -> Result<f64, String> {
    let (number, scale) = match text.strip_suffix('%') {
        Some(number) => (number, 100.0),
        None => (text, 1.0),
    };
    let share = number.trim().parse::<f64>().ok().map(|share| share / scale);
    share
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| format!("`{text}` is no share; write one such as `2%` or `0.02`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_by_name() {
        let read = faults("duplicates=2%, reordered=0.01,lost-answers=0.5%").unwrap();
        let wanted = Faults {
            duplicates: 0.02,
            reordered: 0.01,
            lost_answers: 0.005,
            ..Faults::NONE
        };
        assert_eq!(read, wanted);
        for name in NAMES.split(", ") {
            assert_ne!(faults(&format!("{name}=1")), Ok(Faults::NONE), "{name}");
        }
        for bad in [
            "duplicates",
            "echo=1%",
            "delays=-1",
            "delays=101%",
            "delays=NaN",
            "delays=often",
        ] {
            assert!(faults(bad).is_err(), "{bad}");
        }
    }
}
