//! The program in a process of its own, and a phone that calls it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::answer::accepted;
use crate::support::webhook::{Leg, Shape, Style, Way, Webhook};

/// Nothing that is waited for takes nearly as long.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The program with these arguments, and nothing of this process's own settings.
pub fn ringflow(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringflow"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("RINGFLOW_") {
            command.env_remove(name);
        }
    }
    command.args(args).stdin(Stdio::null());
    command
}

pub fn run(args: &[&str]) -> Output {
    ringflow(args).output().unwrap()
}

/// A project of these files, which goes when this is dropped.
pub fn project(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    dir
}

/// The flows that come with the product.
pub fn shipped() -> TempDir {
    project(&[
        (
            "flows/restaurant.yaml",
            include_str!("../../flows/restaurant.yaml"),
        ),
        (
            "flows/account.yaml",
            include_str!("../../flows/account.yaml"),
        ),
    ])
}

/// The program, serving. It is killed when this is dropped.
pub struct Served {
    child: Child,
    address: String,
    /// What it printed before it said where it listens.
    pub loaded: Vec<String>,
    /// Behind locks so that several threads can post; read at the end alone.
    stdout: Mutex<Receiver<String>>,
    stderr: Mutex<Receiver<String>>,
}

/// What is left of it when it has ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: Vec<String>,
    pub stderr: Vec<String>,
}

impl Served {
    pub fn start(dir: &Path) -> Self {
        Served::start_with(dir, &[], &[])
    }

    pub fn start_with(dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Self {
        Served::spawn(dir, &[&["--listen", "127.0.0.1:0"], args].concat(), env)
    }

    /// With an address among the arguments.
    pub fn start_listening(dir: &Path, args: &[&str]) -> Self {
        Served::spawn(dir, args, &[])
    }

    fn spawn(dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Self {
        let mut command = ringflow(&["serve"]);
        let mut child = command
            .args(args)
            .arg(dir)
            .envs(env.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = lines(child.stdout.take().unwrap());
        let stderr = lines(child.stderr.take().unwrap());
        let mut loaded = Vec::new();
        let address = loop {
            let Ok(line) = stdout.recv_timeout(PATIENCE) else {
                let _ = child.kill();
                let told: Vec<String> = stderr.iter().collect();
                panic!("it did not start: {loaded:#?} {told:#?}");
            };
            match line.strip_prefix("listening on http://") {
                Some(address) => break address.to_owned(),
                None => loaded.push(line),
            }
        };
        Served {
            child,
            address,
            loaded,
            stdout: Mutex::new(stdout),
            stderr: Mutex::new(stderr),
        }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Stops it, so that all it has to say is said. No call may be in progress.
    pub fn stop(self) -> Ended {
        self.signal("-TERM");
        self.ended()
    }

    /// Kills it at once, as `kill -9` does.
    pub fn kill(mut self) -> Ended {
        self.child.kill().unwrap();
        self.ended()
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(status.success());
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until it has ended by itself.
    pub fn ended(mut self) -> Ended {
        let deadline = Instant::now() + PATIENCE;
        while self.is_running() {
            assert!(Instant::now() < deadline, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
        Ended {
            code: self.child.wait().unwrap().code(),
            stdout: self.stdout.lock().unwrap().iter().collect(),
            stderr: self.stderr.lock().unwrap().iter().collect(),
        }
    }

    pub fn post(&self, webhook: &Webhook) -> Vec<u8> {
        let (status, body) =
            self.exchange("POST", webhook.path, webhook.content_type, &webhook.body);
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        body
    }

    pub fn get(&self, path: &str) -> (u16, Vec<u8>) {
        self.exchange("GET", path, None, "")
    }

    pub fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).unwrap()
    }

    /// One request on a connection of its own.
    pub fn exchange(
        &self,
        method: &str,
        path: &str,
        content_type: Option<&str>,
        body: &str,
    ) -> (u16, Vec<u8>) {
        exchange(&self.address, method, path, content_type, body)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request on a connection of its own.
pub fn exchange(
    address: &str,
    method: &str,
    path: &str,
    content_type: Option<&str>,
    body: &str,
) -> (u16, Vec<u8>) {
    let header = content_type.map_or(String::new(), |text| format!("Content-Type: {text}\r\n"));
    exchange_with(address, method, path, &header, body)
}

/// The same with a header, its line end included.
pub fn exchange_with(
    address: &str,
    method: &str,
    path: &str,
    header: &str,
    body: &str,
) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{header}Content-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    let end = response
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(response[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, response[end + 4..].to_vec())
}

pub fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (send, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// Until something holds, and not for ever.
pub fn wait_until(mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "it does not come about");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What is left for operators: the address and the token.
pub fn left(dir: &Path) -> (String, String) {
    let path = dir.join(".ringflow/admin.json");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let left: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let text = |name: &str| left[name].as_str().unwrap().to_owned();
    let address = text("address").replacen("http://", "", 1);
    (address, text("token"))
}

/// One request to the operators' listener.
pub fn ask(address: &str, first: &str, header: &str) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("{first} HTTP/1.1\r\nHost: x\r\n{header}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let head = String::from_utf8_lossy(&answer[..end.unwrap()]).into_owned();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer[end.unwrap() + 4..].to_vec())
}

/// The header that opens the operators' listener.
pub fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

/// A call, kept by the platform and not by the program.
pub struct Phone {
    pub session: String,
    number: &'static str,
    pub sent: usize,
    pub token: Option<String>,
}

/// What the program has the platform do, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub text: String,
    /// Keys are waited for.
    pub asks: bool,
    pub dials: Option<String>,
    pub hangs_up: bool,
}

impl Phone {
    pub fn to(number: &'static str, session: &str) -> Self {
        Phone {
            session: session.to_owned(),
            number,
            sent: 0,
            token: None,
        }
    }

    pub fn webhook(&self, digits: Option<&str>, sip_code: u16) -> Webhook {
        let leg = Leg {
            event: format!("event-{}-{}", self.session, self.sent),
            session: &self.session,
            call: "leg-a",
            status: match self.sent {
                0 => "CALL_RECEIVED",
                _ => "ACTION_COMPLETED",
            },
            way: Way::Inbound,
            source: "+6591234567",
            destination: self.number,
            digits,
            sip_code,
            seconds: 3,
            token: self.token.as_deref(),
        };
        leg.action(Style {
            shape: Shape::Object,
            turn: self.sent,
        })
    }

    /// Posts the next webhook, and gives the bytes of the answer too.
    pub fn post(&mut self, to: &Served, digits: Option<&str>, sip_code: u16) -> (Heard, Vec<u8>) {
        let body = to.post(&self.webhook(digits, sip_code));
        self.sent += 1;
        let (actions, token) = accepted(&body);
        self.token = token;
        (Heard::of(&actions), body)
    }

    pub fn press(&mut self, to: &Served, keys: &str) -> Heard {
        self.post(to, Some(keys), 200).0
    }

    pub fn next(&mut self, to: &Served) -> Heard {
        self.post(to, None, 200).0
    }
}

impl Heard {
    fn of(actions: &[Value]) -> Self {
        let mut heard = Heard {
            text: String::new(),
            asks: false,
            dials: None,
            hangs_up: false,
        };
        for action in actions {
            let text = |name: &str| action["params"][name].as_str().map(str::to_owned);
            match action["action"].as_str() {
                Some("sayAndCapture") => {
                    heard.asks = true;
                    heard.text.push_str(&text("promptMessage").unwrap());
                }
                Some("makeCall") => heard.dials = text("destination"),
                Some("hangup") => heard.hangs_up = true,
                _ => heard.text.push_str(&text("text").unwrap()),
            }
        }
        heard
    }
}
