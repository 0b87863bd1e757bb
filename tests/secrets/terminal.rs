//! The PIN at the terminal: typed into the phone, written in scenarios, and beside the
//! desk of a designer.

use std::io::Write;
use std::process::{Output, Stdio};

use crate::collected::Collected;
use crate::planted::{NUMBER, PIN, TYPED, Vault};
use crate::program::{PATIENCE, Phone, Served, lines, ringflow, run};

const TRACE: [(&str, &str); 1] = [("RINGFLOW_LOG", "trace")];

/// The phone: in a pipe, from a file, with values, written to a test, and over HTTP.
pub fn calls(vault: &Vault) -> Collected {
    let mut collected = Collected::default();
    let dir = ["--dir", vault.path()];
    let typed = TYPED.join("\n") + "\n";
    let call = |args: &[&str]| typed_into(&[&["call", "vault"], &dir[..], args].concat(), &typed);
    collected.add_output("call", &call(&[]));
    let script = format!("{}/typed.txt", vault.path());
    collected.add_output("call", &call(&["--script", &script]));
    let value = format!("pin={PIN}");
    let with = ["--state", "compute", "--with", &value];
    collected.add_output("call --with", &call(&with));
    let wrong = format!("pin={PIN}x");
    collected.add_output("call --with", &call(&["--with", &wrong]));
    let saved = format!("{}/saved.test.yaml", vault.path());
    collected.add_output("call", &call(&["--save-test", &saved]));

    let env = [("RINGFLOW_LOG", "trace"), ("RINGFLOW_LOG_FORMAT", "json")];
    let served = Served::start_with(vault.dir.path(), &[], &env);
    let on = format!("http://{}", served.address());
    let output = typed_into(&["call", NUMBER, "--on", &on], &typed);
    collected.add_output("call --on", &output);
    drop(served);
    collected.add_files(vault.dir.path(), &Vault::OWN);
    collected
}

/// Scenarios that hold and that do not, in every form in which they are told.
pub fn tests(vault: &Vault) -> Collected {
    let mut collected = Collected::default();
    let junit = format!("{}/junit.xml", vault.path());
    let output = run(&["test", vault.path(), "--junit", &junit]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("6 scenarios: 5 failed"), "{told}");
    collected.add_output("test", &output);
    collected.add_output("test --json", &run(&["test", vault.path(), "--json"]));
    collected.add("junit", &std::fs::read(&junit).unwrap());
    std::fs::remove_file(junit).unwrap();
    desk(vault, &mut collected);
    collected.add_files(vault.dir.path(), &Vault::OWN);
    collected
}

/// What reads a project and runs nothing of it.
pub fn looks(vault: &Vault) -> Collected {
    let mut collected = Collected::default();
    for (channel, args) in [
        ("check", &["check", vault.path(), "--json"][..]),
        ("graph", &["graph", "--dir", vault.path()]),
        ("schema", &["schema"]),
    ] {
        collected.add_output(channel, &run(args));
    }
    // Something is wrong beside the PIN, so the check shows where.
    let flow = vault.dir.path().join("flows/vault.yaml");
    let text = std::fs::read_to_string(&flow).unwrap();
    std::fs::write(&flow, text.replace("then: compute", "then: computes")).unwrap();
    collected.add_output("check", &run(&["check", vault.path()]));
    collected
}

/// `ringflow dev`: a call is typed in and saved, a webhook comes, the tests run.
fn desk(vault: &Vault, collected: &mut Collected) {
    let mut child = ringflow(&["dev", "--listen", "127.0.0.1:0", vault.path()])
        .envs(TRACE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let shown = lines(child.stdout.take().unwrap());
    let errors = lines(child.stderr.take().unwrap());
    let mut keyboard = child.stdin.take().unwrap();
    let mut all = Vec::new();
    let mut until = |part: &str| loop {
        let line = shown
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| panic!("no {part}: {all:#?}"));
        let is_it = line.contains(part);
        all.push(line);
        if is_it {
            break all.last().unwrap().clone();
        }
    };
    let line = until("listening on http://");
    let (_, address) = line.split_once("http://").unwrap();
    until("Press 1");
    let phone = Phone::to(NUMBER, "desk");
    for digits in [None, Some("1"), Some(PIN)] {
        let webhook = phone.webhook(digits, 200);
        let (path, body) = (webhook.path, &webhook.body);
        let (_, answer) = crate::program::exchange(address, "POST", path, None, body);
        collected.add("answer", &answer);
    }
    // An edit runs the scenarios, of which some fail.
    let flow = vault.dir.path().join("flows/vault.yaml");
    let text = std::fs::read_to_string(&flow).unwrap();
    std::fs::write(&flow, text.replace("Goodbye.", "Good bye.")).unwrap();
    until("ringflow call vault");
    let last = TYPED.len() - 1;
    for typed in &TYPED[..last] {
        keyboard.write_all(format!("{typed}\n").as_bytes()).unwrap();
    }
    keyboard.write_all(b"save planted\nquit\n").unwrap();
    assert!(child.wait().unwrap().code().is_some());
    all.extend(shown.iter());
    collected.add_lines("dev", &all);
    collected.add_lines("dev", &errors.iter().collect::<Vec<_>>());
}

/// The program, with these lines in a pipe.
fn typed_into(args: &[&str], typed: &str) -> Output {
    let mut child = ringflow(args)
        .envs(TRACE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // One that has ended already reads no more.
    let _ = stdin.write_all(typed.as_bytes());
    drop(stdin);
    child.wait_with_output().unwrap()
}
