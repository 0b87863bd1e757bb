//! Chance that can be had again: what is thrown depends on the numbers that it is thrown
//! for, and on nothing that happened before.

/// Dice of one seed.
#[derive(Debug, Clone, Copy)]
pub(in crate::platform) struct Dice {
    state: u64,
}

impl Dice {
    /// The dice for this place: a session, a webhook of it, and what is decided.
    pub fn at(seed: u64, place: &[u64]) -> Self {
        let state = place.iter().fold(mix(seed), |state, part| {
            mix(state ^ mix(part.wrapping_add(STEP)))
        });
        Dice { state }
    }

    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }

    /// A number of 0 to less than 1.
    pub fn share(&mut self) -> f64 {
        // As many bits as such a number has.
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True in this share of all cases.
    pub fn is(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// A number below `count`, which is not 0.
    pub fn below(&mut self, count: u64) -> u64 {
        // So small a lean to the first ones is seen by nobody.
        self.next() % count.max(1)
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> Option<T> {
        let at = self.below(items.len() as u64);
        items.get(at as usize).copied()
    }
}

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The last step of splitmix64, which spreads every bit over all.
fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_thrown_depends_on_the_place_alone() {
        let throw = |seed, place: &[u64]| Dice::at(seed, place).next();
        assert_eq!(throw(1, &[2, 3]), throw(1, &[2, 3]));
        let others = [throw(1, &[2, 3]), throw(1, &[3, 2]), throw(2, &[2, 3])];
        assert!(others[0] != others[1] && others[0] != others[2] && others[1] != others[2]);
    }

    #[test]
    fn a_share_is_met_as_often_as_it_says() {
        let met = (0..100_000u64)
            .filter(|&n| Dice::at(7, &[n]).is(0.02))
            .count();
        assert!((1_800..2_200).contains(&met), "{met}");
    }
}
