//! `ringflow voices`, `numbers` and `recordings`: what the platform says of an account.

use serde_json::{Value, json};

use super::platform::{KEY, Platform, told};
use super::program::{project, ringflow};

const FLOW: &str = "\
flow: clinic
numbers: [+6561115001]
languages:
  en: {voice: en-US-BenjaminRUS}
  ms: {voice: ms-MY-Rizwann}
states:
  main: {say: Welcome., voice: en-US-Benjamin, then: hangup}
";

#[test]
fn voices_are_listed_and_check_knows_them_from_then_on() {
    let platform = Platform::start();
    let dir = project(&[("flows/clinic.yaml", FLOW)]);
    let check = || platform.run(dir.path(), &["check", "--color", "never"]);
    assert!(!check().out.contains("unknown-voice"));

    let all = platform.run(dir.path(), &["voices"]);
    assert_eq!(
        all.out,
        "LANGUAGE  VOICE              GENDER  WHERE\n\
         en-GB     en-GB-George       M       English (UK)\n\
         en-US     en-US-BenjaminRUS  M       English (US)\n\
         ms-MY     ms-MY-Rizwan       M       Malay\n"
    );
    let some = platform.run(dir.path(), &["voices", "--language", "EN", "--json"]);
    let some: Value = serde_json::from_str(&some.out).unwrap();
    assert_eq!(some.as_array().unwrap().len(), 2);
    assert_eq!(some[0]["code"], "en-US-BenjaminRUS");
    let none = platform.run(dir.path(), &["voices", "--language", "e"]);
    assert_eq!(none.code, Some(1));
    assert!(
        none.err.contains("no voice of `e`; it has 3 voices"),
        "{}",
        none.err
    );

    let checked = check();
    assert_eq!(checked.code, Some(0), "{}", checked.out);
    for part in [
        "warning[unknown-voice]: the platform has no voice `en-US-Benjamin`",
        "did you mean `en-US-BenjaminRUS`?",
        "flows/clinic.yaml:7:",
        "did you mean `ms-MY-Rizwan`?",
        "flows/clinic.yaml:5:",
    ] {
        assert!(checked.out.contains(part), "{part}: {}", checked.out);
    }
    let kept = std::fs::read_to_string(dir.path().join(".ringflow/voices.json")).unwrap();
    assert!(!kept.contains(KEY));
}

#[test]
fn numbers_are_shown_with_the_flows_that_answer_them() {
    let platform = Platform::start();
    let dir = project(&[("flows/clinic.yaml", FLOW)]);
    let table = platform.run(dir.path(), &["numbers"]);
    assert_eq!(
        table.out,
        "NUMBER       COUNTRY  STATUS    HEALTH   FLOW\n\
         +6561115001  SG       Active    healthy  clinic\n\
         +6561115009  SG       Expiring\n"
    );
    let list = platform.run(dir.path(), &["numbers", "--json"]);
    let list: Value = serde_json::from_str(&list.out).unwrap();
    assert_eq!(list[0]["flow"], "clinic");
    assert_eq!(
        (&list[1]["flow"], &list[1]["healthy"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn recordings_of_a_session_are_shown() {
    let platform = Platform::start();
    let dir = project(&[]);
    let session = "7f3c0a52-0000-4000-8000-000000000001";
    let table = platform.run(dir.path(), &["recordings", session]);
    assert_eq!(
        table.out,
        "RECORDING  STATUS            STARTED               SECONDS  FILE\n\
         r1         UPLOAD_COMPLETED  2026-03-02T10:00:00Z  10       https://files.example/r1.mp3\n"
    );
    let list = platform.run(dir.path(), &["recordings", session, "--json"]);
    let list: Value = serde_json::from_str(&list.out).unwrap();
    assert_eq!(list[0]["seconds"], 10);
    let none = platform.run(dir.path(), &["recordings", "../webhooks"]);
    assert_eq!(none.out, "nothing of this session was recorded\n");
    let asked = platform.asked();
    let last = &asked.last().unwrap().what;
    assert!(last.ends_with("/recordings/..%2Fwebhooks"), "{last}");
}

#[test]
fn without_an_account_it_says_what_to_set() {
    let told = told(ringflow(&["voices"]).output().unwrap());
    assert_eq!(told.code, Some(2));
    assert_eq!(
        told.err,
        "error: the platform is not asked without an account; set `--subaccount ID` (or \
         `RINGFLOW_SUBACCOUNT`) and `RINGFLOW_API_KEY` (or `--api-key KEY`), or start `ringflow \
         dev`, which stands in for it\n"
    );
}

#[test]
fn a_refusal_has_its_meaning_and_no_key() {
    let platform = Platform::odd(|_, what| {
        let body = json!({"statusCode": "-9999", "statusMessage": "oh"});
        (what == "GET numbers").then_some((422, body))
    });
    let dir = project(&[]);
    let told = platform.run(dir.path(), &["numbers"]);
    assert_eq!(told.code, Some(1));
    assert_eq!(
        told.err,
        "error: the platform answers -9999 (HTTP 422), `oh`: something went wrong that the \
         platform has no word for; try again later, and tell the platform's support\n"
    );
    // This platform quotes the key that it was given.
    let told = platform.command(dir.path(), &["voices"], "planted-but-wrong");
    assert_eq!(told.code, Some(1));
    assert_eq!(
        told.err,
        "error: the platform answers HTTP 401, `not accepted: Bearer …`: the key is missing or \
         wrong; check `--api-key` (`RINGFLOW_API_KEY`)\n"
    );
    for bad in [
        "http://voice.example.com",
        "https://u:planted@voice.example.com",
    ] {
        let output = ringflow(&["voices", "--api", bad, "--subaccount", "acme-1"])
            .env("RINGFLOW_API_KEY", KEY)
            .output();
        let told = super::platform::told(output.unwrap());
        assert_eq!(told.code, Some(2));
        assert!(!told.err.contains("planted"), "{}", told.err);
    }
}

#[test]
fn help_never_shows_what_is_secret_in_the_environment() {
    for verb in [
        vec!["voices"],
        vec!["doctor"],
        vec!["webhooks", "set"],
        vec!["webhooks", "restore"],
    ] {
        let args = [verb, vec!["--help"]].concat();
        let output = ringflow(&args)
            .env("RINGFLOW_API_KEY", KEY)
            .env("RINGFLOW_AUTH_HEADER", KEY)
            .output();
        let told = told(output.unwrap());
        assert!(told.out.contains("RINGFLOW_API_KEY") && !told.out.contains("planted"));
    }
}
