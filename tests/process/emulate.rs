//! `ringflow emulate`: the platform on this machine, with callers of its own.

use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;

use serde_json::{Value, json};

use super::program::{
    PATIENCE, Served, exchange_with, lines, project, ringflow, run, shipped, wait_until,
};

/// The emulator, up. It is killed when this is dropped.
struct Platform {
    child: Child,
    address: String,
    told: Receiver<String>,
}

impl Platform {
    fn start(args: &[&str]) -> Self {
        let mut command = ringflow(&["emulate", "--listen", "127.0.0.1:0"]);
        let mut child = command.args(args).stdout(Stdio::piped()).spawn().unwrap();
        let told = lines(child.stdout.take().unwrap());
        let first = told.recv_timeout(PATIENCE).unwrap();
        let address = first
            .strip_prefix("emulating on http://")
            .unwrap()
            .to_owned();
        Platform {
            child,
            address,
            told,
        }
    }

    fn asks(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let path = format!("/api/v1/subaccounts/mine{path}");
        let header = "Authorization: Bearer any\r\n";
        let (status, body) = exchange_with(&self.address, method, &path, header, body);
        (status, serde_json::from_slice(&body).unwrap())
    }

    fn registers(&self, url: &str, header: &str) {
        for kind in ["VCS", "VSS", "VCA"] {
            let webhook = json!({"type": kind, "url": url, "httpAuthHeader": header});
            let (status, answer) = self.asks("POST", "/webhooks", &webhook.to_string());
            assert_eq!(status, 200, "{answer}");
        }
    }

    /// The next line with all of these parts.
    fn tells(&self, parts: &[&str]) -> String {
        loop {
            let line = self.told.recv_timeout(PATIENCE).unwrap();
            if parts.iter().all(|part| line.contains(part)) {
                return line;
            }
        }
    }

    fn ended(&mut self) -> Option<i32> {
        wait_until(|| self.child.try_wait().unwrap().is_some());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn callers_call_whoever_registers_and_calls_are_started() {
    let dir = shipped();
    let env = [("RINGFLOW_AUTH_HEADER", "Basic planted")];
    let served = Served::start_with(dir.path(), &[], &env);
    let url = format!("http://{}/webhooks", served.address());
    let mut calls = Platform::start(&[
        "--pace",
        "fast",
        "--call",
        "+6561115777",
        "--calls",
        "20",
        "--at-once",
        "5",
        "--seed",
        "7",
        "--faults",
        "duplicates=10%,lost-answers=5%",
    ]);
    calls.registers(&url, "Basic planted");
    for _ in 0..20 {
        let line = calls.tells(&["+6591234567 calls +6561115777 · "]);
        assert!(
            !line.contains("ERROR") && !line.contains("planted"),
            "{line}"
        );
    }
    assert_eq!(calls.ended(), Some(0));

    let mut platform = Platform::start(&["--pace", "fast", "--numbers", "+6561115777"]);
    platform.registers(&url, "Basic planted");
    let from = |number: &str| {
        let callflow = json!({"callflow": [{"action": "makeCall", "params": {
            "source": number, "destination": "+6591234567"}}]});
        platform.asks("POST", "/callflows", &callflow.to_string())
    };
    assert_eq!(from("+6561115777").0, 200);
    platform.tells(&["+6561115777 calls +6591234567 · "]);
    assert_eq!(from("+6561115778").1["statusCode"], -1014);
    let id = platform.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(platform.ended(), Some(0));
}

const CALLER: &str = "\
scenarios:
  - name: the opening hours
    call: [hears: Welcome to ABC, press: 3, hears: We are open from 9 AM, hangs_up: true]
";

#[test]
fn callers_from_a_file_say_what_they_miss() {
    let dir = shipped();
    let served = Served::start(dir.path());
    let target = format!("http://{}", served.address());
    let file = dir.path().join("caller.yaml");
    for (expected, code) in [("9 AM", 0), ("8 AM", 1)] {
        std::fs::write(&file, CALLER.replace("9 AM", expected)).unwrap();
        let path = file.to_str().unwrap();
        let args = [
            "--pace",
            "fast",
            "--call",
            "+6561115777",
            "--target",
            &target,
            "--caller",
            path,
        ];
        let mut calls = Platform::start(&args);
        calls.tells(&["+6591234567 calls +6561115777 · the caller hangs up · COMPLETED"]);
        if code == 1 {
            calls.tells(&["!", "from 8 AM"]);
        }
        assert_eq!(calls.ended(), Some(code));
    }
    std::fs::write(&file, "scenarios: []\n").unwrap();
    let output = run(&["emulate", "--caller", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("has no scenario")
    );
}

const BAD: &str = "[makeCall]";

#[test]
fn what_the_platform_refuses_is_told_with_the_rule() {
    // Not a server of ours: ours writes no wrong answer.
    let dir = project(&[(
        "flows/a.test.yaml",
        &format!(
            "stubs:\n  - POST: https://a.example.com/webhooks\n    json: {{callflow: {BAD}}}\n"
        ),
    )]);
    let file = dir.path().join("flows/a.test.yaml");
    let mut mock = ringflow(&["mock", "--listen", "127.0.0.1:0"])
        .arg(file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let shown = lines(mock.stdout.take().unwrap());
    let first = shown.recv_timeout(PATIENCE).unwrap();
    let (_, address) = first.rsplit_once("http://").unwrap();
    let target = format!("http://{address}");
    let args = [
        "--pace",
        "fast",
        "--call",
        "+6561115777",
        "--target",
        &target,
    ];
    let mut platform = Platform::start(&args);
    platform.tells(&["the line is dead · ERROR"]);
    platform.tells(&["-2003 (-1009)", "$.callflow[0]"]);
    assert_eq!(platform.ended(), Some(1));
    mock.kill().unwrap();
    mock.wait().unwrap();
}

#[test]
fn what_cannot_be_meant_is_told_before_anything_listens() {
    for (args, part) in [
        (&["--subaccount", "a b"][..], "3 to 50 letters"),
        (&["--rule", "barge-in=maybe"], "yes, no"),
        (&["--rule", "barge=no"], "asks-again"),
        (&["--faults", "echo=1%"], "duplicates"),
        (&["--pace", "slow"], "x10"),
        (&["--numbers", "home"], "home"),
        (&["--calls", "3"], "--call"),
    ] {
        let output = run(&[&["emulate", "--listen", "127.0.0.1:0"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(part), "{args:?}: {text}");
    }
}
