//! `ringflow doctor`: what keeps calls from reaching the flows.

use serde_json::Value;

use super::platform::Platform;
use super::program::{Served, project};

const GOOD: &str = "\
flow: clinic
numbers: [+6561115001, +6561115009]
voice: en-US-BenjaminRUS
states:
  main: {say: Welcome., then: hangup}
";

const ODD: &str = "\
flow: clinic
numbers: [+6561115001, +6561117777]
voice: en-US-Benjamin
states:
  main: {say: Welcome., then: hangup}
";

#[test]
fn where_all_is_well_nothing_but_that_is_said() {
    let platform = Platform::odd(|_, what| {
        let body = serde_json::json!({"statusCode": 0, "numbers": [
            {"msisdn": "6561115001", "operationalStatus": "Active"},
            {"msisdn": "6561115009", "operationalStatus": "Active"},
        ]});
        (what == "GET numbers").then_some((200, body))
    });
    let dir = project(&[("flows/clinic.yaml", GOOD)]);
    let dir = dir.path();
    // The header has to be there before the server starts, the address only afterwards.
    let first = "https://ivr.example.com/webhooks";
    assert_eq!(platform.run(dir, &["webhooks", "set", first]).code, Some(0));
    let served = Served::start(dir);
    let url = format!("http://{}/webhooks", served.address());
    assert_eq!(platform.run(dir, &["webhooks", "set", &url]).code, Some(0));
    let told = platform.run(dir, &["doctor"]);
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
    let lines: Vec<&str> = told.out.lines().collect();
    let (verdict, checks) = lines.split_last().unwrap();
    assert_eq!(*verdict, "0 faults, 0 warnings");
    let looked: Vec<&str> = checks
        .iter()
        .map(|line| {
            let mut words = line.split_whitespace();
            assert_eq!(words.next(), Some("ok"), "{line}");
            words.next().unwrap()
        })
        .collect();
    assert_eq!(
        looked,
        [
            "flows", "server", "account", "clock", "address", "door", "webhooks", "numbers",
            "voices"
        ]
    );
}

#[test]
fn each_fault_is_told_with_what_to_do() {
    let platform = Platform::showing("Mon, 02 Mar 2020 10:00:00 GMT");
    let dir = project(&[
        ("flows/clinic.yaml", ODD),
        ("flows/bad.yaml", "flow: bad\n"),
    ]);
    let dir = dir.path();
    // An open door.
    let served = Served::start(dir);
    let url = format!("http://{}/webhooks", served.address());
    platform.had("VCA", &url, None, true);
    platform.had("VSS", "https://old.example.com", Some("x"), true);
    platform.had("VNU", &url, Some("x"), false);
    let told = platform.run(dir, &["doctor"]);
    assert_eq!(told.code, Some(1), "{}", told.out);
    for part in [
        "fault    flows      1 error in the files of the project; `ringflow check` says what to mend",
        "ok       server     a server runs here",
        "warning  clock      the clock of this machine is ",
        "seconds fast; set it",
        "fault    door       a webhook with a wrong header is let in (HTTP 4",
        "warning  webhooks   without a header, so that anybody can send them: VCA; \
         `ringflow webhooks set http://",
        "warning  webhooks   VCS is not set: what becomes of a transfer is known less well",
        "warning  webhooks   VSS is sent to `https://old.example.com`",
        "warning  webhooks   VNU is switched off",
        "warning  numbers    no flow answers +6561115009 of the account",
        "warning  numbers    +6561115009 is `Expiring`",
        "warning  numbers    `clinic` answers +6561117777, which the account does not have",
        "fault    voices     flows/clinic.yaml:3: the platform has no voice `en-US-Benjamin`; did \
         you mean `en-US-BenjaminRUS`?",
    ] {
        assert!(told.out.contains(part), "{part}:\n{}", told.out);
    }
    let json = platform.run(dir, &["doctor", "--json"]);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, &report["faults"]), (Some(1), &3.into()));
    assert_eq!(report["checks"][0]["level"], "fault");
}

#[test]
fn a_server_that_does_not_know_the_header_yet_is_to_be_started_anew() {
    let platform = Platform::start();
    let dir = project(&[("flows/clinic.yaml", GOOD)]);
    let served = Served::start(dir.path());
    let url = format!("http://{}", served.address());
    let set = platform.run(dir.path(), &["webhooks", "set", &url]);
    let anew = "start it anew, so that it does";
    assert!(set.out.contains(anew), "{}", set.out);
    let told = platform.run(dir.path(), &["doctor"]);
    assert!(
        told.out.contains("start the server anew: it began before"),
        "{}",
        told.out
    );
    // It knows it already.
    drop(served);
    let served = Served::start(dir.path());
    let url = format!("http://{}", served.address());
    let set = platform.run(dir.path(), &["webhooks", "set", &url]);
    assert!(
        set.code == Some(0) && !set.out.contains(anew),
        "{}",
        set.out
    );
}

#[test]
fn an_address_that_is_not_reached_is_told() {
    let platform = Platform::start();
    let dir = project(&[("flows/clinic.yaml", GOOD)]);
    let served = Served::start(dir.path());
    // What listens there speaks no TLS.
    let url = format!("https://{}", served.address());
    for (args, part) in [
        (vec!["doctor", "--url", &url], "cannot be reached: "),
        (
            vec!["doctor", "--url", "http://127.0.0.1:1"],
            "see that the server or the proxy",
        ),
        (
            vec!["doctor"],
            "it is not known where the server is reached from outside",
        ),
        (
            vec!["doctor"],
            "VCA is not set: no call goes on; `ringflow webhooks set URL`",
        ),
    ] {
        let told = platform.run(dir.path(), &args);
        assert_eq!(told.code, Some(1), "{}", told.out);
        assert!(told.out.contains(part), "{part}:\n{}", told.out);
    }
    let told = platform.command(dir.path(), &["doctor"], "planted-but-wrong");
    assert_eq!(told.code, Some(1));
    assert!(
        told.out
            .contains("fault    account    the platform answers HTTP 401"),
        "{}",
        told.out
    );
    assert!(!told.out.contains("planted"), "{}", told.out);
}
