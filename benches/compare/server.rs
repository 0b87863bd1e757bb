//! A server under test: a process, what it has used, and its end with ours.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server that runs as a process of its own.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts a server that says on its output where it listens.
    pub fn that_says_where(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let lines = BufReader::new(child.stdout.take().expect("the output is a pipe")).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on http://")?.parse().ok());
        Server {
            child,
            address: address.expect("the server says where it listens"),
        }
    }

    /// Starts a server that is told the port to listen on, and waits until it does.
    #[allow(dead_code, reason = "one of the benches does not need it")]
    pub fn on_a_port(command: impl FnOnce(u16) -> Command) -> Self {
        // A port that was free a moment ago.
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("a listener has an address");
        drop(free);
        let child = command(address.port()).spawn().expect("the server starts");
        let mut server = Server { child, address };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = server.child.try_wait().expect("the process is ours");
            assert!(ended.is_none(), "the server ended: {ended:?}");
            assert!(begun.elapsed() < Duration::from_secs(30), "it is too slow");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// This program as the bare handler, started by `launcher`, which may be empty.
    pub fn bare(launcher: &[&str]) -> Self {
        let program = std::env::current_exe().expect("this program has a path");
        let mut command = launched(launcher, &program);
        command.arg("bare");
        Server::that_says_where(command)
    }

    /// `ringflow serve` for a project, with its log in a file there.
    pub fn ringflow(launcher: &[&str], project: &Path, more: &[&str]) -> Self {
        let log = std::fs::File::create(project.join("log")).expect("the log can be made");
        let mut command = launched(launcher, Path::new(env!("CARGO_BIN_EXE_ringflow")));
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(more)
            .arg(project)
            .stderr(log);
        Server::that_says_where(command)
    }

    /// Seconds of processor time that the process and its children have used.
    pub fn cpu(&self) -> f64 {
        let used = |process: &u32| {
            let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
            let stat = stat.unwrap_or_else(|error| panic!("process {process} is gone: {error}"));
            // The name in front may hold spaces.
            let behind_name = stat.rsplit(')').next().unwrap_or_default();
            let fields: Vec<&str> = behind_name.split_whitespace().collect();
            let ticks = |at: usize| fields[at].parse::<f64>().expect("a number of ticks");
            (ticks(11) + ticks(12)) / 100.0
        };
        self.processes().iter().map(used).sum()
    }

    /// Bytes of memory that the process itself holds.
    pub fn memory(&self) -> f64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("the process runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kilobytes.expect("the kernel tells the memory") * 1024.0
    }

    /// The process, its children and theirs.
    fn processes(&self) -> Vec<u32> {
        let mut all = vec![self.child.id()];
        let mut at = 0;
        while let Some(process) = all.get(at) {
            let path = format!("/proc/{process}/task/{process}/children");
            let children = std::fs::read_to_string(path).unwrap_or_default();
            all.extend(
                children
                    .split_whitespace()
                    .filter_map(|id| id.parse::<u32>().ok()),
            );
            at += 1;
        }
        all
    }
}

/// A program behind one that starts it, as `taskset -c 1` does.
pub fn launched(launcher: &[&str], program: &Path) -> Command {
    match launcher.split_first() {
        Some((first, rest)) => {
            let mut command = Command::new(first);
            command.args(rest).arg(program);
            command
        }
        None => Command::new(program),
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The children first: what has started them cannot end them once it is gone.
        let children = self.processes().split_off(1);
        for child in &children {
            let _ = Command::new("kill").arg(child.to_string()).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
