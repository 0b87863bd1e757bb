//! `ringflow mock`: a server that stands in for those that look-ups ask.

use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::Receiver;

use super::program::{PATIENCE, Phone, Served, exchange, lines, project, ringflow, run};

const FLOW: &str = "\
flow: bank
numbers: [+6561115001]
voice: en-US-BenjaminRUS
vars: {pin: secret digits}
defaults: {give_up: hangup}
states:
  find:
    http: GET https://crm.example.com/customers/${caller.number}?full=yes
    headers: {authorization: 'Bearer ${env.CRM_TOKEN}'}
    save: found
    then: ask
    otherwise: hangup
  ask:
    ask: Welcome, ${found.first_name}. Your PIN, please.
    digits: 4
    save: pin
    then: check
  check:
    http: POST https://crm.example.com/check
    json: {pin: '${pin}'}
    then: good
    cases: {403: bad}
    otherwise: lost
  good: {say: That is right., then: other}
  bad: {say: That is wrong., then: other}
  lost: {say: Nobody answers., then: other}
  other:
    http: GET https://crm.example.com/news/today?n=1
    then: hangup
    cases: {404: none}
    otherwise: lost_too
  none: {say: No news., then: hangup}
  lost_too: {say: Something is broken., then: hangup}
";

const STUBS: &str = "\
scenarios: 7
stubs:
  - GET: https://crm.example.com/customers/*?full=yes
    json: {first_name: Mei, points: 120}
  - POST: https://crm.example.com/check
    status: 403
    text: no
  - GET: https://other.example.com/broken
    fails: unreachable
  - GET: https://other.example.com/long
    fails: too_large
";

const PROJECT: &str = "lookups: {hosts: [crm.example.com]}\nenv: [CRM_TOKEN]\n";
const TOKEN: &str = "planted-crm-token";

struct Mock {
    child: Child,
    address: String,
    lines: Receiver<String>,
}

impl Mock {
    fn start(file: &Path) -> Self {
        let file = file.to_str().unwrap();
        let mut child = ringflow(&["mock", file, "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = lines(child.stdout.take().unwrap());
        let first = lines.recv_timeout(PATIENCE).unwrap();
        let told = format!("mocking 4 stubs of {file} on http://");
        let address = first.strip_prefix(&told).expect(&first).to_owned();
        let mock = Mock {
            child,
            address,
            lines,
        };
        for host in ["crm.example.com", "other.example.com"] {
            let address = &mock.address;
            let line = format!("a flow reaches it with `--look-up-at {host}=http://{address}`");
            assert_eq!(mock.line(), line);
        }
        mock
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).unwrap()
    }

    fn detour(&self) -> String {
        format!("crm.example.com=http://{}", self.address)
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_call_hears_what_the_stubs_of_a_test_file_answer() {
    let dir = project(&[
        ("flows/bank.yaml", FLOW),
        // Its other keys are not looked at.
        ("mine.test.yaml", STUBS),
        ("ringflow.yaml", PROJECT),
    ]);
    let mock = Mock::start(&dir.path().join("mine.test.yaml"));
    let env = [
        ("CRM_TOKEN", TOKEN),
        ("RINGFLOW_LOOK_UP_AT", &*mock.detour()),
    ];
    let served = Served::start_with(dir.path(), &[], &env);
    let mut phone = Phone::to("+6561115001", "mocked");
    let heard = phone.next(&served);
    assert_eq!(heard.text, "Welcome, Mei. Your PIN, please.");
    assert_eq!(mock.line(), "GET /customers/%2B6591234567 200");
    let heard = phone.press(&served, "8642");
    assert_eq!(heard.text, "That is wrong.");
    assert_eq!(mock.line(), "POST /check 403");
    let heard = phone.next(&served);
    assert_eq!(heard.text, "No news.");
    assert_eq!(
        mock.line(),
        "GET /news/today 404: no stub answers it; \
         write `- GET: https://crm.example.com/news/today?*`"
    );
    let told = served.kill().stderr.join("\n");
    let warning = "look-ups to this host are sent elsewhere";
    assert!(told.contains(warning) && told.contains("crm.example.com"));
    assert!(!told.contains(TOKEN) && !told.contains("8642"), "{told}");

    // The same from the terminal.
    let dir_name = dir.path().to_str().unwrap();
    let script = dir.path().join("typed");
    std::fs::write(&script, "8642\n").unwrap();
    let output = ringflow(&["call", "--dir", dir_name, "--look-up", "--look-up-at"])
        .arg(mock.detour())
        .args(["--script", script.to_str().unwrap()])
        .env("CRM_TOKEN", TOKEN)
        .output()
        .unwrap();
    let heard = String::from_utf8(output.stdout).unwrap();
    assert!(
        heard.contains("Welcome, Mei.") && heard.contains("That is wrong."),
        "{heard}"
    );
}

#[test]
fn it_fails_as_its_stubs_say() {
    let dir = project(&[("mine.test.yaml", STUBS)]);
    let mock = Mock::start(&dir.path().join("mine.test.yaml"));
    let (status, body) = exchange(&mock.address, "GET", "/long", None, "");
    assert!(status == 200 && body.len() > 64 * 1024);
    assert_eq!(mock.line(), "GET /long too_large");
    let (status, body) = exchange(&mock.address, "POST", "/check", None, "{}");
    assert_eq!((status, &*body), (403, &b"no"[..]));
    assert_eq!(mock.line(), "POST /check 403");
    // The connection ends, and not one byte has come.
    let address = mock.address.clone();
    let cut = std::thread::spawn(move || exchange(&address, "GET", "/broken", None, ""));
    assert!(cut.join().is_err());
    assert_eq!(mock.line(), "GET /broken unreachable");
}

#[test]
fn a_file_without_good_stubs_mocks_nothing() {
    let dir = project(&[
        ("none.test.yaml", "scenarios: []\n"),
        (
            "bad.test.yaml",
            "stubs:\n  - GTE: https://crm.example.com/\n",
        ),
    ]);
    for (name, code, told) in [
        ("none.test.yaml", 2, "has no stubs for all its scenarios"),
        ("bad.test.yaml", 1, "GTE"),
        ("away.test.yaml", 2, "cannot be read"),
    ] {
        let path = dir.path().join(name);
        let output = run(&["mock", path.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(text.contains(told), "{text}");
    }
}
