//! The broken flows of `check`: which of them an editor marks.

use std::collections::BTreeMap;

use ringflow::flow::{Severity, SourceFile, build};

use super::{files, flows, marked, yaml};

/// Codes of which a schema need not see anything, by the reason.
const UNSEEN: &[(&str, &[&str])] = &[
    (
        "the meaning of expressions",
        &[
            "function-arguments",
            "script-forbidden",
            "script-size",
            "script-syntax",
            "secret-spoken",
            "secret-label",
            "text-with-number",
            "unclosed-value",
            "unknown-function",
            "unknown-label",
            "unknown-state",
            "unknown-column",
            "unknown-table",
            "unknown-variable",
        ],
    ),
    ("what the file of the project says", &["not-allowed"]),
    (
        "names that are written elsewhere in the file, and where they lead",
        &[
            "endless-loop",
            "misplaced-repeat",
            "misplaced-return",
            "missing-voice",
            "no-end",
            "open-dial",
            "runs-itself",
            "silent-loop",
            "unknown-flow",
            "unknown-hours",
            "unknown-language",
            "unknown-target",
            "unreachable",
        ],
    ),
    (
        "what YAML has dropped before a schema is asked",
        &["lost-line", "text-cut"],
    ),
    (
        "what a text says",
        &[
            "one-text",
            "recording-prompt",
            "text-character",
            "text-limit",
            "unknown-prompt",
        ],
    ),
];

/// Files of other codes that are not marked, by the reason.
const MISSED: &[(&str, &[&str])] = &[
    (
        "`defaults` may have it",
        &[
            "give_up_missing",
            "give_up_missing_everywhere",
            "keys_missing",
            "otherwise_missing_in_choose",
            "otherwise_missing_in_hours",
            "otherwise_missing_in_transfer",
            "http_without_otherwise",
        ],
    ),
    (
        "another line says that it is wrong",
        &[
            "computed_from_itself",
            "default_of_wrong_type",
            "entry_saved_in_a_flag",
            "exception_case_named_open",
            "exception_unknown_as_a_case",
            "exception_with_a_date_twice",
            "exceptions_on_the_same_date",
            "number_twice_in_the_list",
            "set_of_wrong_type",
        ],
    ),
    (
        "sides and cases stand beside each other, and weights are summed up",
        &[
            "split_case_missing",
            "split_case_misspelt",
            "split_case_too_many",
            "split_of_nothing",
        ],
    ),
    (
        "two keys that do not stand beside each other, and names in a list",
        &[
            "lang_and_voice",
            "language_twice_in_lang",
            "languages_and_voice",
        ],
    ),
    (
        "two numbers in one text are compared, or counted with their unit",
        &[
            "digits_backwards",
            "duration_too_long",
            "exception_on_a_date_that_is_not",
            "hours_beyond_a_day",
            "hours_from_the_end_of_a_day",
            "hours_that_end_when_they_begin",
        ],
    ),
    (
        "for YAML it is a text or a value like any other",
        &[
            "ampersand_in_front",
            "brace_without_key",
            "no_space_behind_dash",
            "language_as_list_in_set",
            "number_without_country_code",
            "prompt_with_a_bad_id",
            "two_documents",
        ],
    ),
    (
        "parts of a look-up that do not go with each other, or with what it is for",
        &[
            "http_header_of_the_program",
            "http_header_with_accents",
            "http_json_with_get",
            "http_retries_with_post",
            "http_save_in_digits",
            "http_space_in_address",
            "http_within_no_time",
            "http_within_too_long",
            "on_end_retries_with_post",
        ],
    ),
    (
        "lists that are too long for a schema",
        &[
            "hours_of_an_unknown_zone",
            "too_many_variables",
            "unknown_zone",
            "variable_named_call",
            "variable_named_like_the_end",
        ],
    ),
];

#[test]
fn an_editor_marks_every_fault_that_a_schema_can_see() {
    let validator = flows();
    let mut wrong = Vec::new();
    let mut caught: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, text) in files("tests/broken", ".yaml") {
        if name.ends_with(".2") || name.ends_with(".project") {
            continue;
        }
        let project = std::fs::read_to_string(format!("tests/broken/{name}.project.yaml"));
        let mut files = vec![SourceFile::new("flows/a.yaml", &text)];
        files.extend(project.map(|text| SourceFile::new("ringflow.yaml", &text)));
        let found = build(&files).diagnostics;
        let Some(first) = found.first() else {
            // It takes a second file to be wrong.
            continue;
        };
        let code = first.code.word();
        let is_marked = match yaml::read(&text) {
            Ok(value) => !marked(&validator, &value).is_empty(),
            Err(_) => true,
        };
        if first.severity == Severity::Warning {
            assert!(!is_marked, "{name} may go live, and is marked");
            continue;
        }
        let unseen = UNSEEN.iter().any(|(_, codes)| codes.contains(&code));
        let missed = MISSED
            .iter()
            .any(|(_, names)| names.contains(&name.as_str()));
        if is_marked {
            *caught.entry(code).or_default() += 1;
        }
        if (is_marked && missed) || (!is_marked && !unseen && !missed) {
            wrong.push(format!("{code} {name}: marked {is_marked}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for code in [
        "bad-name",
        "bad-number",
        "bad-type",
        "bad-value",
        "duplicate-key",
        "empty-value",
        "misplaced-key",
        "missing-key",
        "missing-target",
        "nested-state",
        "not-a-flow",
        "reserved-name",
        "too-many",
        "two-kinds",
        "unknown-case",
        "unknown-key",
        "wrong-shape",
        "yaml-syntax",
    ] {
        assert!(caught.contains_key(code), "no {code} is marked");
    }
    let all: usize = caught.values().sum();
    assert!(all >= 110, "only {all} are caught: {caught:?}");
}
