//! Choices read from a tape of random numbers, so that a failing case shrinks with
//! its tape. Where the tape has run out, every choice is the first.

#[derive(Debug, Clone)]
pub struct Dice<'a> {
    tape: &'a [u16],
}

impl<'a> Dice<'a> {
    pub fn new(tape: &'a [u16]) -> Self {
        Dice { tape }
    }

    pub fn is_over(&self) -> bool {
        self.tape.is_empty()
    }

    /// How many choices are left.
    pub fn left(&self) -> usize {
        self.tape.len()
    }

    /// A number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        let Some((first, rest)) = self.tape.split_first() else {
            return 0;
        };
        self.tape = rest;
        usize::from(*first) % count
    }

    /// True in one of `times` cases, and never when the tape has run out.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}
