//! A conversation as the steps of a scenario, in the words of test files.

use crate::call::Action;
use crate::phone::OtherSide;

/// What has happened in one call, as far as it may be written down.
#[derive(Default)]
pub struct Story {
    steps: Vec<String>,
    /// What the caller and the other side did, for the scenario's name.
    acts: Vec<String>,
    /// Keys that answered a secret question, by which a text that repeats them is known.
    secrets: Vec<String>,
    is_cut: bool,
}

/// The longest part of a text that a step asks for, in characters.
const PART: usize = 60;
/// The longest name of a scenario, in characters.
const NAME: usize = 60;

impl Story {
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// True where it ends before the call did, at a secret that may not be written.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub fn hears(&mut self, text: &str) {
        let part = part(text);
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_secret = |secret: &String| digits.contains(secret.trim_matches(['*', '#']));
        let is_pattern = part.starts_with(['/', '<']);
        if !part.is_empty() && !is_pattern && !self.secrets.iter().any(is_secret) {
            self.step("hears", &quoted(&part));
        }
    }

    /// What was heard last was written anew: that is what is heard now.
    pub fn hears_instead(&mut self, said: &[Action]) {
        if !self.is_cut
            && self
                .steps
                .last()
                .is_some_and(|step| step.starts_with("hears:"))
        {
            self.steps.pop();
            for action in said {
                match action {
                    Action::Say { text, .. } => self.hears(text.as_str()),
                    Action::SayAndCapture(capture) => self.hears(capture.prompt.as_str()),
                    _ => {}
                }
            }
        }
    }

    /// Keys. Secret ones that are no test value end the story.
    pub fn press(&mut self, keys: &str, is_secret: bool, is_test: bool) {
        if is_secret && !is_test {
            self.secrets.push(keys.to_owned());
            self.is_cut = true;
            return;
        }
        self.step("press", &quoted(keys));
        self.act(match is_secret {
            true => "presses a secret".to_owned(),
            false => format!("presses {keys}"),
        });
    }

    pub fn silence(&mut self) {
        self.step("silence", "true");
        self.act("is silent".to_owned());
    }

    pub fn dialled(&mut self, number: &str) {
        self.step("dialled", number);
    }

    pub fn leg(&mut self, how: OtherSide) {
        let (word, act) = match how {
            OtherSide::Answers { seconds } => {
                (format!("{{answered: {seconds}s}}"), "somebody answers")
            }
            OtherSide::Busy => ("busy".to_owned(), "it is busy"),
            OtherSide::NoAnswer => ("no_answer".to_owned(), "nobody answers"),
            OtherSide::Fails => ("failed".to_owned(), "nobody is reached"),
        };
        self.step("leg", &word);
        self.act(act.to_owned());
    }

    pub fn cancelled(&mut self) {
        self.step("leg", "cancelled");
        self.act("gives up".to_owned());
    }

    pub fn wait(&mut self, ms: u32) {
        let time = match ms % 1000 {
            0 => format!("{}s", ms / 1000),
            _ => format!("{ms}ms"),
        };
        self.step("wait", &time);
    }

    pub fn hangs_up(&mut self) {
        self.step("hangs_up", "true");
        self.act("hangs up".to_owned());
    }

    pub fn hung_up(&mut self) {
        self.step("hung_up", "true");
    }

    fn step(&mut self, word: &str, value: &str) {
        if !self.is_cut {
            self.steps.push(format!("{word}: {value}"));
        }
    }

    fn act(&mut self, act: String) {
        if !self.is_cut {
            self.acts.push(act);
        }
    }

    /// A name that is none of these.
    pub fn name(&self, taken: &[String]) -> String {
        let name = match self.acts.is_empty() {
            true => "only listens".to_owned(),
            false => self.acts.join(", "),
        };
        let mut short: String = name.chars().take(NAME).collect();
        if short.len() < name.len() {
            short = format!("{} …", short.trim_end_matches([',', ' ']));
        }
        unique(&short, taken)
    }

    /// The scenario, its `- ` set in by `indent` spaces.
    pub fn scenario(&self, name: &str, from: &str, at: &str, indent: usize) -> String {
        let pad = " ".repeat(indent);
        let mut text = format!("{pad}- name: {}\n", quoted(name));
        text.push_str(&format!("{pad}  from: {}\n", quoted(from)));
        text.push_str(&format!("{pad}  at: {at}\n"));
        text.push_str(&format!("{pad}  call:\n"));
        for step in &self.steps {
            text.push_str(&format!("{pad}    - {step}\n"));
        }
        if self.is_cut {
            let why = "a secret was keyed in here, which is not written down";
            text.push_str(&format!("{pad}    # {why}\n"));
        }
        text
    }
}

/// This name, or it with a number behind it, where it is taken.
pub fn unique(name: &str, taken: &[String]) -> String {
    let mut unique = name.to_owned();
    let mut number = 2;
    while taken.contains(&unique) {
        unique = format!("{name} ({number})");
        number += 1;
    }
    unique
}

/// The beginning of a text, up to the end of a sentence or a word.
fn part(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = text.split_inclusive(['.', '!', '?']).next();
    let sentence = sentence.unwrap_or_default();
    if sentence.chars().count() <= PART {
        return sentence.to_owned();
    }
    let head: String = sentence.chars().take(PART).collect();
    let end = head.rfind(' ').unwrap_or(head.len());
    head[..end].trim_end_matches([',', ';', ':']).to_owned()
}

/// A value of YAML: as it is where it is read so, else in quotes.
fn quoted(text: &str) -> String {
    let plain = |c: char| {
        c.is_alphanumeric()
            || matches!(
                c,
                ' ' | '.' | '+' | '\'' | '’' | '!' | '?' | '…' | ',' | '(' | ')'
            )
    };
    let begins = text.starts_with(|c: char| c.is_alphanumeric() || c == '+');
    if begins && text.chars().all(plain) && text.trim() == text {
        return text.to_owned();
    }
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_becomes_a_scenario() {
        let mut story = Story::default();
        story.hears("Welcome to ABC.\nPress 1: yes.");
        story.press("12#", false, false);
        story.dialled("+6561110001");
        story.leg(OtherSide::Answers { seconds: 42 });
        story.wait(1500);
        story.silence();
        story.hears("Good: bye, it is");
        story.hung_up();
        let name = story.name(&[]);
        assert_eq!(name, "presses 12#, somebody answers, is silent");
        assert_eq!(
            story.name(std::slice::from_ref(&name)),
            format!("{name} (2)")
        );
        assert_eq!(
            story.scenario(&name, "+6591234567", "2026-03-02T10:00:00+08:00", 2),
            "  - name: \"presses 12#, somebody answers, is silent\"
    from: +6591234567
    at: 2026-03-02T10:00:00+08:00
    call:
      - hears: Welcome to ABC.
      - press: \"12#\"
      - dialled: +6561110001
      - leg: {answered: 42s}
      - wait: 1500ms
      - silence: true
      - hears: \"Good: bye, it is\"
      - hung_up: true
"
        );
    }

    #[test]
    fn a_secret_ends_the_story_unless_it_is_a_test_value() {
        let mut story = Story::default();
        story.hears("Your PIN, please.");
        story.press("8642", true, false);
        story.hears("Thank you.");
        assert!(story.is_cut());
        let text = story.scenario("a", "b", "c", 0);
        assert!(
            !text.contains("8642") && !text.contains("Thank you"),
            "{text}"
        );
        let mut story = Story::default();
        story.press("8642", true, true);
        assert!(!story.is_cut());
        assert!(!story.name(&[]).contains("8642"));
        assert!(story.scenario("a", "b", "c", 0).contains("press: 8642"));
    }

    #[test]
    fn a_long_text_is_cut_at_a_word() {
        let text = format!("{}end. More.", "word ".repeat(20));
        assert_eq!(part(&text), "word ".repeat(12).trim());
    }
}
