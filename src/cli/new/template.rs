//! What a new project is made of. The files lie beside this one as they are, and get
//! the line by which an editor knows their schema.

use crate::settings::TemplateSetting;

use super::schema::{FLOW_SCHEMA, TESTS_SCHEMA, first_line};

/// What to type once a project is there.
pub const COMMANDS: [&str; 4] = [
    "ringflow dev",
    "ringflow check",
    "ringflow test",
    "ringflow serve",
];

/// A project to begin with.
pub struct Template {
    name: &'static str,
    about: &'static str,
    flow: &'static str,
    tests: &'static str,
    /// Name and text of a script file.
    script: Option<(&'static str, &'static str)>,
}

/// A file of a project, with its path in it.
pub struct File {
    pub path: String,
    pub text: String,
}

impl Template {
    pub fn named(name: TemplateSetting) -> Template {
        match name {
            TemplateSetting::Menu => Template {
                name: "menu",
                about: "A menu with opening hours and a person to speak to.",
                flow: include_str!("menu/flow.yaml"),
                tests: include_str!("menu/flow.test.yaml"),
                script: None,
            },
            TemplateSetting::Ask => Template {
                name: "ask",
                about: "An account number that is asked for, checked and read back.",
                flow: include_str!("ask/flow.yaml"),
                tests: include_str!("ask/flow.test.yaml"),
                script: None,
            },
            TemplateSetting::Masking => Template {
                name: "masking",
                about: "Callers who reach each other, and neither sees the other's number.",
                flow: include_str!("../../../flows/masking.yaml"),
                tests: include_str!("masking/flow.test.yaml"),
                script: Some(("masking", include_str!("../../../scripts/masking.rhai"))),
            },
            TemplateSetting::Survey => Template {
                name: "survey",
                about: "Five ratings after a call, and a person for who is unhappy.",
                flow: include_str!("survey/flow.yaml"),
                tests: include_str!("survey/flow.test.yaml"),
                script: Some(("survey", include_str!("survey/survey.rhai"))),
            },
        }
    }

    /// Every file but the schemas.
    pub fn files(&self) -> Vec<File> {
        let name = self.name;
        let with_line = |schema: &str, text: &str| format!("{}\n{text}", first_line(schema));
        let mut files = vec![
            File {
                path: format!("flows/{name}.yaml"),
                text: with_line(FLOW_SCHEMA, self.flow),
            },
            File {
                path: format!("flows/{name}.test.yaml"),
                text: with_line(TESTS_SCHEMA, self.tests),
            },
        ];
        files.extend(self.script.map(|(name, text)| File {
            path: format!("scripts/{name}.rhai"),
            text: text.to_owned(),
        }));
        files.push(File {
            path: ".gitignore".to_owned(),
            text: "# What the program keeps for itself, keys among it.\n.ringflow/\n".to_owned(),
        });
        files.push(File {
            path: "README.md".to_owned(),
            text: self.readme(),
        });
        files
    }

    fn readme(&self) -> String {
        let [dev, check, test, serve] = COMMANDS;
        let (name, about) = (self.name, self.about);
        format!(
            "# {name}\n\n{about}\n\n\
             The callflow is `flows/{name}.yaml`, and `flows/{name}.test.yaml` says what callers hear.\n\
             The numbers in them are examples: put in your own.\n\n\
             ```sh\n\
             {dev}     # to work on it: a phone, and every save is checked, tested and heard\n\
             {check}   # says what is wrong, and what to write instead\n\
             {test}    # holds the conversations\n\
             {serve}   # answers the platform's webhooks\n\
             ```\n"
        )
    }
}
