//! What goes wrong between a platform and a server, by chance that can be had again.

use std::time::Duration;

use super::dice::Dice;
use crate::phone::DigitShape;

/// How often what goes wrong; each a share of 0 to 1 of the webhooks that it can happen to.
/// What happens to a webhook depends on the seed, the session's number and the webhook's
/// place in it alone, so with [`Pace::Fast`](super::Pace::Fast) and the same callers the
/// same happens again.
///
/// None of it is the server's fault, and whatever happens three things hold: the caller
/// hears what would have been heard without it; an event that comes again gets the answer
/// that it got, byte for byte; and no session is left over.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Faults {
    pub seed: u64,
    /// The same event twice at once. Both get the same answer.
    pub duplicates: f64,
    /// The same event once more, one to three turns later or behind the summary. Of the
    /// latest two events it gets the answer that it got. An older one gets that or one given
    /// since, and the call does not go on for it. Behind the summary, or where the last
    /// answer has hung up, `hangup` alone is right too.
    pub late_duplicates: f64,
    /// An event once more under another id, at once or later, of those that can be told to be
    /// old all the same: they hold a token, or tell of an arrival. It gets an answer given for
    /// that event or since, and the call does not go on for it.
    pub new_event_ids: f64,
    /// Out of order: a status comes behind the turn that follows it, the webhook of the turn
    /// before beside the present one, and the summary of a caller who hangs up while we
    /// think in front of what we think about. What holds is that of a late duplicate.
    pub reordered: f64,
    /// The server has answered and the platform has not got it: the event comes again, and
    /// gets the same answer.
    pub lost_answers: f64,
    /// The body of a request comes in drops. It is answered like any other.
    pub slow_bodies: f64,
    /// The connection breaks in the middle of the body, and then the event comes again, whole.
    /// Of the first half nothing is known afterwards.
    pub cut_bodies: f64,
    /// A webhook goes out up to 50 ms late.
    pub delays: f64,
    /// The summary never comes. The session is closed when its time is over.
    pub missing_summaries: f64,
    /// This share of the sessions shows what was keyed in in one of the four shapes by
    /// chance, and the others in that of their line's rules.
    pub digit_shapes: f64,
}

impl Faults {
    /// Nothing goes wrong.
    pub const NONE: Faults = Faults {
        seed: 0,
        duplicates: 0.0,
        late_duplicates: 0.0,
        new_event_ids: 0.0,
        reordered: 0.0,
        lost_answers: 0.0,
        slow_bodies: 0.0,
        cut_bodies: 0.0,
        delays: 0.0,
        missing_summaries: 0.0,
        digit_shapes: 0.0,
    };
}

/// What happens to one webhook.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Happens {
    pub delay: Option<Duration>,
    pub is_cut: bool,
    pub is_slow: bool,
    pub twice: bool,
    /// How many turns later it comes again.
    pub again: Option<u32>,
    /// The same under another id; 0 for at once.
    pub renamed: Option<u32>,
    /// The other id, in the form of a UUID.
    pub other_id: u128,
    pub reordered: bool,
    pub is_lost: bool,
    pub is_missing: bool,
}

/// How much later than it should a webhook goes out at the most, in ms.
const MOST_LATE_MS: u64 = 50;
/// How many turns later an event comes again at the most.
const MOST_TURNS: u64 = 3;

impl Faults {
    /// What happens to the webhook at this place of a session.
    pub(super) fn happens(&self, number: u64, place: u32) -> Happens {
        if *self
            == (Faults {
                seed: self.seed,
                ..Faults::NONE
            })
        {
            return Happens::default();
        }
        let dice = |what: u64| Dice::at(self.seed, &[number, u64::from(place), what]);
        let turns = |share: f64, what: u64, least: u64| {
            let mut dice = dice(what);
            let met = dice.is(share);
            met.then(|| (least + dice.below(MOST_TURNS + 1 - least)) as u32)
        };
        let mut late = dice(7);
        let mut id = dice(10);
        Happens {
            twice: dice(0).is(self.duplicates),
            again: turns(self.late_duplicates, 1, 1),
            renamed: turns(self.new_event_ids, 2, 0),
            other_id: (u128::from(id.next()) << 64) | u128::from(id.next()),
            reordered: dice(3).is(self.reordered),
            is_lost: dice(4).is(self.lost_answers),
            is_slow: dice(5).is(self.slow_bodies),
            is_cut: dice(6).is(self.cut_bodies),
            delay: late
                .is(self.delays)
                .then(|| Duration::from_millis(1 + late.below(MOST_LATE_MS))),
            is_missing: dice(8).is(self.missing_summaries),
        }
    }

    /// The shape in which this session shows digits, where it is not that of its rules.
    pub(super) fn shape(&self, number: u64) -> Option<DigitShape> {
        let mut dice = Dice::at(self.seed, &[number, SHAPE]);
        let met = dice.is(self.digit_shapes);
        met.then(|| dice.pick(&DigitShape::ALL)).flatten()
    }
}

/// A place that no webhook has.
const SHAPE: u64 = u64::MAX;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_depends_on_the_seed_and_the_place_alone() {
        let faults = Faults {
            seed: 5,
            duplicates: 0.5,
            delays: 0.5,
            ..Faults::NONE
        };
        let all = |faults: Faults| (0..64).map(move |place| faults.happens(3, place));
        assert!(all(faults).eq(all(faults)));
        assert!(!all(faults).eq(all(Faults { seed: 6, ..faults })));
        // Another fault that may happen changes nothing of these.
        let more = Faults {
            reordered: 0.5,
            ..faults
        };
        let twice = |faults| all(faults).map(|happens| happens.twice);
        assert!(twice(faults).eq(twice(more)));
        assert!(all(faults).all(|happens| !happens.reordered && !happens.is_lost));
    }

    #[test]
    fn nothing_happens_where_nothing_may() {
        let none = Faults {
            seed: 9,
            ..Faults::NONE
        };
        assert!((0..64).all(|place| none.happens(1, place) == Happens::default()));
        assert_eq!(none.shape(1), None);
    }

    #[test]
    fn all_shapes_are_met() {
        let faults = Faults {
            digit_shapes: 1.0,
            ..Faults::NONE
        };
        for shape in DigitShape::ALL {
            assert!((0..64).any(|number| faults.shape(number) == Some(shape)));
        }
    }
}
