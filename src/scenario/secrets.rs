//! What a scenario keys in where a secret is asked for. The test file holds it; what is
//! told of the test does not.

use std::collections::BTreeSet;
use std::fmt;

use crate::flow::{Flow, Located};

use super::document::{Scenario, Step};

/// Fewer keys than this are in every other text by chance, and are left there.
const FEWEST: usize = 4;
/// Stands for a key.
const HIDDEN: char = '•';

/// The steps that key in a secret, and what they key in.
#[derive(Clone, Default)]
pub struct Secrets {
    steps: BTreeSet<usize>,
    /// Each once, in the order in which they are keyed in.
    keys: Vec<Box<str>>,
    /// Short ones are hidden too.
    hides_short: bool,
}

impl Secrets {
    /// What was keyed in as a secret by these steps of a run that got as far as `acted`.
    /// Of the steps behind it nobody knows what they would have answered: where the flow
    /// asks for secrets, more than one key may be one.
    pub fn of(
        scenario: &Scenario,
        flow: &Flow,
        answered: &[usize],
        acted: impl Fn(usize) -> bool,
    ) -> Self {
        let mut secrets = Secrets::default();
        for (index, step) in scenario.steps.iter().enumerate() {
            let Step::Press(keys) = &step.value else {
                continue;
            };
            let unknown = !acted(index) && flow.asks_for_secret() && keys.chars().count() > 1;
            if answered.contains(&index) || unknown {
                secrets.steps.insert(index);
                if !secrets.keys.iter().any(|known| **known == **keys) {
                    secrets.keys.push(keys.as_str().into());
                }
            }
        }
        secrets
    }

    /// All that these steps key in but single keys, where nobody knows what is secret of it.
    pub fn of_all(steps: &[Located<Step>]) -> Self {
        let mut secrets = Secrets {
            hides_short: true,
            ..Secrets::default()
        };
        for (index, step) in steps.iter().enumerate() {
            if let Step::Press(keys) = &step.value
                && keys.chars().count() > 1
            {
                secrets.steps.insert(index);
                secrets.keys.push(keys.as_str().into());
            }
        }
        secrets
    }

    /// True where this step keys in a secret.
    pub fn has(&self, step: usize) -> bool {
        self.steps.contains(&step)
    }

    /// The steps that key in a secret.
    pub fn steps(&self) -> impl Iterator<Item = usize> + '_ {
        self.steps.iter().copied()
    }

    /// The name of a shell's variable that stands for these keys.
    pub fn placeholder(&self, keys: &str) -> String {
        let at = self.keys.iter().position(|known| **known == *keys);
        match (at, self.keys.len()) {
            (Some(at), 2..) => format!("SECRET_{}", at + 1),
            _ => "SECRET".to_owned(),
        }
    }

    /// The text without a secret: with a dot for each of its digits, also where they stand
    /// apart from each other. A number with a `+` in front is one to dial, and stays.
    pub fn hide(&self, text: &str) -> String {
        let digits = digits_of(text);
        let mut hidden = BTreeSet::new();
        for keys in &self.keys {
            let keys: Vec<char> = keys.chars().filter(char::is_ascii_digit).collect();
            let fewest = if self.hides_short { 2 } else { FEWEST };
            if keys.len() < fewest {
                continue;
            }
            for run in &digits {
                for window in run.windows(keys.len()) {
                    if window.iter().map(|(_, digit)| digit).eq(&keys) {
                        hidden.extend(window.iter().map(|(at, _)| *at));
                    }
                }
            }
        }
        let letters = text.char_indices();
        letters
            .map(|(at, letter)| if hidden.contains(&at) { HIDDEN } else { letter })
            .collect()
    }
}

/// The digits of a text with their places, in runs with nothing but spaces and signs
/// between them.
fn digits_of(text: &str) -> Vec<Vec<(usize, char)>> {
    let mut runs: Vec<Vec<(usize, char)>> = vec![Vec::new()];
    let mut dialled = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '0'..='9' if !dialled => {
                if let Some(run) = runs.last_mut() {
                    run.push((at, letter));
                }
            }
            '0'..='9' => {}
            '+' => {
                dialled = true;
                runs.push(Vec::new());
            }
            letter if letter.is_alphanumeric() => {
                dialled = false;
                runs.push(Vec::new());
            }
            _ => dialled = false,
        }
    }
    runs
}

/// Never the keys.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("steps", &self.steps)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(keys: &[&str]) -> Secrets {
        Secrets {
            steps: BTreeSet::from([0]),
            keys: keys.iter().map(|keys| Box::from(*keys)).collect(),
            hides_short: false,
        }
    }

    #[test]
    fn a_secret_is_hidden_however_it_is_written() {
        let pin = secrets(&["8351#"]);
        for (text, hidden) in [
            ("It is 8351.", "It is ••••."),
            ("8 3 5 1, and 8, 3, 5, 1", "• • • •, and •, •, •, •"),
            ("98351x", "9••••x"),
            ("It is 835 and 1.", "It is 835 and 1."),
            ("+6583518351 is dialled", "+6583518351 is dialled"),
            ("+65 8351", "+65 ••••"),
            ("", ""),
        ] {
            assert_eq!(pin.hide(text), hidden);
        }
        assert_eq!(secrets(&["12"]).hide("at 12:00"), "at 12:00");
        assert_eq!(Secrets::default().hide("8351"), "8351");
    }

    #[test]
    fn each_secret_has_a_name_of_its_own() {
        assert_eq!(secrets(&["8351"]).placeholder("8351"), "SECRET");
        let two = secrets(&["8351", "9999"]);
        assert_eq!(two.placeholder("9999"), "SECRET_2");
        assert!(!format!("{two:?}").contains("8351"));
    }
}
