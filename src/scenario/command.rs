//! The command that opens a conversation in the terminal's phone, to be heard and tried.

use crate::call::Value;

use super::document::{Leg, Scenario, Step, TestFile};
use super::secrets::Secrets;

/// What is typed to hear a scenario, as one line of a shell; `dir` is the project where
/// that is not the present folder. In front of the step `lost_before` the call loses its
/// memory, as it did in a run. A secret is not in it: a variable of the shell stands there.
pub fn command(
    file: &TestFile,
    scenario: &Scenario,
    secrets: &Secrets,
    lost_before: Option<usize>,
    dir: Option<&str>,
) -> String {
    let mut keys = String::new();
    let mut given = String::new();
    let mut restart = lost_before;
    let first = scenario.steps.first().map(|step| &step.value);
    if scenario.outbound && !matches!(first, Some(Step::Leg(_))) {
        keys.push_str("answer\\n");
    }
    for (index, step) in scenario.steps.iter().enumerate() {
        let line = match &step.value {
            Step::Press(keys) if secrets.has(index) => {
                given.push_str(&format!(" \"${}\"", secrets.placeholder(keys)));
                "%s".to_owned()
            }
            other => match typed(other) {
                Some(line) => line,
                None => continue,
            },
        };
        if restart.take_if(|before| *before <= index).is_some() {
            keys.push_str("restart\\n");
        }
        keys.push_str(&format!("{line}\\n"));
    }
    if restart.is_some() {
        keys.push_str("restart\\n");
    }
    let mut command = String::new();
    if !keys.is_empty() {
        command.push_str(&format!("printf '{keys}'{given} | "));
    }
    command.push_str(&format!(
        "ringflow call {} --from {} --at {}",
        quoted(file.flow.name()),
        quoted(&scenario.from),
        quoted(&scenario.shown_at)
    ));
    if scenario.outbound {
        command.push_str(" --outbound");
    }
    for (name, value) in &scenario.given {
        let var = file.flow.variable_named(name);
        if var.is_some_and(|var| file.flow.variable(var).secret) {
            command.push_str(&format!(" --with \"{name}=${}\"", name.to_uppercase()));
        } else {
            command.push_str(&format!(" --with {}", quoted(&format!("{name}={value}"))));
        }
    }
    for (state, label) in scenario.sides.iter() {
        command.push_str(&format!(" --split {}", quoted(&format!("{state}={label}"))));
    }
    if let Some(dir) = dir {
        command.push_str(&format!(" --dir {}", quoted(dir)));
    }
    command
}

/// What stands for the secrets in [`command`], one line each; nothing where there are none.
pub fn placeholders(file: &TestFile, scenario: &Scenario, secrets: &Secrets) -> String {
    let mut told: Vec<String> = Vec::new();
    for index in secrets.steps() {
        let Some(step) = scenario.steps.get(index) else {
            continue;
        };
        if let Step::Press(keys) = &step.value {
            let name = secrets.placeholder(keys);
            let is_told = told.iter().any(|line| line.contains(&format!("${name} ")));
            if !is_told {
                let (path, line) = (file.file.path(), file.line(step.at));
                told.push(format!("  ${name} is what {path}:{line} presses\n"));
            }
        }
    }
    told.concat()
}

fn typed(step: &Step) -> Option<String> {
    Some(match step {
        Step::Press(keys) => keys.clone(),
        Step::Silence => "silence".to_owned(),
        Step::Leg(Leg::Answered { seconds }) => format!("answer {seconds}s"),
        Step::Leg(Leg::Busy) => "busy".to_owned(),
        Step::Leg(Leg::NoAnswer) => "noanswer".to_owned(),
        Step::Leg(Leg::Failed) => "fail".to_owned(),
        Step::Leg(Leg::Cancelled) => "cancel".to_owned(),
        Step::Wait(ms) => format!("wait {}", time(*ms)),
        Step::HangsUp => "hangup".to_owned(),
        Step::Hears(_) | Step::Dialled(_) | Step::HungUp | Step::LookedUp(..) | Step::Vars(_) => {
            return None;
        }
    })
}

/// A step as people read it.
pub fn said(step: &Step, name: impl Fn(crate::flow::VarId) -> (String, bool)) -> String {
    match step {
        Step::Hears(pattern) => format!("hears {}", pattern.shown()),
        Step::Press(keys) => format!("press {keys}"),
        Step::Silence => "silence".to_owned(),
        Step::Dialled(number) => format!("dialled {number}"),
        Step::Leg(Leg::Answered { seconds }) => format!("leg answered {seconds}s"),
        Step::Leg(Leg::Busy) => "leg busy".to_owned(),
        Step::Leg(Leg::NoAnswer) => "leg no_answer".to_owned(),
        Step::Leg(Leg::Failed) => "leg failed".to_owned(),
        Step::Leg(Leg::Cancelled) => "leg cancelled".to_owned(),
        Step::Wait(ms) => format!("wait {}", time(*ms)),
        Step::HangsUp => "hangs up".to_owned(),
        Step::HungUp => "hung up".to_owned(),
        Step::LookedUp(method, url) => format!("looked up {} {url}", method.word()),
        Step::Vars(vars) => {
            let vars: Vec<String> = vars
                .iter()
                .map(|expected| {
                    let (name, secret) = name(expected.var);
                    let shown = Value::text(&expected.value);
                    match secret {
                        true => format!("{name} = •••"),
                        false => format!("{name} = {shown}"),
                    }
                })
                .collect();
            vars.join(", ")
        }
    }
}

/// A time in its largest whole unit.
fn time(ms: u32) -> String {
    match ms {
        ms if ms % 60_000 == 0 => format!("{}m", ms / 60_000),
        ms if ms % 1000 == 0 => format!("{}s", ms / 1000),
        ms => format!("{ms}ms"),
    }
}

/// An argument of a shell: as it is, where nothing in it means anything to one.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "+-_/:.".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_quoted_where_a_shell_would_read_them() {
        assert_eq!(quoted("cards/lost_card"), "cards/lost_card");
        assert_eq!(
            quoted("2026-03-02T10:00:00+08:00"),
            "2026-03-02T10:00:00+08:00"
        );
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn times_are_typed_in_their_largest_unit() {
        assert_eq!(
            [time(1500), time(30_000), time(120_000)],
            ["1500ms", "30s", "2m"]
        );
    }
}
