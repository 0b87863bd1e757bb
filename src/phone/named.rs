//! The rules by their names, for whoever chooses them in a setting.

use super::rules::{AsksAgain, OnTimeout, Rules, ShownLeg, TimesFrom};
use crate::wire::DigitShape;

impl Rules {
    /// Every name with what can be chosen, the default first.
    pub const NAMES: [(&str, &[&str]); 15] = [
        ("asks-again", &["list", "action"]),
        (
            "digits",
            &["object", "text", "payload", "object-or-nothing"],
        ),
        ("times-from", &["prompt-end", "prompt-start"]),
        ("on-timeout", &["reported", "lost"]),
        ("barge-in", &["yes", "no"]),
        ("keeps-keys", &["no", "yes"]),
        ("keeps-hash", &["no", "yes"]),
        ("bridge-shows", &["b", "a", "a-with-outcome-of-b"]),
        ("tells-status", &["yes", "no"]),
        ("busy-ends", &["no", "yes"]),
        ("cancel-asks", &["no", "yes"]),
        ("arrives-as-status", &["no", "yes"]),
        ("equal-timeouts", &["no", "yes"]),
        ("counts-calls-of-session", &["no", "yes"]),
        ("takes-markup", &["no", "yes"]),
    ];

    /// Chooses a reading by its name.
    ///
    /// # Errors
    /// In plain words, where there is no such rule or no such choice.
    pub fn choose(&mut self, name: &str, choice: &str) -> Result<(), String> {
        let mut all = Self::NAMES.iter();
        let Some((_, choices)) = all.find(|(known, _)| *known == name) else {
            let names: Vec<&str> = Self::NAMES.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "there is no rule `{name}`; there are {}",
                names.join(", ")
            ));
        };
        if !choices.contains(&choice) {
            return Err(format!("`{name}` can be {}", choices.join(", ")));
        }
        let yes = choice == "yes";
        match name {
            "asks-again" => {
                self.asks_again = match choice {
                    "action" => AsksAgain::AfterEachAction,
                    _ => AsksAgain::AfterTheList,
                }
            }
            "digits" => {
                self.digits = match choice {
                    "text" => DigitShape::Text,
                    "payload" => DigitShape::Payload,
                    "object-or-nothing" => DigitShape::ObjectOrNothing,
                    _ => DigitShape::Object,
                }
            }
            "times-from" => {
                self.times_from = match choice {
                    "prompt-start" => TimesFrom::PromptStart,
                    _ => TimesFrom::PromptEnd,
                }
            }
            "on-timeout" => {
                self.on_timeout = match choice {
                    "lost" => OnTimeout::Lost,
                    _ => OnTimeout::Reported,
                }
            }
            "bridge-shows" => {
                self.bridge_shows = match choice {
                    "a" => ShownLeg::A,
                    "a-with-outcome-of-b" => ShownLeg::AWithOutcomeOfB,
                    _ => ShownLeg::B,
                }
            }
            "barge-in" => self.barge_in = yes,
            "keeps-keys" => self.keeps_keys = yes,
            "keeps-hash" => self.keeps_hash = yes,
            "tells-status" => self.tells_status = yes,
            "busy-ends" => self.busy_ends = yes,
            "cancel-asks" => self.cancel_asks = yes,
            "arrives-as-status" => self.arrives_as_status = yes,
            "equal-timeouts" => self.equal_timeouts = yes,
            "counts-calls-of-session" => self.counts_calls_of_session = yes,
            _ => self.takes_markup = yes,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_choice_is_the_default_and_every_other_changes_something() {
        for (name, choices) in Rules::NAMES {
            let mut seen = Vec::new();
            for (index, choice) in choices.iter().enumerate() {
                let mut rules = Rules::default();
                rules.choose(name, choice).unwrap();
                assert_eq!(rules == Rules::default(), index == 0, "{name}={choice}");
                assert!(!seen.contains(&rules), "{name}={choice}");
                seen.push(rules);
            }
            let wrong = Rules::default().choose(name, "maybe").unwrap_err();
            assert!(wrong.contains(choices[0]), "{wrong}");
        }
        let wrong = Rules::default().choose("asks", "list").unwrap_err();
        assert!(wrong.contains("asks-again"), "{wrong}");
    }
}
