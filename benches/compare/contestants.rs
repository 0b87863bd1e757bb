//! The servers that are compared, each as it is usually set up in production, each on
//! one core.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::server::{Server, launched};

/// The core of the servers; the client has the other one.
pub const SERVER_CORE: &str = "1";
pub const CLIENT_CORE: &str = "0";

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Contestant {
    Bare,
    Ringflow,
    Fastify,
    FastApi,
    Flask,
}

impl Contestant {
    pub const ALL: [Contestant; 5] = [
        Contestant::Bare,
        Contestant::Ringflow,
        Contestant::Fastify,
        Contestant::FastApi,
        Contestant::Flask,
    ];

    /// The word for it in `--only`.
    pub fn word(self) -> &'static str {
        match self {
            Contestant::Bare => "bare",
            Contestant::Ringflow => "ringflow",
            Contestant::Fastify => "fastify",
            Contestant::FastApi => "fastapi",
            Contestant::Flask => "flask",
        }
    }

    /// Those that are named, with commas between them.
    pub fn named(words: &str) -> Vec<Contestant> {
        let named = |word: &str| {
            let found = Contestant::ALL.into_iter().find(|it| it.word() == word);
            found.unwrap_or_else(|| panic!("`{word}` is none of those that are compared"))
        };
        words.split(',').map(named).collect()
    }

    pub fn name(self) -> &'static str {
        match self {
            Contestant::Bare => "the bare handler",
            Contestant::Ringflow => "ringflow",
            Contestant::Fastify => "Fastify under node",
            Contestant::FastApi => "FastAPI under uvicorn (uvloop, httptools)",
            Contestant::Flask => "Flask under gunicorn (sync worker)",
        }
    }

    /// How many times as many requests per CPU second Ringflow wants to answer.
    pub fn goal(self) -> Option<f64> {
        match self {
            Contestant::Bare => Some(0.8),
            Contestant::Ringflow => None,
            Contestant::Fastify => Some(1.5),
            Contestant::FastApi => Some(8.0),
            Contestant::Flask => Some(25.0),
        }
    }

    /// Starts it by `pinned`, which gives it a core. `project` is a folder with the flow.
    pub fn start(self, pinned: &[&str], project: &Path) -> Server {
        match self {
            Contestant::Bare => Server::bare(pinned),
            Contestant::Ringflow => Server::ringflow(pinned, project, &["--max-calls", "5000000"]),
            Contestant::Fastify => Server::on_a_port(|port| {
                // Modules are looked for from where the file lies.
                let program = installed("fastify/ivr.js");
                std::fs::copy(here("fastify/ivr.js"), &program).expect("it can be copied");
                let mut command = launched(pinned, Path::new("node"));
                command
                    .arg(program)
                    .arg(port.to_string())
                    .env("NODE_ENV", "production");
                command
            }),
            Contestant::FastApi => Server::on_a_port(|port| {
                let mut command = launched(pinned, &installed("fastapi/bin/uvicorn"));
                command
                    .args(["ivr:app", "--workers", "1", "--loop", "uvloop"])
                    .args(["--http", "httptools", "--no-access-log"])
                    .args(["--log-level", "warning", "--host", "127.0.0.1"])
                    .arg("--port")
                    .arg(port.to_string())
                    .arg("--app-dir")
                    .arg(here("fastapi"));
                without_traces(command)
            }),
            Contestant::Flask => Server::on_a_port(|port| {
                let mut command = launched(pinned, &installed("flask/bin/gunicorn"));
                command
                    .args(["ivr:app", "--workers", "1", "--worker-class", "sync"])
                    .args(["--log-level", "warning", "--backlog", "2048"])
                    .arg("--bind")
                    .arg(format!("127.0.0.1:{port}"))
                    .arg("--chdir")
                    .arg(here("flask"));
                without_traces(command)
            }),
        }
    }

    /// What it is made of, for the table.
    pub fn version(self) -> String {
        let program = match self {
            Contestant::Bare | Contestant::Ringflow => {
                return format!("Ringflow {}", env!("CARGO_PKG_VERSION"));
            }
            Contestant::Fastify => {
                let requirements = std::fs::read_to_string(here("fastify/package.json"));
                let requirements = requirements.unwrap_or_default();
                let version = requirements.split("\"fastify\": \"").nth(1);
                let version = version.and_then(|rest| rest.split('"').next());
                return format!(
                    "Fastify {}, node {}",
                    version.unwrap_or("unknown"),
                    said(Path::new("node"), "--version")
                );
            }
            Contestant::FastApi => "fastapi",
            Contestant::Flask => "flask",
        };
        let requirements = std::fs::read_to_string(here(&format!("{program}/requirements.txt")));
        let pinned = requirements.unwrap_or_default().replace("==", " ");
        let python = said(&installed(&format!("{program}/bin/python")), "--version");
        format!("{}, {python}", pinned.trim().replace('\n', ", "))
    }
}

/// Installs what is not there yet, where one of these needs anything.
pub fn install(contestants: &[Contestant]) {
    let ours = |it: &Contestant| matches!(it, Contestant::Bare | Contestant::Ringflow);
    if contestants.iter().all(ours) {
        return;
    }
    let done = Command::new(here("install.sh")).status();
    let done = done.expect("bash is there to install what is compared");
    assert!(done.success(), "what is compared cannot be installed");
}

/// What a program says of itself.
fn said(program: &Path, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output();
    let output = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    output.unwrap_or_default().trim().to_owned()
}

/// Python writes no compiled files into the repository.
fn without_traces(mut command: Command) -> Command {
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

pub fn here(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/compare");
    folder.join(name)
}

fn installed(name: &str) -> PathBuf {
    here("installed").join(name)
}
