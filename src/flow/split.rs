//! Which side of a `split` a caller gets.
//!
//! A caller draws a [`Lot`] once, and it depends on nothing but who calls. Lot, flow and
//! state together give a point on a line on which the sides lie one behind the other, as
//! long as their weights say. So a caller gets the same side in every process and every
//! revision, and other weights move only those whose point a border has passed.

use sha2::{Digest, Sha256};

use super::resolved::first_u64;
use super::state::Target;

/// What a caller has drawn for every `split` there is: the beginning of a hash of the
/// number. It is small, so that a token has room for it where the number is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lot(pub u16);

impl Lot {
    /// The lot of whoever is called so.
    pub fn of(caller: &str) -> Self {
        Lot((first_u64(&Sha256::digest(caller.as_bytes())) >> 48) as u16)
    }

    /// Where it lies in a state of a flow, on a line as long as all numbers of 64 bits.
    fn point(self, flow: &str, state: &str) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.0.to_be_bytes());
        hash.update((flow.len() as u64).to_be_bytes());
        hash.update(flow);
        hash.update(state);
        first_u64(&hash.finalize())
    }
}

/// The sides of a `split`, in the order in which they are written.
#[derive(Debug)]
pub struct Split {
    pub sides: Vec<Side>,
}

#[derive(Debug)]
pub struct Side {
    pub label: Box<str>,
    /// Its part of the sum of all weights, of which one at least is above 0.
    pub weight: u32,
    pub target: Target,
}

impl Split {
    fn total(&self) -> u64 {
        self.sides.iter().map(|side| u64::from(side.weight)).sum()
    }

    /// The side, by its place in the list, that a lot gets in this state.
    pub fn side_of(&self, lot: Lot, flow: &str, state: &str) -> u16 {
        let point = u128::from(lot.point(flow, state)) * u128::from(self.total());
        // Less than the sum of all weights.
        let point = (point >> 64) as u64;
        let mut border = 0;
        let side = self.sides.iter().position(|side| {
            border += u64::from(side.weight);
            point < border
        });
        side.unwrap_or_default() as u16
    }

    /// The side with this label, by its place in the list.
    pub fn side_named(&self, label: &str) -> Option<u16> {
        let at = self.sides.iter().position(|side| *side.label == *label);
        at.map(|at| at as u16)
    }

    /// The part of all callers that a side gets, as in `20%` or `33.3%`.
    pub fn share(&self, side: u16) -> String {
        let weight = self
            .sides
            .get(usize::from(side))
            .map_or(0, |side| u64::from(side.weight));
        let total = self.total().max(1);
        let tenths = (weight * 1000 + total / 2) / total;
        match tenths % 10 {
            0 => format!("{}%", tenths / 10),
            tenth => format!("{}.{tenth}%", tenths / 10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(weights: &[u32]) -> Split {
        let sides = weights.iter().zip('a'..).map(|(weight, label)| Side {
            label: label.to_string().into(),
            weight: *weight,
            target: Target::Hangup,
        });
        Split {
            sides: sides.collect(),
        }
    }

    fn sides(weights: &[u32], state: &str, count: u64) -> Vec<u16> {
        let split = split(weights);
        let numbers = (0..count).map(|n| format!("+65{:08}", 90_000_000 + n));
        numbers
            .map(|number| split.side_of(Lot::of(&number), "sales", state))
            .collect()
    }

    fn differing(one: &[u16], other: &[u16]) -> f64 {
        let different = one.iter().zip(other).filter(|(a, b)| a != b).count();
        different as f64 / one.len() as f64
    }

    /// Written down once: whoever changes one of them gives callers another side.
    #[test]
    fn a_caller_gets_the_same_side_for_ever() {
        let lots = ["+6591234567", "+6568332048", "anonymous", ""].map(|who| Lot::of(who).0);
        assert_eq!(lots, [11030, 35005, 12056, 58288]);
        let split = split(&[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        let got: Vec<u16> = (0..12)
            .map(|n| split.side_of(Lot::of(&format!("+659123456{n}")), "sales", "offer"))
            .collect();
        assert_eq!(got, [8, 4, 9, 8, 1, 8, 5, 5, 1, 3, 9, 9]);
    }

    #[test]
    fn each_side_gets_its_part_of_100000_callers() {
        for weights in [&[20, 80][..], &[1, 1, 1], &[0, 3, 1], &[5], &[990, 10]] {
            let got = sides(weights, "offer", 100_000);
            let total: u32 = weights.iter().sum();
            for (side, weight) in weights.iter().enumerate() {
                let mine = got.iter().filter(|got| usize::from(**got) == side).count();
                let share = mine as f64 / 100_000.0;
                let wanted = f64::from(*weight) / f64::from(total);
                assert!(
                    (share - wanted).abs() < 0.006,
                    "{weights:?} {side}: {share}"
                );
                assert!(*weight > 0 || mine == 0, "{weights:?} {side}: {mine}");
            }
        }
    }

    #[test]
    fn other_weights_move_no_more_callers_than_they_must() {
        let before = sides(&[20, 80], "offer", 20_000);
        let after = sides(&[30, 70], "offer", 20_000);
        let moved = differing(&before, &after);
        assert!((0.09..0.11).contains(&moved), "{moved}");
        // And nobody who had the side that has grown.
        assert!(before.iter().zip(&after).all(|(a, b)| *a != 0 || *b == 0));
        let doubled = sides(&[2000, 8000], "offer", 20_000);
        assert_eq!(differing(&before, &doubled), 0.0);
    }

    #[test]
    fn two_states_split_callers_in_ways_that_have_nothing_to_do_with_each_other() {
        let one = sides(&[1, 1], "offer", 20_000);
        let other = sides(&[1, 1], "greeting", 20_000);
        let different = differing(&one, &other);
        assert!((0.48..0.52).contains(&different), "{different}");
    }

    #[test]
    fn shares_are_told_in_per_cent() {
        let shares = |weights: &[u32]| {
            let split = split(weights);
            let all = (0..weights.len() as u16).map(|side| split.share(side));
            all.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shares(&[20, 80]), "20% 80%");
        assert_eq!(shares(&[1, 2]), "33.3% 66.7%");
        assert_eq!(shares(&[0, 7]), "0% 100%");
    }
}
